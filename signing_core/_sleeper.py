"""How a thread waits until it is called: asleep, or for a while awake, because a sleeper is not at work at once.

To wake a thread takes some 50 µs where its processor sleeps too: a third of a signature. So one that is likely to be
called soon looks out for its call, without the interpreter's lock. A bell tells it to look. Bells ring when that lock
is free, lest who hears one go to sleep for the lock, and they carry nothing: who has missed one is late, not wrong.
"""

from __future__ import annotations

from threading import Lock
from time import perf_counter

from signing_core._native import Bell

__all__ = ["Bells", "Sleeper"]

_LINGER = 200e-6  # seconds awake, where the last call came within that time,
_MAKE_WAY = 50e-6  # else only until whoever was told has the interpreter's lock
_STIRRED = 300e-6  # and where a call is about to come

# And not at all for so long, at first and at most, after others had the processor of one who was awake. The pause
# doubles where that happens again within so many times its length.
_CROWDED, _AGAIN = (0.02, 2.0), 16


class Bells:
    """``call``: one of the threads has been called. ``told``: one has told its batch, and begins to rest."""

    def __init__(self) -> None:
        self.call, self.told = Bell(), Bell()
        self._crowded_until = 0.0
        self._pause, _ = _CROWDED

    @property
    def of_use(self) -> bool:
        """Whether to wait awake. Among others who are busy it costs a thread its turn when it is needed."""
        return perf_counter() >= self._crowded_until

    def hear(self, bell: Bell, since: int, seconds: float, ring: Bell | None = None) -> bool:
        """``bell.await_ring``; if that was disturbed, a pause, and a longer one if it soon happens again."""
        heard, disturbed = bell.await_ring(since, seconds, ring)
        if disturbed:
            least, most = _CROWDED
            now = perf_counter()
            self._pause = min(2 * self._pause, most) if now < self._crowded_until + _AGAIN * self._pause else least
            self._crowded_until = now + self._pause
        return heard


class Sleeper:
    """One thread's waiting. ``lock`` is the crew's; methods that say so are called while it is held."""

    def __init__(self, lock: Lock, bells: Bells | None) -> None:
        self._lock = lock
        self._bells = bells
        self._gate = Lock()  # held by the thread; released once for each time that it has gone to sleep
        self._gate.acquire()
        self._called = False
        self._linger = _LINGER
        self.awake = False
        """Whether it looks out for its call; else it must be woken. Changes under the lock."""

    def lie_down(self, awake: bool) -> None:
        """The thread may be called from now on. Under the lock; ``rest`` follows."""
        self._called, self.awake = False, awake

    def call(self) -> bool:
        """End its rest; whether it must be woken as well. Under the lock, once."""
        self._called = True
        return not self.awake

    def stir(self) -> None:
        """A call is about to come. Under the lock, for one who is not awake and must be woken after it."""
        self.awake = True

    def wake(self) -> None:
        """Wake the thread: after ``call``, where that says so, and after ``stir``."""
        self._gate.release()

    def rest(self) -> None:
        """Wait until called. If awake, begin by ringing that the batch is told."""
        begun = perf_counter()
        if not (self.awake and self._look_out(self._linger, ring=True)):
            self._gate.acquire()
            while not self._called and not self._look_out(_STIRRED):
                self._gate.acquire()
        self._linger = _LINGER if perf_counter() - begun < _LINGER else _MAKE_WAY

    def _look_out(self, seconds: float, ring: bool = False) -> bool:
        """Wait awake; False if no call has come, and one that comes from now on must wake the thread."""
        assert self._bells is not None  # noqa: S101 - nobody is awake without
        other = self._bells.told if ring else None
        begun = perf_counter()
        while not self._called:
            rung = self._bells.call.rung
            left = seconds - (perf_counter() - begun)
            if left <= 0:
                with self._lock:
                    self.awake = self._called
                break
            if not self._called:
                self._bells.hear(self._bells.call, rung, left, other)
                other = None
        return self._called
