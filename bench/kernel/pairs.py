"""``sign_many`` and ``verify_many`` beside OpenSSL's EVP, in turns, in one process and on one thread.

OpenSSL is a C loop over messages of the same sizes in one call to the C core with its kernel "openssl", its arguments
made beforehand and its context set up once a loop: it pays nothing of Python. Ours is the call that users make, with
all that it takes of Python; and, as a third, the same loop in C with our kernel, which tells Python's part apart. Every
one hashes, pads, blinds and checks.

Time is the thread's processor time: the turns that others have on the processor do not count, what they do to its
caches and ports does. On a quiet machine it is elapsed time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from bench.kernel.figures import Figure
from signing_core import PrivateKey
from signing_core._native_cffi import ffi, lib

__all__ = ["BATCHES", "Pair", "messages"]

BATCHES = (1, 2, 4, 8, 16, 64, 1024)
_SHORT = (1, 4, 8, 64)  # for longer keys
_LOOP = {"sign": 8, "verify": 64}  # messages of OpenSSL's loop, enough to make its start cost nothing
_OPENSSL, _LANES = 0, 1

# What counts of a batch: for small ones its time as a multiple of OpenSSL's for one message, else the ratio of speeds.
_TIME_TARGETS = {("sign", 1): 1.05, ("sign", 4): 1.15}
_SPEED_TARGETS = {"sign": {"quiet": 3.7, "contended": 3.4}, "verify": {"quiet": 7.5, "contended": 7.5}}
_SPEED_FROM = 64
_FULL = 8  # messages that fill the kernel's lanes


def messages(count: int) -> list[bytes]:
    """Messages of 36 to 600 bytes, as requests have them: 318 on average, however many they are."""
    steps = [i * 564 // (count - 1) for i in range(count)] if count > 1 else [282]
    return [i.to_bytes(4) + bytes([i % 256]) * (32 + step) for i, step in enumerate(steps)]


class _Strings:
    """An sk_strings over Python's bytes, which live as long.

    It keeps addresses as numbers: thousands of pointers more would be looked at whenever Python collects its garbage,
    and that would be counted as Python's share.
    """

    def __init__(self, values: Sequence[bytes]) -> None:
        addresses = [int(ffi.cast("uintptr_t", ffi.from_buffer(value))) for value in values]
        self._held = tuple(values), ffi.new("uintptr_t[]", addresses), ffi.new("size_t[]", [len(v) for v in values])
        self.pointer = ffi.new("sk_strings *", (ffi.cast("uint8_t **", self._held[1]), self._held[2]))


def _prepared(
    what: str, key: PrivateKey, batch: Sequence[bytes], signatures: Sequence[bytes], kernel: int
) -> Callable[[], int]:
    """The bare call to the C core, which reports a fault by another number than 0."""
    count = len(batch)
    strings, proofs = _Strings(batch), _Strings(signatures)
    if what == "sign":
        ring = key.native().alone
        out = ffi.new("uint8_t[]", count * ring.longest)

        def sign() -> int:
            return lib.sk_sign_batch(ring.pointer, strings.pointer, count, kernel, out, ring.longest)

        return sign
    public = key.public_key.native().alone
    verdicts = ffi.new("uint8_t[]", count)

    def verify() -> int:
        fault = lib.sk_verify_batch(public.pointer, strings.pointer, proofs.pointer, count, kernel, verdicts)
        return fault or count - sum(ffi.buffer(verdicts)[:])

    return verify


class _Side:
    """One of those that are compared: a call, and how many items it does."""

    def __init__(self, call: Callable[[], object], items: int) -> None:
        self._call, self._items = call, items
        self._repeats = 1
        self.seconds(0.0)

    def seconds(self, least: float) -> float:
        """Seconds an item, over as many calls as took the least time by the measurement before."""
        begun = time.thread_time()
        for _ in range(self._repeats):
            self._call()
        one = (time.thread_time() - begun) / self._repeats
        self._repeats = max(1, ceil(least / one))
        return one / self._items


@dataclass(frozen=True)
class _Times:
    """Of one round, in seconds an item."""

    openssl: float
    ours: float
    bare: float


class Pair:
    """One operation, key size and batch size: the two that are compared, and what their rounds have given."""

    def __init__(self, what: str, key: PrivateKey, count: int) -> None:
        self.what, self.bits, self.count = what, key.bits, count
        self.rounds: list[_Times] = []
        batch = messages(count)
        signatures = key.sign_many(batch)
        loop = messages(_LOOP[what])
        openssl = _prepared(what, key, loop, key.sign_many(loop), _OPENSSL)
        bare = _prepared(what, key, batch, signatures, _LANES)
        ours: Callable[[], object] = (
            (lambda: key.sign_many(batch, threads=1))
            if what == "sign"
            else (lambda: key.public_key.verify_many(batch, signatures, threads=1))
        )
        if ours() != (signatures if what == "sign" else [True] * count) or openssl() != 0 or bare() != 0:
            raise RuntimeError(f"{what} of {count} with {self.bits} bits goes wrong")
        self._sides = [_Side(openssl, len(loop)), _Side(ours, count), _Side(bare, count)]

    @classmethod
    def all(cls, keys: Sequence[PrivateKey]) -> list[Pair]:
        return [
            cls(what, key, count)
            for key in keys
            for what in _LOOP
            for count in (BATCHES if key.bits == 2048 else _SHORT)
        ]

    def measure(self, least: float, *, reverse: bool) -> None:
        """One round: ours stands between the other two, whichever comes first."""
        order = reversed(self._sides) if reverse else self._sides
        found = [side.seconds(least) for side in order]
        self.rounds.append(_Times(*(reversed(found) if reverse else found)))

    def figure(self, state: str) -> Figure:
        """The line of this pair, judged by the target of a machine in this state."""
        part = f"{self.what}_many, {self.bits} bits, one thread: "
        micro = [1e6 * median(times) for times in zip(*((t.openssl, t.ours) for t in self.rounds), strict=True)]
        bare = median(t.openssl / t.bare for t in self.rounds)
        note = f"{micro[0]:.1f} µs, {micro[1]:.1f} µs; C alone {bare:.2f} x"
        if self.count < _FULL:
            return Figure(
                part + "time of a batch in OpenSSL's for one message",
                f"batch of {self.count}",
                [self.count * t.ours / t.openssl for t in self.rounds],
                target=_TIME_TARGETS.get((self.what, self.count)) if self.bits == 2048 else None,
                most=True,
                note=note,
            )
        return Figure(
            part + "speed in OpenSSL's",
            f"batch of {self.count}",
            [t.openssl / t.ours for t in self.rounds],
            target=_SPEED_TARGETS[self.what][state] if self.bits == 2048 and self.count >= _SPEED_FROM else None,
            note=note,
        )
