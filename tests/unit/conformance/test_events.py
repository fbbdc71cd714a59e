"""The event stream: outcomes survive the journey, and a stream that is not whole is refused."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from conformance.events import DigestError, Event, StreamError, fold, footer_event, outcome_event
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


def test_the_digest_is_that_of_the_canonical_lines() -> None:
    events = stream(outcome_event(outcome()))
    told = {name: value for name, value in events[-1].items() if name != "digest"}
    lines = [json.dumps(event, sort_keys=True, separators=(",", ":")) + "\n" for event in (*events[:-1], told)]
    assert events[-1]["digest"] == hashlib.sha256("".join(lines).encode()).hexdigest() == fold(events).stream
    reordered = [dict(reversed(event.items())) for event in json.loads(json.dumps(events))]
    assert fold(reordered).stream == fold(events).stream


@pytest.mark.parametrize(
    ("place", "member", "value"),
    [
        (0, "profile", "strict"),
        (1, "comment", "other"),
        (1, "level", "may"),
        (2, "end", "interrupted"),
        (2, "digest", ""),
    ],
)
def test_a_changed_stream_is_refused(place: int, member: str, value: str) -> None:
    events = stream(outcome_event(outcome()))
    assert events[place][member] != value
    events[place] = {**events[place], member: value}
    with pytest.raises(DigestError, match="was changed after the run: its footer tells digest"):
        fold(events)


def test_a_signature_is_no_part_of_the_digest_and_a_stream_without_digest_is_taken() -> None:
    events = stream(outcome_event(outcome()))
    fold([*events[:-1], {**events[-1], "signature": {"key": "k", "value": "v"}}])
    bare = {name: value for name, value in events[-1].items() if name != "digest"}
    assert fold([*events[:-1], bare]).stream == events[-1]["digest"]


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
