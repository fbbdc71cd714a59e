"""What a failure is about, whichever case showed it. The sentences are the judge's own, made by judging answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.diagnose import phrases
from conformance.model import Diagnosis, Outcome, Verdict
from conformance.reports.themes import Kind, Theme, theme

MakeOutcome = Callable[..., Outcome]
DANGER = phrases.DANGERS["signature"]


def told(make: MakeOutcome, sentence: str, stage: str = "answer", op: str = "verify", *clauses: str) -> Theme:
    made = make("a/b", Verdict.FAIL, Diagnosis(stage, sentence), op=op)
    return theme(replace(made, clauses=clauses or made.clauses))


@pytest.mark.parametrize(
    ("why", "label"),
    [
        (
            f"signature: 257 bytes in place of 256: something follows it (also: x); {DANGER}",
            "signature: longer than the modulus: something follows it",
        ),
        (f"signature: 255 bytes, where the modulus has 256; {DANGER}", "signature: shorter than the modulus"),
        (
            "header text: the header is not base64: the first wrong character is at 344; "
            + phrases.DANGERS["header text"],
            "a header that is not base64",
        ),
        (
            f"encoded message: only 7 bytes of padding; {phrases.DANGERS['encoded message']}",
            "encoded message: fewer than 8 bytes of padding",
        ),
        (
            f"message: signed the body alone; sign method + full URL + body (S7); {phrases.DANGERS['message']}",
            "a signature over another message: signed the body alone",
        ),
    ],
)
def test_an_accepted_signature_is_told_by_its_fault(why: str, label: str, make_outcome: MakeOutcome) -> None:
    sentence = f"{phrases.ACCEPTED}: What a/b is about. ({why})"
    assert told(make_outcome, sentence) == (Kind.ACCEPTS, label)


def test_places_and_values_do_not_part_a_theme(make_outcome: MakeOutcome) -> None:
    rounded = [
        told(make_outcome, f"{where}$.{name}: asked {n}, sent 0: read as a double and rounded; {mend}", "body", "build")
        for where, name, n, mend in (("", "id", 1, "keep"), ("", "a: b", 2.5, "read"), ("at byte 7: ", "x", 3, "keep"))
    ]
    assert set(rounded) == {(Kind.CHANGES, "read as a double and rounded")}
    wrote = [told(make_outcome, f"the body holds a byte beyond ASCII at {n}; escape", "ASCII", "build") for n in (3, 9)]
    assert set(wrote) == {(Kind.CHANGES, "the body holds a byte beyond ASCII")}


def test_a_client_that_rewrites_is_told_by_what_it_does(make_outcome: MakeOutcome) -> None:
    sentence = (
        "message: signed the URL as it was given, not as the client sends it (the client dropped the port); sign it"
    )
    assert told(make_outcome, sentence, "signed = sent", "build") == (Kind.SENDS, "the client dropped the port")


@pytest.mark.parametrize(
    ("op", "clause", "label"),
    [
        ("load_key", "P19", "loads a file that holds no usable key of the wanted kind"),
        ("minify", "P42", "minifies text that is no JSON in UTF-8"),
        ("sign", "P44", "signs a message with a method that is no upper-case token"),
        ("build", "P8", "builds a request with input that is wrong (the decoded value of a look-up, once)"),
        ("build", "RFC 1 1", "builds a request with input that is wrong (a)"),
    ],
)
def test_taken_input_is_told_by_the_clause_that_rules_it_out(
    op: str, clause: str, label: str, make_outcome: MakeOutcome
) -> None:
    assert told(make_outcome, f"{phrases.TOOK}: What a/b is about.", "answer", op, clause) == (Kind.TAKES, label)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        (f"{phrases.TURNED_AWAY}: x", Kind.TURNS_AWAY),
        (f"{phrases.UNJUDGED}; verify answers", Kind.TURNS_AWAY),
        (f"{phrases.REFUSED}: x", Kind.REFUSES),
        (f"{phrases.REFUSED_TEXT}, which can be sent", Kind.REFUSES),
        (f"{phrases.BROKE}: x: y", Kind.BREAKS),
        (f"{phrases.SKIPPED}, though", Kind.BREAKS),
    ],
)
def test_each_sentence_of_the_judge_has_its_kind(sentence: str, kind: Kind, make_outcome: MakeOutcome) -> None:
    assert told(make_outcome, sentence).kind is kind


@pytest.mark.parametrize("verdict", [Verdict.CRASH, Verdict.TIMEOUT, Verdict.PROTOCOL_ERROR, Verdict.XFAIL])
@pytest.mark.parametrize("op", ["sign", "build", "minify", "verify"])
def test_what_breaks_is_no_judgement(verdict: Verdict, op: str, make_outcome: MakeOutcome) -> None:
    """Known or not: of a known failure the stream keeps the sentence, and not what its verdict was."""
    died = theme(make_outcome("a/b", verdict, Diagnosis("answer", "the target exited with status 3"), op=op))
    late = theme(make_outcome("a/b", verdict, Diagnosis("answer", "no answer within 5 s"), op=op))
    assert (died.kind, late) == (Kind.BREAKS, (Kind.BREAKS, "no answer comes in time"))
    assert theme(make_outcome("a/b", verdict, op=op)).kind is Kind.BREAKS
