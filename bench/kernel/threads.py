"""How much a second thread brings, beside what a second process brings to ``openssl speed`` in the same round.

``openssl speed`` works for seconds without a pause; a batch begins with waking a thread and ends by waiting for it. So
the target is for batches of some 30 ms of work on two threads. A batch of 1024 verifications is over in one: it is told
beside, without a target.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench import openssl_speed
from bench.kernel.figures import Figure
from bench.kernel.pairs import messages
from signing_core import PrivateKey

__all__ = ["Threads"]

TARGET = 0.97
BATCHES = {("sign", 1024): TARGET, ("verify", 16384): TARGET, ("verify", 1024): None}  # which has a target


@dataclass(frozen=True)
class _Gains:
    """What the second brought in one round: rates with two over rates with one."""

    openssl: float
    ours: float


class Threads:
    """Rounds of one and two threads, and processes."""

    def __init__(self, key: PrivateKey, seconds: int) -> None:
        self._seconds = seconds
        self.rounds: dict[tuple[str, int], list[_Gains]] = {one: [] for one in BATCHES}
        self._ours = {(what, count): _call(what, key, messages(count)) for what, count in BATCHES}

    def measure(self, *, reverse: bool) -> None:
        """One round; nothing without the openssl command."""
        if openssl_speed.OPENSSL is None:
            return
        theirs: dict[int, dict[str, float]] = {}
        ours: dict[int, dict[tuple[str, int], float]] = {}
        order = [(side, width) for width in (1, 2) for side in ("openssl", "ours")]
        for side, width in reversed(order) if reverse else order:
            if side == "openssl":
                theirs[width] = openssl_speed.rates(width, self._seconds)
            else:
                ours[width] = self._rates(width)
        for one, row in self.rounds.items():
            row.append(_Gains(theirs[2][one[0]] / theirs[1][one[0]], ours[2][one] / ours[1][one]))

    def _rates(self, threads: int) -> dict[tuple[str, int], float]:
        """Calls a second of ours, one operation after the other as well."""
        rates = {}
        for one, call in self._ours.items():
            begun = now = time.perf_counter()
            done = 0
            while now - begun < self._seconds:
                call(threads)
                done += 1
                now = time.perf_counter()
            rates[one] = done / (now - begun)
        return rates

    def figures(self) -> list[Figure]:
        part = "two threads: what the second brings beside what it brings openssl speed -multi 2"
        absent = "" if openssl_speed.OPENSSL else openssl_speed.ABSENT
        found = []
        for (what, count), row in self.rounds.items():
            gains = [median(column) for column in zip(*((g.ours, g.openssl) for g in row), strict=True)]
            note = f"{gains[0]:.2f} x with two threads, openssl {gains[1]:.2f} x" if gains else absent
            ratios = [g.ours / g.openssl for g in row]
            found.append(Figure(part, f"{what}, batch of {count}", ratios, target=BATCHES[what, count], note=note))
        return found


def _call(what: str, key: PrivateKey, batch: list[bytes]) -> Callable[[int], object]:
    if what == "sign":
        return lambda threads: key.sign_many(batch, threads)
    signatures = key.sign_many(batch)
    return lambda threads: key.public_key.verify_many(batch, signatures, threads)
