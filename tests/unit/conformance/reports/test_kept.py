"""Reports that are read back: what was written folds again, and whatever else a file may hold is told in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.events import DigestError, Event, StreamError, fold, stream_digest
from conformance.reports import FORMATS, MATRIX_FORMATS, NotAReportError
from conformance.reports.kept import dump, parse, read


@pytest.mark.parametrize("form", ["json", "events"])
def test_what_was_written_is_read_again(form: str, full_stream: list[Event]) -> None:
    data = FORMATS[form](full_stream)
    kept = parse(data)
    whole = fold(full_stream)
    wanted = whole if form == "events" else replace(whole, header=kept.report.header)
    assert (kept.form, kept.report) == (form, wanted)
    assert kept.told == kept.digest
    assert dump(kept.form, kept.data) == data
    assert kept.events == (full_stream if form == "events" else None)
    assert (kept.report.result, kept.report.exit_code) == (whole.result, whole.exit_code)


def test_the_json_report_tells_the_digest_of_its_stream(full_stream: list[Event]) -> None:
    kept = parse(FORMATS["json"](full_stream))
    assert kept.report.stream == full_stream[-1]["digest"]
    assert kept.digest != kept.report.stream


def test_another_layout_is_the_same_report(full_stream: list[Event]) -> None:
    data = json.loads(FORMATS["json"](full_stream))
    assert parse(json.dumps(data, sort_keys=True).encode()).digest == data["digest"]


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"null", b"[]", b"{}", b'{"schema":"signkit-report/2"}', b"<testsuites/>", b"\xff\xfe", b"[" * 99_999],
)
def test_what_is_no_report(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    with pytest.raises(NotAReportError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}: neither an event stream nor a JSON report")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(NotAReportError, match="cannot be read"):
            read(path)


def changed(events: list[Event], number: int, members: dict[str, Any]) -> bytes:
    """The stream with an event changed and the digest taken out, so that only the shape is judged."""
    copy = json.loads(json.dumps(events))
    copy[number].update(members)
    del copy[-1]["digest"]
    return FORMATS["events"](copy)


@pytest.mark.parametrize(
    ("number", "members", "told"),
    [
        (0, {"corpus": None}, "line 1: corpus"),
        (0, {"profile": "lax"}, "line 1: profile"),
        (0, {"target": {"spec": "x", "implementation": {}}}, "line 1: target/implementation"),
        (3, {"verdict": "maybe"}, "line 4: verdict"),
        (3, {"diagnosis": {"stage": "x"}}, "line 4: diagnosis"),
        (
            3,
            {"diagnosis": {"stage": "x", "sentence": "y", "expected": "no base64", "actual": None}},
            "line 4: diagnosis",
        ),
        (3, {"seconds": "1"}, "line 4: seconds"),
        (3, {"clauses": [1]}, "line 4: clauses/0"),
        (3, {"clauses": [""]}, "line 4: clauses/0"),
        (0, {"selection": {"ids": "x"}}, "line 1: selection/ids"),
        (3, {"verdict": "\ud800"}, "line 4: "),
        (-1, {"signature": {"key": "\ud800", "value": ""}}, "line 16: footer: holds text that is no Unicode"),
        (3, {"event": 7}, "line 4: not an event"),
        (-1, {"events": -1}, "line 16: events"),
        (-1, {"signature": "x"}, "line 16: signature"),
    ],
)
def test_a_malformed_event_is_named_with_its_line(
    number: int, members: dict[str, Any], told: str, full_stream: list[Event]
) -> None:
    with pytest.raises(StreamError) as caught:
        parse(changed(full_stream, number, members))
    assert str(caught.value).startswith(told)
    assert len(str(caught.value)) < 400


def test_kinds_of_event_that_are_not_known_are_let_pass(full_stream: list[Event]) -> None:
    events = json.loads(json.dumps(full_stream))
    events.insert(3, {"event": "weather", "text": "fair"})
    events[-1]["events"] += 1
    del events[-1]["digest"]
    assert parse(FORMATS["events"](events)).report.outcomes == fold(full_stream).outcomes


@pytest.mark.parametrize("form", ["json", "events"])
def test_a_file_cut_anywhere_is_no_report(form: str, full_stream: list[Event]) -> None:
    data = FORMATS[form](full_stream)
    for length in range(0, len(data) - 1, 97):
        with pytest.raises((NotAReportError, StreamError)):
            parse(data[:length])


@pytest.mark.parametrize("form", ["json", "events"])
def test_a_changed_report_is_told(form: str, full_stream: list[Event]) -> None:
    data = FORMATS[form](full_stream).replace(b"What beta/good is about", b"What beta/good was about")
    with pytest.raises(DigestError, match="changed after the run"):
        parse(data)


@pytest.mark.parametrize(
    ("name", "value"),
    [("result", "conformant"), ("exit_code", 0), ("counted", 0), ("counts", {}), ("suites", {"alpha": {"pass": 1}})],
)
def test_a_summary_that_does_not_follow(name: str, value: object, full_stream: list[Event]) -> None:
    data = json.loads(FORMATS["json"](full_stream))
    data[name] = value
    data["digest"] = stream_digest([data])
    with pytest.raises(StreamError, match=f"its {name} does not follow from its outcomes"):
        parse(json.dumps(data).encode())


def test_nothing_a_target_writes_hinders_reading(hostile_stream: list[Event]) -> None:
    report = fold(hostile_stream)
    assert parse(FORMATS["events"](hostile_stream)).report == report
    assert parse(FORMATS["json"](hostile_stream)).report.outcomes == report.outcomes


@pytest.mark.parametrize("depth", [960, 990, 2_000, 100_000])
@pytest.mark.parametrize("form", ["json", "events"])
def test_nesting_ends_in_a_sentence(form: str, depth: int, make_stream: Callable[..., list[Event]]) -> None:
    data = FORMATS[form](make_stream(selection={"ids": "deep"}))
    data = data.replace(b'"deep"', b"[" * depth + b"]" * depth)
    with pytest.raises((NotAReportError, StreamError)):
        parse(data)


def test_a_number_that_is_not_json(full_stream: list[Event], make_stream: Callable[..., list[Event]]) -> None:
    for number in (b"NaN", b"-Infinity", b"1e999"):
        data = FORMATS["events"](full_stream).replace(b'"seconds":0.01', b'"seconds":' + number, 1)
        with pytest.raises(StreamError, match="line 2 is no JSON object"):
            parse(data)


@pytest.fixture
def matrix_file(full_stream: list[Event], tmp_path: Path) -> Path:
    file = tmp_path / "matrix.json"
    file.write_bytes(MATRIX_FORMATS["json"]([full_stream, full_stream], ["one", "two"]))
    return file


def test_a_matrix_is_read_where_several_runs_are_taken(matrix_file: Path, full_stream: list[Event]) -> None:
    kept = read(matrix_file, several=True)
    alone = parse(FORMATS["json"](full_stream)).report
    assert (kept.form, dict(kept.runs)) == ("matrix", {"one": alone, "two": alone})
    assert kept.told == kept.digest
    assert kept.events is None
    assert dump(kept.form, kept.data) == matrix_file.read_bytes()
    with pytest.raises(NotAReportError, match=r"matrix\.json: a matrix of 2 runs, and one is wanted"):
        read(matrix_file)


@pytest.mark.parametrize(
    ("change", "resealed", "told"),
    [
        (lambda data: data.update(result="conformant"), False, "was changed after the run"),
        (lambda data: data.update(result="conformant"), True, "its result does not follow from its runs"),
        (lambda data: data["implementations"]["two"].update(stderr=""), True, "two: the report was changed"),
        (lambda data: data["implementations"]["two"].pop("outcomes"), True, "two: report: "),
        (lambda data: data["implementations"].update(two=1), True, "implementations/two"),
        (lambda data: data.update(implementations={}), True, "implementations"),
    ],
)
def test_a_changed_matrix_is_told(
    change: Callable[[dict[str, Any]], None], resealed: bool, told: str, matrix_file: Path
) -> None:
    data = json.loads(matrix_file.read_bytes())
    change(data)
    if resealed:
        data["digest"] = stream_digest([data])
    with pytest.raises(StreamError, match=told):
        parse(json.dumps(data).encode())
