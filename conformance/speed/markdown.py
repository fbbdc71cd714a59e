"""A run as Markdown, for a report or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.speed import texts
from conformance.speed.model import Bench
from conformance.speed.overview import all_of
from conformance.speed.tables import Table

__all__ = ["render"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def render(bench: Bench) -> str:
    """The whole run, as text that ends with a line feed."""
    return "\n".join(_lines(bench)) + "\n"


def _lines(bench: Bench) -> Iterator[str]:
    yield f"# Signing on {_safe(bench.machine.cpu)}"
    yield ""
    yield _safe(texts.state(bench)) + "."
    yield ""
    yield (
        "Ratios are the speed of ours in the peer's: medians of rounds in which both ran in turns. The spread is the "
        "distance of the quartiles of these ratios. Times are for one item, rates are ours."
    )
    if told := texts.noise(bench):
        yield ""
        yield from (f"- **Too noisy**: {_safe(sentence)}" for sentence in told)
    for table in all_of(bench):
        yield from _table(table)
    yield from _table(Table("machine", ("fact", "value"), list(texts.facts(bench.machine))))


def _table(table: Table) -> Iterator[str]:
    yield ""
    yield f"## {_safe(table.title)}"
    yield ""
    yield f"| {' | '.join(map(_safe, table.heads))} |"
    yield f"|{'|'.join('--:' if figure else '---' for figure in table.figures)}|"
    for number, row in enumerate(table.rows):
        cells = [_safe(cell) for cell in row]
        yield f"| {' | '.join(f'*{cell}*' if cell and number in table.marked else cell for cell in cells)} |"
    if table.notes:
        yield ""
        yield from (f"- {_safe(note)}" for note in table.notes)


def _safe(text: str) -> str:
    """Text that Markdown takes as it stands, in one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
