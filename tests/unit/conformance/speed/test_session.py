"""A whole run, with a suite that measures nothing and a latency view that is made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from conformance.speed import session
from conformance.speed.model import BenchError, Latency
from conformance.speed.noise import Noise
from conformance.speed.session import Session, measure
from conformance.speed.suite import Options, Step
from signing_core import BackendUnavailable, backends
from tests.fakes.bench_suite import suite
from tests.fakes.benches import bench


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, ...]]:
    """The shares that the latency view was asked for, call by call."""
    calls: list[tuple[float, ...]] = []

    def at_shares(key: object, shares: Sequence[float], *, seconds: float) -> Iterator[Latency]:
        calls.append(tuple(shares))
        yield from bench().latencies[: len(shares)]

    monkeypatch.setattr(session.openloop, "at_shares", at_shares)
    return calls


def whole(folder: Path, *names: str, **options: object) -> Session:
    return measure(Options(**options), folder=suite(folder / "suite", *names))  # type: ignore[arg-type]


def test_a_run_has_machine_measurements_latencies_and_noise(tmp_path: Path, asked: list[tuple[float, ...]]) -> None:
    done = whole(tmp_path, "good", "skip")
    assert (done.interrupted, done.problem, done.bench.complete, done.bench.quick) == (False, None, True, False)
    assert [one.id for one in done.bench.measurements] == ["good"]
    assert asked == [session.openloop.SHARES]
    assert len(done.bench.latencies) == 3
    assert [skip.what for skip in done.bench.skipped] == ["awscrt"]
    assert Noise.of(done.bench.machine.facts)
    assert done.bench.machine.backend == backends.info().backend
    assert done.bench.started.endswith("+00:00")


def test_a_selection_leaves_the_rest_out_and_says_so(tmp_path: Path, asked: list[tuple[float, ...]]) -> None:
    done = whole(tmp_path, "good", "better", keyword="good", groups=("texts",))
    assert asked == []
    assert [(skip.what, skip.reason) for skip in done.bench.skipped] == [
        ("all else", "left out by -k 'good' --group texts")
    ]


def test_a_quick_run_asks_for_the_shares_that_time_allows(
    tmp_path: Path, asked: list[tuple[float, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert whole(tmp_path, "good", quick=True).bench.latencies
    monkeypatch.setattr(session, "QUICK_SECONDS", 9.0)
    one = whole(tmp_path, "good", quick=True)
    monkeypatch.setattr(session, "QUICK_SECONDS", 0.0)
    none = whole(tmp_path, "good", quick=True)
    assert asked == [(0.5, 0.8, 0.95), (0.5,)]
    assert one.bench.skipped[-1].what == "latency at 80 %, 95 % of capacity"
    assert none.bench.skipped[-1].what == "latency at 50 %, 80 %, 95 % of capacity"
    assert "no time left" in none.bench.skipped[-1].reason


def test_a_latency_view_that_fails_is_skipped_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_shares(*args: object, **named: object) -> Iterator[Latency]:
        yield bench().latencies[0]
        raise BenchError("none of 5 calls was answered")

    monkeypatch.setattr(session.openloop, "at_shares", at_shares)
    done = whole(tmp_path, "good")
    assert len(done.bench.latencies) == 1
    assert [(skip.what, skip.reason) for skip in done.bench.skipped] == [("latency", "none of 5 calls was answered")]


def test_an_interrupted_suite_goes_no_further(tmp_path: Path, asked: list[tuple[float, ...]]) -> None:
    steps: list[Step] = []
    folder = suite(tmp_path / "suite", "good", "sleep")
    done = measure(Options(), steps.append, lambda: bool(steps) and steps[-1].now == "sleeping", folder)
    assert (done.interrupted, done.bench.complete, asked) == (True, False, [])
    assert [one.id for one in done.bench.measurements] == ["good"]


def test_an_interruption_between_shares_keeps_the_first(tmp_path: Path, asked: list[tuple[float, ...]]) -> None:
    steps: list[Step] = []
    stop = lambda: bool(steps) and steps[-1] == Step(1, 3, "latency")  # noqa: E731
    done = measure(Options(), steps.append, stop, suite(tmp_path / "suite", "good"))
    assert (done.interrupted, done.bench.complete, len(done.bench.latencies)) == (True, False, 1)


def test_a_suite_that_fails_is_not_complete(tmp_path: Path, asked: list[tuple[float, ...]]) -> None:
    done = whole(tmp_path, "good", "fail")
    assert not done.bench.complete
    assert done.problem
    assert len(done.bench.measurements) == 1


def test_the_backend_is_that_of_the_whole_run(tmp_path: Path, asked: list[tuple[float, ...]]) -> None:
    before = backends.info().backend
    try:
        done = whole(tmp_path, "environment", backend="pyca")
        assert done.bench.machine.backend == "pyca"
        assert '"backend": "pyca"' in done.bench.skipped[0].reason
        with pytest.raises(BackendUnavailable):
            whole(tmp_path, "good", backend="nonsense")
    finally:
        backends.use(before)
