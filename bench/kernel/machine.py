"""Is the machine quiet or contended? Asked of each round, by three signs that do not depend on what is measured.

others         processors that the rest of this system kept busy meanwhile: /proc/stat, less this process and its
               children
stolen         share of the time that the hypervisor gave to other machines (/proc/stat)
multiply-adds  512-bit multiply-adds a cycle, beside the most that this run has seen: fewer if another machine's work
               shares the core, which /proc/stat cannot show; before and after each round's measurements

A round is contended if one of them passes its bound; a run, if more than a quarter of its rounds are. So is a run in
which OpenSSL's own time for a signature spreads too far, quartile to quartile: something took what no sign shows.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, quantiles

from bench.kernel.cycles import Cycles, Freedom

__all__ = ["Round", "Watch", "verdict"]

OTHERS, STOLEN, NARROWED, SPREAD = 0.15, 0.02, 0.05, 0.05


@dataclass(frozen=True)
class Round:
    """The signs of one round. ``freedom`` is empty where cycles.c could not be compiled."""

    others: float
    stolen: float
    load: float
    freedom: Sequence[Freedom] = ()

    def signs(self, widest: float) -> list[str]:
        """The signs of contention; ``widest``: the most multiply-adds a cycle of the run."""
        found = []
        if self.others > OTHERS:
            found.append("others")
        if self.stolen > STOLEN:
            found.append("stolen")
        if self.freedom and mean(f.multiply_adds for f in self.freedom) < (1 - NARROWED) * widest:
            found.append("multiply-adds")
        return found


class Watch:
    """Sees what happens on the machine between its making and ``end``."""

    def __init__(self, cycles: Cycles | None) -> None:
        self._cycles = cycles
        self._freedom = [cycles.freedom()] if cycles else []
        self._begun = time.perf_counter()
        self._own = _own_seconds()
        self._busy, self._stolen = _system_seconds()

    def end(self) -> Round:
        busy, stolen = _system_seconds()
        own, elapsed = _own_seconds() - self._own, time.perf_counter() - self._begun
        if self._cycles:
            self._freedom.append(self._cycles.freedom())
        return Round(
            others=max(0.0, (busy - self._busy - own) / elapsed),
            stolen=(stolen - self._stolen) / elapsed / (os.cpu_count() or 1),
            load=os.getloadavg()[0],
            freedom=tuple(self._freedom),
        )


def verdict(rounds: Sequence[Round], reference: Sequence[float]) -> tuple[str, list[str]]:
    """``quiet`` or ``contended``, and the sentences that say why.

    ``reference``: OpenSSL's seconds for a signature in each round.
    """
    widths = [f.multiply_adds for one in rounds for f in one.freedom]
    signs = [one.signs(max(widths, default=0.0)) for one in rounds]
    contended = sum(map(bool, signs))
    low, _, high = quantiles(reference, n=4, method="inclusive")
    spread = (high - low) / median(reference)

    def passed(name: str) -> str:
        return f"in {sum(name in found for found in signs)} rounds"

    told = [
        f"others kept {median(one.others for one in rounds):.2f} processors busy (above {OTHERS} {passed('others')})",
        f"stolen {100 * median(one.stolen for one in rounds):.1f} % (above {100 * STOLEN:.0f} % {passed('stolen')})",
        f"multiply-adds a cycle {median(widths):.2f}, most {max(widths):.2f} "
        f"(below {1 - NARROWED:.2f} of the most {passed('multiply-adds')})"
        if widths
        else "multiply-adds a cycle: not measured",
        f"OpenSSL's time for a signature spreads by {100 * spread:.1f} % from quartile to quartile "
        f"(bound {100 * SPREAD:.0f} %)",
        f"load average {rounds[0].load:.1f} after the first round, {rounds[-1].load:.1f} after the last",
        f"{contended} of {len(rounds)} rounds show a sign (bound: a quarter)",
    ]
    return ("contended" if contended > len(rounds) / 4 or spread > SPREAD else "quiet"), told


def _own_seconds() -> float:
    """Processor seconds of this process and of the children it has waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _system_seconds() -> tuple[float, float]:
    """Processor seconds that the whole system has worked, and that the hypervisor has stolen, since it started."""
    words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
    user, nice, system, _idle, _wait, irq, softirq, stolen = (int(word) / os.sysconf("SC_CLK_TCK") for word in words)
    return user + nice + system + irq + softirq, stolen
