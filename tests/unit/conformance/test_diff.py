"""Two reports side by side."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.diff import compare, data
from conformance.events import Event, fold, footer_event, outcome_event
from conformance.model import Diagnosis, Level, Outcome, Report, Verdict

WHO = {"name": "php", "version": "1", "language": "PHP", "runtime": "8.2"}
P, F, X, XP, S, N, C = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.XFAIL,
    Verdict.XPASS,
    Verdict.SKIP,
    Verdict.NOT_RUN,
    Verdict.CRASH,
)


def report(
    *verdicts: Verdict | None,
    level: Level = Level.MUST,
    end: str = "complete",
    notes: tuple[Event, ...] = (),
    **changes: Any,
) -> Report:
    """Cases a/0, a/1, ... with these verdicts; None: not in the report."""
    header: Event = {
        "event": "header",
        "stream": 1,
        "kit": "1",
        "profile": "default",
        "complete": False,
        "corpus": {"digest": "0" * 64, "cases": len(verdicts) - verdicts.count(None), "of": len(verdicts)},
        "target": {"spec": "cmd:x", "implementation": WHO},
        **changes,
    }
    told = Diagnosis("answer", "not so")
    outcomes = [
        Outcome(f"a/{number}", "a", "sign", "request", level, ("S7",), "c", verdict, 0.0, told)
        for number, verdict in enumerate(verdicts)
        if verdict is not None
    ]
    events = [header, *map(outcome_event, outcomes), *notes]
    return fold([*events, footer_event(events, end, None, "now")])


@pytest.mark.parametrize("verdicts", [(P, F), (P, X), (), (N,)])
def test_a_report_does_not_differ_from_itself(verdicts: tuple[Verdict, ...]) -> None:
    found = compare(report(*verdicts), report(*verdicts))
    assert data(found) == {
        "schema": "signkit-diff/1",
        "worse": False,
        **{name: [] for name in ("new", "mended", "changed", "added", "removed", "facts", "troubles")},
    }


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        (P, F, "new"),
        (P, C, "new"),
        (S, F, "new"),
        (X, F, "new"),
        (XP, F, "new"),
        (None, F, "new"),
        (F, P, "mended"),
        (C, P, "mended"),
        (X, P, "mended"),
        (X, XP, "mended"),
        (F, XP, "mended"),
        (F, C, "changed"),
        (F, X, "changed"),
        (P, X, "changed"),
        (P, S, "changed"),
        (S, P, "changed"),
        (F, N, "changed"),
        (P, XP, "changed"),
        (None, P, None),
        (F, None, None),
        (P, None, None),
    ],
)
def test_where_a_case_is_told(before: Verdict | None, after: Verdict | None, where: str | None) -> None:
    found = compare(report(before, P), report(after, P))
    lists = {name: [change.id for change in getattr(found, name)] for name in ("new", "mended", "changed")}
    assert lists == {"new": [], "mended": [], "changed": []} | ({where: ["a/0"]} if where else {})
    assert found.added == (("a/0",) if before is None else ())
    assert found.removed == (("a/0",) if after is None else ())
    assert found.worse is (where == "new")


def test_what_the_second_profile_does_not_count_is_told_and_makes_nothing_worse() -> None:
    lax = compare(report(P, level=Level.SHOULD), report(F, level=Level.SHOULD))
    assert ([change.counts for change in lax.new], lax.worse) == ([False], False)
    strict = compare(report(P, level=Level.SHOULD), report(F, level=Level.SHOULD, profile="strict"))
    assert ([change.counts for change in strict.new], strict.worse) == ([True], True)
    assert strict.facts == (("profile", "default", "strict"),)


def test_changed_verdicts_by_kind_the_most_frequent_first() -> None:
    found = compare(report(F, F, F, P), report(C, X, X, S))
    assert {kind: [change.id for change in changes] for kind, changes in found.kinds.items()} == {
        ("fail", "xfail"): ["a/1", "a/2"],
        ("fail", "crash"): ["a/0"],
        ("pass", "skip"): ["a/3"],
    }
    assert next(iter(found.kinds)) == ("fail", "xfail")


def test_headers_that_differ() -> None:
    after = report(
        P,
        kit="2",
        corpus={"digest": "1" * 64, "cases": 1, "of": 5},
        target={"spec": "cmd:y", "implementation": {**WHO, "version": "2"}},
    )
    assert compare(report(P), after).facts == (
        ("implementation's version", "1", "2"),
        ("target", "cmd:x", "cmd:y"),
        ("kit", "1", "2"),
        ("corpus", "0" * 64, "1" * 64),
        ("cases", "1 of 1", "1 of 5"),
    )


def test_a_run_that_broke_is_worse_though_no_case_fails() -> None:
    violation: Event = {"event": "violation", "id": None, "sentence": "no JSON"}
    broken = report(P, notes=(violation,))
    assert compare(report(P), broken).troubles == ("no JSON",)
    assert compare(report(P), broken).worse
    assert not compare(broken, broken).worse
    ended = compare(report(P), report(N, end="handshake-failed", target={"spec": "cmd:x", "implementation": None}))
    assert ended.troubles == ("the run ended early (handshake-failed)",)
    assert ended.worse


def test_data_tells_why() -> None:
    (change,) = data(compare(report(P), report(F)))["new"]
    assert change == {
        "id": "a/0",
        "level": "must",
        "clauses": ["S7"],
        "before": "pass",
        "after": "fail",
        "counts": True,
        "sentence": "not so",
        "reason": None,
    }
