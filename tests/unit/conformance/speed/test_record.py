"""The record of a running suite."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from conformance.speed.document import measurement_of, skip_of
from conformance.speed.model import Skip
from conformance.speed.record import Record
from tests.fakes.benches import measurement


def test_each_line_is_there_at_once(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    record = Record(path)
    record.total(2)
    record.begin("a")
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"total": 2}, {"begin": "a"}]
    record.measurement(measurement("a"))
    record.skip(Skip("b", "not installed"))
    *_, third, fourth = map(json.loads, path.read_text().splitlines())
    assert measurement_of(third["measurement"]) == measurement("a")
    assert skip_of(fourth["skip"]) == Skip("b", "not installed")
    assert third == json.loads(json.dumps({"measurement": asdict(measurement("a"))}))


def test_nobody_listens() -> None:
    Record(None).total(1)
