"""SARIF 2.1.0: valid by its schema, every failure a result with a rule, and stable fingerprints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.events import Event, fold
from conformance.model import Diagnosis, Outcome, Verdict
from conformance.reports import FORMATS


def run_of(events: list[Event]) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(FORMATS["sarif"](events))["runs"][0]
    return run


def test_snapshot(full_stream: list[Event], matches_snapshot: Callable[[str, bytes], None]) -> None:
    matches_snapshot("report.sarif", FORMATS["sarif"](full_stream))


@pytest.mark.parametrize("name", ["full_stream", "hostile_stream"])
def test_valid_by_the_schema(name: str, request: pytest.FixtureRequest, schema_file: Callable[[str], Path]) -> None:
    schema = json.loads(schema_file("sarif-2.1.0.schema.json").read_text())
    data = json.loads(FORMATS["sarif"](request.getfixturevalue(name)))
    errors = jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(data)
    assert [f"{list(error.instance_path)}: {error.message}" for error in errors] == []


def test_each_failure_is_a_result_whose_rule_exists(full_stream: list[Event]) -> None:
    run, report = run_of(full_stream), fold(full_stream)
    wanted = [o for o in report.outcomes if o.verdict.is_bad or o.verdict is Verdict.XFAIL]
    names = [place["logicalLocations"][0]["fullyQualifiedName"] for r in run["results"] for place in r["locations"]]
    assert names == [outcome.id for outcome in wanted]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    levels = dict(zip(names, (result["level"] for result in run["results"]), strict=True))
    assert (levels["beta/body-1"], levels["gamma/ascii"]) == ("error", "warning")
    known = [result for result in run["results"] if "suppressions" in result]
    assert [result["suppressions"][0]["justification"] for result in known] == ["json_decode reads ids as doubles"]
    assert all("signkit replay" in result["message"]["text"] for result in run["results"])


def test_fingerprints_tell_cases_and_findings_apart(
    make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]
) -> None:
    def prints(*outcomes: Outcome) -> list[tuple[str, str]]:
        results = run_of(make_stream(*outcomes))["results"]
        return [tuple(result["partialFingerprints"].values()) for result in results]

    one = make_outcome("a/1", Verdict.FAIL, Diagnosis("body", "at byte 3: a number"))
    two = make_outcome("a/2", Verdict.FAIL, Diagnosis("body", "at byte 9: a number"))
    other = make_outcome("a/1", Verdict.FAIL, Diagnosis("body", "a text"))
    (first, second), (third,) = prints(one, two), prints(other)
    assert first[0] != second[0]
    assert first[1] == second[1]
    assert (first[0] == third[0], first[1] == third[1]) == (True, False)
    assert prints(one, two) == [first, second]


def test_what_is_wrong_beyond_the_cases_is_told(
    make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome], full_stream: list[Event]
) -> None:
    events = make_stream(make_outcome("a/1", Verdict.NOT_RUN), end="handshake-failed", problem="no such program")
    (call,) = run_of(events)["invocations"]
    assert (call["executionSuccessful"], call["exitCode"]) == (False, 3)
    assert "no such program" in call["toolExecutionNotifications"][0]["message"]["text"]
    (call,) = run_of(full_stream)["invocations"]
    assert call["toolConfigurationNotifications"][0]["message"]["text"].startswith("alpha/good: the baseline expects")


def test_foreign_text_is_plain(hostile_stream: list[Event]) -> None:
    text = FORMATS["sarif"](hostile_stream).decode("ascii")
    assert re.search(r"\\u(000[0-9b-f]|001|d[89a-f]|ff|202e)", text.replace("\\\\", "")) is None
