"""Is the machine quiet or contended? Asked of each round, by three signs that do not depend on what is measured.

others, stolen  as conformance/speed/noise.py tells them
multiply-adds   512-bit multiply-adds a cycle, beside the most that this run has seen: fewer if another machine's work
                shares the core, which /proc/stat cannot show; before and after each round's measurements

A round is contended if one of them passes its bound; a run, if more than a quarter of its rounds are. So is a run in
which OpenSSL's own time for a signature spreads too far, quartile to quartile: something took what no sign shows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median, quantiles

from bench.kernel.cycles import Cycles, Freedom
from conformance.speed.noise import OTHERS, STOLEN, Company

__all__ = ["Round", "Watch", "verdict"]

NARROWED, SPREAD = 0.05, 0.05


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
        self._company = Company()

    def end(self) -> Round:
        others, stolen = self._company.seen()
        if self._cycles:
            self._freedom.append(self._cycles.freedom())
        return Round(
            others=others or 0.0,
            stolen=stolen or 0.0,
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
