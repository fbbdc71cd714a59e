"""Where a value stands on an axis, and which values are written beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

__all__ = ["Scale", "from_zero", "logarithmic"]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_WANTED = 4  # ticks, or one or two more


@dataclass(frozen=True)
class Scale:
    """From ``low`` to ``high``. ``at`` gives the share of the way."""

    low: float
    high: float
    ticks: Sequence[float]
    log: bool = False

    def at(self, value: float) -> float:
        """0 at ``low``, 1 at ``high``."""
        if self.log:
            return log10(value / self.low) / log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def from_zero(values: Sequence[float]) -> Scale:
    """From 0 to a round number above all values."""
    top = max(values, default=0.0) or 1.0
    power = 10.0 ** floor(log10(top / _WANTED))
    step = next(step * power for step in _STEPS if top <= step * power * (_WANTED + 0.5))
    count = ceil(top / step - 1e-9)
    return Scale(0.0, count * step, [number * step for number in range(count + 1)])


def logarithmic(values: Sequence[float]) -> Scale:
    """Between numbers of the form 1, 2 or 5 times a power of ten that hold all values. They must be above 0."""
    low, high = min(values, default=1.0), max(values, default=10.0)
    powers = range(floor(log10(low)) - 1, ceil(log10(high)) + 2)
    marks = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    first = max(mark for mark in marks if mark <= low * (1 + 1e-9))
    last = min(mark for mark in marks if mark >= high * (1 - 1e-9) and mark > first)
    inside = [mark for mark in marks if first <= mark <= last]
    while len(inside) > _WANTED + 2:
        tens = [mark for mark in inside if abs(log10(mark) - round(log10(mark))) < 1e-9]
        if len(tens) < 2 or len(tens) == len(inside):
            break
        inside = tens
    return Scale(first, last, inside, log=True)
