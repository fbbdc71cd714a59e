"""A small simulation of AsyncSigner: an event loop, idle threads that take waiting calls in batches, and chance.

::

    due -> the loop wakes -> a turn of it -> queue -> batch on a thread -> the loop wakes -> a turn of it -> answered

A thread takes its fair share of what waits, rounded up to what the kernel does in the same time but for a single call,
as AsyncSigner's do.
How long a batch takes, and how late the loop wakes, is drawn from what was measured: the one by the batch's size, the
other apart for "all threads sign" and "a processor is free". What the loop does for a call delays the calls of its turn
and counts once more as part of the call's batch, since loop and threads share the processors.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

__all__ = ["Costs", "Simulated", "simulate", "taken"]

_SETTLING = 0.1  # of the calls, which come before the queue is as it stays
_ARRIVAL, _TURN, _TURNED, _SIGNED = range(4)


@dataclass(frozen=True)
class Costs:
    """What things take, in seconds."""

    batch: Callable[[int, random.Random], float]  # a batch of so many on its thread
    lanes: int = 1  # signatures that the kernel makes together
    most: int = 16  # calls of a batch
    handling: float = 0.0  # the loop's work for a call
    start: float = 0.0  # until an idle thread begins
    wakes: Sequence[float] = (0.0,)  # how late the loop wakes while a processor is free
    wakes_busy: Sequence[float] = (0.0,)  # and while all threads sign


@dataclass(frozen=True)
class Simulated:
    """What became of the calls."""

    waits: Sequence[float]  # seconds from due until its batch began, of each call
    latencies: Sequence[float]  # seconds from due until answered
    busy: float  # share of the threads' time in which they signed
    batch: float  # mean size


def taken(waiting: int, workers: int, lanes: int, most: int) -> int:
    """How many of ``waiting`` calls a thread takes at once."""
    share = -(-waiting // workers)
    half = lanes // 2
    size = share if share == 1 else half if share <= half else -(-share // lanes) * lanes
    return min(waiting, size, most)


def simulate(
    gap: Callable[[random.Random], float], workers: int, costs: Costs, *, calls: int, seed: int = 1
) -> Simulated:
    """Let ``calls`` calls arrive, with such gaps between them; the first tenth of them is not told."""
    return _Run(gap, workers, costs, calls, seed).run()


@dataclass
class _Run:
    gap: Callable[[random.Random], float]
    workers: int
    costs: Costs
    calls: int
    seed: int
    events: list[tuple[float, int, int, Sequence[int]]] = field(default_factory=list)
    came: list[float] = field(default_factory=list)  # when each call was due
    entered: list[int] = field(default_factory=list)  # calls that the loop has not seen yet
    signed: list[int] = field(default_factory=list)  # calls whose signatures it has not seen yet
    waiting: deque[int] = field(default_factory=deque)
    busy: int = 0
    seen: list[int] = field(default_factory=list)  # calls that this turn of the loop is about to put in the queue
    awake: bool = False  # whether a turn of the loop is on, or about to be
    worked: float = 0.0
    batches: int = 0
    number: int = 0  # of events, so that those of one moment keep their order

    def run(self) -> Simulated:
        self.draw = random.Random(self.seed)  # noqa: S311 - chance, not secrecy
        self.waits, self.latencies = [0.0] * self.calls, [0.0] * self.calls
        self.at(self.gap(self.draw), _ARRIVAL)
        now = 0.0
        while self.events:
            now, _, kind, some = heappop(self.events)
            if kind == _ARRIVAL:
                self.arrive(now)
            elif kind == _TURN:
                self.turn(now)
            elif kind == _TURNED:
                self.turned(now, some)
            else:
                self.busy -= 1
                self.signed.extend(some)
                if self.waiting:
                    self.begin(now, 0.0)
                self.wake(now)
        skipped = int(self.calls * _SETTLING)
        busy = self.worked / (self.workers * now)
        return Simulated(self.waits[skipped:], self.latencies[skipped:], busy, self.calls / self.batches)

    def at(self, moment: float, kind: int, some: Sequence[int] = ()) -> None:
        self.number += 1
        heappush(self.events, (moment, self.number, kind, some))

    def arrive(self, now: float) -> None:
        self.entered.append(len(self.came))
        self.came.append(now)
        if len(self.came) < self.calls:
            self.at(now + self.gap(self.draw), _ARRIVAL)
        self.wake(now)

    def wake(self, now: float) -> None:
        """Something has come up for the loop."""
        if not self.awake:
            self.awake = True
            late = self.costs.wakes_busy if self.busy == self.workers else self.costs.wakes
            self.at(now + self.draw.choice(late), _TURN)

    def turn(self, now: float) -> None:
        """The loop does what has come up until now; half of the work for a call is to take it, half to answer it."""
        work = self.costs.handling / 2 * (len(self.entered) + len(self.signed))
        self.seen, self.entered = self.entered, []
        done, self.signed = self.signed, []
        self.at(now + work, _TURNED, done)

    def turned(self, now: float, done: Sequence[int]) -> None:
        for call in done:
            self.latencies[call] = now - self.came[call]
        self.waiting.extend(self.seen)
        self.seen = []
        while self.waiting and self.busy < self.workers:
            self.begin(now, self.costs.start)
        if self.entered or self.signed:
            self.at(now, _TURN)
        else:
            self.awake = False

    def begin(self, now: float, delay: float) -> None:
        """A thread takes a batch."""
        size = taken(len(self.waiting), self.workers, self.costs.lanes, self.costs.most)
        calls = [self.waiting.popleft() for _ in range(size)]
        took = self.costs.batch(size, self.draw)
        for call in calls:
            self.waits[call] = now + delay - self.came[call]
        self.busy += 1
        self.batches += 1
        self.worked += took
        self.at(now + delay + took, _SIGNED, calls)
