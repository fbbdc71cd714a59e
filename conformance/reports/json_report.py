"""The JSON report: one object.

::

    schema       "signkit-report/1"
    header       the stream's header: kit, started, profile, complete, corpus, selection, target
    result       "conformant", "partial" or "not conformant"
    exit_code    the run's, 0 to 5 or 130
    counts       verdict -> number of cases, all verdicts present
    counted      number of failures that the profile counts
    suites       suite -> verdict -> number of cases; only verdicts that occur
    end          "complete", "max-fail", "interrupted", "handshake-failed" or "restarts-exhausted"
    problem      the sentence that goes with the last two, or null
    outcomes     one object a case, as in the stream: id, suite, op, form, level, clauses, comment, verdict, seconds,
                 diagnosis {stage, sentence, expected, actual (base64 or null)} or null, reason
    coverage     what the cases that ran cite: clauses and gaps, as ``coverage.of`` tells them
    violations   sentences: what the target did against the protocol, beyond any one case
    restarts     sentences: why the target was started again
    refused_keys name -> sentence
    stale        sentences: entries of the baseline that no longer hold
    stderr       what the target wrote to standard error (its end, if long)
    stream       the digest of the event stream it was made from (SHA-256, hex)
    digest       SHA-256 (hex) of this object without digest and signature, as one canonical line (``events.canonical``)
    signature    only where the report was signed: key (its fingerprint) and value (base64), made over the digest
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from conformance import coverage
from conformance.events import outcome_event, stream_digest
from conformance.model import Outcome, Report

SCHEMA = "signkit-report/1"

_INDENTED = json.JSONEncoder(indent=2)


def render(report: Report) -> bytes:
    """The report as JSON in ASCII, two blanks a level, with a newline at its end."""
    return dump(data(report))


def dump(value: Mapping[str, Any]) -> bytes:
    """JSON data as this report is written."""
    written = io.BytesIO()
    with io.TextIOWrapper(written, "ascii", newline="\n") as text:
        text.writelines(_INDENTED.iterencode(value))  # dumps would hold millions of pieces before it joins them
        text.write("\n")
        text.flush()
        return written.getvalue()


def data(report: Report) -> dict[str, Any]:
    """The report as JSON data, with its digest."""
    told = {
        "schema": SCHEMA,
        "header": {name: value for name, value in report.header.items() if name not in ("event", "stream")},
        **summary(report),
        "end": report.end,
        "problem": report.problem,
        "outcomes": [_outcome(outcome) for outcome in report.outcomes],
        "coverage": coverage.of(report.outcomes),
        "violations": list(report.violations),
        "restarts": list(report.restarts),
        "refused_keys": dict(report.refused_keys),
        "stale": list(report.stale),
        "stderr": report.stderr,
        "stream": report.stream,
    }
    return {**told, "digest": stream_digest([told])}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    told = outcome_event(outcome)
    del told["event"]
    return told


def summary(report: Report) -> dict[str, Any]:
    """The members that follow from the others."""
    suites: dict[str, dict[str, int]] = {}
    for outcome in report.outcomes:
        counts = suites.setdefault(outcome.suite, {})
        counts[str(outcome.verdict)] = counts.get(str(outcome.verdict), 0) + 1
    return {
        "result": report.result,
        "exit_code": report.exit_code,
        "counts": {str(verdict): count for verdict, count in report.counts.items()},
        "counted": len(report.counted),
        "suites": suites,
    }
