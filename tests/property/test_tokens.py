"""The independent JSON reader agrees with the standard library's wherever both read exactly."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance import tokens
from conformance.tokens import JsonError, Number, Object, difference, first_blank, parse

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
SCALARS = st.none() | st.booleans() | st.text(st.characters(), max_size=8) | NUMBERS.map(Number)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(st.tuples(st.text(max_size=3), inner), max_size=4).map(lambda members: Object(members))
    ),
    max_leaves=12,
)
BLANK = st.text(" \t\n\r", max_size=2)


def spelled(value: tokens.Value, blank: str, escape: bool) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=escape)
    if isinstance(value, Number):
        return value.lexeme
    if isinstance(value, list):
        return "[" + f",{blank}".join(spelled(item, blank, escape) for item in value) + blank + "]"
    if isinstance(value, Object):
        pairs = [f"{spelled(n, blank, escape)}{blank}:{blank}{spelled(m, blank, escape)}" for n, m in value.members]
        return "{" + blank + f"{blank},".join(pairs) + "}"
    return json.dumps(value)


def plain(value: tokens.Value) -> Any:
    """As json.loads reads it, numbers tagged with their exact value."""
    if isinstance(value, Number):
        return ("number", Decimal(value.lexeme))
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Object):
        return ("object", [(name, plain(member)) for name, member in value.members])
    return value


def standard(text: str) -> Any:
    number = lambda lexeme: ("number", Decimal(lexeme))  # noqa: E731 - one line says it
    return json.loads(text, parse_float=number, parse_int=number, object_pairs_hook=lambda pairs: ("object", pairs))


@given(VALUES, BLANK, st.booleans())
def test_what_is_spelled_is_read(value: tokens.Value, blank: str, escape: bool) -> None:
    text = spelled(value, blank, escape)
    read = parse(text.encode())
    assert plain(read) == standard(text)
    assert difference(value, read) is None
    assert (first_blank(text.encode()) is None) == (len(text) == len(spelled(value, "", escape)))


@given(VALUES, VALUES)
def test_a_difference_is_found_exactly_where_there_is_one(left: tokens.Value, right: tokens.Value) -> None:
    def normal(value: tokens.Value) -> Any:
        """Equal for equal values: members sorted by name, those of one name kept in order; exact numbers."""
        if isinstance(value, Number):
            return ("number", str(Decimal(value.lexeme).normalize()) if Decimal(value.lexeme) else "0")
        if isinstance(value, list):
            return ("list", [normal(item) for item in value])
        if isinstance(value, Object):
            return ("object", sorted(((n, normal(m)) for n, m in value.members), key=lambda member: member[0]))
        return (type(value).__name__, value)

    assert (difference(left, right) is None) == (normal(left) == normal(right))


@given(NUMBERS, NUMBERS)
def test_numbers_compare_as_exact_decimals(left: str, right: str) -> None:
    assert (Number(left).exact == Number(right).exact) == (Decimal(left).compare(Decimal(right)) == 0)


@given(st.binary(max_size=40) | st.text('[]{}:,"\\u0dD8/ -+.eE19ntrfalsb\t\n', max_size=24).map(str.encode))
def test_it_reads_exactly_what_the_standard_reader_reads(text: bytes) -> None:
    try:
        wanted = standard(text.decode("utf-8"))
    except ValueError:
        wanted = JsonError
    if text.startswith(b"\xef\xbb\xbf") or b"NaN" in text or b"Infinity" in text:
        wanted = JsonError
    try:
        read = plain(parse(text))
    except JsonError as error:
        read = JsonError if 0 <= error.offset <= len(text) else None
    assert read == wanted
