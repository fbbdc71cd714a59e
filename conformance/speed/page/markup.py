"""HTML and SVG as text: whatever is not ``Markup`` is foreign and escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from conformance.reports.plain import plain

__all__ = ["Markup", "all_of", "element", "safe"]

_VOID = frozenset({"circle", "line", "path", "polyline", "rect", "use"})  # of SVG: closed at once


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def safe(text: str) -> Markup:
    """The text as it can stand between tags and in attributes: nothing in it is markup or could disguise it."""
    return text if isinstance(text, Markup) else Markup(escape(plain(text)))


def element(name: str, *children: str | None, **attributes: str | float | None) -> Markup:
    """``<name attribute="...">children</name>``. ``class_`` is class, ``text_anchor`` text-anchor; None is left out."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_number(value) if isinstance(value, float) else safe(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{all_of(children)}</{name}>")


def all_of(children: Iterable[str | None]) -> Markup:
    """One after the other."""
    return Markup("".join(safe(child) for child in children if child is not None))


def _number(value: float) -> str:
    """With two decimals at most: a hundredth of a pixel is enough."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
