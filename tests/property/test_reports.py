"""Whatever stands in a file: reading it ends in a report or in a sentence. Whatever a target says: reports hold."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.diff import compare, data
from conformance.events import Event, StreamError, canonical, fold, footer_event, outcome_event, stream_digest
from conformance.model import Diagnosis, Level, Outcome, Verdict
from conformance.reports import FORMATS, NotAReportError
from conformance.reports.kept import parse
from conformance.reports.plain import plain

texts = st.text(st.characters(categories=None), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def streams(draw: st.DrawFn) -> list[Event]:
    who = {name: draw(texts) for name in ("name", "version", "language", "runtime")}
    outcomes = []
    for number in range(draw(st.integers(0, 4))):
        told = draw(st.none() | st.builds(Diagnosis, texts, texts, st.none() | st.binary(max_size=40), st.binary()))
        outcomes.append(
            Outcome(
                id=f"{draw(st.sampled_from(['a', 'b']))}/{number}",
                suite=draw(texts),
                op=draw(st.sampled_from(["sign", "build"])),
                form=None,
                level=draw(st.sampled_from(Level)),
                clauses=draw(st.sampled_from([(), ("S7",), ("P11", "RFC 8017 9.2")])),
                comment=draw(texts),
                verdict=draw(st.sampled_from(Verdict)),
                seconds=draw(st.floats(0, 1e6)),
                diagnosis=told,
                reason=draw(st.none() | texts),
            )
        )
    header = {
        "event": "header",
        "stream": 1,
        "kit": "0",
        "started": "2025-01-01T00:00:00+00:00",
        "profile": draw(st.sampled_from(["default", "strict"])),
        "complete": draw(st.booleans()),
        "corpus": {"digest": "0" * 64, "cases": len(outcomes), "of": len(outcomes)},
        "selection": {"ids": draw(st.lists(texts, max_size=1)), "tags": [], "suites": []},
        "target": {"spec": draw(texts), "implementation": draw(st.sampled_from([None, who]))},
    }
    sentences = draw(st.lists(texts, max_size=2))
    notes = [{"event": "violation", "id": None, "sentence": told} for told in sentences]
    events = [header, *map(outcome_event, outcomes), *notes]
    end = draw(st.sampled_from(["complete", "interrupted", "handshake-failed"]))
    return [*events, footer_event(events, end, draw(st.none() | texts), "now")]


@given(events=streams())
def test_every_format_renders_and_what_can_be_read_is_the_same_again(events: list[Event]) -> None:
    made = {name: render(events) for name, render in FORMATS.items()}
    report = fold(events)
    assert parse(made["events"]).report == report
    assert parse(made["json"]).report.outcomes == report.outcomes
    assert parse(made["json"]).report.exit_code == report.exit_code
    json.loads(made["sarif"])
    for name in ("junit", "markdown", "sarif", "badge"):
        text = made[name].decode()
        assert plain(text, newlines=True).replace("    ", "\t") == text.replace("    ", "\t")
    assert compare(report, report).worse is False
    json.dumps(data(compare(report, parse(made["json"]).report)))


@given(
    events=streams(),
    path=st.lists(st.integers(0, 100), max_size=4),
    value=values,
    form=st.sampled_from(["json", "events"]),
)
def test_a_file_with_one_thing_changed_is_a_report_or_a_sentence(
    events: list[Event], path: list[int], value: Any, form: str
) -> None:
    rows = [json.loads(FORMATS["json"](events))] if form == "json" else json.loads(json.dumps(events))
    place: Any = rows
    for step in path:
        inner = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not inner:
            break
        key = inner[step % len(inner)]
        if not isinstance(place[key], dict | list):
            place[key] = value
            break
        place = place[key]
    else:
        if isinstance(place, dict):
            place["surprise"] = value
    rows[-1].pop("digest", None)
    content = json.dumps(rows[0]).encode() if form == "json" else FORMATS["events"](rows)
    kept = None
    with suppress(NotAReportError, StreamError):
        kept = parse(content)
    if kept is not None:
        compare(kept.report, fold(events))
        if kept.events is not None:
            for render in FORMATS.values():
                render(kept.events)


@given(content=st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
def test_any_file_is_a_report_or_a_sentence(content: bytes) -> None:
    with suppress(NotAReportError, StreamError):
        parse(content)


@given(value=st.dictionaries(texts, values, max_size=4))
def test_the_digest_is_of_the_value_not_of_its_layout(value: dict[str, Any]) -> None:
    again = json.loads(json.dumps(dict(reversed(value.items())), indent=3))
    assert canonical(again) == canonical(value)
    assert stream_digest([again]) == stream_digest([value])
    assert canonical(value).count(b"\n") == 1
