"""Foreign text cannot steer a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.reports.plain import plain


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain [red]text[/]", "plain [red]text[/]"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("a\r\nb\tc\x00", "a\\x0d\\x0ab\\x09c\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb\u200b\u2028\ufeff", "a\\u202eb\\u200b\\u2028\\ufeff"),
        ("\ud800 \U000e0001", "\\ud800 \\U000e0001"),
        ("Zürich", "Zürich"),
    ],
)
def test_escapes(text: str, wanted: str) -> None:
    assert plain(text) == wanted


def test_what_the_encoding_lacks_is_escaped() -> None:
    assert plain("Zürich €", "latin-1") == "Zürich \\u20ac"
    assert plain("Zürich", "ascii") == "Z\\xfcrich"
    assert plain("Zürich", "no-such-encoding") == "Z\\xfcrich"


def test_newlines_are_kept_where_asked() -> None:
    assert plain("a\tb\nc\x1b", newlines=True) == "a    b\nc\\x1b"


@given(st.text(), st.sampled_from(["utf-8", "ascii", "latin-1"]))
def test_the_result_is_encodable_and_has_no_controls(text: str, encoding: str) -> None:
    made = plain(text, encoding)
    made.encode(encoding)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in made)
