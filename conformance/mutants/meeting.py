"""Races that are lost every time: two calls are made to meet between writing what threads share and reading it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from conformance.mutants.keyring import Keyring
from conformance.mutants.right import Right

First = TypeVar("First")


class Meeting:
    """A barrier for two, that knows when the first has come and can be called off."""

    PATIENCE = 10.0  # seconds; a call that stays alone goes on

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._barrier = threading.Barrier(2)

    def wait(self) -> None:
        """Go on when two are here, or the meeting is called off."""
        self.entered.set()
        try:
            self._barrier.wait(self.PATIENCE)
        except threading.BrokenBarrierError:
            return

    def call_off(self) -> None:
        """Let whoever waits go on: no one else will come."""
        self._barrier.abort()


class Racing(Right):
    """Loses a race against a second call; to be asked by ``overtaken``, each time anew."""

    def __init__(self, keys: Keyring) -> None:
        super().__init__(keys)
        self.meeting = Meeting()


def overtaken(target: Racing, first: Callable[[], First], second: Callable[[], object]) -> First:
    """What ``first`` returns where ``second`` is called while it is under way; the order is always the same."""
    found: list[First] = []

    def ask() -> None:
        try:
            found.append(first())
        finally:
            target.meeting.call_off()  # nobody is left for the second to meet
            target.meeting.entered.set()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    target.meeting.entered.wait()
    second()
    target.meeting.call_off()
    thread.join()
    return found[0]
