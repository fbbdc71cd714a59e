"""What a report may tell of a case's input."""

from __future__ import annotations

import base64
from typing import Any

from conformance import corpus
from conformance.diagnose.secrets import told_input
from conformance.model import Case, Level


def case(op: str, **given: Any) -> Case:
    return Case("a/b", "a", "A comment.", Level.MUST, ("S7",), (), None, op, given, {"valid": True})


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def test_bytes_are_told_as_text_and_long_ones_cut() -> None:
    told = told_input(
        case("verify", form="request", url="https://h.example/", body=encoded("é" * 500), signature="A" * 344)
    )
    assert told["url"] == "https://h.example/"
    assert told["body"] == "é" * 400 + "... (500 characters)"
    assert told["signature"] == "A" * 80 + "... (344 characters)"
    assert "form" not in told
    assert told_input(case("minify", text=encoded(b"\xff{}"))) == {"text": r"\xff{}"}


def test_keys_passwords_and_card_numbers_are_not() -> None:
    assert told_input(case("load_key", private=encoded("-----BEGIN"), password="hunter2")) == {
        "private": "10 bytes",
        "password": "[left out]",
    }
    number = "4000000000000002"
    told = told_input(case("message", form="payout_card_details", transaction_id="t", card_number=number))
    assert told["card_number"] == "400000******0002"
    body = encoded(f'{{"number":"{number}","csc":"123"}}')
    assert told_input(case("build", form="card_details", json_text=body))["json_text"] == (
        '{"number":"400000******0002","csc":"***"}'
    )


def test_no_case_of_the_corpus_tells_a_secret() -> None:
    for one in corpus.load().cases:
        told = "\n".join(told_input(one).values())
        assert "PRIVATE" not in told, one.id
        for secret in (one.input.get("password"), one.input.get("private")):
            assert not secret or secret not in told, one.id
