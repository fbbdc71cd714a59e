"""What sections are put together from: tables, figures, legends, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.speed.page.lines import key
from conformance.speed.page.markup import Markup, all_of, element
from conformance.speed.tables import Table

__all__ = ["figures", "legend", "notes", "section", "table"]


def section(name: str, title: str, *parts: Markup | None) -> Markup:
    """A part of the page that its head links to."""
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, *parts, id=name, aria_labelledby=f"{name}-title")


def figures(drawn: Iterable[tuple[str, Markup]]) -> Markup:
    """Plots side by side, each under its title."""
    return element("div", *(element("figure", element("figcaption", t), plot) for t, plot in drawn), class_="plots")


def legend(ours: str, peer: str | None, *, hollow: bool) -> Markup:
    """What the marks of a section's plots mean."""
    said = key("ours", "hollow: too noisy to tell", hollow=True) if hollow else None
    return element("ul", key("ours", ours), key("peer", peer) if peer else None, said, class_="legend")


def notes(sentences: Sequence[str]) -> Markup | None:
    """How to read what stands above."""
    return element("ul", *(element("li", one) for one in sentences), class_="notes") if sentences else None


def table(told: Table, heading: str | None = None) -> Markup:
    """A table that scrolls within itself where it is too wide. ``heading``: the element its title stands in, if any."""
    head = element(
        "tr", *(_cell("th", name, right, "col") for name, right in zip(told.heads, told.figures, strict=True))
    )
    rows = []
    for number, row in enumerate(told.rows):
        cells = zip(row, told.figures, strict=True)
        kinds = [
            _cell("td" if place or not text else "th", text, right, "row") for place, (text, right) in enumerate(cells)
        ]
        rows.append(element("tr", *kinds, class_="noisy" if number in told.marked else None))
    drawn = element(
        "table",
        element("caption", told.title, class_="unseen"),
        element("thead", head) if any(told.heads) else None,
        element("tbody", *rows),
    )
    scrolls = element("div", drawn, class_="scroll", role="region", aria_label=told.title, tabindex="0")
    return all_of([element(heading, told.title) if heading else None, scrolls, notes(told.notes)])


def _cell(kind: str, text: str, right: bool, scope: str) -> Markup:
    return element(kind, text, class_="figure" if right else None, scope=scope if kind == "th" else None)
