"""The books of a run: every selected case is decided exactly once, and every event is told as it happens.

No input or output happens here; the runner asks the target, this module records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from typing import Any

from conformance.baseline import Baseline
from conformance.diagnose.secrets import redacted, told_input
from conformance.events import STREAM_VERSION, Event, footer_event, outcome_event
from conformance.judge import judge
from conformance.model import Case, Corpus, Diagnosis, Judgement, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run. ``timeout`` (of an op or key) and ``start_timeout`` (of the handshake) are in seconds.

    ``jobs`` instances of the target share the cases; of an ``http`` target there is one, and ``jobs`` multiplies the
    requests in flight. ``max_fail`` ends the run at that many bad outcomes. ``profile``, ``complete`` and ``selection``
    are only told in the header, for the report.
    """

    jobs: int = 1
    timeout: float = 10.0
    start_timeout: float = 120.0
    max_fail: int | None = None
    profile: str = "default"
    complete: bool = False
    baseline: Baseline | None = None
    selection: Mapping[str, Any] = field(default_factory=dict)


class Stop(Exception):  # noqa: N818 - a decision, not an error
    """The run ends before its time; ``end`` and ``problem`` are the footer's."""

    def __init__(self, end: str, problem: str | None = None) -> None:
        super().__init__(end)
        self.end = end
        self.problem = problem


class Ledger:
    """Events so far, cases yet undecided, and which op's id stands for which case."""

    def __init__(
        self,
        corpus: Corpus,
        cases: Sequence[Case],
        options: RunOptions,
        on_event: Callable[[Event], None],
        inputs: dict[str, dict[str, str]] | None = None,
    ) -> None:
        """``inputs`` keeps what is told of each case's input, for runs of the same cases to share; filled here."""
        self.undecided = {case.id: case for case in cases}
        self.events: list[Event] = []
        self._corpus = corpus
        self._selected = len(cases)
        self._options = options
        self._on_event = on_event
        self._bad = 0
        self._verdicts: dict[str, Verdict] = {}  # of the cases that are decided, as told
        self._ids = count(1)
        self._asked: dict[str, str] = {}  # the id of an op -> that of its case
        self._strays: list[Event] = []
        self._inputs = {} if inputs is None else inputs

    def tell(self, event: Event) -> None:
        """Record an event and pass it on."""
        self.events.append(event)
        self._on_event(event)

    def tell_header(self, spec: str, hello: Mapping[str, Any] | None) -> None:
        """The first event. ``hello`` is the target's answer to it, or None where none came."""
        options = self._options
        target = {
            "spec": spec,
            "implementation": hello["implementation"] if hello else None,
            "supports": hello["supports"] if hello else {},
            "max_inflight": hello["max_inflight"] if hello else 0,
        }
        self.tell(
            {
                "event": "header",
                "stream": STREAM_VERSION,
                "kit": _kit_version(),
                "started": _now(),
                "profile": options.profile,
                "complete": options.complete,
                "corpus": {"digest": self._corpus.digest, "cases": self._selected, "of": len(self._corpus.cases)},
                "selection": dict(options.selection),
                "target": target,
            }
        )

    def stray(self, name: str | None, sentence: str) -> None:
        """Note an answer to nothing. It comes amid reading, where nothing may be raised, so it is told later."""
        case = None if name is None else self._asked.get(name)
        self._strays.append({"event": "violation", "id": case, "sentence": sentence})

    def tell_strays(self) -> None:
        """Tell the answers to nothing that were noted since the last time."""
        strays, self._strays = self._strays, []
        for event in strays:
            self.tell(event)

    def command(self, case: Case) -> dict[str, Any]:
        """The op of a case as a command, with a fresh id that tells nothing of the case."""
        name = str(next(self._ids))
        self._asked[name] = case.id
        return {"cmd": "op", "id": name, "op": case.op, **case.input}

    def judge(self, case: Case, answer: Mapping[str, Any], seconds: float) -> bool:
        """Decide a case by its answer; True for a pass. Raises Stop at the last failure that is allowed."""
        judgement = judge(case, answer, self._corpus.keys)
        self._decide(case, judgement, seconds)
        return judgement.verdict is Verdict.PASS

    def decide(self, case: Case, verdict: Verdict, sentence: str, seconds: float = 0.0) -> None:
        """Decide a case that has no answer to judge. Raises Stop like ``judge``."""
        judgement = Judgement(verdict, case.level, Diagnosis("answer", sentence))
        self._decide(case, redacted(case, judgement), seconds)

    def _decide(self, case: Case, judgement: Judgement, seconds: float) -> None:
        self._check_failures()  # answers that came together are judged one after the other, but not past the limit
        outcome = outcome_of(case, judgement, seconds)
        if self._options.baseline is not None:
            outcome = self._options.baseline.apply(outcome)
        self._verdicts[case.id] = outcome.verdict
        del self.undecided[case.id]
        self._tell_outcome(case, outcome)
        self._bad += outcome.verdict.is_bad
        self._check_failures()

    def _tell_outcome(self, case: Case, outcome: Outcome) -> None:
        told = self._inputs.get(case.id)
        if told is None:
            told = self._inputs[case.id] = told_input(case)
        self.tell({**outcome_event(outcome), "input": told})

    def _check_failures(self) -> None:
        if self._bad == self._options.max_fail:
            raise Stop("max-fail")

    def skip_unsupported(self, supports: Mapping[str, Any]) -> None:
        """Decide the cases whose op, or form of it, the target does not declare."""
        for case in list(self.undecided.values()):
            why = unsupported(case, supports)
            if why is not None:
                self.decide(case, Verdict.SKIP, why)

    def drop_keyless(self, bad_keys: Mapping[str, tuple[Verdict, str]]) -> None:
        """Decide the cases whose key the target did not take, each with its verdict and sentence."""
        for case in list(self.undecided.values()):
            if case.key is not None and case.key in bad_keys:
                verdict, sentence = bad_keys[case.key]
                self.decide(case, verdict, f"its key {case.key!r} could not be used: {sentence}")

    def finish(self, end: str, problem: str | None, stderr: str, stderr_bytes: int) -> list[Event]:
        """Account for the cases that were not reached, close the books with the footer, and return them."""
        self.tell_strays()
        for case in self.undecided.values():
            self._tell_outcome(case, outcome_of(case, Judgement(Verdict.NOT_RUN, case.level), 0.0))
        if self._options.baseline is not None:
            ids = {case.id for case in self._corpus.cases}
            for event in self._options.baseline.stale(self._verdicts, ids, datetime.now(UTC).date()):
                self.tell(event)
        if stderr_bytes:
            self.tell({"event": "stderr", "text": stderr, "bytes": stderr_bytes})
        self.tell(footer_event(self.events, end, problem, _now()))
        return self.events


def unsupported(case: Case, supports: Mapping[str, Any]) -> str | None:
    """Why a target with this declaration is not asked the case, in a sentence; None where it is."""
    declared = supports.get(case.op, False)
    if declared is False:
        return f"the target does not declare {case.op}"
    if declared is not True and case.form not in declared:
        return f"the target does not declare {case.op} for the form {case.form}"
    return None


def outcome_of(case: Case, judgement: Judgement, seconds: float) -> Outcome:
    """A judgement with the case it is about; no baseline has been asked yet."""
    return Outcome(
        id=case.id,
        suite=case.suite,
        op=case.op,
        form=case.form,
        level=judgement.level,
        clauses=case.clauses,
        comment=case.comment,
        verdict=judgement.verdict,
        seconds=seconds,
        diagnosis=judgement.diagnosis,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _kit_version() -> str:
    try:
        return version("signkit")
    except PackageNotFoundError:  # run from a clone
        return "0"
