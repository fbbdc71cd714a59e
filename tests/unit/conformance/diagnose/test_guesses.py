"""The search through the tables of mistakes: no repeats, never the right message, bounded."""

from __future__ import annotations

import pytest

from conformance.diagnose import Subject, explain_signature, message
from conformance.diagnose.guesses import LARGEST, LARGEST_IN_PAIRS, candidates
from conformance.model import FORMS

SUBJECTS = {
    "request": Subject(
        "request", method="POST", url="https://h.example/a/?b=c%20d", body=b'{"a":1.50}', merchant_id="m"
    ),
    "card_details": Subject("card_details", transaction_id="3A5f-1"),
    "payout_card_details": Subject("payout_card_details", transaction_id="3a", card_number="4242424242424242"),
    "payout_lookup": Subject("payout_lookup", value="a b/c"),
    "response": Subject("response", body=b'{"id":"1","a":[]}'),
    "webhook": Subject("webhook", body=b'{"id":"1"}'),
}
RIGHT = {
    "request": b'POSThttps://h.example/a/?b=c%20d{"a":1.50}',
    "card_details": b"3A5f-1",
    "payout_card_details": b"3a4242424242",
    "payout_lookup": b"a b/c",
    "response": b'{"id":"1","a":[]}',
    "webhook": b'{"id":"1"}',
}


@pytest.mark.parametrize("form", FORMS)
def test_candidates_are_distinct_named_and_wrong(form: str) -> None:
    guesses = list(candidates(SUBJECTS[form], RIGHT[form]))
    messages = [guess.message for guess in guesses]
    assert len(guesses) > 30
    assert len(set(messages)) == len(messages)
    assert RIGHT[form] not in messages
    assert all(guess.phrase and guess.mend for guess in guesses)


def test_one_change_comes_before_two() -> None:
    guesses = list(candidates(SUBJECTS["request"], RIGHT["request"]))
    first_pair = next(i for i, guess in enumerate(guesses) if ", and " in guess.phrase)
    assert {g.phrase for g in guesses[:first_pair]} >= {"signed the body alone", "added a newline at the end"}
    assert first_pair > 60


def test_a_large_message_is_searched_less() -> None:
    def count(size: int) -> int:
        body = b'"' + b"x" * size + b'"'
        subject = Subject("request", method="POST", url="https://h.example/", body=body)
        return sum(1 for _ in candidates(subject, b"POSThttps://h.example/" + body))

    assert count(10) > count(LARGEST_IN_PAIRS) > count(LARGEST) == 0


def test_a_message_is_named_by_its_bytes() -> None:
    found = message(SUBJECTS["request"], RIGHT["request"], b'{"a":1.50}')
    assert (found.stage, found.expected, found.actual) == ("message", RIGHT["request"], b'{"a":1.50}')
    assert found.sentence.startswith("signed the body alone; ")


@pytest.mark.parametrize(
    ("actual", "phrase"),
    [
        (RIGHT["request"][:10], "stops at byte 10, 32 too early"),
        (RIGHT["request"] + b"???", "goes on after byte 42"),
        (b"POSThttps://x" + RIGHT["request"][13:], "differs from byte 12 on"),
    ],
)
def test_a_message_that_nobody_knows(actual: bytes, phrase: str) -> None:
    assert phrase in message(SUBJECTS["request"], RIGHT["request"], actual).sentence


@pytest.mark.parametrize(
    ("right", "signed", "phrase"),
    [
        (RIGHT["request"], b'{"a":1.50}', "signed the body alone"),
        (b"GEThttps://h.example/a/?b=1", b"GEThttps://h.example/a?b=1", "toggled the slash"),
        (b'{"a": 1}', b'{"a":1}', "minified"),
        (b"24", b"external_id=24", "external_id=value"),
        (b"\xff\xfe", b"\xff\xfe\n", "newline"),
    ],
)
def test_explaining_without_being_told_the_form(signer, right: bytes, signed: bytes, phrase: str) -> None:  # type: ignore[no-untyped-def]
    found = explain_signature(signer.header(signed), right, signer.key.public_pem)
    assert found is not None
    assert (found.stage, phrase in found.sentence) == ("message", True), found.sentence
    assert explain_signature(signer.header(right), right, signer.key.public_pem) is None
