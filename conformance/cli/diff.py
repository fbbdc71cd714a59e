"""``signkit diff A B``: two reports side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from conformance import reports
from conformance.cli.output import json_option, print_json
from conformance.diff import Change, Difference, compare, data
from conformance.reports.plain import plain
from conformance.reports.wording import count, finding

_SHOWN = 20  # of each list; --json prints all


@click.command("diff")
@click.argument("before", type=click.Path(path_type=Path), metavar="A")
@click.argument("after", type=click.Path(path_type=Path), metavar="B")
@json_option
def diff_command(before: Path, after: Path, as_json: bool) -> int:
    """Tell what changed from report A to report B (both written by --report json:FILE or events:FILE).

    Exit code 1 where B has failures that A does not have and B's profile counts, or ended early; else 0.

    \b
    signkit run python:conformance.reference:Reference --suite minify-text --report json:before.json
    signkit run python:conformance.reference:Reference --suite minify-text --report events:after.jsonl
    signkit diff before.json after.jsonl
    """
    found = compare(reports.read(before).report, reports.read(after).report)
    if as_json:
        print_json(data(found))
    else:
        for line in _lines(found):
            click.echo(plain(line))
    return 1 if found.worse else 0


def _lines(found: Difference) -> Iterable[str]:
    for name, old, new in found.facts:
        short = 12 if name == "corpus" else None
        yield f"{name}: {old[:short]} -> {new[:short]}"
    yield from _listed("case added", found.added, "cases added")
    yield from _listed("case removed", found.removed, "cases removed")
    for told in found.troubles:
        yield f"new trouble: {told}"
    counted = [change for change in found.new if change.counts]
    yield from _listed("new failure", [_told(change) for change in counted])
    others = [_told(change) for change in found.new if not change.counts]
    yield from _listed(
        "new failure that the profile does not count", others, "new failures that the profile does not count"
    )
    yield from _listed("mended", [change.id for change in found.mended], "mended")
    for (old, new), changes in found.kinds.items():
        yield from _listed(f"{old} -> {new}", [change.id for change in changes], f"{old} -> {new}")
    if not (found.new or found.troubles):
        yield "no new failures"


def _listed(what: str, items: Sequence[str], plural: str | None = None) -> Iterable[str]:
    if not items:
        return
    yield f"{count(len(items), what) if plural is None or len(items) == 1 else f'{len(items)} {plural}'}:"
    for item in items[:_SHOWN]:
        yield f"   {item}"
    if len(items) > _SHOWN:
        yield f"   and {len(items) - _SHOWN} more: --json prints all"


def _told(change: Change) -> str:
    was = "a new case" if change.before is None else f"was {change.before}"
    return f"{change.id} ({was}) {change.outcome.level}: {finding(change.outcome)}"
