"""Outcomes asked case by case, as a test framework wants them.

``Batch`` runs all its cases against a target's specification once, with all that the runner does for it; ``Direct``
asks an object in this process, without isolation or deadline, so that a debugger stops inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any, Protocol

from conformance.baseline import Baseline
from conformance.diagnose.secrets import redacted
from conformance.events import fold
from conformance.judge import judge
from conformance.ledger import RunOptions, outcome_of, unsupported
from conformance.model import Case, Corpus, Diagnosis, Judgement, Outcome, Verdict
from conformance.runner import run
from conformance.targets import Fault, TargetError
from conformance.targets.base import PROTOCOL_VERSION
from conformance.targets.inprocess import InProcess


class Trials(Protocol):
    """What both have. ``outcome`` has been through the baseline, if there is one."""

    def outcome(self, case: Case) -> Outcome:
        """The case's outcome."""

    @property
    def troubles(self) -> Sequence[str]:
        """What is wrong beyond the cases, each in a sentence."""


class Batch:
    """A whole run, made at once. Raises TargetError for a specification that is none, KeyboardInterrupt as it came."""

    def __init__(self, spec: str, corpus: Corpus, cases: Sequence[Case], baseline: Baseline | None) -> None:
        options = RunOptions(baseline=baseline)
        report = fold(run(corpus, cases, spec, options, lambda event: None))
        if report.end == "interrupted":
            raise KeyboardInterrupt
        self._outcomes = {outcome.id: outcome for outcome in report.outcomes}
        ended = () if report.problem is None else (f"the run ended early: {report.problem}",)
        self.troubles: Sequence[str] = (*ended, *report.violations)

    def outcome(self, case: Case) -> Outcome:
        """The outcome in that run; ``not-run`` where it did not get so far."""
        return self._outcomes[case.id]


class Direct:
    """An object asked when the outcome is wanted. Raises TargetError where its hello is no handshake."""

    troubles: Sequence[str] = ()

    def __init__(self, target: Any, corpus: Corpus, baseline: Baseline | None) -> None:
        self.target = target
        self._asked = InProcess(target)
        self._corpus = corpus
        self._baseline = baseline
        self._keys: dict[str, Judgement | None] = {}  # None: taken
        self._supports = self._hello()["supports"]

    def _hello(self) -> dict[str, Any]:
        what = f"the target {type(self.target).__name__}"
        try:
            hello = self._asked.ask({"cmd": "hello", "protocol": PROTOCOL_VERSION})
        except Fault as fault:
            raise TargetError(f"{what} gave no handshake: {fault.sentence}") from None
        if "error" in hello:
            raise TargetError(f"{what} gave no handshake: {hello['error']['kind']}: {hello['error']['message']}")
        return hello

    def outcome(self, case: Case) -> Outcome:
        """Ask it now; each key is handed over before the first case that needs it."""
        begun = perf_counter()
        outcome = outcome_of(case, self._judged(case), perf_counter() - begun)
        return outcome if self._baseline is None else self._baseline.apply(outcome)

    def _judged(self, case: Case) -> Judgement:
        why = unsupported(case, self._supports)
        if why is not None:
            return _decided(case, Verdict.SKIP, why)
        try:
            if case.key is not None and case.key not in self._keys:
                self._keys[case.key] = self._give(case, case.key)
            refused = None if case.key is None else self._keys[case.key]
            if refused is not None:
                return refused
            return judge(
                case, self._asked.ask({"cmd": "op", "id": "1", "op": case.op, **case.input}), self._corpus.keys
            )
        except Fault as fault:
            return _decided(case, fault.verdict, fault.sentence)

    def _give(self, case: Case, name: str) -> Judgement | None:
        key = self._corpus.keys[name]
        pems = {"private_pem": key.private_pem, "public_pem": key.public_pem}
        answer = self._asked.ask({"cmd": "key", "name": name, **pems})
        if "refused" in answer:
            return _decided(case, Verdict.SKIP, f"its key {name!r} was refused: {answer['refused']}")
        if "error" in answer:
            error = answer["error"]
            return _decided(case, Verdict.ERROR, f"its key {name!r} broke it: {error['kind']}: {error['message']}")
        return None


def _decided(case: Case, verdict: Verdict, sentence: str) -> Judgement:
    return redacted(case, Judgement(verdict, case.level, Diagnosis("answer", sentence)))
