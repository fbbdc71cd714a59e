"""JUnit XML: valid by its schema, red exactly where the exit code is, and not to be broken by a target."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from conformance.events import Event, fold, footer_event, outcome_event
from conformance.model import Diagnosis, Level, Outcome, Verdict
from conformance.reports import FORMATS


def parsed(events: list[Event]) -> ET.Element:
    return ET.fromstring(FORMATS["junit"](events))  # noqa: S314 - what we rendered ourselves


def red(root: ET.Element) -> bool:
    return root.get("failures") != "0" or root.get("errors") != "0"


def test_snapshot(full_stream: list[Event], matches_snapshot: Callable[[str, bytes], None]) -> None:
    matches_snapshot("junit.xml", FORMATS["junit"](full_stream))


@pytest.mark.parametrize("name", ["full_stream", "hostile_stream"])
def test_valid_by_the_schema(
    name: str, request: pytest.FixtureRequest, schema_file: Callable[[str], Path], tmp_path: Path
) -> None:
    schema = xmlschema.XMLSchema(str(schema_file("junit-10.xsd")))
    file = tmp_path / "junit.xml"
    file.write_bytes(FORMATS["junit"](request.getfixturevalue(name)))
    schema.validate(str(file))


@pytest.mark.parametrize("name", ["full_stream", "hostile_stream"])
def test_it_counts_what_it_holds(name: str, request: pytest.FixtureRequest) -> None:
    events = request.getfixturevalue(name)
    root = parsed(events)
    ids = [case.get("name") for suite in root for case in suite.iter("testcase") if suite.get("name") != "signkit"]
    assert ids == [outcome.id for outcome in fold(events).outcomes]
    for suite in root:
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(attribute) == str(len(list(suite.iter(tag))))
        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
    for attribute in ("tests", "failures", "errors"):
        assert root.get(attribute) == str(sum(int(suite.attrib[attribute]) for suite in root))


def test_what_the_profile_does_not_count_is_skipped(
    make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]
) -> None:
    missed = make_outcome("a/x", Verdict.FAIL, Diagnosis("answer", "not so"), level=Level.SHOULD)
    lax, strict = parsed(make_stream(missed)), parsed(make_stream(missed, profile="strict"))
    assert (red(lax), red(strict)) == (False, True)
    assert [case.get("message") for case in lax.iter("skipped")] == [
        "should, which profile default does not count: not so"
    ]


STALE: Event = {"event": "stale", "entry": "a/gone", "sentence": "a/gone: no case"}
VIOLATION: Event = {"event": "violation", "id": None, "sentence": "no JSON"}


@pytest.mark.parametrize(
    ("verdicts", "more"),
    [
        ([Verdict.PASS], {}),
        ([Verdict.PASS, Verdict.SKIP], {}),
        ([Verdict.PASS, Verdict.SKIP], {"complete": True}),
        ([Verdict.PASS, Verdict.FAIL], {}),
        ([Verdict.PASS, Verdict.XFAIL], {}),
        ([Verdict.PASS, Verdict.TIMEOUT], {}),
        ([Verdict.PASS], {"notes": (STALE,)}),
        ([Verdict.XPASS], {"notes": (STALE,)}),
        ([Verdict.PASS], {"notes": (VIOLATION,)}),
        ([Verdict.PASS, Verdict.NOT_RUN], {"end": "interrupted"}),
        ([Verdict.NOT_RUN], {"end": "handshake-failed", "problem": "no such program"}),
        ([Verdict.SKIP], {}),
        ([], {}),
    ],
)
def test_it_is_red_exactly_where_the_exit_code_is(
    verdicts: list[Verdict],
    more: dict[str, Any],
    make_stream: Callable[..., list[Event]],
    make_outcome: Callable[..., Outcome],
) -> None:
    events = make_stream(*(make_outcome(f"a/{number}", verdict) for number, verdict in enumerate(verdicts)), **more)
    assert red(parsed(events)) == (fold(events).exit_code != 0)


@given(text=st.text(st.characters(categories=None), max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    told = Outcome(
        "a/x", "a", "sign", None, Level.MUST, ("S7",), text, Verdict.FAIL, 1234.5678, Diagnosis(text, text), text
    )
    who = dict.fromkeys(("name", "version", "language", "runtime"), text)
    header = {
        "event": "header",
        "stream": 1,
        "kit": "1",
        "started": "now",
        "profile": "default",
        "complete": False,
        "corpus": {"digest": "0" * 64, "cases": 1, "of": 1},
        "target": {"spec": text, "implementation": who},
    }
    events = [header, outcome_event(told)]
    root = parsed([*events, footer_event(events, "complete", text, "now")])
    assert [case.get("time") for case in root.iter("testcase")] == ["1234.568"]
    FORMATS["badge"]([*events, footer_event(events, "complete", text, "now")])
