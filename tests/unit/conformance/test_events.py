"""The event stream: outcomes survive the journey, and a stream that is not whole is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.events import Event, StreamError, fold, footer_event, outcome_event
from conformance.model import Diagnosis, Level, Outcome, Verdict

HEADER: Event = {"event": "header", "stream": 1, "profile": "default", "complete": False}


def outcome(name: str = "a/x", verdict: Verdict = Verdict.PASS, diagnosis: Diagnosis | None = None) -> Outcome:
    return Outcome(name, "a", "verify", "webhook", Level.MUST, ("S36",), "comment", verdict, 0.25, diagnosis, None)


def stream(*middle: Event, end: str = "complete", problem: str | None = None) -> list[Event]:
    told = sum(event["event"] == "outcome" for event in middle)
    events = [{**HEADER, "corpus": {"digest": "", "cases": told, "of": told}}, *middle]
    return [*events, footer_event(events, end, problem, "2025-01-01T00:00:00Z")]


def test_an_outcome_survives_json() -> None:
    one = outcome(verdict=Verdict.FAIL, diagnosis=Diagnosis("message", "why é", b"\x00\xff", None))
    events = json.loads(json.dumps(stream(outcome_event(one))))
    assert fold(events).outcomes == (one,)


def test_fold_sorts_the_events() -> None:
    middle: list[Event] = [
        {"event": "key", "name": "k1", "ok": True, "sentence": ""},
        {"event": "key", "name": "k2", "ok": False, "sentence": "too short"},
        {"event": "stderr", "text": "one ", "bytes": 4},
        {"event": "restart", "sentence": "it died"},
        outcome_event(outcome()),
        {"event": "violation", "id": None, "sentence": "not JSON"},
        {"event": "stderr", "text": "two", "bytes": 3},
        {"event": "stale", "entry": "a/y", "sentence": "a/y passes"},
    ]
    report = fold(stream(*middle, end="restarts-exhausted", problem="five in a row"))
    assert report.refused_keys == {"k2": "too short"}
    assert (report.stderr, report.restarts, report.violations) == ("one two", ("it died",), ("not JSON",))
    assert (report.stale, report.end, report.problem) == (("a/y passes",), "restarts-exhausted", "five in a row")


def test_a_violation_with_an_id_overrides_the_verdict() -> None:
    middle = [outcome_event(outcome()), {"event": "violation", "id": "a/x", "sentence": "answered twice"}]
    report = fold(stream(*middle))
    assert report.outcomes[0].verdict is Verdict.PROTOCOL_ERROR
    assert report.outcomes[0].diagnosis == Diagnosis("answer", "answered twice")
    assert report.violations == ()
    assert report.exit_code == 1


def cut(events: list[Event]) -> list[Event]:
    return events[:-1]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda events: [], "does not begin with its header"),
        (lambda events: events[1:], "does not begin with its header"),
        (cut, "has no footer"),
        (lambda events: [events[0], events[2]], "counts 2 events, the stream holds 1"),
        (lambda events: [events[0], events[1], events[1], events[2]], "counts 2 events, the stream holds 3"),
        (lambda events: [events[0], {**events[1], "verdict": "fail"}, events[2]], "the footer counts"),
        (lambda events: [{**events[0], "stream": 2}, *events[1:]], "of version 2, this kit reads 1"),
        (lambda events: [*events[:2], {"event": "footer"}], "counts None events"),
        (lambda events: stream(events[1], events[1]), "counts 2 cases, the stream holds 2 outcomes of 1"),
        (
            lambda events: [{**events[0], "corpus": {"digest": "", "cases": 2, "of": 2}}, *events[1:]],
            "counts 2 cases, the stream holds 1 outcomes of 1",
        ),
    ],
)
def test_a_stream_that_is_not_whole(spoil: Any, told: str) -> None:
    whole = stream(outcome_event(outcome()))
    assert fold(whole).ran == 1
    with pytest.raises(StreamError, match=told):
        fold(spoil(whole))
