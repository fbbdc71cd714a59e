"""Open-loop load: calls that begin when they are due, whatever became of those before.

A caller who waits for the answer before asking again (a closed loop) asks less while the signer stalls, so the stall is
one slow call in their books: coordinated omission. Here every moment is fixed in advance, and a call's latency counts
from then on, also where the load generator or the event loop was held up and sent it late.

The only clock is the event loop's own, so that tests can run this in logical time.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from math import isnan, nan

__all__ = ["SPACINGS", "Stopped", "Trace", "drive", "due_times", "never"]

SPACINGS = ("poisson", "constant")
_BURST = 64  # calls that are sent at once; then the loop takes a turn, as it would if they came from outside
Sign = Callable[[], Awaitable[object]]


class Stopped(Exception):  # noqa: N818 - no error: someone wanted it
    """The run was stopped before its end, and what it has measured tells nothing."""


def never() -> bool:
    """Whether to stop: no."""
    return False


def due_times(rate: float, seconds: float, spacing: str = "poisson", seed: int = 1) -> list[float]:
    """The moments from 0 to ``seconds`` at which calls are due, ``rate`` a second on average.

    ``poisson``: independent callers, exponential gaps from ``seed``; ``constant``: equal gaps.
    """
    if spacing == "constant":
        return [number / rate for number in range(round(rate * seconds))]
    draw = random.Random(seed)  # noqa: S311 - chance, not secrecy
    moments: list[float] = []
    now = draw.expovariate(rate)
    while now < seconds:
        moments.append(now)
        now += draw.expovariate(rate)
    return moments


@dataclass(frozen=True)
class Trace:
    """What became of each call, in seconds from the start; nan: it never came to that."""

    due: Sequence[float]
    sent: Sequence[float]
    done: Sequence[float]
    end: float  # when the run was over
    full: bool  # it ended early, since as many calls waited as may

    @property
    def calls(self) -> int:
        """How many were due until the end."""
        return sum(due <= self.end for due in self.due)

    @property
    def unanswered(self) -> int:
        """How many of them had no answer by then."""
        return self.calls - sum(not isnan(done) for done in self.done)

    @property
    def achieved(self) -> float:
        """Answers a second."""
        answered = [done for done in self.done if not isnan(done)]
        return len(answered) / max(*answered, self.due[self.calls - 1]) if answered else 0.0

    def from_due(self) -> list[float]:
        """Seconds from due to answered; for a call without an answer to the end, which is the least it can be."""
        pairs = zip(self.due, self.done, strict=True)
        return [(self.end if isnan(done) else done) - due for due, done in pairs if due <= self.end]

    def from_sent(self) -> list[float]:
        """Seconds from sent to answered, of those that were: what is usually told."""
        return [done - sent for sent, done in zip(self.sent, self.done, strict=True) if not isnan(done)]

    def late(self) -> list[float]:
        """Seconds from due to sent."""
        return [sent - due for due, sent in zip(self.due, self.sent, strict=True) if not isnan(sent)]


async def drive(
    sign: Sign, due: Sequence[float], *, room: int, patience: float, stop: Callable[[], bool] = never
) -> Trace:
    """Call ``sign`` at each moment of ``due``, in a task of its own; what became of it.

    It ends by itself: as soon as ``room`` calls wait and one has been answered, or ``patience`` seconds after the last
    was sent; calls without an answer are then cancelled. An error of ``sign`` is raised here, and Stopped once ``stop``
    says so, which is asked with each call.
    """
    return await _Drive(sign, due, room, stop).run(patience)


class _Drive:
    """One run. It is made of bare callbacks where it can be, for what it takes of the processor the signer lacks."""

    def __init__(self, sign: Sign, due: Sequence[float], room: int, stop: Callable[[], bool]) -> None:
        self._sign, self._due, self._room, self._stop = sign, due, room, stop
        self._sent, self._done = [nan] * len(due), [nan] * len(due)
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._all_sent = self._loop.create_future()
        self._answered = self._loop.create_future()  # once all are sent, and all of them answered
        self._failure: Exception | None = None
        self._next = 0
        self._begin = 0.0

    async def run(self, patience: float) -> Trace:
        self._begin = self._loop.time()
        self._send()
        try:
            await self._all_sent
            full = self._next < len(self._due) or len(self._tasks) >= self._room
            if self._tasks and not full and not self._failure:
                await asyncio.wait([self._answered], timeout=patience)
            elif full and not self._failure and all(map(isnan, self._done)):
                # All have come before the first answer could: without one there would be nothing to tell.
                await asyncio.wait(self._tasks.values(), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            end = self._loop.time() - self._begin
            trace = Trace(self._due, tuple(self._sent), tuple(self._done), end, full)
        finally:
            self._next = len(self._due)
            left = list(self._tasks.values())
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        if self._failure:
            raise self._failure
        return trace

    def _send(self) -> None:
        """Begin the calls that are due, and come again when the next one is."""
        if self._stop() and not self._failure:
            self._failure = Stopped()
        due, count, now = self._due, len(self._due), self._loop.time() - self._begin
        last = min(count, self._next + _BURST)
        while self._next < last and due[self._next] <= now and len(self._tasks) < self._room and not self._failure:
            self._tasks[self._next] = self._loop.create_task(self._call(self._next))
            self._next += 1
        if self._next < count and len(self._tasks) < self._room and not self._failure:
            self._loop.call_at(self._begin + due[self._next], self._send)
        elif not self._all_sent.done():
            self._all_sent.set_result(None)

    async def _call(self, number: int) -> None:
        self._sent[number] = self._loop.time() - self._begin
        try:
            await self._sign()
            self._done[number] = self._loop.time() - self._begin
        except Exception as error:  # raised by ``run``: a task's own would only be a warning at its end
            self._failure = error
        finally:
            del self._tasks[number]
            if not self._tasks and self._all_sent.done() and not self._answered.done():
                self._answered.set_result(None)
