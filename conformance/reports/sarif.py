"""SARIF 2.1.0, for code scanning: a rule for each clause that was missed, a result for each failure.

There are no files to point at, so a result's place is logical: suite and case. What the baseline knows is there as a
suppressed result with its reason. Levels: must is an error, should a warning, may a note.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from conformance.model import Level, Outcome, Report, Verdict
from conformance.reports import wording
from conformance.reports.groups import finding
from conformance.reports.plain import plain

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "note"}
_KINDS = {"S": "a statement of the merchant API's document", "P": "a policy that settles one of the document's gaps"}


def render(report: Report) -> bytes:
    """The report as JSON in ASCII."""
    found = [o for o in report.outcomes if o.verdict.is_bad or o.verdict is Verdict.XFAIL]
    rules = sorted({_rule_id(outcome) for outcome in found}, key=lambda name: (name[:1], len(name), name))
    name, runtime = map(plain, wording.implementation(report))
    who = plain(str((report.header["target"]["implementation"] or {}).get("name", "unknown")))
    run = {
        "tool": {
            "driver": {
                "name": "signkit",
                "version": plain(report.header["kit"]),
                "rules": [_rule(rule, [o for o in found if _rule_id(o) == rule]) for rule in rules],
            }
        },
        "automationDetails": {"id": f"signkit/{who}/{plain(report.header['profile'])}"},
        "invocations": [_invocation(report)],
        "results": [_result(outcome, report, rules.index(_rule_id(outcome))) for outcome in found],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "result": report.result,
            "implementation": name,
            "runtime": runtime,
            "target": plain(report.header["target"]["spec"]),
            "corpus": plain(report.header["corpus"]["digest"]),
            "stream": report.stream,
        },
    }
    return (json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n").encode("ascii")


def _rule_id(outcome: Outcome) -> str:
    return plain(outcome.clauses[0]) if outcome.clauses else plain(outcome.suite)


def _rule(name: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    suites = sorted({plain(outcome.suite) for outcome in outcomes})
    level = min((outcome.level for outcome in outcomes), key=list(Level).index)
    what = f"{name}: {_KINDS.get(name[:1], 'a demand of a standard')}"
    told = f"{what}; see docs/statements.md. Missed in the suites {', '.join(suites)}."
    show = f"signkit show {plain(outcomes[0].id)}"
    return {
        "id": name,
        "shortDescription": {"text": what},
        "fullDescription": {"text": told},
        "help": {"text": f"{told} A case tells why it exists: {show}", "markdown": f"{told}\n\n`{show}`"},
        "defaultConfiguration": {"level": _LEVELS[level]},
        "properties": {"tags": ["signature", *suites]},
    }


def _result(outcome: Outcome, report: Report, rule: int) -> dict[str, Any]:
    lines = [f"{wording.lead(outcome)}: {wording.finding(outcome)}", outcome.comment]
    lines += [*wording.byte_diff(outcome), wording.replay(outcome, report)]
    result: dict[str, Any] = {
        "ruleId": _rule_id(outcome),
        "ruleIndex": rule,
        "kind": "fail",
        "level": _LEVELS[outcome.level],
        "message": {"text": "\n".join(map(plain, lines))},
        "locations": [{"logicalLocations": [_location(outcome)]}],
        "partialFingerprints": {"case/v1": _case_print(outcome, report), "finding/v1": _finding_print(outcome)},
        "properties": {
            "verdict": str(outcome.verdict),
            "suite": plain(outcome.suite),
            "op": plain(outcome.op),
            "clauses": [plain(clause) for clause in outcome.clauses],
            "replay": plain(wording.replay(outcome, report)),
        },
    }
    if outcome.verdict is Verdict.XFAIL:
        reason = plain(outcome.reason or "known")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _location(outcome: Outcome) -> dict[str, str]:
    return {
        "name": plain(outcome.id.rpartition("/")[2]),
        "fullyQualifiedName": plain(outcome.id),
        "kind": "member",
    }


def _case_print(outcome: Outcome, report: Report) -> str:
    """The same for the same case of the same implementation, whatever is wrong with it."""
    who = report.header["target"]["implementation"] or {}
    return _digest([str(who.get("name")), outcome.id])


def _finding_print(outcome: Outcome) -> str:
    """The same for cases that are one finding (see ``groups``), in this run and the next."""
    return _digest([str(part) for part in finding(outcome)])


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _invocation(report: Report) -> dict[str, Any]:
    return {
        "executionSuccessful": report.end == "complete",
        "exitCode": report.exit_code,
        "startTimeUtc": _utc(report.header["started"]),
        "toolExecutionNotifications": [_notification("error", told) for told in wording.troubles(report)]
        + [_notification("note", f"restart: {told}") for told in report.restarts],
        "toolConfigurationNotifications": [_notification("warning", told) for told in report.stale],
    }


def _notification(level: str, told: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": plain(told)}}


def _utc(iso: str) -> str:
    """The header's time as SARIF writes UTC."""
    return plain(iso).replace("+00:00", "Z")
