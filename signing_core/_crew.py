"""Threads that take waiting items in batches, as large as suits the kernel and as small as keeps every thread busy.

Nothing here knows of event loops. One thread, the owner, calls ``put``, ``stir``, ``listen`` and ``close``. The crew's
own threads start when there is work for them. An executor would do most of this as well, only waking its threads takes
some 30 µs longer.
"""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import Generic, TypeVar

from signing_core import _native
from signing_core._sleeper import Bells, Sleeper

__all__ = ["Crew", "portion"]

_T = TypeVar("_T")


def portion(waiting: int, workers: int, lanes: int, most: int) -> int:
    """How many of ``waiting`` items one of ``workers`` threads takes at once, at most ``most``.

    Its fair share, rounded up to what the kernel does in the same time: a multiple of ``lanes``, or half of ``lanes``,
    which pack two to an item. A single item takes less time than that, so it is not rounded up.
    """
    share = -(-waiting // workers)
    half = lanes // 2
    size = share if share == 1 else half if share <= half else -(-share // lanes) * lanes
    return min(waiting, size, most)


class Crew(Generic[_T]):
    """Up to ``workers`` threads that call ``work`` with one batch after another.

    ``work`` returns a function that tells those who wait for the batch. It is called last thing before a thread rests
    or goes on to the next batch, both of which let go of the interpreter's lock: so who is told can run at once.
    Neither must raise. ``spin``: whether the owner and a thread may wait for each other awake.
    """

    def __init__(
        self,
        work: Callable[[Sequence[_T]], Callable[[], None]],
        workers: int,
        lanes: int,
        most: int,
        spin: bool = False,
    ) -> None:
        self._work = work
        self._workers = workers
        self._lanes = lanes
        self._most = most
        self._threads: list[Thread] = []
        self._bells = Bells() if spin and _native.available else None
        self._heard = 0
        self.listening = False
        """Set by the owner who listens until its items are done, and need not be woken by who tells it."""
        # The lock keeps "nothing waits, so I rest" and "none is at rest, so I call none" from happening at once.
        self._lock = Lock()
        self._closed = False
        self._waiting: deque[_T] = deque()
        self._idle: list[Sleeper] = []
        self._busy = 0  # threads that are not idle

    @property
    def spins(self) -> bool:
        """Whether the owner may listen."""
        return self._bells is not None and self._bells.of_use

    def put(self, items: Sequence[_T]) -> None:
        """Have ``items`` worked on, and call as many threads at rest as they can occupy."""
        if self.listening and self._bells:
            self._heard = self._bells.told.rung
        with self._lock:
            self._waiting.extend(items)
            waiting = len(self._waiting)
            wanted = waiting if waiting <= self._workers else -(-waiting // (self._lanes // 2 or 1))
            wanted = min(self._workers - self._busy, wanted)
            called = [self._idle.pop() for _ in range(min(wanted, len(self._idle)))]  # who rested last is warmest
            self._busy += wanted
            asleep = [sleeper for sleeper in called if sleeper.call()]
        for sleeper in asleep:
            sleeper.wake()
        if self._bells and len(asleep) < len(called) and not self.listening:
            self._bells.call.ring()
        if len(called) < wanted:
            self._start(wanted - len(called))

    def stir(self) -> None:
        """Items are about to come: if all threads sleep, have one awake by then."""
        if self._busy or not self._idle or self._idle[-1].awake or not self.spins:
            return
        with self._lock:
            sleeper = None if self._idle[-1].awake else self._idle[-1]  # the owner alone takes from it
            if sleeper:
                sleeper.stir()
        if sleeper:
            sleeper.wake()

    def listen(self, seconds: float) -> None:
        """After ``put``: let the threads go to work and wait, awake, until one has told its batch, at most so long."""
        if self._bells and self._bells.hear(self._bells.told, self._heard, seconds, self._bells.call):
            self._heard = self._bells.told.rung

    def close(self) -> None:
        """End and join the threads after the batches they are at; what still waits is dropped.

        The interpreter does this when it exits, lest OpenSSL be torn down while a thread is inside it.
        """
        with self._lock:
            self._closed = True
            self._busy += len(self._idle)  # with ending
            asleep = [sleeper for sleeper in self._idle if sleeper.call()]
            self._idle.clear()
        for sleeper in asleep:
            sleeper.wake()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        atexit.unregister(self.close)

    def _start(self, count: int) -> None:
        """Start ``count`` threads, which count as busy already; do without those that the system refuses."""
        if not self._threads:
            atexit.register(self.close)
        for refused in range(count, 0, -1):
            # Daemons, because the interpreter joins other threads before it would tell them to end.
            thread = Thread(target=self._serve, name="AsyncSigner", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # so does an interpreter that is about to end
                self._do_without(refused)
                return
            self._threads.append(thread)

    def _do_without(self, refused: int) -> None:
        """Go on with the threads there are; with none, here and now, since late is better than never."""
        with self._lock:
            self._workers = len(self._threads) or 1
            self._busy -= refused
        if not self._threads:
            self._drain()

    def _serve(self) -> None:
        sleeper = Sleeper(self._lock, self._bells)
        while True:
            self._drain()
            with self._lock:
                if self._waiting and not self._closed:
                    continue
                self._busy -= 1
                if self._closed:
                    return
                sleeper.lie_down(awake=self._bells is not None and self.listening)
                self._idle.append(sleeper)
            sleeper.rest()

    def _drain(self) -> None:
        """Do what waits, batch after batch."""
        batch = self._take()
        while batch:
            tell = self._work(batch)
            batch = self._take()
            tell()

    def _take(self) -> list[_T]:
        with self._lock:
            waiting = 0 if self._closed else len(self._waiting)
            count = portion(waiting, self._workers, self._lanes, self._most)
            return [self._waiting.popleft() for _ in range(count)]
