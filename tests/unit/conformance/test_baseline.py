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
        ({"entries": [{**ENTRY, "link": "javascript:alert(1)"}]}, "link 'javascript:alert(1)' is no address"),
        ({"entries": [{**ENTRY, "expires": "31.12.2026"}]}, "expires '31.12.2026' is no day; write it as 2026-12-31"),
        ({"entries": [{**ENTRY, "expires": "20261231"}]}, "expires '20261231' is no day"),
        ({"entries": [{**ENTRY, "expires": "2026-02-30"}]}, "expires '2026-02-30' is no day"),
        ({"entries": [{**ENTRY, "expires": 2026}]}, "expires is missing or empty; it takes a text"),
        ({"entries": [{**ENTRY, "verdict": ["fail"]}]}, "verdict is missing or empty"),
        ({"flaky": {}}, "flaky is no list"),
        ({"flaky": [7]}, "flaky entry 1: not a JSON object"),
        ({"flaky": [{"id": "a/b"}]}, "flaky entry 1 (a/b): reason is missing"),
        ({"flaky": [{"id": "a/b", "reason": "x", "verdict": "fail"}]}, "flaky entry 1 (a/b): unknown field 'verdict'"),
        ({"flaky": [{"id": "request/a", "reason": "x"}]}, "flaky entry 1: request/a has an entry already"),
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


def entry(name: str, verdict: Verdict | None = Verdict.FAIL, **more: Any) -> dict[str, Entry]:
    return {name: Entry(name, verdict, f"reason of {name}", **more)}


def sentences(known: Baseline, verdicts: dict[str, Verdict], corpus: list[str] | None = None) -> list[str]:
    told = {name: known.apply(outcome(name, verdict)).verdict for name, verdict in verdicts.items()}
    return [event["sentence"] for event in known.stale(told, corpus or list(verdicts), TODAY)]


def test_new_fields_survive_a_journey_and_old_files_stay_as_they_are(tmp_path: Path) -> None:
    new = {**ENTRY, "id": "build/*", "link": "https://host.example/1", "expires": "2026-12-31"}
    flaky = {"id": "request/b", "reason": "the clock", "link": "https://host.example/2"}
    known = Baseline.load(saved(tmp_path, entries=[new, ENTRY], flaky=[flaky]))
    assert known.entries["build/*"].expires == date(2026, 12, 31)
    assert known.flaky == {"request/b": Entry("request/b", None, "the clock", link="https://host.example/2")}
    assert json.loads(known.dump()) == {
        "schema": "signkit-baseline/1",
        "target": "example",
        "entries": [new, ENTRY],
        "flaky": [flaky],
    }
    assert Baseline.parse(known.dump()) == known
    files = list((Path(__file__).parents[3] / "conformance/harnesses").glob("*/baseline.json"))
    assert files
    assert [file for file in files if Baseline.load(file).dump() != file.read_bytes()] == []


def test_the_exact_entry_speaks_else_the_longest_glob() -> None:
    known = Baseline("x", entry("a/*") | entry("a/b*") | entry("a/bc"), entry("a/b?d", None))
    ids = ("a/bc", "a/bcd", "a/bd", "a/x", "b/x")
    spoken = [found and found.id for found in map(known.entry_for, ids)]
    assert spoken == ["a/bc", "a/b?d", "a/b*", "a/*", None]


def test_a_glob_makes_failures_known_and_passes_stay_passes() -> None:
    known = Baseline("x", entry("a/*"))
    after = [known.apply(outcome("a/1", verdict)) for verdict in (Verdict.FAIL, Verdict.PASS, Verdict.CRASH)]
    assert [one.verdict for one in after] == [Verdict.XFAIL, Verdict.PASS, Verdict.CRASH]
    assert [one.reason for one in after] == ["reason of a/*", None, None]


@pytest.mark.parametrize(
    ("verdicts", "stale"),
    [
        ({"a/1": Verdict.FAIL, "a/2": Verdict.PASS}, False),
        ({"a/1": Verdict.CRASH, "a/2": Verdict.PASS}, False),
        ({"a/1": Verdict.PASS, "a/2": Verdict.PASS}, True),
        ({"a/1": Verdict.SKIP, "a/2": Verdict.PASS}, True),
        ({"a/1": Verdict.SKIP, "a/2": Verdict.SKIP}, False),
        ({"a/1": Verdict.NOT_RUN, "a/2": Verdict.PASS}, False),
    ],
)
def test_a_glob_is_stale_only_if_nothing_it_fits_failed(verdicts: dict[str, Verdict], stale: bool) -> None:
    known = Baseline("x", entry("a/*"))
    found = sentences(known, verdicts)
    told = "a/*: the baseline expects fail, but none of its 2 cases failed: delete the entry"
    assert found == ([told] if stale else [])
    assert sentences(known, {"a/2": Verdict.PASS}, ["a/1", "a/2"]) == []  # a/1 was not selected


def test_an_entry_without_a_case() -> None:
    known = Baseline("x", entry("a/*") | entry("b/*") | entry("c/1"), entry("a/1", None) | entry("d/1", None))
    assert sentences(known, {"a/1": Verdict.FAIL}) == [
        "a/*: every case that fits it has a nearer entry: delete it",
        "b/*: the baseline names it, but no case fits it: correct or delete the entry",
        "c/1: the baseline names it, but no case has this id: correct or delete the entry",
        "d/1: the baseline names it, but no case has this id: correct or delete the entry",
    ]


@pytest.mark.parametrize(
    ("day", "stale"), [(date(2026, 3, 14), True), (TODAY, False), (date(2026, 3, 16), False), (None, False)]
)
@pytest.mark.parametrize("verdict", [Verdict.FAIL, None])
def test_expiry_holds_through_its_day_and_excuses_even_then(
    day: date | None, stale: bool, verdict: Verdict | None
) -> None:
    entries = entry("a/1", verdict, expires=day)
    known = Baseline("x", {}, entries) if verdict is None else Baseline("x", entries)
    assert known.apply(outcome("a/1")).verdict is Verdict.XFAIL
    told = "a/1: the entry expired on 2026-03-14: mend the failure, or set another date"
    assert sentences(known, {"a/1": Verdict.FAIL}) == ([told] if stale else [])
    assert sentences(known, {}, ["a/1"]) == ([told] if stale else [])  # without a run, and where it is not selected


@pytest.mark.parametrize(
    ("verdict", "becomes"),
    [
        (Verdict.PASS, Verdict.PASS),
        (Verdict.FAIL, Verdict.XFAIL),
        (Verdict.CRASH, Verdict.XFAIL),
        (Verdict.TIMEOUT, Verdict.XFAIL),
        (Verdict.SKIP, Verdict.SKIP),
        (Verdict.NOT_RUN, Verdict.NOT_RUN),
    ],
)
def test_a_flaky_case_may_pass_or_fail(verdict: Verdict, becomes: Verdict) -> None:
    known = Baseline("x", {}, entry("a/*", None))
    after = known.apply(outcome("a/1", verdict))
    assert after.verdict is becomes
    assert after.reason == ("flaky: reason of a/*" if becomes in (Verdict.PASS, Verdict.XFAIL) else None)
    assert sentences(known, {"a/1": verdict}) == []


def test_of_with_globs_and_flaky_cases() -> None:
    known = Baseline("example", entry("a/*") | entry("b/*") | entry("c/*"), entry("d/*", None) | entry("e/1", None))
    ran = [
        known.apply(outcome("a/1")),
        known.apply(outcome("a/2", Verdict.PASS)),
        known.apply(outcome("a/3", Verdict.CRASH)),
        known.apply(outcome("b/1", Verdict.PASS)),
        known.apply(outcome("d/1", Verdict.PASS)),
    ]
    new = Baseline.of(report(*ran), known)
    assert new.entries.keys() == {"a/*", "a/3"}
    assert new.entries["a/*"] == known.entries["a/*"]
    assert new.entries["a/3"].verdict is Verdict.CRASH
    assert new.flaky == entry("d/*", None)
    assert [
        new.apply(outcome(one.id, Verdict.CRASH if one.id == "a/3" else Verdict.FAIL)).verdict for one in ran[:3]
    ] == [Verdict.XFAIL] * 3
    partial = Baseline.of(report(*ran, of=100), known)
    assert partial.entries.keys() == {"a/*", "a/3", "b/*", "c/*"}  # they may fit cases that were not selected
    assert partial.flaky.keys() == {"d/*", "e/1"}


def test_a_flaky_case_against_the_protocol_gets_no_entry() -> None:
    known = Baseline("example", {}, entry("a/1", None))
    new = Baseline.of(report(outcome("a/1", Verdict.PROTOCOL_ERROR)), known)
    assert (new.entries, new.flaky) == ({}, known.flaky)


def test_of_two_that_write_one_file_the_second_is_told(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    first, second = Baseline("x", entry("a/1")), Baseline("x", entry("a/2"))
    before = content(path)
    first.save(path, before)
    with pytest.raises(BaselineError, match="was changed by another run or an editor"):
        second.save(path, before)
    assert Baseline.load(path) == first
    second.save(path, content(path))
    assert Baseline.load(path) == second
