"""What the HTML report draws: one or several event streams as one compact JSON value.

::

    kit         this kit's version
    verdicts    the names of the verdicts; ``results`` holds their numbers
    texts       sentences that diagnoses and results point at, each once
    targets     name, title, spec, vectors, result, counts, corpus, started, finished ... of each run
    cases       [id, suite, op, form, level, clauses, comment, input or null], in the corpus's order
    diagnoses   [stage, sentence, expected, actual]: two texts, and bytes as [base64, offset, length of all]
    results     for each target one entry a case: null (not in that run), a verdict, or
                [verdict, level or null for the case's own, diagnosis or null, reason or null, theme or null]: a
                theme is a text that says of a failure what is wrong, whichever case shows it
    statements  number -> [what can show it: vectors, http or neither; what is shown, or why not]

Foreign text goes through ``plain``: no control character or direction mark is left that could disguise it.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from conformance.diagnose import first_difference
from conformance.events import Event, fold
from conformance.model import Diagnosis, Outcome, Report, Verdict
from conformance.reports import matrix, wording
from conformance.reports.plain import plain
from conformance.reports.themes import theme
from conformance.statements import STATEMENTS

WINDOW = 2048  # bytes of each side of a diff that are kept
BEFORE = 512  # of them, before the first difference

_VERDICTS = {verdict: number for number, verdict in enumerate(Verdict)}


class Pool:
    """Gives each distinct value a number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, value: Any, key: Any = None) -> int:
        """The value's number; ``key`` stands for a value that cannot be hashed."""
        key = value if key is None else key
        if key not in self._numbers:
            self._numbers[key] = len(self.values)
            self.values.append(value)
        return self._numbers[key]


def page_data(streams: Sequence[Sequence[Event]], names: Sequence[str | None] | None = None) -> dict[str, Any]:
    """The page's data. ``names`` are the implementations', else each is called as it calls itself.

    Raises StreamError for a stream that is not whole.
    """
    reports = [fold(stream) for stream in streams]
    texts, diagnoses = Pool(), Pool()
    cases: dict[str, list[Any]] = {}
    for report, stream in zip(reports, streams, strict=True):
        inputs = {event["id"]: event.get("input") for event in stream if event["event"] == "outcome"}
        for outcome in report.outcomes:
            cases.setdefault(outcome.id, _case(outcome, inputs.get(outcome.id)))
    kept = {name: number for number, name in enumerate(_ordered(cases, reports))}

    def result(outcome: Outcome) -> int | list[int | str | None]:
        level = None if cases[outcome.id][4] == outcome.level else str(outcome.level)
        diagnosis = None if outcome.diagnosis is None else _diagnosis(outcome.diagnosis, texts.number, diagnoses.number)
        reason = None if outcome.reason is None else texts.number(plain(outcome.reason))
        failed = outcome.verdict.is_bad or outcome.verdict is Verdict.XFAIL
        about = texts.number(plain(theme(outcome).told)) if failed else None
        row = [_VERDICTS[outcome.verdict], level, diagnosis, reason, about]
        return row if any(item is not None for item in row[1:]) else _VERDICTS[outcome.verdict]

    results: list[list[Any]] = []
    for report in reports:
        column: list[Any] = [None] * len(kept)
        for outcome in report.outcomes:
            column[kept[outcome.id]] = result(outcome)
        results.append(column)
    return {
        "kit": reports[0].header["kit"] if reports else "",
        "verdicts": [str(verdict) for verdict in Verdict],
        "texts": texts.values,
        "targets": [_target(*row) for row in zip(matrix.distinct_names(reports, names), reports, streams, strict=True)],
        "cases": [cases[name] for name in kept],
        "diagnoses": diagnoses.values,
        "results": results,
        "statements": {clause: [told.shown_by, told.reason] for clause, told in STATEMENTS.items()},
    }


def _ordered(cases: Mapping[str, Sequence[Any]], reports: Sequence[Report]) -> list[str]:
    """Cases by suite, then by id: they are told in the order in which they were decided."""
    order = {plain(suite): place for place, suite in enumerate(matrix.suites(reports))}
    return sorted(cases, key=lambda name: (order[cases[name][1]], name))


def _case(outcome: Outcome, told: Mapping[str, str] | None) -> list[Any]:
    given = {plain(name): plain(value) for name, value in told.items()} if told else None
    clauses = [plain(clause) for clause in outcome.clauses]
    about = (outcome.id, outcome.suite, outcome.op, outcome.form, str(outcome.level))
    return [*(part and plain(part) for part in about), clauses, plain(outcome.comment), given]


def _diagnosis(found: Diagnosis, text: Callable[[str], int], pooled: Callable[[Any, Any], int]) -> int:
    """The diagnosis's number."""
    both = found.expected is not None and found.actual is not None
    at = first_difference(found.expected or b"", found.actual or b"") if both else 0
    start = max(0, at - BEFORE) if max(len(found.expected or b""), len(found.actual or b"")) > WINDOW else 0

    def cut(data: bytes | None) -> list[Any] | None:
        if data is None:
            return None
        return [base64.b64encode(data[start : start + WINDOW]).decode("ascii"), min(start, len(data)), len(data)]

    row = [text(plain(found.stage)), text(plain(found.sentence)), cut(found.expected), cut(found.actual)]
    return pooled(row, (found.stage, found.sentence, found.expected, found.actual))


def _target(name: str, report: Report, stream: Sequence[Event]) -> dict[str, Any]:
    header = report.header
    chosen = [f"{kind[:-1]} {', '.join(some)}" for kind, some in header["selection"].items() if some]
    return {
        "name": name,
        "title": plain(", ".join(filter(None, wording.implementation(report)))),
        "spec": plain(header["target"]["spec"]),
        "vectors": [plain(path) for path in wording.vectors(report)],
        "kit": header["kit"],
        "result": report.result,
        "profile": header["profile"],
        "complete": header["complete"],
        "corpus": header["corpus"],
        "selection": plain("; ".join(chosen)),
        "started": plain(header["started"]),
        "finished": plain(stream[-1]["finished"]),
        "end": report.end,
        "problem": report.problem and plain(report.problem),
        "counts": {str(verdict): count for verdict, count in report.counts.items() if count},
        "notes": [[label, plain(sentence)] for label, sentence in _notes(report)],
        "stderr": plain(report.stderr, newlines=True),
    }


def _notes(report: Report) -> Iterable[tuple[str, str]]:
    yield from (("violation", sentence) for sentence in report.violations)
    yield from (("key", f"{name} could not be used: {why}") for name, why in report.refused_keys.items())
    yield from (("restart", f"{count} x {told}") for told, count in Counter(report.restarts).most_common())
    yield from (("stale", sentence) for sentence in report.stale)
