"""The rules of adequacy on small made-up corpora: each fault is found, and nothing else."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.adequacy import Matrix, expected_killers, faults, run
from conformance.judge import judge, verdict
from conformance.model import Case, Corpus, Level
from conformance.mutants import Mutant, Right
from conformance.mutants.meeting import Racing


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def minify_case(name: str, text: bytes, minified: bytes | None) -> Case:
    expect: dict[str, Any] = {"refused": True} if minified is None else {"value": b64(minified)}
    return Case(f"m/{name}", "texts", "A text.", Level.MUST, ("S41",), (), None, "minify", {"text": b64(text)}, expect)


PLAIN = minify_case("plain", b'{ "a" : 1 }', b'{"a":1}')
STRING = minify_case("string", b'["a b"]', b'["a b"]')
OTHER_STRING = minify_case("other-string", b'["c d"]', b'["c d"]')
BROKEN = minify_case("broken", b"{", None)


class EatsBlanks(Right):
    """Eats blanks everywhere."""

    def minify(self, text: bytes) -> bytes:
        return super().minify(text).replace(b" ", b"")


class DoesNothing(Right):
    """Hands the text back."""

    def minify(self, text: bytes) -> bytes:
        super().minify(text)
        return text


class AlsoEatsBlanks(EatsBlanks):
    """The same in other words."""


class Dies(Right):
    """Breaks on every text."""

    def minify(self, text: bytes) -> bytes:
        raise ZeroDivisionError


def mutant(target: type[Right], *suites: str, **rest: Any) -> Mutant:
    return Mutant(target.__name__, "minify", target.__doc__ or "", "made up", suites or ("texts",), target, **rest)


def matrix(cases: list[Case], *mutants: Mutant) -> Matrix:
    return run(Corpus(tuple(cases), {}, {}, "0" * 64), mutants, jobs=1)


def kinds(found: Matrix, kept: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    return [(fault.kind, fault.subject) for fault in faults(found, kept or {})]


def test_a_sound_corpus_has_no_faults() -> None:
    found = matrix([STRING, OTHER_STRING], mutant(EatsBlanks))
    assert kinds(found) == []
    assert found.kills["EatsBlanks"].cases == ("m/string", "m/other-string")
    assert found.by_suite("EatsBlanks") == {"texts": 2}
    assert found.asked == 2


def test_a_survivor_is_found_and_the_cases_that_should_have_caught_it_are_named() -> None:
    survivor = mutant(EatsBlanks)
    found = matrix([PLAIN], survivor)
    assert ("survivor", "EatsBlanks") in kinds(found)
    assert found.survivors == (survivor,)
    assert expected_killers(found, survivor) == [PLAIN]


def test_one_case_is_not_enough() -> None:
    assert kinds(matrix([STRING], mutant(EatsBlanks))) == [("barely", "EatsBlanks")]


def test_a_suite_that_claims_a_mutant_must_catch_it_and_exist() -> None:
    assert kinds(matrix([STRING, OTHER_STRING], mutant(EatsBlanks, "elsewhere"))) == [("suite", "EatsBlanks")]


def test_twins_are_found_unless_one_says_why_both_stay() -> None:
    cases = [STRING, OTHER_STRING]
    assert kinds(matrix(cases, mutant(EatsBlanks), mutant(AlsoEatsBlanks))) == [("twins", "EatsBlanks")]
    said = mutant(AlsoEatsBlanks, twin_of=("EatsBlanks", "other words"))
    assert kinds(matrix(cases, mutant(EatsBlanks), said)) == []
    derived = mutant(AlsoEatsBlanks, derived=True)
    assert kinds(matrix(cases, mutant(EatsBlanks), derived)) == []


def test_twin_of_another_than_a_twin_is_a_fault() -> None:
    said = mutant(EatsBlanks, twin_of=("DoesNothing", "so it was said"))
    found = matrix([PLAIN, minify_case("two", b"[1, 2]", b"[1,2]"), STRING, OTHER_STRING], said, mutant(DoesNothing))
    assert kinds(found) == [("twin-of", "EatsBlanks")]


def test_a_case_that_catches_nothing_needs_a_reason() -> None:
    cases = [STRING, OTHER_STRING, BROKEN]
    assert kinds(matrix(cases, mutant(EatsBlanks))) == [("useless", "m/broken")]
    assert kinds(matrix(cases, mutant(EatsBlanks)), {"m/bro*": "it is good to have"}) == []


@pytest.mark.parametrize("glob", ["m/string", "nothing/*"])
def test_a_reason_for_no_idle_case_is_a_fault(glob: str) -> None:
    assert kinds(matrix([STRING, OTHER_STRING], mutant(EatsBlanks)), {glob: "why"}) == [("kept", glob)]


def test_a_blunt_mutant_is_no_reason_for_a_case() -> None:
    found = matrix([STRING, OTHER_STRING], mutant(EatsBlanks, blunt=True))
    assert kinds(found) == [("useless", "m/string"), ("useless", "m/other-string")]


def test_breaking_catches_only_a_mutant_that_is_meant_to_break() -> None:
    cases = [STRING, OTHER_STRING]
    found = matrix(cases, mutant(Dies))
    assert found.kills["Dies"].cases == ()
    assert kinds(found)[:2] == [("broke", "Dies"), ("survivor", "Dies")]
    assert kinds(matrix(cases, mutant(Dies, crashes=True))) == []


def test_a_case_that_the_right_implementation_fails_is_a_fault() -> None:
    wrong = minify_case("wrong", b"[ ]", b"[ ]")
    assert ("control", "m/wrong") in kinds(matrix([STRING, OTHER_STRING, wrong], mutant(EatsBlanks)))


class Overtaken(Racing):
    """Answers with the text that came last."""

    def minify(self, text: bytes) -> bytes:
        self.last = super().minify(text)
        self.meeting.wait()
        return self.last


def test_a_race_is_lost_every_time() -> None:
    cases = [STRING, OTHER_STRING, PLAIN, BROKEN]
    for _ in range(20):
        found = matrix(cases, mutant(Overtaken))
        # Whoever is followed by a text that is refused is not overtaken; what is refused never gets that far.
        assert found.kills["Overtaken"].cases == ("m/string", "m/other-string")


def test_the_bare_verdict_is_that_of_the_judge() -> None:
    answers: list[dict[str, Any]] = [
        {"value": b64(b'["a b"]')},
        {"value": b64(b"[]")},
        {"refused": "no"},
        {"skip": "later"},
        {"error": {"kind": "E", "message": "broke"}},
    ]
    for case in (STRING, PLAIN, BROKEN):
        for answer in answers:
            assert verdict(case, answer, {}) is judge(case, answer, {}).verdict
