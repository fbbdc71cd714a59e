"""How much a second thread brings, beside what a second process brings to ``openssl speed`` in the same round."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench.kernel.figures import Figure
from bench.kernel.pairs import messages
from signing_core import PrivateKey

__all__ = ["Threads"]

COUNT = 1024
TARGET = 0.97
OPERATIONS = ("sign", "verify")


@dataclass(frozen=True)
class _Gains:
    """What the second brought in one round: rates with two over rates with one."""

    openssl: float
    ours: float


class Threads:
    """Rounds of one and two threads, and processes."""

    def __init__(self, key: PrivateKey, seconds: int) -> None:
        self._command = shutil.which("openssl") or ""
        self._seconds = seconds
        self.rounds: dict[str, list[_Gains]] = {what: [] for what in OPERATIONS}
        batch = messages(COUNT)
        signatures = key.sign_many(batch)
        self._ours: dict[str, Callable[[int], object]] = {
            "sign": lambda threads: key.sign_many(batch, threads),
            "verify": lambda threads: key.public_key.verify_many(batch, signatures, threads),
        }

    def measure(self, *, reverse: bool) -> None:
        """One round; nothing without the openssl command."""
        if not self._command:
            return
        rates: dict[tuple[str, int], dict[str, float]] = {}
        order = [(side, width) for width in (1, 2) for side in ("openssl", "ours")]
        for side, width in reversed(order) if reverse else order:
            rates[side, width] = self._openssl(width) if side == "openssl" else self._rates(width)
        for what, row in self.rounds.items():
            row.append(_Gains(*(rates[side, 2][what] / rates[side, 1][what] for side in ("openssl", "ours"))))

    def _openssl(self, processes: int) -> dict[str, float]:
        """Operations a second of ``openssl speed rsa2048``, which does one operation after the other."""
        command = [self._command, "speed", "-elapsed", "-seconds", str(self._seconds)]
        if processes > 1:
            command += ["-multi", str(processes)]
        answer = subprocess.run([*command, "rsa2048"], capture_output=True, text=True, check=True)
        rate = re.search(r"^rsa 2048 bits\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", answer.stdout, re.MULTILINE)
        if rate is None:
            raise RuntimeError("the output of openssl speed has another form than that of OpenSSL 3")
        return {"sign": float(rate[1]), "verify": float(rate[2])}

    def _rates(self, threads: int) -> dict[str, float]:
        """Calls a second of ours, one operation after the other as well."""
        rates = {}
        for what, call in self._ours.items():
            begun = now = time.perf_counter()
            done = 0
            while now - begun < self._seconds:
                call(threads)
                done += 1
                now = time.perf_counter()
            rates[what] = done / (now - begun)
        return rates

    def figures(self) -> list[Figure]:
        part = f"two threads, batches of {COUNT}: what the second brings beside what it brings openssl speed -multi 2"
        absent = "" if self._command else "no openssl command: apt-get install openssl"
        found = []
        for what, row in self.rounds.items():
            gains = [median(column) for column in zip(*((g.ours, g.openssl) for g in row), strict=True)]
            note = f"{gains[0]:.2f} x with two threads, openssl {gains[1]:.2f} x" if gains else absent
            found.append(Figure(part, what, [g.ours / g.openssl for g in row], target=TARGET, note=note))
        return found
