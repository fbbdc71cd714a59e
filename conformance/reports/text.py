"""The report for people: who was tested, the result, counts, the failures grouped with their reason, and how to replay.

Foreign text goes through ``plain`` and into ``Text``: neither markup nor control characters in it have an effect.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.model import Outcome, Report, Verdict
from conformance.reports import wording
from conformance.reports.groups import Group, grouped
from conformance.reports.plain import plain


class Caps(NamedTuple):
    """How much is shown: groups in full, groups in one line, suites where all passed, lines of standard error."""

    full: int
    brief: int
    quiet_suites: int
    stderr: int


SCREEN = Caps(full=3, brief=8, quiet_suites=4, stderr=8)
WHOLE = Caps(full=1 << 30, brief=0, quiet_suites=1 << 30, stderr=1 << 30)
WIDTH = 100  # columns of a report that goes to a file

_RESULT_STYLES = {"conformant": "bold green", "partial": "bold yellow", "not conformant": "bold red"}
_LEVEL_STYLES = {"must": "red", "should": "yellow", "may": "dim"}
_QUIET = (Verdict.PASS, Verdict.SKIP, Verdict.NOT_RUN)
_BROKEN = (Verdict.CRASH, Verdict.TIMEOUT, Verdict.PROTOCOL_ERROR)


def show(report: Report, console: Console, caps: Caps = SCREEN) -> None:
    """Print the report; on a terminal it fits about one screen."""
    _Page(report, console, caps).print()


def render(report: Report) -> str:
    """The whole report as plain text of 100 columns, nothing left out."""
    file = io.StringIO()
    console = Console(file=file, width=WIDTH, color_system=None, force_terminal=False, highlight=False, emoji=False)
    show(report, console, WHOLE)
    return file.getvalue()


class _Page:
    def __init__(self, report: Report, console: Console, caps: Caps) -> None:
        self.report = report
        self.console = console
        self.caps = caps

    def plain(self, text: object) -> str:
        return plain(str(text), self.console.encoding)

    def line(self, text: str | Text = "", indent: int = 0, hang: int = 0, style: str = "", wrap: bool = True) -> None:
        """One paragraph, its further lines ``hang`` deeper. ``wrap=False`` is for what is copied or aligned."""
        content = text if isinstance(text, Text) else Text(text, style=style)
        rows = [content]
        if wrap and content.cell_len > self.console.width - indent:
            first = content.wrap(self.console, self.console.width - indent)[0]
            rest = content[len(first) :]  # wrapped again, for further lines may be shorter
            rest = rest[len(rest.plain) - len(rest.plain.lstrip(" ")) :]
            rows = [first, *rest.wrap(self.console, self.console.width - indent - hang)]
        for number, row in enumerate(rows):
            placed = Text(" " * (indent + (hang if number else 0))) + row
            placed.rstrip()
            self.console.print(placed, soft_wrap=True)

    def print(self) -> None:
        self.header()
        self.result()
        self.suites()
        self.failures()
        self.notes()
        self.standard_error()

    def header(self) -> None:
        self.line(self.plain(", ".join(wording.facts(self.report))), style="dim")
        name, runtime = wording.implementation(self.report)
        if name:
            told = Text(self.plain(name), style="bold")
            self.line(told + Text(self.plain(f", {runtime}" if runtime else ""), style="not bold"))
        self.line(f"target {self.plain(self.report.header['target']['spec'])}", style="dim", wrap=False)
        self.line()

    def result(self) -> None:
        report = self.report
        told = wording.counts(report)
        uncounted = len(report.failures) - len(report.counted)
        if uncounted:
            told += (
                f" ({uncounted} of them at a level that profile {self.plain(report.header['profile'])} does not count)"
            )
        result = Text(report.result, style=_RESULT_STYLES[report.result])
        self.line(result + Text(f": {told or 'no case was run'}", style="not bold"))
        if report.forgiven and report.result != "not conformant":
            many = wording.count(len(report.forgiven), "known failure")
            self.line(f"by its baseline: without it, {many} would make it not conformant", style="yellow")
        if report.end != "complete":
            self.line(f"the run ended early ({report.end})" + self.reason(report.problem), style="yellow")
        if report.result == "partial" and report.outcomes:
            unmet = [o for o in report.outcomes if o.verdict in (Verdict.SKIP, Verdict.NOT_RUN) and o.level == "must"]
            self.line(f"partial: {wording.count(len(unmet), 'case')} that the document demands did not run")

    def reason(self, problem: str | None) -> str:
        return f": {self.plain(problem)}" if problem else ""

    def suites(self) -> None:
        by_suite: dict[str, Counter[Verdict]] = {}
        for outcome in self.report.outcomes:
            by_suite.setdefault(outcome.suite, Counter())[outcome.verdict] += 1
        self.line()
        alike: dict[Verdict, list[str]] = {}
        for name, counts in by_suite.items():
            if len(counts) == 1 and (verdict := next(iter(counts))) in _QUIET:
                alike.setdefault(verdict, []).append(name)
        folded = {verdict: names for verdict, names in alike.items() if len(names) > self.caps.quiet_suites}
        hidden = {name for names in folded.values() for name in names}
        shown = {name: counts for name, counts in by_suite.items() if name not in hidden}
        if shown:
            self.console.print(self.table(shown))
        for verdict, names in folded.items():
            number = sum(by_suite[name].total() for name in names)
            suites = wording.count(len(names), "more suite" if shown else "suite")
            self.line(f"all {wording.WORDS[verdict]} in {suites} ({wording.count(number, 'case')})")

    def table(self, by_suite: Mapping[str, Counter[Verdict]]) -> Table:
        verdicts = [v for v in Verdict if any(counts[v] for counts in by_suite.values())]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("suite", overflow="fold")
        for verdict in verdicts:
            table.add_column(str(verdict), justify="right", no_wrap=True)
        for name, counts in by_suite.items():
            cells = [
                Text(str(counts[v] or "-"), style="red" if v.is_bad else "" if v is Verdict.PASS else "yellow")
                for v in verdicts
            ]
            table.add_row(Text(self.plain(name)), *cells)
        return table

    def failures(self) -> None:
        groups = grouped(self.report.failures)
        full, brief = groups[: self.caps.full], groups[self.caps.full : self.caps.full + self.caps.brief]
        for number, group in enumerate(full, 1):
            self.line()
            self.group(number, group)
        if brief:
            self.line()
        for number, group in enumerate(brief, len(full) + 1):
            told = f"{number:2}. {self.headline(group)}"
            cases = f" ({wording.count(len(group.outcomes), 'case')})"
            room = self.console.width - len(cases)
            self.line((told if len(told) <= room else f"{told[: room - 3]}...") + cases, wrap=False)
        rest = groups[len(full) + len(brief) :]
        if rest:
            left = sum(len(group.outcomes) for group in rest)
            self.line(f"and {len(rest)} more ({wording.count(left, 'case')}): --report json:FILE tells all")

    def headline(self, group: Group) -> str:
        """Level, verdict unless it is a plain failure, stage and sentence."""
        return f"{wording.lead(group.first)}: {self.plain(group.headline)}"

    def group(self, number: int, group: Group) -> None:
        first = group.first
        head = self.headline(group)
        level, _, rest = head.partition(":")
        styled = Text(f"{number}. ") + Text(level, style=_LEVEL_STYLES[str(first.level)]) + Text(f":{rest}")
        self.line(styled, hang=len(f"{number}. "))
        if len(group.outcomes) > 1:
            suites = ", ".join(f"{self.plain(name)} {count}" for name, count in group.suites.items())
            self.line(f"{len(group.outcomes)} cases: {suites}; the first:", indent=3)
        comment = first.comment if first.comment not in group.headline else ""
        clauses = f" [{', '.join(first.clauses)}]"
        self.line(self.plain(f"{first.id}{clauses} {comment}".rstrip()), indent=3, style="dim")
        for row in wording.byte_diff(first):
            self.line(row, indent=3, wrap=False)
        self.replay(first)

    def replay(self, outcome: Outcome) -> None:
        self.line(self.plain(wording.replay(outcome, self.report)), indent=3, style="cyan", wrap=False)

    def notes(self) -> None:
        """What happened beside the failures, each in a line."""
        report = self.report
        rows = [("violation", _times(count, told)) for told, count in Counter(report.violations).most_common()]
        rows += [("key", f"{name} could not be used: {why}") for name, why in report.refused_keys.items()]
        rows += [("restart", f"{count} x {told}") for told, count in Counter(report.restarts).most_common()]
        rows += [("stale", sentence) for sentence in report.stale]
        early = "the run ended before"
        rows += _reasons("known", (o.reason for o in report.outcomes if o.verdict is Verdict.XFAIL))
        rows += _reasons("passed", (o.reason for o in report.outcomes if o.verdict is Verdict.PASS and o.reason))
        rows += _reasons("skipped", (_why(o) for o in report.outcomes if o.verdict is Verdict.SKIP))
        rows += _reasons("not run", (_why(o) or early for o in report.outcomes if o.verdict is Verdict.NOT_RUN))
        if rows:
            self.line()
        shown = rows[: self.caps.full * 3]
        for label, told in shown:
            self.line(Text(f"{label}: ", style="yellow") + Text(self.plain(told), style="default"), hang=3)
        if len(rows) > len(shown):
            self.line(f"and {len(rows) - len(shown)} more notes: --report json:FILE tells all")

    def standard_error(self) -> None:
        report = self.report
        broken = any(outcome.verdict in _BROKEN for outcome in report.outcomes)
        if not report.stderr.strip() or not (broken or report.restarts or report.violations or report.problem):
            return
        text = plain(report.stderr.replace("\r\n", "\n"), self.console.encoding, newlines=True)
        rows = text.rstrip("\n").split("\n")
        kept = rows[-self.caps.stderr :]
        cut = f" (last {len(kept)} of {len(rows)} lines)" if len(kept) < len(rows) else ""
        self.line()
        self.line(f"the target's standard error{cut}:", style="dim")
        for row in kept:
            self.line(row, indent=3)


def _reasons(label: str, reasons: Iterable[str | None]) -> list[tuple[str, str]]:
    counted = Counter(reason or "no reason given" for reason in reasons)
    return [(label, f"{wording.count(count, 'case')}: {reason}") for reason, count in counted.most_common()]


def _times(count: int, told: str) -> str:
    return told if count == 1 else f"{count} x {told}"


def _why(outcome: Outcome) -> str | None:
    return outcome.diagnosis.sentence if outcome.diagnosis else None
