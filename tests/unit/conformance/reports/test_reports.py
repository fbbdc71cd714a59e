"""The registry: every format is written whole or not at all, and a path that cannot be written is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import reports
from conformance.events import Event, StreamError, fold
from conformance.reports import FORMATS, ReportError, write


def test_the_known_formats() -> None:
    assert list(FORMATS)[:7] == ["text", "json", "events", "junit", "markdown", "sarif", "badge"]


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_file_and_standard_output_get_the_same_bytes(
    fmt: str, full_stream: list[Event], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "report"
    write(fmt, path, full_stream)
    for to_screen in (None, Path("-")):
        write(fmt, to_screen, full_stream)
        assert capsysbinary.readouterr().out == path.read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]


def test_events_fold_again(full_stream: list[Event], tmp_path: Path) -> None:
    write("events", tmp_path / "e.jsonl", full_stream)
    text = (tmp_path / "e.jsonl").read_bytes()
    assert text.isascii()
    assert fold(json.loads(line) for line in text.splitlines()) == fold(full_stream)


def test_an_unknown_format_lists_the_known(full_stream: list[Event]) -> None:
    with pytest.raises(ReportError, match="no report format 'pdf'; known are text, json, events"):
        write("pdf", None, full_stream)


@pytest.mark.parametrize("path", ["/dev/full", "{tmp}/none/report", "{tmp}"])
def test_a_path_that_cannot_be_written(path: str, full_stream: list[Event], tmp_path: Path) -> None:
    path = path.format(tmp=tmp_path)
    with pytest.raises(ReportError) as caught:
        write("json", Path(path), full_stream)
    assert str(caught.value).startswith(f"{path}: the json report cannot be written: ")
    assert "name " in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_stream_cut_short_writes_nothing(full_stream: list[Event], tmp_path: Path) -> None:
    with pytest.raises(StreamError):
        write("json", tmp_path / "report", full_stream[:-1])
    assert list(tmp_path.iterdir()) == []


def test_full_standard_output(full_stream: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(ReportError, match="standard output: the text report cannot be written: No space left"):
            write("text", None, full_stream)
        monkeypatch.undo()


def test_json_tells_all(full_stream: list[Event]) -> None:
    data: dict[str, Any] = json.loads(FORMATS["json"](full_stream))
    report = fold(full_stream)
    assert (data["schema"], data["result"], data["exit_code"]) == ("signkit-report/1", "not conformant", 1)
    assert data["header"]["target"] == full_stream[0]["target"]
    assert data["counts"]["fail"] == 5
    assert sum(data["counts"].values()) == len(data["outcomes"]) == len(report.outcomes)
    assert data["counted"] == 5
    assert data["suites"]["beta"] == {"pass": 1, "fail": 2}
    assert data["outcomes"][2]["diagnosis"]["stage"] == "message"
    assert (data["end"], data["problem"], data["violations"]) == ("complete", None, [])
    assert data["refused_keys"] == {"weak": "too short"}
    assert data["stale"] == ["alpha/good: the baseline expects fail, but it passes"]
    assert data["restarts"] == ["the target was started again"]
    assert "Segmentation fault" in data["stderr"]


def test_every_field_of_the_json_report_is_documented(full_stream: list[Event]) -> None:
    documented = {line.split()[0] for line in str(reports.json_report.__doc__).splitlines() if line.startswith("    ")}
    assert set(json.loads(FORMATS["json"](full_stream))) <= documented
