"""Findings in words and as data: the staged diff of a disagreement, with its diagnosis in one sentence."""

from __future__ import annotations

import base64
from typing import Any

from conformance.fuzz.differential import Result
from conformance.fuzz.findings import Finding
from conformance.model import Verdict
from conformance.reports import bytediff
from conformance.reports.plain import plain

_SHOWN = 160  # characters of a field


def headline(finding: Finding) -> str:
    """Who, what, and the diagnosis, in one line."""
    ask, told = finding.ask, finding.diagnosis
    what = f"{ask.op} {ask.form}" if ask.form else ask.op
    verdict = "" if finding.judgement.verdict is Verdict.FAIL else f", {finding.judgement.verdict}"
    stage = "" if told.stage == "answer" else f"{told.stage}: "
    return plain(f"{finding.target}: {what}{verdict}: {stage}{told.sentence}")


def briefly(finding: Finding) -> str:
    """One line for a finding of which only the form is new."""
    text = headline(finding)
    return f"{text if len(text) <= _SHOWN else text[:_SHOWN] + '...'} (the same for another form)"


def lines(finding: Finding) -> list[str]:
    """The finding in full: headline, demand, input, byte diff."""
    told, wanted = finding.diagnosis, finding.demand
    rows = [headline(finding), f"    {finding.judgement.level}, {', '.join(wanted.clauses)}: {wanted.why}"]
    rows += [f"    {name:>14}  {_field(value)}" for name, value in finding.ask.fields.items() if name != "form"]
    rows += [f"    {plain(row)}" for row in bytediff.lines(told.expected, told.actual)]
    if not finding.shrunk:
        rows.append("    (not shrunk: the run ended before)")
    return rows


def _field(value: Any) -> str:
    """A field's value in ASCII, its middle left out where it is long."""
    text = ascii(value.decode("latin-1") if isinstance(value, bytes) else value)
    text = f"b{text}" if isinstance(value, bytes) else text
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]}...{text[-_SHOWN // 2 :]} ({len(value)} long)"


def data(finding: Finding) -> dict[str, Any]:
    """The finding as JSON data; bytes are base64."""
    told = finding.diagnosis
    return {
        "target": finding.target,
        "version": finding.version,
        "op": finding.ask.op,
        "form": finding.ask.form,
        "input": dict(finding.ask.input),
        "expect": dict(finding.demand.expect),
        "why": finding.demand.why,
        "clauses": list(finding.demand.clauses),
        "level": str(finding.judgement.level),
        "verdict": str(finding.judgement.verdict),
        "stage": told.stage,
        "sentence": told.sentence,
        "expected": None if told.expected is None else base64.b64encode(told.expected).decode("ascii"),
        "actual": None if told.actual is None else base64.b64encode(told.actual).decode("ascii"),
        "shrunk": finding.shrunk,
    }


def rate(result: Result) -> str:
    """``1234 examples in 5.6 s (220 a second)``."""
    speed = result.examples / result.seconds if result.seconds else 0.0
    return f"{result.examples} examples in {result.seconds:.1f} s ({speed:.0f} a second)"
