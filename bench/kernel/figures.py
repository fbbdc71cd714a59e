"""What was measured, beside its target: as lines of a table and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median, quantiles
from typing import Any

__all__ = ["Figure", "table"]


@dataclass(frozen=True)
class Figure:
    """One line: the median of ``rounds``, shown with ``decimals`` and ``unit``. Without a target it only explains.

    ``most`` says which way the target counts: the median must not be above it, else not below. ``note`` is shown
    behind. A figure of no rounds was not measured; its note says why.
    """

    part: str
    name: str
    rounds: Sequence[float]
    unit: str = "x"
    decimals: int = 2
    target: float | None = None
    most: bool = False
    note: str = ""

    @property
    def value(self) -> float | None:
        return median(self.rounds) if self.rounds else None

    @property
    def met(self) -> bool | None:
        """None where there is no target."""
        if self.target is None:
            return None
        return self.value is not None and (self.value <= self.target if self.most else self.value >= self.target)

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "rounds": list(self.rounds), "value": self.value, "met": self.met}

    def _text(self, value: float) -> str:
        return f"{value:,.{self.decimals}f}".replace(",", " ")

    def line(self) -> str:
        if self.value is None:
            return f"  {self.name:<40} not measured: {self.note}" + ("  MISSED" if self.target is not None else "")
        spread = ""
        if len(self.rounds) > 1:
            low, _, high = map(self._text, quantiles(self.rounds, n=4, method="inclusive"))
            least, most = self._text(min(self.rounds)), self._text(max(self.rounds))
            spread = f"{low} to {high}, {least} to {most}"
        target = ""
        if self.target is not None:
            bound = f"{'at most' if self.most else 'at least'} {self._text(self.target)}"
            target = f"{bound}: {'met' if self.met else 'MISSED'}"
        value = f"{self._text(self.value)} {self.unit}"
        return f"  {self.name:<40} {value:>14}  {spread:<34} {target:<21} {self.note}".rstrip()


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """All lines, under the titles of their parts."""
    for part, group in groupby(figures, key=lambda figure: figure.part):
        yield ""
        yield part
        yield from (figure.line() for figure in group)
