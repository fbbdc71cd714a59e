"""What else happened on the machine while something was measured, by signs that do not depend on what is measured.

others  processors that the rest of this system kept busy meanwhile: /proc/stat, less this process and its children
stolen  share of the time that the hypervisor gave to other machines (/proc/stat)
drift   the same fixed work before and after, in processor time: slower where the clock has fallen or the core is shared

What the system does not tell is None, and no sign of anything.
"""

from __future__ import annotations

import os
import resource
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["DRIFT", "OTHERS", "STOLEN", "Company", "Noise", "Watch", "fixed_work", "signs", "system_seconds"]

OTHERS, STOLEN, DRIFT = 0.15, 0.02, 0.05  # above these a run is told as noisy

_REPEATS = 15
_WARM_UP = 0.15  # seconds
_MODULUS = (1 << 2048) - 1942289  # odd; its value does not matter, only that it is the same everywhere
_EXPONENT = (1 << 256) - 1


@dataclass(frozen=True)
class Noise:
    """The signs of one stretch of time."""

    others: float | None  # processors
    stolen: float | None  # share of all processors' time
    before: float  # seconds of the fixed work
    after: float

    @property
    def drift(self) -> float:
        """How much more time the fixed work took in the end, as a share; negative where it took less."""
        return self.after / self.before - 1

    def as_facts(self) -> dict[str, float | None]:
        """What ``Machine.facts`` keeps of it."""
        return {
            "others": self.others,
            "stolen": self.stolen,
            "fixed work before": self.before,
            "fixed work after": self.after,
        }

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Noise | None:
        """The signs that ``as_facts`` has kept; None where there are none, as of an interrupted run."""
        try:
            others, stolen, before, after = (facts[name] for name in cls(0, 0, 1, 1).as_facts())
            noise = cls(
                others=None if others is None else float(others),
                stolen=None if stolen is None else float(stolen),
                before=float(before),
                after=float(after),
            )
        except (KeyError, TypeError, ValueError):
            return None
        return noise if 0 < noise.before < inf and 0 < noise.after < inf else None


class Company:
    """Who else was at the processors since its making.

    A child's work counts as this process's own from the moment that the child has been waited for.
    """

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._own = _own_seconds()
        self._system = system_seconds()

    def seen(self) -> tuple[float | None, float | None]:
        """Processors that others kept busy, and the share that the hypervisor has stolen; None where nobody tells."""
        system, own = system_seconds(), _own_seconds() - self._own
        elapsed = time.perf_counter() - self._begun
        if system is None or self._system is None:
            return None, None
        others = max(0.0, (system[0] - self._system[0] - own) / elapsed)
        return others, (system[1] - self._system[1]) / elapsed / (os.cpu_count() or 1)


class Watch:
    """Sees what happens on the machine between its making and ``end``."""

    def __init__(self) -> None:
        self._before = fixed_work()
        self._company = Company()

    def end(self) -> Noise:
        """The signs since then."""
        others, stolen = self._company.seen()
        return Noise(others, stolen, self._before, fixed_work())


def signs(noise: Noise) -> list[str]:
    """Sentences that say by how much the machine was too noisy; none where it was quiet."""
    found = []
    if noise.others is not None and noise.others > OTHERS:
        found.append(f"others kept {noise.others:.2f} processors busy (quiet: up to {OTHERS})")
    if noise.stolen is not None and noise.stolen > STOLEN:
        found.append(f"the hypervisor took {100 * noise.stolen:.1f} % of the time (quiet: up to {100 * STOLEN:.0f} %)")
    if abs(noise.drift) > DRIFT:
        how = "slower" if noise.drift > 0 else "faster"
        found.append(
            f"the same fixed work was {100 * abs(noise.drift):.1f} % {how} at the end than at the start "
            f"(quiet: up to {100 * DRIFT:.0f} %)"
        )
    return found


def fixed_work() -> float:
    """Processor seconds of a fixed calculation by Python's int: the median of the last of many.

    The first ones only raise the clock of a processor that has idled.
    """
    times: deque[float] = deque(maxlen=_REPEATS)
    end = time.perf_counter() + _WARM_UP
    while len(times) < _REPEATS or time.perf_counter() < end:
        begun = time.thread_time()
        pow(3, _EXPONENT, _MODULUS)
        times.append(time.thread_time() - begun)
    return median(times)


def _own_seconds() -> float:
    """Processor seconds of this process and of the children it has waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def system_seconds(stat: Path = Path("/proc/stat")) -> tuple[float, float] | None:
    """Processor seconds that the whole system has worked, and that the hypervisor has stolen, since it started.

    None where the system does not tell.
    """
    try:
        words = stat.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
        user, nice, system, _idle, _wait, irq, softirq, stolen = (
            int(word) / os.sysconf("SC_CLK_TCK") for word in words
        )
    except (OSError, ValueError):
        return None
    return user + nice + system + irq + softirq, stolen
