"""Threads that take waiting items in batches, as large as suits the kernel and as small as keeps every thread busy.

Nothing here knows of event loops. One thread calls ``put`` and ``close``. The crew's own threads start when there is
work for them. An executor would do all of this as well, only waking its threads takes a tenth of a signature longer.
"""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

__all__ = ["Crew", "portion"]

_T = TypeVar("_T")


def portion(waiting: int, workers: int, lanes: int, most: int) -> int:
    """How many of ``waiting`` items one of ``workers`` threads takes at once, at most ``most``.

    Its fair share, rounded up to what the kernel does in the same time: a multiple of ``lanes``, or half of ``lanes``,
    which pack two to an item.
    """
    share = -(-waiting // workers)
    half = lanes // 2
    size = half if share <= half else -(-share // lanes) * lanes
    return min(waiting, size, most)


class Crew(Generic[_T]):
    """Up to ``workers`` threads that call ``work`` with one batch after another.

    ``work`` returns a function that tells those who wait for the batch. It is called last thing before a thread rests
    or goes on to the next batch, both of which let go of the interpreter's lock: so who is told can run at once.
    Neither must raise.
    """

    def __init__(self, work: Callable[[Sequence[_T]], Callable[[], None]], workers: int, lanes: int, most: int) -> None:
        self._work = work
        self._workers = workers
        self._lanes = lanes
        self._most = most
        self._threads: list[Thread] = []
        self._tickets: SimpleQueue[bool] = SimpleQueue()  # True wakes a thread, False ends it
        self._closed = False
        # The lock keeps "nothing waits, so I rest" and "none is at rest, so I wake none" from happening at once.
        self._lock = Lock()
        self._waiting: deque[_T] = deque()
        self._busy = 0

    def put(self, items: Sequence[_T]) -> None:
        """Have ``items`` worked on, and wake as many threads at rest as they can occupy."""
        with self._lock:
            self._waiting.extend(items)
            wanted = -(-len(self._waiting) // (self._lanes // 2 or 1))
            woken = min(self._workers - self._busy, wanted)
            self._busy += woken
            missing = self._busy - len(self._threads)
        if missing > 0:
            woken -= self._start(missing)
        for _ in range(woken):
            self._tickets.put(True)

    def close(self) -> None:
        """End and join the threads after the batches they are at; what still waits is dropped.

        The interpreter does this when it exits, lest OpenSSL be torn down while a thread is inside it.
        """
        self._closed = True
        for _ in self._threads:
            self._tickets.put(False)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        atexit.unregister(self.close)

    def _start(self, count: int) -> int:
        """Start ``count`` threads; how many the system, or a closing interpreter, refuses."""
        if not self._threads:
            atexit.register(self.close)
        for refused in range(count, 0, -1):
            # Daemons, because the interpreter joins other threads before it would tell them to end.
            thread = Thread(target=self._serve, name="AsyncSigner", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                self._do_without(refused)
                return refused
            self._threads.append(thread)
        return 0

    def _do_without(self, refused: int) -> None:
        """Go on with the threads there are; with none, here and now, since late is better than never."""
        with self._lock:
            self._workers = len(self._threads) or 1
            self._busy -= refused if self._threads else refused - 1
        if not self._threads:
            self._drain()

    def _serve(self) -> None:
        while self._tickets.get():
            self._drain()

    def _drain(self) -> None:
        batch = self._take()
        while batch:
            tell = self._work(batch)
            batch = self._take()
            tell()

    def _take(self) -> list[_T]:
        with self._lock:
            waiting = 0 if self._closed else len(self._waiting)
            count = portion(waiting, self._workers, self._lanes, self._most)
            if not count:
                self._busy -= 1
            return [self._waiting.popleft() for _ in range(count)]
