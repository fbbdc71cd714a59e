"""Is the machine quiet or contended? Asked of each round, by four signs that do not depend on what is measured.

others, stolen  as conformance/speed/noise.py tells them
multiply-adds   512-bit multiply-adds a cycle, beside the most that this run has seen: fewer if another machine's work
                shares the core, which /proc/stat cannot show; before and after each round's measurements
clock           that of 512-bit code, likewise: lower if the others on the processor leave less of its power. A clock
                that is always lower in 512-bit code than in other code is the processor's nature, and no sign

A round is contended if one of them passes its bound; a run, if more than a quarter of its rounds are. So is a run in
which OpenSSL's own time for a signature spreads too far, quartile to quartile: something took what no sign shows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
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

    def signs(self, widest: float, fastest: float) -> list[str]:
        """The signs of contention; the most multiply-adds a cycle, and the fastest 512-bit clock, of the run."""
        found = []
        if self.others > OTHERS:
            found.append("others")
        if self.stolen > STOLEN:
            found.append("stolen")
        if self.freedom and mean(f.multiply_adds for f in self.freedom) < (1 - NARROWED) * widest:
            found.append("multiply-adds")
        if self.freedom and mean(f.wide_clock for f in self.freedom) < (1 - NARROWED) * fastest:
            found.append("clock")
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
    freedom = [f for one in rounds for f in one.freedom]
    widest = max((f.multiply_adds for f in freedom), default=0.0)
    fastest = max((f.wide_clock for f in freedom), default=0.0)
    signs = [one.signs(widest, fastest) for one in rounds]
    contended = sum(map(bool, signs))
    low, _, high = quantiles(reference, n=4, method="inclusive")
    spread = (high - low) / median(reference)

    def passed(name: str) -> str:
        return f"in {sum(name in found for found in signs)} rounds"

    told = [
        f"others kept {median(one.others for one in rounds):.2f} processors busy (above {OTHERS} {passed('others')})",
        f"stolen {100 * median(one.stolen for one in rounds):.1f} % (above {100 * STOLEN:.0f} % {passed('stolen')})",
        *(_core(freedom, passed) if freedom else ["multiply-adds a cycle, and clock: not measured"]),
        f"OpenSSL's time for a signature spreads by {100 * spread:.1f} % from quartile to quartile "
        f"(bound {100 * SPREAD:.0f} %)",
        f"load average {rounds[0].load:.1f} after the first round, {rounds[-1].load:.1f} after the last",
        f"{contended} of {len(rounds)} rounds show a sign (bound: a quarter)",
    ]
    return ("contended" if contended > len(rounds) / 4 or spread > SPREAD else "quiet"), told


def _core(freedom: Sequence[Freedom], passed: Callable[[str], str]) -> list[str]:
    widths, clocks = [f.multiply_adds for f in freedom], [f.wide_clock for f in freedom]
    bound = f"below {1 - NARROWED:.2f} of the most"
    return [
        f"multiply-adds a cycle {median(widths):.2f}, most {max(widths):.2f} ({bound} {passed('multiply-adds')})",
        f"clock {median(f.clock for f in freedom):.2f} GHz, in 512-bit code {median(clocks):.2f}, "
        f"most {max(clocks):.2f} ({bound} {passed('clock')})",
    ]
