"""Threads that take waiting items in batches, as large as suits the kernel and as small as keeps every thread busy.

Nothing here knows of event loops. One thread, the owner, calls ``put``, ``ask``, ``listen``, ``leave`` and ``close``.
The crew's own threads start when there is work for them. An executor would do most of this as well, only waking its
threads takes some 30 µs longer, and they can be given no errands.
"""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import Generic, TypeVar

from signing_core import _native
from signing_core._sleeper import Crowd, Sleeper, sleeper

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
    Neither must raise, nor must ``left``, which a thread calls after an errand that the owner has left. ``spin``:
    whether a thread may be given errands, for which it and the owner wait awake.
    """

    def __init__(
        self,
        work: Callable[[Sequence[_T]], Callable[[], None]],
        left: Callable[[], None],
        workers: int,
        lanes: int,
        most: int,
        spin: bool = False,
    ) -> None:
        self._work = work
        self._left = left
        self._workers = workers
        self._lanes = lanes
        self._most = most
        self._threads: list[Thread] = []
        self._crowd = Crowd() if spin and _native.available else None
        # The lock keeps "nothing waits, so I rest" and "none is at rest, so I call none" from happening at once.
        self._lock = Lock()
        self._closed = False
        self._waiting: deque[_T] = deque()
        self._sleepers: list[Sleeper] = []  # of all threads
        self._idle: list[Sleeper] = []
        self._busy = 0  # threads that are not idle
        self._asked: _native.Rest | None = None  # of the thread that has an errand, and counts as busy

    @property
    def spins(self) -> bool:
        """Whether to ``ask``."""
        return self._crowd is not None and not self._crowd.here

    def put(self, items: Sequence[_T]) -> None:
        """Have ``items`` worked on, and call as many threads at rest as they can occupy."""
        with self._lock:
            self._waiting.extend(items)
            waiting = len(self._waiting)
            wanted = waiting if waiting <= self._workers else -(-waiting // (self._lanes // 2 or 1))
            wanted = min(self._workers - self._busy, wanted)
            called = [self._idle.pop() for _ in range(min(wanted, len(self._idle)))]  # who rested last is warmest
            self._busy += wanted
        for one in called:
            one.call()
        if len(called) < wanted:
            self._start(wanted - len(called))

    def ask(self, errand: _native.Errand) -> bool:
        """Give a thread at rest an errand, if none is busy; ``listen`` and ``leave`` are for its end. False if not."""
        with self._lock:
            if self._busy or not self._idle or not isinstance(warmest := self._idle[-1], _native.Rest):
                return False
            self._asked = warmest
            self._idle.pop()
            self._busy += 1
        warmest.ask(errand)
        return True

    def listen(self, seconds: float) -> bool:
        """After ``ask``: wait, awake, until the errand is done; False if it is not after so long."""
        assert self._asked is not None  # noqa: S101 - an errand was given
        return self._asked.listen(seconds)

    def leave(self) -> bool:
        """Listen no longer. True if the errand is done; else the thread will call ``left`` when it is."""
        one, self._asked = self._asked, None
        assert one is not None  # noqa: S101 - as above
        done, disturbed = one.leave()
        if disturbed and self._crowd is not None:
            self._crowd.seen()
        if not done:
            return False
        with self._lock:  # the thread is at rest, as it was all the time, and goes on with that
            called = bool(self._waiting)
            if not called:
                self._busy -= 1
                self._idle.append(one)
        if called:
            one.call()
        return True

    def close(self) -> None:
        """End and join the threads after the batches they are at; what still waits is dropped.

        The interpreter does this when it exits, lest OpenSSL be torn down while a thread is inside it.
        """
        with self._lock:
            self._closed = True
            self._busy += len(self._idle)  # with ending
            self._idle.clear()
        for one in self._sleepers:
            one.call()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._sleepers.clear()
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
        mine = sleeper()
        with self._lock:
            self._sleepers.append(mine)
        while True:
            self._drain()
            with self._lock:
                if self._waiting and not self._closed:
                    continue
                self._busy -= 1
                if self._closed:
                    return
                mine.lie_down()
                self._idle.append(mine)
            if mine.rest():
                self._left()

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
