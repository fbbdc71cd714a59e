"""The header's text: strict base64, each refusal with its own cause."""

from __future__ import annotations

import base64

import pytest

from signing_core import InvalidSignature, signature

RAW = bytes(range(256))
TEXT = base64.b64encode(RAW).decode()


def test_encode_is_standard_base64_in_one_line() -> None:
    assert signature.encode(RAW) == TEXT
    assert "\n" not in TEXT
    assert signature.encode(b"\xfb\xff\xbf") == "+/+/"


@pytest.mark.parametrize("text", [TEXT, TEXT.encode(), f" \t{TEXT}\t ", b"  " + TEXT.encode()])
def test_decode_takes_str_and_bytes_and_strips_blanks_and_tabs(text: str | bytes) -> None:
    assert signature.decode(text) == RAW


@pytest.mark.parametrize(
    ("text", "told"),
    [
        *(("", "empty"), (" \t ", "empty"), ("=", "padding alone"), ("====", "padding alone")),
        *((f"{TEXT},{TEXT}", "comma at 344: .*header once"), ("AA==, AA==", "comma at 4")),
        *(("AA-A", "'-' at 2: .*base64url"), ("A_AA", "'_' at 1: .*base64url")),
        *((f"{TEXT}\n", "line break at 344"), ("AAAA\r\nAAAA", "line break at 4"), ("\nAAAA", "line break at 0")),
        *(("AA AA", "blank at 2: .*'\\+'"), ("AA\tAA", r"'\\t' at 2"), ("AAAA\x00", r"'\\x00' at 4")),
        *(
            ("AAA%3D", "'%3D' at 3: .*URL-encoded"),
            ("AAA*", "'\\*' at 3"),
            ("AAA\xa0", r"'\\xa0' at 3"),
            ("\ud800", "d800"),
        ),
        *(("AA", "lacks padding; keep the '=='"), ("AAA", "lacks padding; keep the '='"), ("AA=", "lacks padding")),
        *(("AAAA=", "1 '=' where 0"), ("AA===", "3 '=' where 2"), ("AAA==", "2 '=' where 1")),
        *(("AA==AA==", "padding before its end, at 3"), ("A=AA", "padding before its end, at 1")),
        *(
            ("AB==", "ends in 'B' .*zero"),
            ("AAB=", "ends in 'B' .*zero"),
            ("A", "cut short: 1 "),
            ("AAAAA===", "cut short"),
        ),
    ],
)
def test_everything_else_is_refused_with_its_cause(text: str, told: str) -> None:
    with pytest.raises(InvalidSignature, match=told) as caught:
        signature.decode(text)
    assert "(P45)" in str(caught.value)
    assert str(caught.value).isascii()
    if all(ord(character) < 256 for character in text):
        with pytest.raises(InvalidSignature, match=told):
            signature.decode(text.encode("latin-1"))


def test_a_non_ascii_byte_is_refused() -> None:
    with pytest.raises(InvalidSignature, match=r"'\\xff' at 0"):
        signature.decode(b"\xffAAA")


def test_an_empty_signature_is_not_encoded() -> None:
    with pytest.raises(InvalidSignature, match="empty"):
        signature.encode(b"")


@pytest.mark.parametrize("wrong", [None, 1, bytearray(b"AAAA"), ["AAAA"]])
def test_wrong_types_are_type_errors(wrong: object) -> None:
    with pytest.raises(TypeError):
        signature.decode(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        signature.encode(wrong)  # type: ignore[arg-type]
