"""What was measured, beside its target: as a table and as data."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

UNITS = {"cases/s": 0, "s": 1, "MB": 0, "%": 0}  # with the decimals that are shown


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: ``value`` is the best or median of ``rounds``, as ``taken`` says. Without a target it only explains.

    ``most`` says which way the target counts: the value must not be above it, else not below. A figure whose ``why`` is
    set was not measured.
    """

    part: str
    name: str
    unit: str
    value: float | None
    target: float | None = None
    most: bool = False
    taken: str = ""
    rounds: Sequence[float] = field(default=())
    why: str | None = None

    @property
    def met(self) -> bool | None:
        """None where there is no target."""
        if self.target is None:
            return None
        return self.value is not None and (self.value <= self.target if self.most else self.value >= self.target)


def absent(part: str, name: str, unit: str, why: str, target: float, *, most: bool = False) -> Figure:
    """A figure that could not be measured on this machine, so that its target is not met either."""
    return Figure(part, name, unit, None, target, most, why=why)


def best(part: str, name: str, unit: str, rounds: Sequence[float], target: float | None = None) -> Figure:
    """The fastest round: what other processes took from the others is no doing of the kit's."""
    most = unit in ("s", "MB")
    return Figure(part, name, unit, (min if most else max)(rounds), target, most, "best", tuple(rounds))


def median(part: str, name: str, unit: str, rounds: Sequence[float], target: float | None = None) -> Figure:
    """The middle round: for ratios of neighbours, which noise moves both ways."""
    middle = sorted(rounds)[len(rounds) // 2]
    return Figure(part, name, unit, middle, target, unit in ("s", "MB"), "median", tuple(rounds))


def worst(part: str, name: str, unit: str, rounds: Sequence[float], target: float | None = None) -> Figure:
    """The largest round: for memory, of which the peak counts."""
    return Figure(part, name, unit, max(rounds), target, True, "most", tuple(rounds))


def machine() -> dict[str, object]:
    """Where this ran, and how busy it was then."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def as_json(before: dict[str, object], figures: Sequence[Figure]) -> str:
    """All of it as one JSON object."""
    told = [{**asdict(figure), "met": figure.met} for figure in figures]
    return json.dumps({"before": before, "after": machine(), "figures": told}, indent=2)


def as_text(before: dict[str, object], figures: Sequence[Figure]) -> str:
    """All of it as a table."""
    lines = [
        f"Python {before['python']}, {before['machine']}, {before['processors']} processors; load over 1, 5 and 15 min:"
        f" before {_load(before)}, after {_load(machine())}"
    ]
    part = None
    for figure in figures:
        if figure.part != part:
            part = figure.part
            lines += ["", part]
        lines.append(f"  {figure.name:<58} {_value(figure):>15}  {_spread(figure):<24} {_verdict(figure)}".rstrip())
    return "\n".join(lines)


def _load(facts: dict[str, object]) -> str:
    return " ".join(map(str, facts["load"] if isinstance(facts["load"], list) else ()))


def _number(value: float, unit: str) -> str:
    return f"{value:,.{UNITS[unit]}f}".replace(",", " ")


def _value(figure: Figure) -> str:
    return "not measured" if figure.value is None else f"{_number(figure.value, figure.unit)} {figure.unit}"


def _spread(figure: Figure) -> str:
    if len(figure.rounds) < 2:
        return ""
    low, high = (_number(end(figure.rounds), figure.unit) for end in (min, max))
    return f"{figure.taken} of {low} to {high}"


def _verdict(figure: Figure) -> str:
    if figure.why is not None:
        return figure.why
    if figure.target is None:
        return ""
    bound = f"{'at most' if figure.most else 'at least'} {_number(figure.target, figure.unit)}"
    return f"{bound}: {'met' if figure.met else 'MISSED'}"
