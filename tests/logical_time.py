"""An event loop whose clock stands still while code runs and jumps to the next timer when there is nothing to do."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class LogicalLoop(asyncio.SelectorEventLoop):
    """Nothing in it waits, so what takes an hour of its time takes a moment of ours, and the same each time."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.now


class _Jumping(selectors.SelectSelector):
    def __init__(self, loop: LogicalLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        if not found:
            if timeout is None:
                raise RuntimeError("nothing will ever happen any more")
            self._loop.now += timeout
        return found


def run_logically(main: Coroutine[Any, Any, _T]) -> _T:
    """``asyncio.run`` in logical time."""
    with asyncio.Runner(loop_factory=LogicalLoop) as runner:
        return runner.run(main)


def hold_up(seconds: float) -> None:
    """Let the running loop stand still, as code does that does not await."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LogicalLoop)
    loop.now += seconds
