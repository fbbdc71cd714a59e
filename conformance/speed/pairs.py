"""Ours and a peer measured in pairs: every round runs both, one right after the other, by the same clock.

pytest-benchmark times our side. The peer runs between its rounds, where it has a hook, in this order::

    ours peer | peer ours | ours peer | peer ours ...

So each comes first as often as the other, and what slows the machine for longer than a round slows both. Each side
repeats its call until it takes a useful time; the ratio is taken round by round. Garbage collection is off meanwhile.

A peer in another process can only be told by the median of single calls (see languages.py). Then our side is measured
in the same way beside it, in the same gaps: whenever others want the processor, a mean has what the median has not.
"""

from __future__ import annotations

import gc
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import ceil
from statistics import median
from time import perf_counter
from typing import Any, Protocol

from conformance.speed.model import Measurement, Side
from conformance.speed.plan import Budget, Plan, Unmeasured

__all__ = ["Call", "Contender", "Task", "measure"]

Clock = Callable[[], float]

_LEAST = 1e-9  # seconds that stand for a round whose noise was more than itself: the quartiles do not see how little
_SINGLY = 50  # calls of a round at least, where their median is taken: so many that a few slow ones do not move it


class Contender(Protocol):
    """One that is timed."""

    @property
    def name(self) -> str:
        """As it is told."""

    @property
    def version(self) -> str:
        """Of the library or program."""

    @property
    def items(self) -> int:
        """Of one call."""

    @property
    def singly(self) -> bool:
        """A round's time is the median of its calls, not their mean."""

    def answer(self) -> object:
        """What one call gives, so that it can be checked."""

    def seconds(self, loops: int, clock: Clock) -> tuple[float, float]:
        """The time of so many calls that counts, and all that they took."""


@dataclass(frozen=True)
class Call:
    """A contender that is a function of this process."""

    name: str
    version: str
    call: Callable[[], object]
    items: int = 1
    singly: bool = False

    def answer(self) -> object:
        return self.call()

    def seconds(self, loops: int, clock: Clock) -> tuple[float, float]:
        call = self.call
        begin = end = clock()
        if not self.singly:
            for _ in range(loops):
                call()
            took = clock() - begin
            return took, took
        times = []
        for _ in range(loops):
            call()
            times.append(-end + (end := clock()))
        return loops * median(times), end - begin


@dataclass(frozen=True)
class Task:
    """What is measured: the fields that a Measurement has of it."""

    id: str
    group: str
    operation: str
    bits: int | None = None
    threads: int = 1
    octets: int | None = None
    note: str = ""
    items: int | None = None  # None: those of our call; else calls are told apart from what the clock runs over


def measure(
    benchmark: Any,
    task: Task,
    ours: Call,
    peer: Contender,
    plan: Plan,
    budget: Budget,
    same: Callable[[Any, Any], bool] = operator.eq,
) -> Measurement | None:
    """The pair, measured through pytest-benchmark's fixture, which keeps it as ``extra_info``.

    ``same`` says whether both have given the right answer: what is wrong has no speed. Raises Unmeasured for that, for
    no time left, and for a peer that does not show beside the cost of asking it. None: pytest-benchmark is disabled.
    """
    if not same(ours.answer(), peer.answer()):  # warms up, too
        raise Unmeasured(f"{peer.name} gives another result than {ours.name}")
    if benchmark.disabled:
        benchmark(ours.call)
        return None
    with _without_garbage_collection():
        ours_loops, ours_cost = _loops(ours, plan.least)
        theirs = _Rounds(peer, plan.least)
        rounds = budget.rounds(ours_cost + theirs.cost)
        # Both sides of a pair in the gaps, or the peer alone.
        beside = _Rounds(replace(ours, singly=True), plan.least) if peer.singly else None
        gaps = _Gaps(theirs, beside, rounds)
        try:
            benchmark.pedantic(
                ours.call,
                rounds=rounds,
                iterations=ours_loops,
                teardown=lambda: gaps.next(benchmark.stats.options["timer"]),
            )
        except BaseException:
            # pytest-benchmark notes Exception alone; at an interrupt it would fail over one without any round, and
            # leave its file unwritten.
            benchmark.has_error = True
            raise
    if sum(second <= 0 for second in theirs.seconds) > rounds / 4:
        raise Unmeasured(f"{peer.name} does not show beside the cost of asking it; on a quieter machine it may")
    mine = beside.seconds if beside else benchmark.stats.stats.data
    found = Measurement(
        **{**asdict(task), "items": task.items or ours.items},
        ours=Side(ours.name, ours.version, tuple(second / ours.items for second in mine)),
        peer=Side(peer.name, peer.version, tuple(max(second / peer.items, _LEAST) for second in theirs.seconds)),
    )
    benchmark.extra_info.update(asdict(found))
    return found


class _Rounds:
    """Rounds of a contender: ``seconds`` of a call, one a round; a round is expected to take ``cost`` seconds."""

    def __init__(self, contender: Contender, least: float) -> None:
        self.seconds: list[float] = []
        self._contender = contender
        loops, cost = _loops(contender, least)
        self._loops = max(loops, _SINGLY) if contender.singly else loops
        self.cost = cost * self._loops / loops

    def next(self, clock: Clock) -> None:
        self.seconds.append(self._contender.seconds(self._loops, clock)[0] / self._loops)


class _Gaps:
    """What happens after each round of pytest-benchmark's."""

    def __init__(self, peer: _Rounds, ours: _Rounds | None, rounds: int) -> None:
        self._peer = peer
        self._ours = ours
        self._rounds = rounds
        self._gap = 0

    def next(self, clock: Clock) -> None:
        """One has ended. A last one may come, of which pytest-benchmark takes no time: it wants the result."""
        even = self._gap % 2 == 0
        self._gap += 1
        if self._gap > self._rounds:
            return
        if self._ours is not None:
            for side in (self._ours, self._peer) if even else (self._peer, self._ours):
                side.next(clock)
        elif even:  # its own, which comes second, and the next one's, which comes first
            for _ in range(min(2, self._rounds - len(self._peer.seconds))):
                self._peer.next(clock)


def _loops(contender: Contender, least: float) -> tuple[int, float]:
    """How many calls take the least time, and what they take: by the better of two looks, for one may be disturbed."""
    loops = 1
    while (took := min(contender.seconds(loops, perf_counter)[1] for _ in range(2))) < least / 2:
        loops = max(2 * loops, min(10 * loops, ceil(loops * least / max(took, 1e-9))))
    wanted = max(1, ceil(loops * least / took))
    return wanted, wanted * took / loops


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    gc.collect()
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
