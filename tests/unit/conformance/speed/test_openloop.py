"""What a latency run tells, and its warnings, from made-up traces; and short real runs, of which no time counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from math import nan

import pytest

from conformance.speed import openloop
from conformance.speed.arrivals import Stopped, Trace
from conformance.speed.model import BenchError, Latency
from conformance.speed.openloop import changed, told
from signing_core import PrivateKey


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generate()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def trace(
    calls: int = 1000, late: float = 0.0, service: float = 0.001, answered: float = 1.0, *, full: bool = False
) -> Trace:
    """A second with so many calls, each late by so much and answered in so much time, but for a share at the end."""
    due = [number / calls for number in range(calls)]
    sent = [moment + late for moment in due]
    done = [moment + service if number < answered * calls else nan for number, moment in enumerate(sent)]
    return Trace(due, sent, done, 1.0 + service, full)


def figures(of: Trace) -> Latency:
    return told(of, rate=1000.0, share=0.5, seconds=1.0, arrivals="made up")


def test_a_steady_run() -> None:
    found = figures(trace(late=0.0001))
    assert found.percentiles == pytest.approx(dict.fromkeys(found.percentiles, 0.0011))
    assert found.uncorrected == pytest.approx(dict.fromkeys(found.uncorrected, 0.001))
    assert found.late == pytest.approx(dict.fromkeys(found.late, 0.0001))
    assert found.achieved == pytest.approx(1000, rel=0.01)
    assert (found.calls, found.warning, found.arrivals) == (1000, "", "made up")


def test_a_run_that_ended_early_is_overloaded() -> None:
    found = figures(trace(answered=0.25, full=True))
    assert found.warning.startswith("overloaded: ended after 1.00 s of 1 s with 750 calls without an answer")
    assert found.percentiles["100"] == pytest.approx(1.001 - 0.25)
    assert found.uncorrected["100"] == pytest.approx(0.001)


def test_calls_without_an_answer_are_told() -> None:
    assert figures(trace(answered=0.99)).warning.startswith("overloaded: 10 calls had no answer")


def test_a_queue_that_grows_is_overloaded() -> None:
    due = [number / 1000 for number in range(1000)]
    slow = Trace(due, due, [1.2 * moment + 0.001 for moment in due], 1.3, False)
    assert figures(slow).warning == "overloaded: of 1,000 calls a second 833 were answered, and the queue grew"


def test_a_generator_that_is_late_is_told() -> None:
    assert (
        "the load generator could not keep up: half of the calls were sent 0.50 ms" in figures(trace(late=5e-4)).warning
    )
    assert figures(trace(late=2e-4)).warning == ""


def test_no_answer_is_no_latency() -> None:
    with pytest.raises(BenchError, match="none of 1,000 calls was answered"):
        figures(trace(answered=0.0))


def test_a_machine_that_changes_is_told_beside_other_warnings() -> None:
    steady, loaded = figures(trace()), figures(trace(answered=0.99))
    assert changed(steady, 1000.0, 1090.0) is steady
    assert changed(steady, 1000.0, 500.0).warning == (
        "the machine changed: its capacity was 1,000 a second before this run and 500 after it"
    )
    assert changed(loaded, 1000.0, 500.0).warning.startswith("overloaded: 10 calls had no answer")


@pytest.mark.parametrize(("rate", "seconds"), [(0.5, 1.0), (1e7, 1.0)])
def test_a_run_has_neither_no_call_nor_too_many(key: PrivateKey, rate: float, seconds: float) -> None:
    with pytest.raises(BenchError, match="a run has 1 to 2,000,000"):
        openloop.measure(key, rate, 1000.0, seconds=seconds)


def test_shares_of_a_capacity_that_is_measured(key: PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    capacities = iter((400.0, 200.0, 100.0))
    monkeypatch.setattr(openloop, "capacity", lambda key, seconds, stop: next(capacities))
    found = list(openloop.at_shares(key, (0.5, 0.25), seconds=0.2, spacing="constant"))
    assert [one.rate for one in found] == [200.0, 50.0]
    assert [one.share for one in found] == [0.5, 0.25]
    assert [one.calls for one in found] == [40, 10]
    assert all("the machine changed" in one.warning for one in found)
    assert all(one.bits == 2048 and one.arrivals == "constant spacing" for one in found)
    assert all(0 < one.own < 1 > one.handling > 0 for one in found)
    assert all(0 < one.percentiles["100"] >= one.uncorrected["100"] > 0 for one in found)


def test_an_overload_ends_by_itself(key: PrivateKey) -> None:
    found = openloop.measure(key, 5e5, 1000.0, seconds=0.1)
    assert "overloaded" in found.warning
    assert found.calls <= 50_000 * 1.1


def test_what_many_callers_get(key: PrivateKey) -> None:
    found = openloop.saturate(key, 0.1)
    assert found.rate > 0
    assert 0 < found.handling < 1


def test_a_run_that_is_stopped_leaves_nothing_behind(key: PrivateKey) -> None:
    asked = count()
    with pytest.raises(Stopped):
        openloop.measure(key, 200.0, 1000.0, seconds=60, stop=lambda: next(asked) > 20)
    with pytest.raises(Stopped):
        openloop.capacity(key, 60, stop=lambda: next(asked) > 100)
