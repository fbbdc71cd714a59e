"""What Python takes of a batch: the same calls with a C core that does nothing but hand out a finished result.

The result is copied to where the C core would write it, so that fetching and reading the memory is counted; and the
lists are gone through, as the C core does before it begins.
Time is the thread's processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import cast, py_object
from typing import Any

from bench.kernel.figures import Figure
from bench.kernel.pairs import messages
from signing_core import PrivateKey, _native, sign_batch, verify_batch
from signing_core._native_cffi import ffi, lib

__all__ = ["PythonShare"]

COUNTS = (64, 1000)
TARGET = 0.5
ITEMS = 16_000  # of one measurement: the first call finds cold caches and fresh pages


class _Idle:
    """The C library, with batches that cost nothing."""

    def __init__(self, lib: Any, signatures: bytes) -> None:
        self._lib, self._signatures = lib, signatures
        self._verdicts = [True] * max(COUNTS)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._lib, name)
        setattr(self, name, value)  # found at once from now on, as in the library
        return value

    def sk_sign_list(
        self, _ring: Any, messages: int, count: int, _kernel: int, out: Any, stride: int, _room: Any
    ) -> int:
        lib.sk_list_only_bytes(messages, count)
        ffi.buffer(out, count * stride)[:] = self._signatures[: count * stride]
        return 0

    def sk_verify_lists(
        self, _ring: Any, messages: int, signatures: int, count: int, _kernel: int, verdicts: int, _room: Any
    ) -> int:
        lib.sk_list_only_bytes(messages, count)
        lib.sk_list_only_bytes(signatures, count)
        cast(verdicts, py_object).value[:] = self._verdicts[:count]
        return 0


@contextmanager
def _idle(signatures: bytes) -> Iterator[None]:
    _native.lib = _Idle(lib, signatures)  # type: ignore[attr-defined]  # what _native does not export, on purpose
    try:
        yield
    finally:
        _native.lib = lib  # type: ignore[attr-defined]


class PythonShare:
    """Rounds of four calls, each with one key; the batches also with eight keys in turn."""

    def __init__(self, keys: list[PrivateKey]) -> None:
        self.rounds: dict[tuple[str, int], list[float]] = {}
        self._calls: dict[tuple[str, int], Callable[[], object]] = {}
        self._results: dict[int, bytes] = {}
        for count in COUNTS:
            self._prepare(count, keys)

    def _prepare(self, count: int, keys: list[PrivateKey]) -> None:
        key, batch = keys[0], messages(count)
        signatures = key.sign_many(batch)
        self._results[count] = b"".join(signatures)
        public = key.public_key
        turns = [keys[i % len(keys)] for i in range(count)]
        one = [(key, message) for message in batch]
        many = list(zip(turns, batch, strict=True))
        shown = [(public, message, signature) for message, signature in zip(batch, signatures, strict=True)]
        shown_many = [
            (k.public_key, message, signature) for k, (_, message, signature) in zip(turns, shown, strict=True)
        ]
        self._calls |= {
            ("sign_many", count): lambda: key.sign_many(batch, threads=1),
            ("verify_many", count): lambda: public.verify_many(batch, signatures, threads=1),
            ("sign_batch", count): lambda: sign_batch(one, threads=1),
            ("verify_batch", count): lambda: verify_batch(shown, threads=1),
            (f"sign_batch, {len(keys)} keys", count): lambda: sign_batch(many, threads=1),
            (f"verify_batch, {len(keys)} keys", count): lambda: verify_batch(shown_many, threads=1),
        }
        for call in list(self._calls.values())[-6:]:
            call()  # the keys' C forms

    def measure(self) -> None:
        """One round: microseconds an item of every call."""
        for (name, count), call in self._calls.items():
            repeats = -(-ITEMS // count)
            with _idle(self._results[count]):
                begun = time.thread_time()
                for _ in range(repeats):
                    call()
                elapsed = time.thread_time() - begun
            self.rounds.setdefault((name, count), []).append(1e6 * elapsed / repeats / count)

    def figures(self) -> list[Figure]:
        part = "Python's share of an item, the C core taken out"
        return [
            Figure(part, f"{name}, {count} items", row, "µs", 3, TARGET, most=True)
            for (name, count), row in self.rounds.items()
        ]
