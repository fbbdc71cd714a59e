"""Failures put together: cases of an op that fail at the same stage in the same way are one finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.model import Level, Outcome, Verdict
from conformance.reports import wording
from conformance.reports.themes import Kind, theme, without_places

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
    """Outcomes that share level, verdict, op, stage and theme; the first stands for all."""

    outcomes: tuple[Outcome, ...]

    @property
    def first(self) -> Outcome:
        """The outcome that is shown."""
        return self.outcomes[0]

    @property
    def headline(self) -> str:
        """What is wrong, in one sentence: the first outcome's, without what is its own case's alone."""
        first = self.first
        told = wording.finding(first)
        if len(self.outcomes) == 1 or first.comment not in told:
            return told
        common = told.replace(f": {first.comment}", "")
        return common if common.endswith(")") else f"{common}: {theme(first).label}"

    @property
    def suites(self) -> dict[str, int]:
        """Number of outcomes by suite, largest first."""
        counts = Counter(outcome.suite for outcome in self.outcomes)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def grouped(failures: Iterable[Outcome]) -> list[Group]:
    """Groups, worst first: must before should before may, crash and timeout before fail, then the larger ones."""
    found: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in failures:
        found.setdefault(finding(outcome), []).append(outcome)
    groups = [Group(tuple(outcomes)) for outcomes in found.values()]
    return sorted(
        groups, key=lambda g: (_LEVELS[g.first.level], _VERDICTS[g.first.verdict], -len(g.outcomes), g.first.id)
    )


def finding(outcome: Outcome) -> tuple[str, ...]:
    """What makes two failures one finding: what is wrong (see ``themes``), not which case or byte shows it.

    Where the target's own words say why, these count as well.
    """
    told, about = outcome.diagnosis, theme(outcome)
    stage, sentence = (told.stage, told.sentence.replace(outcome.comment, "")) if told else ("", "")
    own_words = without_places(sentence) if about.kind in (Kind.BREAKS, Kind.REFUSES) else ""
    return (outcome.level, outcome.verdict, outcome.op, stage, *about, own_words)
