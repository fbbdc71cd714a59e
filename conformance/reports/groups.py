"""Failures put together: cases that fail at the same stage with the same sentence are one finding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.model import Level, Outcome, Verdict

_LEVELS = {Level.MUST: 0, Level.SHOULD: 1, Level.MAY: 2}
_VERDICTS = {
    Verdict.CRASH: 0,
    Verdict.TIMEOUT: 0,
    Verdict.PROTOCOL_ERROR: 1,
    Verdict.ERROR: 1,
    Verdict.FAIL: 2,
}


@dataclass(frozen=True, slots=True)
class Group:
    """Outcomes that share level, verdict, stage and sentence; the first stands for all."""

    outcomes: tuple[Outcome, ...]

    @property
    def first(self) -> Outcome:
        """The outcome that is shown."""
        return self.outcomes[0]

    @property
    def suites(self) -> dict[str, int]:
        """Number of outcomes by suite, largest first."""
        counts = Counter(outcome.suite for outcome in self.outcomes)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def grouped(failures: Iterable[Outcome]) -> list[Group]:
    """Groups, worst first: must before should before may, crash and timeout before fail, then the larger ones."""
    found: dict[tuple[object, ...], list[Outcome]] = {}
    for outcome in failures:
        found.setdefault(finding(outcome), []).append(outcome)
    groups = [Group(tuple(outcomes)) for outcomes in found.values()]
    return sorted(
        groups, key=lambda g: (_LEVELS[g.first.level], _VERDICTS[g.first.verdict], -len(g.outcomes), g.first.id)
    )


def finding(outcome: Outcome) -> tuple[object, ...]:
    """What makes two failures one finding: not where in the bytes it shows, nor what the case is about.

    A sentence that quotes the case's comment stands for all cases of that op with the same first clause.
    """
    told = outcome.diagnosis
    if told is None:
        return (outcome.level, outcome.verdict, outcome.op)
    sentence = told.sentence.replace(outcome.comment, "")
    rule = (outcome.op, outcome.clauses[:1]) if sentence != told.sentence else ()
    return (outcome.level, outcome.verdict, told.stage, re.sub(r"\b(byte|at) \d+", r"\1", sentence), rule)
