"""What is shown of what a target wrote."""

from __future__ import annotations

import pytest

from conformance.targets.base import StderrTail, quote, without_keys
from tests.fakes.cases import key

PEM = key().private_pem or ""
SECRET_LINES = PEM.splitlines()[1:-1]


def test_the_tail_keeps_the_last_64_kib_and_counts_all() -> None:
    tail = StderrTail()
    for number in range(3000):
        tail.feed(b"%099d\n" % number)
    assert tail.bytes == 300_000
    assert len(tail.text) == 64 * 1024
    assert tail.text.endswith("2999\n")


def test_the_tail_shows_what_is_no_utf8() -> None:
    tail = StderrTail()
    tail.feed(b"caf\xe9 caf\xc3\xa9")
    assert tail.text == "caf\\xe9 café"


def test_last_words_are_short_and_harmless() -> None:
    tail = StderrTail()
    assert tail.last_words() == ""
    tail.feed(b"x" * 1000 + b"\n\x1b[31mred\n")
    words = tail.last_words()
    assert words.endswith("x \\x1b[31mred'")
    assert len(words) < 350


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        f"before {PEM} after",
        PEM[:200],
        PEM[200:],
        repr(PEM)[200:],
        repr(PEM),
        repr(repr(PEM)),
        PEM.replace("\n", "\r\n"),
        PEM.replace("BEGIN PRIVATE", "BEGIN RSA PRIVATE").replace("\n", "\nProc-Type: 4,ENCRYPTED\n\n", 1),
    ],
)
def test_private_keys_are_left_out(text: str) -> None:
    cleaned = without_keys(text)
    assert "[private key left out]" in cleaned
    assert not [line for line in SECRET_LINES if line[:40] in cleaned]
    assert cleaned.startswith("before ") == text.startswith("before ")
    assert "PRIVATE" not in quote(text)


def test_other_text_stays() -> None:
    for text in (key().public_pem, "put it between -----BEGIN PRIVATE KEY----- and its end"):
        assert without_keys(text) == text


def test_quotes_are_one_short_ascii_line() -> None:
    assert quote("caf\u00e9\n") == "'caf\\xe9\\n'"
    assert quote(b"\xff\x00") == "'\\\\xff\\x00'"
    assert quote("x" * 100) == "'" + "x" * 80 + "'..."
