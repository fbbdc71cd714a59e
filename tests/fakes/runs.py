"""Whole runs against fakes, and what is asked about their reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance.events import fold
from conformance.model import Corpus, Report, Verdict
from conformance.runner import RunOptions, run

ROOT = Path(__file__).parents[2]
PATIENT = RunOptions(timeout=30.0, start_timeout=60.0)
HASTY = RunOptions(timeout=1.0, start_timeout=60.0)


def alive(word: str) -> list[str]:
    """The processes that have ``word`` on their command line."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in file.read_bytes():
                found.append(file.parent.name)
        except OSError:
            continue
    return found


def report_of(cases: Corpus, spec: str, options: RunOptions = PATIENT) -> Report:
    """Run all cases; every one must have exactly one outcome, and the callback must have seen the whole stream."""
    seen: list[dict[str, Any]] = []
    events = run(cases, cases.cases, spec, options, seen.append)
    assert events == seen
    report = fold(events)
    assert sorted(outcome.id for outcome in report.outcomes) == sorted(case.id for case in cases.cases)
    return report


def verdicts(report: Report) -> dict[str, Verdict]:
    return {outcome.id: outcome.verdict for outcome in report.outcomes}


def sentence(report: Report, case: str) -> str:
    diagnosis = next(outcome.diagnosis for outcome in report.outcomes if outcome.id == case)
    assert diagnosis is not None
    return diagnosis.sentence


def only_culprit(report: Report, verdict: Verdict) -> str:
    """n = 7 has this verdict and all others passed; the sentence about it."""
    found = verdicts(report)
    assert found.pop("minify/n7") is verdict
    assert set(found.values()) == {Verdict.PASS}
    assert report.end == "complete"
    assert report.result == "not conformant"
    return sentence(report, "minify/n7")
