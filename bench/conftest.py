"""The suite's frame: which pairs are measured, in which order, what is told of them, and who may take part.

A benchmark is a test that asks for ``pair`` and calls it once. Its id is made of group, function and parameters, so it
is the same in every run. Environment: see conformance/speed/plan.py. A test marked ``full`` is left out of quick runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from conformance.speed.document import heading
from conformance.speed.machine import gather
from conformance.speed.model import Bench, Measurement, Skip
from conformance.speed.pairs import Call, Contender, Task, measure
from conformance.speed.peers import Peer, find, ours
from conformance.speed.plan import GROUPS, Budget, Settings, Unmeasured
from conformance.speed.record import Record
from conformance.speed.smoke import try_peer

HERE = Path(__file__).parent


class Suite:
    """One run."""

    def __init__(self, settings: Settings, pairs: int, weight: float) -> None:
        self.settings = settings
        self.plan = settings.plan
        self.record = Record(settings.record)
        self.budget = Budget(self.plan, weight)
        self.found: list[Measurement] = []
        self.skipped: list[Skip] = []
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.complete = True
        self._tried: dict[tuple[str, str], str | None] = {}  # why not; None: fit
        self.record.total(pairs)

    def peer(self, name: str, op: str) -> Peer:
        """The library of this name, installed and conformant in ``op``. Raises Unmeasured."""
        peer = ours() if name == "signing_core" else find(name)
        if (name, op) not in self._tried:
            try:
                try_peer(peer, op)
                self._tried[name, op] = None
            except Unmeasured as why:
                self._tried[name, op] = f"{name}: {why}" if name == "signing_core" else str(why)
        why_not = self._tried[name, op]
        if why_not is not None:
            raise Unmeasured(why_not)
        return peer

    def both(self, name: str, op: str) -> tuple[Peer, Peer]:
        """Ours and the library of this name. Raises Unmeasured."""
        return self.peer("signing_core", op), self.peer(name, op)


SETTINGS = Settings.of(os.environ)
SUITE = pytest.StashKey[Suite]()


def _group(item: pytest.Item) -> str:
    marker = item.get_closest_marker("benchmark")
    return str(marker.kwargs["group"]) if marker else ""


def _weight(item: pytest.Item) -> float:
    marker = item.get_closest_marker("weight")
    return float(marker.args[0]) if marker else 1.0


def _id(item: pytest.Item) -> str:
    function, _, parameters = item.name.removeprefix("test_").rstrip("]").partition("[")
    return "/".join([_group(item), function, *filter(None, parameters.split("-"))])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "full: a benchmark that quick runs leave out")
    config.addinivalue_line("markers", "weight(n): a benchmark that takes as much time as n others")
    # One that is interrupted, or not measured after all, has not used its fixture: that is told by other means.
    config.addinivalue_line("filterwarnings", "ignore:Benchmark fixture was not used")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not asked for, and put the heart first."""
    mine = [item for item in items if item.path.parent == HERE]
    wanted = [
        item
        for item in mine
        if not (SETTINGS.quick and item.get_closest_marker("full"))
        and (not SETTINGS.groups or _group(item) in SETTINGS.groups)
    ]
    wanted.sort(key=lambda item: GROUPS.index(_group(item)))
    left_out = set(mine) - set(wanted)
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item.path.parent != HERE] + wanted


def pytest_collection_finish(session: pytest.Session) -> None:
    mine = [item for item in session.items if item.path.parent == HERE]
    session.config.stash[SUITE] = Suite(SETTINGS, len(mine), sum(map(_weight, mine)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Tell of each pair that it begins, and why it is not measured if it is not."""
    if item.path.parent != HERE:
        return (yield)
    suite = item.config.stash[SUITE]
    suite.record.begin(_id(item))
    try:
        suite.budget.next(_weight(item))
        return (yield)
    except Unmeasured as why:
        suite.skipped.append(Skip(_id(item), str(why)))
        suite.record.skip(suite.skipped[-1])
        pytest.skip(str(why))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Generator[None, None, None]:
    """Note whether that was all, before pytest-benchmark writes its file."""
    suite = session.config.stash.get(SUITE, None)
    if suite is not None:
        suite.complete = exitstatus == pytest.ExitCode.OK
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Make the file of ``--benchmark-json`` one that ``signkit bench compare`` reads."""
    suite = config.stash.get(SUITE, None)
    if suite is None:
        return
    output_json["benchmarks"] = [one for one in output_json["benchmarks"] if "ours" in one["extra_info"]]
    output_json["signkit"] = heading(
        Bench(
            started=suite.started,
            kit=version("signkit"),
            quick=suite.settings.quick,
            complete=suite.complete,
            machine=gather(),
            measurements=(),
            skipped=tuple(suite.skipped),
        )
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The pairs, beside pytest-benchmark's own table, which holds our side alone."""
    suite = terminalreporter.config.stash.get(SUITE, None)
    if suite is None or not suite.found:
        return
    terminalreporter.section("ours beside the peer: how many times its speed, pair by pair")
    for one in suite.found:
        low, high = one.quartiles
        noisy = "  too noisy to tell" if one.noisy else ""
        peer = f"{one.peer.name} {one.peer.version}"
        terminalreporter.write_line(
            f"{one.id:<36} {one.ratio:>9.2f} x   ({low:.2f} to {high:.2f} in half of {len(one.ratios)} rounds)  "
            f"{1e6 * one.ours.median:>10.2f} µs, {peer} {1e6 * one.peer.median:.2f} µs{noisy}"
        )


@pytest.fixture
def suite(request: pytest.FixtureRequest) -> Suite:
    found: Suite = request.config.stash[SUITE]
    return found


@pytest.fixture
def pair(request: pytest.FixtureRequest, suite: Suite, benchmark: Any) -> Callable[..., None]:
    """Measures the test's pair: ``pair(operation, ours, peer)``, with ``same`` and further fields of a Task by name."""

    def measured(operation: str, ours: Call, peer: Contender, **told: Any) -> None:
        same = {"same": told.pop("same")} if "same" in told else {}
        task = Task(_id(request.node), _group(request.node), operation, **told)
        benchmark.group = f"{task.group}: {operation}"
        found = measure(benchmark, task, ours, peer, suite.plan, suite.budget, **same)
        if found is not None:
            suite.record.measurement(found)
            suite.found.append(found)

    return measured
