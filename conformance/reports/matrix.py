"""Several runs side by side: a table of suites by implementations for the terminal, and one JSON object.

::

    schema           "signkit-matrix/1"
    result           the worst of the runs'
    exit_code        the worst of the runs', by ``SEVERITY``
    implementations  name -> the run's JSON report (see ``json_report``)
    digest           SHA-256 (hex) of this object without digest and signature, as one canonical line
    signature        only where it was signed: see ``json_report``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.events import stream_digest
from conformance.model import Level, Outcome, Report, Verdict
from conformance.reports import json_report, wording
from conformance.reports.plain import plain

SCHEMA = "signkit-matrix/1"
SEVERITY = (130, 2, 3, 5, 1, 4, 0)  # exit codes, worst first
_RESULTS = ("not conformant", "partial", "conformant")

_FAILED, _POLICY, _KNOWN, _NOT_RUN, _PASSED = "!", "?", "~", "-", ""
_STYLES = {_FAILED: "red", _POLICY: "yellow", _KNOWN: "yellow", _NOT_RUN: "dim", _PASSED: "green"}
LEGEND = (
    "passed/all; ! misses what the document demands, ? only a policy, ~ only as its baseline says, "
    "- some or all did not run"
)
_HEAD = 20  # columns of an implementation's name before it is folded


def exit_code(reports: Iterable[Report]) -> int:
    """The worst of the runs' exit codes."""
    found = {report.exit_code for report in reports}
    return next(code for code in SEVERITY if code in found)


def result(reports: Iterable[Report]) -> str:
    """The worst of the runs' results."""
    found = {report.result for report in reports}
    return next(one for one in _RESULTS if one in found)


def render(runs: Mapping[str, Report]) -> bytes:
    """The JSON object, in ASCII, with a newline at its end."""
    told = {
        "schema": SCHEMA,
        **summary(runs.values()),
        "implementations": {name: json_report.data(report) for name, report in runs.items()},
    }
    return json_report.dump({**told, "digest": stream_digest([told])})


def summary(reports: Collection[Report]) -> dict[str, Any]:
    """The members that follow from the runs."""
    return {"result": result(reports), "exit_code": exit_code(reports)}


def distinct_names(reports: Sequence[Report], names: Sequence[str | None] | None = None) -> list[str]:
    """A name for each run, no two alike: the one given, else what the implementation calls itself, else the target."""
    targets = [report.header["target"] for report in reports]
    own = [(target["implementation"] or {}).get("name") or target["spec"] for target in targets]
    wanted = own if names is None else [name or other for name, other in zip(names, own, strict=True)]
    found: list[str] = []
    for name in map(plain, wanted):
        number, one = 1, name
        while one in found:
            number += 1
            one = f"{name} ({number})"
        found.append(one)
    return found


def named(reports: Sequence[Report], names: Sequence[str | None] | None = None) -> dict[str, Report]:
    """The runs by their distinct names, in their order."""
    return dict(zip(distinct_names(reports, names), reports, strict=True))


def suites(reports: Iterable[Report]) -> list[str]:
    """The suites, in the order of the run that skipped least: what is skipped is told first."""
    leading = sorted(reports, key=lambda report: report.counts[Verdict.SKIP])
    return list(dict.fromkeys(outcome.suite for report in leading for outcome in report.outcomes))


def show(runs: Mapping[str, Report], console: Console) -> None:
    """Print the table; where it is too wide for the console, in several parts."""
    rows = suites(runs.values())
    columns = {name: _column(report, rows) for name, report in runs.items()}
    room = console.width - max(map(len, ("suite", *rows)), default=0) - 2
    for names in _parts({name: _width(name, cells) for name, cells in columns.items()}, room):
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        table.add_column("suite", no_wrap=True)
        for name in names:
            table.add_column(Text(plain(name, console.encoding)), justify="right", max_width=_HEAD, overflow="fold")
        for number, row in enumerate((*rows, "all")):
            table.add_row(Text(plain(row)), *(columns[name][number] for name in names))
        console.print(table)
        console.print()
    for name, report in runs.items():
        console.print(Text(plain(f"{name}: {_told(report)}", console.encoding)), soft_wrap=True)
    console.print(Text(LEGEND), style="dim", soft_wrap=True)


def _told(report: Report) -> str:
    """The result; known failures make no run fail, but a result that leans on them says so."""
    known = report.counts[Verdict.XFAIL]
    told = report.result
    if known and told != "not conformant":
        told += f" but for {wording.count(known, 'known failure')}"
    if report.end != "complete":
        told += f" ({report.problem or report.end})"
    stale = len(report.stale)
    return told + (f"; {stale} stale baseline {'entry' if stale == 1 else 'entries'}" if stale else "")


def _column(report: Report, rows: Sequence[str]) -> list[Text]:
    by_suite: dict[str, list[Outcome]] = {row: [] for row in rows}
    for outcome in report.outcomes:
        by_suite[outcome.suite].append(outcome)
    return [_cell(some) for some in (*by_suite.values(), report.outcomes)]


def _cell(outcomes: Sequence[Outcome]) -> Text:
    if not outcomes:
        return Text("")
    marks = Counter(map(_mark, outcomes))
    worst = next(mark for mark in _STYLES if marks[mark])
    passed = marks[_PASSED]
    told = f"{passed}" if passed == len(outcomes) else f"{passed}/{len(outcomes)} {worst}"
    return Text(told, style=_STYLES[worst])


def _mark(outcome: Outcome) -> str:
    if outcome.verdict.is_bad:
        return _FAILED if outcome.level is Level.MUST else _POLICY
    if outcome.verdict is Verdict.XFAIL:
        return _KNOWN
    return _NOT_RUN if outcome.verdict in (Verdict.SKIP, Verdict.NOT_RUN) else _PASSED


def _width(name: str, cells: Iterable[Text]) -> int:
    return max(chain([min(len(name), _HEAD)], (cell.cell_len for cell in cells))) + 2


def _parts(widths: Mapping[str, int], room: int) -> list[list[str]]:
    """The columns, cut into parts that fit the room; at least one each."""
    parts: list[list[str]] = []
    left = 0
    for name, width in widths.items():
        if not parts or width > left:
            parts.append([])
            left = room
        parts[-1].append(name)
        left -= width
    return parts
