"""Failures grouped by what is wrong, worst first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.model import Diagnosis, Level, Outcome, Verdict
from conformance.reports.groups import grouped


def test_groups_and_their_order(make_outcome: Callable[..., Outcome]) -> None:
    one, two = Diagnosis("message", "one"), Diagnosis("message", "two")
    given = [
        make_outcome("a/1", Verdict.FAIL, one, level=Level.SHOULD),
        make_outcome("a/2", Verdict.FAIL, one),
        make_outcome("a/3", Verdict.FAIL, two),
        make_outcome("b/4", Verdict.FAIL, two),
        make_outcome("b/5", Verdict.TIMEOUT, one),
        make_outcome("b/6", Verdict.ERROR, None),
        make_outcome("b/7", Verdict.FAIL, Diagnosis("digest", "two")),
    ]
    groups = grouped(given)
    assert [[o.id for o in g.outcomes] for g in groups] == [["b/5"], ["b/6"], ["a/3", "b/4"], ["a/2"], ["b/7"], ["a/1"]]
    assert groups[2].suites == {"a": 1, "b": 1}


def test_what_a_case_is_about_does_not_part_a_group(make_outcome: Callable[..., Outcome]) -> None:
    given = [
        make_outcome(name, Verdict.FAIL, Diagnosis("answer", f"it accepted: What {name} is about."))
        for name in ("a/1", "a/2")
    ]
    assert len(grouped(given)) == 1


def test_where_it_shows_does_not_part_a_group(make_outcome: Callable[..., Outcome]) -> None:
    given = [make_outcome(f"a/{i}", Verdict.FAIL, Diagnosis("answer", f"at byte {i}: a number")) for i in range(3)]
    assert len(grouped(given)) == 1


def test_another_rule_parts_a_group(make_outcome: Callable[..., Outcome]) -> None:
    given = [
        replace(make_outcome(f"a/{clause}", Verdict.FAIL), clauses=(clause,), comment="C.", diagnosis=told)
        for clause in ("P43", "P11")
        for told in [Diagnosis("answer", "it took input that must be refused: C.")]
    ]
    assert len(grouped(given)) == 2


def test_the_headline_of_several_tells_what_they_share(make_outcome: Callable[..., Outcome]) -> None:
    def group(sentence: str, number: int) -> str:
        made = (
            make_outcome(name, Verdict.FAIL, Diagnosis("answer", sentence.format(f"What {name} is about.")))
            for name in ("a/1", "a/2")
        )
        found = grouped([replace(one, clauses=("P44",)) for one in made][:number])
        assert len(found) == 1
        return found[0].headline

    accepted = "it accepted a signature that must be refused: {} (header text: the header is in quotes; one spelling)"
    assert group(accepted, 1) == accepted.format("What a/1 is about.")
    assert group(accepted, 2) == accepted.replace(": {}", "")
    took = "it took input that must be refused: {}"
    assert group(took, 1) == took.format("What a/1 is about.")
    assert group(took, 2).startswith("it took input that must be refused: signs a message with a method")
    assert group("at byte 2: a number was respelled", 2) == "at byte 2: a number was respelled"


def test_what_the_target_says_for_itself_parts_a_group(make_outcome: Callable[..., Outcome]) -> None:
    given = [
        make_outcome(name, Verdict.FAIL, Diagnosis("answer", f"it refused valid input: {why}"))
        for name, why in (("a/1", "no port"), ("a/2", "no path"), ("a/3", "no port"))
    ]
    assert [len(group.outcomes) for group in grouped(given)] == [2, 1]
