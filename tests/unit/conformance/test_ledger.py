"""The books of a run, without a target."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.baseline import Baseline, Entry
from conformance.events import fold
from conformance.ledger import Ledger, RunOptions, Stop
from conformance.model import Corpus, Level, Verdict
from tests.fakes.cases import corpus, key, minify, numbers, refusal, signatures, text, verify


def ledger_of(cases: Corpus, options: RunOptions | None = None) -> Ledger:
    ledger = Ledger(cases, cases.cases, options or RunOptions(), lambda event: None)
    ledger.tell_header("cmd:x", None)
    return ledger


def outcomes(ledger: Ledger) -> dict[str, str]:
    return {event["id"]: event["verdict"] for event in ledger.events if event["event"] == "outcome"}


def test_a_command_holds_the_input_and_an_opaque_id_and_nothing_else() -> None:
    case = verify("good", b"{}", b"{}")
    ledger = ledger_of(corpus(case))
    first, second = ledger.command(case), ledger.command(case)
    assert first == {"cmd": "op", "id": "1", "op": "verify", **case.input}
    assert second["id"] == "2"
    assert "valid" not in first


def test_the_header_tells_what_was_asked_for() -> None:
    options = RunOptions(profile="strict", complete=True, selection={"ids": ["minify/*"]})
    cases = numbers(3)
    ledger = Ledger(cases, cases.cases[:2], options, lambda event: None)
    hello = {"implementation": {"name": "n"}, "supports": {"minify": True}, "max_inflight": 4}
    ledger.tell_header("cmd:x", hello)
    header = ledger.events[0]
    assert header["corpus"] == {"digest": "0" * 64, "cases": 2, "of": 3}
    assert (header["profile"], header["complete"], header["selection"]) == ("strict", True, {"ids": ["minify/*"]})
    assert header["target"] == {"spec": "cmd:x", **hello}


def test_answers_are_judged_and_what_was_not_reached_is_not_run() -> None:
    ledger = ledger_of(corpus(minify(0), minify(1), refusal(), minify(2)))
    ok = ledger.judge(minify(0), {"id": "1", "value": text(b'{"n":0}')}, 0.5)
    bad = ledger.judge(minify(1), {"id": "2", "value": ""}, 0.5)
    refused = ledger.judge(refusal(), {"id": "3", "refused": "w"}, 0.5)
    assert (ok, bad, refused) == (True, False, True)
    report = fold(ledger.finish("complete", None, "words", 5))
    assert [outcome.verdict for outcome in report.outcomes] == [
        Verdict.PASS,
        Verdict.FAIL,
        Verdict.PASS,
        Verdict.NOT_RUN,
    ]
    assert (report.outcomes[0].seconds, report.stderr) == (0.5, "words")


def test_max_fail_holds_for_answers_that_came_together() -> None:
    ledger = ledger_of(numbers(3), RunOptions(max_fail=1))
    with pytest.raises(Stop) as caught:
        ledger.decide(minify(0), Verdict.CRASH, "it died")
    assert caught.value.end == "max-fail"
    with pytest.raises(Stop):
        ledger.decide(minify(1), Verdict.CRASH, "it died")
    assert outcomes(ledger) == {"minify/n0": "crash"}


@pytest.mark.parametrize(
    ("supports", "skipped"),
    [
        ({}, ["verify/good", "verify/forged", "minify/n1"]),
        ({"minify": True}, ["verify/good", "verify/forged"]),
        ({"minify": False, "verify": ["webhook"]}, ["minify/n1"]),
        ({"minify": True, "verify": ["request"]}, ["verify/good", "verify/forged"]),
    ],
)
def test_what_is_not_declared_is_skipped(supports: dict[str, Any], skipped: list[str]) -> None:
    ledger = ledger_of(signatures())
    ledger.skip_unsupported(supports)
    assert outcomes(ledger) == dict.fromkeys(skipped, "skip")
    assert all("does not declare" in event["diagnosis"]["sentence"] for event in ledger.events[1:])


def test_cases_without_their_key_share_its_fate() -> None:
    ledger = ledger_of(signatures())
    ledger.drop_keyless({"k": (Verdict.SKIP, "refused: too weak")})
    assert outcomes(ledger) == {"verify/good": "skip", "verify/forged": "skip"}


def test_strays_are_told_later_with_the_case_they_belong_to() -> None:
    case = minify(0)
    ledger = ledger_of(corpus(case))
    name = ledger.command(case)["id"]
    ledger.stray(name, "twice")
    ledger.stray("99", "what?")
    assert len(ledger.events) == 1
    ledger.tell_strays()
    assert [event["id"] for event in ledger.events[1:]] == [case.id, None]
    ledger.stray(None, "late")
    report = fold(ledger.finish("complete", None, "", 0))
    assert report.violations == ("what?", "late")


def test_a_baseline_is_applied_and_what_is_stale_is_told() -> None:
    names = ("minify/n0", "minify/n1", "minify/n9")
    known = Baseline("fake", {name: Entry(name, Verdict.FAIL, "known") for name in names})
    ledger = ledger_of(numbers(2), RunOptions(baseline=known, max_fail=1))
    ledger.judge(minify(0), {"id": "1", "value": ""}, 0.0)
    assert ledger.judge(minify(1), {"id": "2", "value": text(b'{"n":1}')}, 0.0)
    report = fold(ledger.finish("complete", None, "", 0))
    assert outcomes(ledger) == {"minify/n0": "xfail", "minify/n1": "xpass"}
    assert len(report.stale) == 2
    assert report.exit_code == 4


def test_a_sentence_about_a_fault_is_free_of_secrets() -> None:
    case = numbers(1).cases[0]
    ledger = ledger_of(corpus(case))
    pem = key().private_pem or ""
    ledger.decide(case, Verdict.PROTOCOL_ERROR, f"the line {pem} is no answer")
    assert pem.splitlines()[1] not in ledger.events[-1]["diagnosis"]["sentence"]
    assert ledger.events[-1]["level"] == Level.MUST
