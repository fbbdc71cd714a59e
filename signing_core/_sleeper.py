"""How a thread of a crew rests: in C, where it may be given errands, or asleep; and when nobody should wait awake."""

from __future__ import annotations

from threading import Event
from time import perf_counter

from signing_core import _native

__all__ = ["Crowd", "Nap", "Sleeper", "sleeper"]

# Nobody waits awake for so long, at first and at most, after others had the processor of one who did. The pause doubles
# where that happens again within so many times its length.
_PAUSE, _AGAIN = (0.02, 2.0), 2


class Crowd:
    """Whether others want the processors. Among them, waiting awake costs a thread its turn when it is needed."""

    def __init__(self) -> None:
        self._until = 0.0
        self._pause, _ = _PAUSE

    @property
    def here(self) -> bool:
        """Nobody should wait awake now."""
        return perf_counter() < self._until

    def seen(self) -> None:
        """One who waited awake was disturbed: a pause, and a longer one if that soon happens again."""
        least, most = _PAUSE
        now = perf_counter()
        self._pause = min(2 * self._pause, most) if now < self._until + _AGAIN * self._pause else least
        self._until = now + self._pause


class Nap:
    """A rest without the extension: asleep, and without errands. Otherwise as ``_native.Rest``."""

    def __init__(self) -> None:
        self._called = Event()

    def lie_down(self) -> None:
        self._called.clear()

    def rest(self) -> bool:
        self._called.wait()
        return False

    def call(self) -> None:
        self._called.set()


Sleeper = _native.Rest | Nap


def sleeper() -> Sleeper:
    """A new one."""
    return _native.Rest() if _native.available else Nap()
