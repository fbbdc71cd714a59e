"""minify against a tokenizer of the tests' own, Python's json, and its own twin."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing_core import PayloadError, _json_text, _native, canonical
from tests.json_texts import garbage, is_json, mutated, texts, tokenize

Minify = Callable[[bytes], bytes]

needs_native = pytest.mark.skipif(not _native.available, reason="the native module was not built here")
both = pytest.mark.parametrize(
    "minify",
    [pytest.param(canonical.minify, id="native", marks=needs_native), pytest.param(_json_text.minify, id="python")],
)
anything = st.one_of(texts, mutated(), garbage)


def outcome(minify: Minify, text: bytes) -> tuple[object, ...]:
    try:
        return (minify(text),)
    except PayloadError as error:
        return str(error), error.place


@both
@given(text=texts)
def test_tokens_stay_and_whitespace_goes(minify: Minify, text: bytes) -> None:
    assert minify(text).decode() == "".join(tokenize(text))


@both
@given(text=texts)
def test_minified_text_is_left_as_it_is(minify: Minify, text: bytes) -> None:
    once = minify(text)
    assert minify(once) == once


@both
@given(text=texts)
def test_the_value_is_the_same(minify: Minify, text: bytes) -> None:
    def read(data: bytes) -> Any:
        return json.loads(data.decode(), parse_int=str, parse_float=str, object_pairs_hook=list)

    assert read(minify(text)) == read(text)


@both
@given(text=anything)
@example(b'"\xff')
@example(b'"abc\\u00')
@example(b"[" * 101 + b"]" * 101)
def test_exactly_json_is_taken(minify: Minify, text: bytes) -> None:
    assert (len(outcome(minify, text)) == 1) == is_json(text)


@both
@given(text=anything)
def test_a_fault_lies_within_the_text(minify: Minify, text: bytes) -> None:
    told = outcome(minify, text)
    if len(told) == 2:
        message, place = told
        assert isinstance(message, str)
        assert isinstance(place, int)
        assert 0 <= place <= len(text)
        assert message.isascii()


@needs_native
@given(text=anything)
@example(b"-\xff")
@example(b"[1,\xc3\xa9]")
@example(b"nul\xff")
@example(b'"\\u00\xff"')
@example(b'"\xc3\xa9\x01\xff"')
@example(b'"\xff\x01"')
def test_c_and_python_agree_to_the_letter(text: bytes) -> None:
    assert outcome(canonical.minify, text) == outcome(_json_text.minify, text)


@both
@given(text=texts, place=st.integers(min_value=0))
def test_a_text_cut_short_is_refused_at_its_end_or_before(minify: Minify, text: bytes, place: int) -> None:
    cut = text[: place % len(text)]
    if not is_json(cut):
        told = outcome(minify, cut)
        assert len(told) == 2
        # A literal, an escape or a character cut in two is told where it begins.
        assert isinstance(told[1], int)
        assert len(cut) - 6 <= told[1] <= len(cut)
