"""A plot of lines: one or two sides over a few marked places, with whiskers from quartile to quartile.

The sides differ in mark and stroke, not only in colour. A mark that is hollow is too noisy to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.speed.page.markup import Markup, all_of, element
from conformance.speed.page.scales import Scale

__all__ = ["HEIGHT", "WIDTH", "Line", "Point", "key", "plot"]

WIDTH, HEIGHT = 360.0, 236.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 18.0, 24.0, 40.0
_MARK = 4.0


@dataclass(frozen=True)
class Point:
    """``at`` is the place on the horizontal axis, from 0 to 1; ``low`` and ``high`` are the quartiles, if known."""

    at: float
    value: float
    low: float | None = None
    high: float | None = None
    hollow: bool = False


@dataclass(frozen=True)
class Line:
    """``side`` is "ours" or "peer"."""

    side: str
    points: Sequence[Point]


def plot(
    name: str,
    title: str,
    told: str,
    lines: Sequence[Line],
    scale: Scale,
    places: Sequence[tuple[float, str]],
    axes: tuple[str, str],
    tick: Callable[[float], str],
) -> Markup:
    """The plot under its title. ``name`` is unique in the page; ``told`` says in words what is seen.

    ``places`` are the marks of the horizontal axis, ``axes`` what the horizontal and the vertical one count.
    """
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", told, id=f"{name}-desc"),
        _frame(scale, places, axes, tick),
        *(_line(line, scale) for line in lines),
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def key(side: str, label: str, *, hollow: bool = False) -> Markup:
    """A line of the legend: a mark, on its line unless it is hollow."""
    stroke = None if hollow else element("path", d="M1 7H35", class_="stroke")
    sample = element(
        "svg",
        element("g", stroke, _mark(side, 18.0, 7.0, hollow=hollow), class_=f"line {side}"),
        viewBox="0 0 36 14",
        aria_hidden="true",
        class_="sample",
    )
    return element("li", sample, label)


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(scale: Scale, value: float) -> float:
    return HEIGHT - _BOTTOM - scale.at(value) * (HEIGHT - _TOP - _BOTTOM)


def _frame(
    scale: Scale, places: Sequence[tuple[float, str]], axes: tuple[str, str], tick: Callable[[float], str]
) -> Markup:
    parts = []
    for value in scale.ticks:
        y = _y(scale, value)
        parts.append(element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(element("text", tick(value), x=_LEFT - 5, y=y + 3.5, text_anchor="end"))
    for share, label in places:
        parts.append(element("text", label, x=_x(share), y=HEIGHT - _BOTTOM + 16, text_anchor="middle"))
    middle = _x(0.5)
    parts.append(element("text", axes[0], x=middle, y=HEIGHT - 8, text_anchor="middle", class_="axis"))
    parts.append(element("text", axes[1], x=4.0, y=10.0, class_="axis"))
    return element("g", all_of(parts), class_="frame")


def _line(line: Line, scale: Scale) -> Markup:
    places = [(_x(point.at), _y(scale, point.value)) for point in line.points]
    path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in places)
    parts = [element("path", d=path, class_="stroke")] if len(places) > 1 else []
    for point, (x, y) in zip(line.points, places, strict=True):
        if point.low is not None and point.high is not None:
            ends = _y(scale, point.low), _y(scale, point.high)
            parts.append(element("line", x1=x, x2=x, y1=ends[0], y2=ends[1], class_="whisker"))
        parts.append(_mark(line.side, x, y, hollow=point.hollow))
    return element("g", all_of(parts), class_=f"line {line.side}")


def _mark(side: str, x: float, y: float, *, hollow: bool) -> Markup:
    """A disc for ours, a square for the peer."""
    kind = "mark hollow" if hollow else "mark"
    if side == "ours":
        return element("circle", cx=x, cy=y, r=_MARK, class_=kind)
    return element("rect", x=x - _MARK + 0.5, y=y - _MARK + 0.5, width=2 * _MARK - 1, height=2 * _MARK - 1, class_=kind)
