"""Outcomes case by case: a batch and an object asked directly tell the same."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import corpus as corpus_module
from conformance import trials
from conformance.baseline import Baseline, Entry
from conformance.ledger import Ledger, RunOptions
from conformance.model import Verdict
from conformance.reference import Reference
from conformance.targets import TargetError

CORPUS = corpus_module.load()
CASES = corpus_module.select(CORPUS, suites=["payout-lookups", "minify-text"])


class Liar(Reference):
    """Says yes to every signature."""

    def verify(self, **fields: Any) -> bool:
        return True


def test_a_batch_and_an_object_tell_the_same() -> None:
    direct = trials.Direct(Liar(), CORPUS, None)
    batch = trials.Batch("python:tests.unit.conformance.test_trials:Liar", CORPUS, CASES, None)
    assert batch.troubles == ()
    verdicts = set()
    for case in CASES:
        one, other = direct.outcome(case), batch.outcome(case)
        assert (one.id, one.verdict, one.level, one.diagnosis) == (
            other.id,
            other.verdict,
            other.level,
            other.diagnosis,
        )
        verdicts.add(one.verdict)
    assert verdicts == {Verdict.PASS, Verdict.FAIL}


def test_a_baseline_is_asked() -> None:
    case = next(case for case in CASES if case.op == "verify" and not case.expect["valid"])
    known = Baseline("x", {case.id: Entry(case.id, Verdict.FAIL, "it is known")})
    for outcome in (
        trials.Direct(Liar(), CORPUS, known).outcome(case),
        trials.Batch("python:tests.unit.conformance.test_trials:Liar", CORPUS, [case], known).outcome(case),
    ):
        assert (outcome.verdict, outcome.reason) == (Verdict.XFAIL, "it is known")


def test_an_interrupted_batch_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(corpus: Any, cases: Any, spec: str, options: RunOptions, on_event: Any) -> Any:
        ledger = Ledger(corpus, cases, options, on_event)
        ledger.tell_header(spec, None)
        return ledger.finish("interrupted", None, "", 0)

    monkeypatch.setattr(trials, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trials.Batch("cmd:x", CORPUS, CASES, None)


def test_a_specification_that_is_none() -> None:
    with pytest.raises(TargetError, match="no known form"):
        trials.Batch("pigeon", CORPUS, CASES, None)


def test_an_object_without_a_handshake() -> None:
    with pytest.raises(TargetError, match="the target int gave no handshake: AttributeError"):
        trials.Direct(7, CORPUS, None)
