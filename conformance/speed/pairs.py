"""Ours and a peer measured in pairs: every round runs both, one right after the other, by the same clock.

pytest-benchmark times our side. The peer runs between its rounds, where it has a hook, in this order::

    ours peer | peer ours | ours peer | peer ours ...

So each comes first as often as the other, and what slows the machine for longer than a round slows both. Each side
repeats its call until it takes a useful time; the ratio is taken round by round. Garbage collection is off meanwhile.
"""

from __future__ import annotations

import gc
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import ceil
from time import perf_counter
from typing import Any, Protocol

from conformance.speed.model import Measurement, Side
from conformance.speed.plan import Budget, Plan, Unmeasured

__all__ = ["Call", "Contender", "Task", "measure"]

Clock = Callable[[], float]


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
    def least(self) -> float:
        """Seconds that a round of it takes at least, where the plan's are too few for it."""

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
    least: float = 0.0

    def answer(self) -> object:
        return self.call()

    def seconds(self, loops: int, clock: Clock) -> tuple[float, float]:
        call = self.call
        begin = clock()
        for _ in range(loops):
            call()
        took = clock() - begin
        return took, took


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
        ours_loops, ours_cost = _loops(ours, max(plan.least, ours.least))
        peer_loops, peer_cost = _loops(peer, max(plan.least, peer.least))
        rounds = budget.rounds(ours_cost + peer_cost)
        turns = _Turns(peer, peer_loops, rounds)
        benchmark.pedantic(
            ours.call,
            rounds=rounds,
            iterations=ours_loops,
            teardown=lambda: turns.after(benchmark.stats.options["timer"]),
        )
    if min(turns.seconds) <= 0:
        raise Unmeasured(f"{peer.name} does not show beside the cost of asking it; on a quieter machine it may")
    found = Measurement(
        **asdict(task),
        ours=Side(ours.name, ours.version, tuple(second / ours.items for second in benchmark.stats.stats.data)),
        peer=Side(peer.name, peer.version, tuple(second / peer.items for second in turns.seconds)),
        items=ours.items,
    )
    benchmark.extra_info.update(asdict(found))
    return found


class _Turns:
    """The peer's rounds, in the gaps between ours: one after the first, two after the third, and so on."""

    def __init__(self, peer: Contender, loops: int, rounds: int) -> None:
        self.seconds: list[float] = []  # of a call
        self._peer = peer
        self._loops = loops
        self._rounds = rounds
        self._gap = 0

    def after(self, clock: Clock) -> None:
        """One of our rounds has ended."""
        owed = 2 if self._gap % 2 == 0 else 0  # its own, which comes second, and the next one's, which comes first
        self._gap += 1
        for _ in range(min(owed, self._rounds - len(self.seconds))):
            self.seconds.append(self._peer.seconds(self._loops, clock)[0] / self._loops)


def _loops(contender: Contender, least: float) -> tuple[int, float]:
    """How many calls take the least time, and what they take."""
    loops = 1
    while (took := contender.seconds(loops, perf_counter)[1]) < least / 2:
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
