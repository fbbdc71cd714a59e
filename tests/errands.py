"""Errands in Python, for threads that rest in C: see signing_core._native.Rest."""

from __future__ import annotations

from collections.abc import Callable

from signing_core import _native

__all__ = ["PythonErrand"]


class PythonErrand:
    """Calls ``work`` on the thread, with the interpreter's lock; it must not raise."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.function = _native.ffi.callback("void(void *)", lambda _: work() and None)
        self.argument = _native.ffi.NULL
