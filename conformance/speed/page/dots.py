"""A plot of ratios, one row a peer: the median, and a bar from quartile to quartile, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.speed.page.markup import Markup, element
from conformance.speed.page.scales import logarithmic

__all__ = ["Row", "dots"]

_WIDTH, _ROW, _TOP, _BOTTOM, _SIDE = 360.0, 34.0, 8.0, 34.0, 14.0


@dataclass(frozen=True)
class Row:
    """``value`` between its quartiles; ``hollow``: too noisy to tell."""

    label: str
    text: str
    value: float
    low: float
    high: float
    hollow: bool = False


def dots(name: str, title: str, told: str, rows: Sequence[Row], axis: str) -> Markup:
    """The plot, with a line at 1: as fast as each other. Arguments as of ``lines.plot``."""
    scale = logarithmic([1.0, *(row.low for row in rows), *(row.high for row in rows)])
    height = _TOP + _ROW * len(rows) + _BOTTOM
    floor = height - _BOTTOM

    def x(value: float) -> float:
        return _SIDE + scale.at(value) * (_WIDTH - 2 * _SIDE)

    frame: list[Markup] = []
    for tick in scale.ticks:
        kind = "even" if tick == 1 else "grid"
        frame.append(element("line", x1=x(tick), x2=x(tick), y1=_TOP, y2=floor, class_=kind))
        frame.append(element("text", f"{tick:g}", x=x(tick), y=floor + 13, text_anchor="middle"))
    frame.append(element("text", axis, x=_WIDTH / 2, y=height - 4, text_anchor="middle", class_="axis"))
    parts: list[Markup] = []
    for number, row in enumerate(rows):
        top = _TOP + number * _ROW
        y = top + 24
        kind = "mark hollow" if row.hollow else "mark"
        parts += [
            element("text", row.label, x=_SIDE, y=top + 12, class_="label"),
            element("text", row.text, x=_WIDTH - _SIDE, y=top + 12, text_anchor="end", class_="label figure"),
            element("line", x1=x(1.0), x2=x(row.value), y1=y, y2=y, class_="lead"),
            element("line", x1=x(row.low), x2=x(row.high), y1=y, y2=y, class_="range"),
            element("circle", cx=x(row.value), cy=y, r=4.5, class_=kind),
        ]
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", told, id=f"{name}-desc"),
        element("g", *frame, class_="frame"),
        element("g", *parts, class_="line ours"),
        viewBox=f"0 0 {_WIDTH:g} {height:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )
