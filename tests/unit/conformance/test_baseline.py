"""Known failures: loading, applying, staleness, writing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conformance.baseline import Baseline, BaselineError, Entry, content
from conformance.events import fold, footer_event, outcome_event
from conformance.model import Diagnosis, Level, Outcome, Report, Verdict

TODAY = date(2026, 3, 15)
ENTRY = {"id": "request/a", "verdict": "fail", "reason": "doubles", "clause": "S41", "version": "PHP 8.2"}


def outcome(name: str, verdict: Verdict = Verdict.FAIL, sentence: str = "it is wrong") -> Outcome:
    told = None if verdict is Verdict.PASS else Diagnosis("answer", sentence)
    return Outcome(name, "request", "sign", "request", Level.MUST, ("S7", "P1"), "a case", verdict, 0.1, told)


def report(*outcomes: Outcome, of: int | None = None) -> Report:
    header = {
        "event": "header",
        "stream": 1,
        "profile": "default",
        "complete": False,
        "corpus": {"digest": "0" * 64, "cases": len(outcomes), "of": of or len(outcomes)},
        "target": {"spec": "cmd:x", "implementation": {"name": "example", "runtime": "PHP 8.3"}},
    }
    events: list[dict[str, Any]] = [header, *(outcome_event(one) for one in outcomes)]
    return fold([*events, footer_event(events, "complete", None, "now")])


def saved(path: Path, **changes: Any) -> Path:
    file = path / "baseline.json"
    file.write_text(json.dumps({"schema": "signkit-baseline/1", "target": "example", "entries": [ENTRY], **changes}))
    return file


def test_load(tmp_path: Path) -> None:
    known = Baseline.load(saved(tmp_path))
    assert known.target == "example"
    assert known.entries == {"request/a": Entry("request/a", Verdict.FAIL, "doubles", "S41", "PHP 8.2")}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"schema": "signkit-baseline/2"}, "schema is 'signkit-baseline/2'"),
        ({"surprise": 1}, "unknown field 'surprise'"),
        ({"entries": {}}, "needs target"),
        ({"target": None}, "needs target"),
        ({"entries": ["x"]}, "entry 1: not a JSON object"),
        ({"entries": [{**ENTRY, "note": "x"}]}, "entry 1 (request/a): unknown field 'note'"),
        ({"entries": [ENTRY, ENTRY]}, "entry 2: request/a has an entry already"),
        ({"entries": [{**ENTRY, "verdict": "broken"}]}, "unknown verdict 'broken'; known are crash"),
        ({"entries": [{**ENTRY, "verdict": "pass"}]}, "unknown verdict 'pass'"),
        ({"entries": [{**ENTRY, "reason": " "}]}, "reason is missing or empty"),
        ({"entries": [{"id": "a/b", "verdict": "fail"}]}, "entry 1 (a/b): reason is missing"),
        ({"entries": [{**ENTRY, "clause": 7}]}, "clause is missing or empty"),
        ({"entries": [{"verdict": "fail", "reason": "x"}]}, "entry 1: id is missing"),
    ],
)
def test_a_faulty_file_is_named_with_the_entry(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    file = saved(tmp_path, **changes)
    with pytest.raises(BaselineError) as caught:
        Baseline.load(file)
    assert str(file) in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"[]", b"[" * 100_000])
def test_what_is_no_json_object(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "baseline.json"
    file.write_bytes(data)
    with pytest.raises(BaselineError, match="not"):
        Baseline.load(file)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(BaselineError, match="cannot be read"):
            Baseline.load(path)


@pytest.mark.parametrize(
    ("verdict", "becomes"),
    [
        (Verdict.FAIL, Verdict.XFAIL),
        (Verdict.PASS, Verdict.XPASS),
        (Verdict.CRASH, Verdict.CRASH),
        (Verdict.ERROR, Verdict.ERROR),
        (Verdict.SKIP, Verdict.SKIP),
        (Verdict.NOT_RUN, Verdict.NOT_RUN),
    ],
)
def test_apply(tmp_path: Path, verdict: Verdict, becomes: Verdict) -> None:
    known = Baseline.load(saved(tmp_path))
    after = known.apply(outcome("request/a", verdict))
    assert after.verdict is becomes
    assert after.reason == ("doubles" if becomes is not verdict else None)
    assert known.apply(outcome("request/b", verdict)).verdict is verdict


def test_stale_are_passes_and_unknown_ids_only() -> None:
    names = ("gone/x", "request/pass", "request/fail", "request/unselected")
    known = Baseline("example", {n: Entry(n, Verdict.FAIL, "r") for n in names})
    ran = [known.apply(outcome("request/pass", Verdict.PASS)), known.apply(outcome("request/fail"))]
    verdicts = {one.id: one.verdict for one in ran}
    events = known.stale(verdicts, {"request/pass", "request/fail", "request/unselected"}, TODAY)
    assert [event["entry"] for event in events] == ["gone/x", "request/pass"]
    assert all(event["event"] == "stale" for event in events)
    assert "no case has this id" in events[0]["sentence"]
    assert "it passes" in events[1]["sentence"]


def test_of_keeps_what_stays_and_takes_what_is_new() -> None:
    known = Baseline(
        "example",
        {
            name: Entry(name, verdict, f"reason of {name}", "P1", "PHP 8.2")
            for name, verdict in (
                ("a/stays", Verdict.FAIL),
                ("b/passes", Verdict.FAIL),
                ("c/changed", Verdict.ERROR),
                ("d/skipped", Verdict.FAIL),
                ("e/gone", Verdict.FAIL),
            )
        },
    )
    ran = [
        known.apply(outcome("a/stays")),
        known.apply(outcome("b/passes", Verdict.PASS)),
        known.apply(outcome("c/changed")),
        known.apply(outcome("d/skipped", Verdict.SKIP)),
        known.apply(outcome("f/new", sentence="signed the body alone")),
        known.apply(outcome("g/good", Verdict.PASS)),
    ]
    new = Baseline.of(report(*ran), known)
    assert new.entries == {
        "a/stays": known.entries["a/stays"],
        "c/changed": Entry("c/changed", Verdict.FAIL, "it is wrong", "S7", "PHP 8.3"),
        "d/skipped": known.entries["d/skipped"],
        "f/new": Entry("f/new", Verdict.FAIL, "signed the body alone", "S7", "PHP 8.3"),
    }
    partial = Baseline.of(report(*ran, of=100), known)
    assert partial.entries.keys() == new.entries.keys() | {"e/gone"}  # its case may only not have been selected


def test_what_is_written_makes_the_same_run_known(tmp_path: Path) -> None:
    ran = [outcome("b/x", Verdict.CRASH), outcome("a/x", sentence="é \x1b"), outcome("c/x", Verdict.PASS)]
    path = tmp_path / "baseline.json"
    Baseline.of(report(*ran)).save(path, None)
    known = Baseline.load(path)
    assert [known.apply(one).verdict for one in ran] == [Verdict.XFAIL, Verdict.XFAIL, Verdict.PASS]
    assert known.dump() == path.read_bytes() == Baseline.of(report(*reversed(ran))).dump()
    assert [entry["id"] for entry in json.loads(path.read_bytes())["entries"]] == ["a/x", "b/x"]


def test_a_baseline_that_cannot_be_written(tmp_path: Path) -> None:
    for path in (Path("/dev/full"), tmp_path / "none" / "b.json", tmp_path):
        with pytest.raises(BaselineError, match="cannot be written"):
            Baseline.of(report(outcome("a/x"))).save(path, content(path))
    assert list(tmp_path.iterdir()) == []
