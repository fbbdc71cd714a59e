"""dumps against Python's json: it spells values alike, and names the place of what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing_core import PayloadError, canonical

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
integers = st.integers(-(2**63), 2**64 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
plain_floats = st.one_of(floats.filter(lambda x: "e" not in repr(x)), st.floats(-1e6, 1e6).map(lambda x: round(x, 2)))


def nested(*scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.one_of(st.none(), st.booleans(), text, *scalars),
        lambda inner: st.one_of(
            st.lists(inner, max_size=5),
            st.lists(inner, max_size=3).map(tuple),
            st.dictionaries(text, inner, max_size=5),
        ),
        max_leaves=20,
    )


@given(value=nested(integers, plain_floats), sort_keys=st.booleans())
def test_values_are_spelt_as_by_the_standard_library(value: Any, sort_keys: bool) -> None:
    expected = json.dumps(value, sort_keys=sort_keys, separators=(",", ":"), ensure_ascii=False)
    assert canonical.dumps(value, sort_keys, non_ascii="allow").decode() == expected


@given(value=nested(integers))
def test_escapes_are_those_of_the_standard_library(value: Any) -> None:
    escaped = canonical.dumps(value, non_ascii="escape").decode("ascii")
    assert escaped.replace("\x7f", "\\u007f") == json.dumps(
        value, separators=(",", ":")
    )  # which escapes DEL, though ASCII


@given(value=nested(integers))
def test_rejecting_changes_nothing_for_ascii(value: Any) -> None:
    allowed = canonical.dumps(value, non_ascii="allow")
    if allowed.isascii():
        assert canonical.dumps(value) == allowed
    else:
        with pytest.raises(PayloadError, match="ASCII only"):
            canonical.dumps(value)


@given(value=floats)
@example(1e16)
@example(9999999999999998.0)
@example(0.0001)
@example(0.00009999999999999999)
def test_floats_are_written_in_their_shortest_form_or_refused(value: float) -> None:
    if "e" in repr(value):
        with pytest.raises(PayloadError, match="exponent"):
            canonical.dumps(value)
    else:
        assert canonical.dumps(value).decode() == repr(value)


@given(number=st.from_regex(r"-?(0|[1-9][0-9]{0,31})(\.[0-9]{1,31})?", fullmatch=True))
def test_a_decimal_comes_out_with_every_digit(number: str) -> None:
    assert canonical.dumps([Decimal(number)]).decode() == f"[{number}]"


@given(value=st.decimals(allow_nan=False, allow_infinity=False))
@example(Decimal("1E+63"))
@example(Decimal("1E+64"))
@example(Decimal("-0E+9"))
def test_a_decimal_is_written_exactly_or_refused(value: Decimal) -> None:
    try:
        written = canonical.dumps(value).decode()
    except PayloadError:
        assert sum(map(str.isdigit, f"{value:f}")) > 64
    else:
        assert json.loads(written, parse_float=Decimal, parse_int=Decimal) == value
        assert sum(map(str.isdigit, written)) <= 64


name = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


def planted(steps: Iterable[str | int], leaf: object) -> Any:
    """A value that holds ``leaf`` at the end of the steps, behind harmless neighbours."""
    value = leaf
    for step in reversed(list(steps)):
        value = [*[0.5] * step, value, None] if isinstance(step, int) else {"#": [], step: value}
    return value


@given(
    steps=st.lists(st.one_of(name, st.integers(0, 3)), max_size=8),
    leaf=st.sampled_from(["\u00e9", "a\ud800", float("nan"), 1e300, 2**64, Decimal("Infinity"), b"", {1: 2}, {1, 2}]),
)
def test_the_place_of_a_refused_value_is_its_path(steps: list[str | int], leaf: object) -> None:
    path = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    with pytest.raises((PayloadError, TypeError)) as caught:
        canonical.dumps(planted(steps, leaf))
    if isinstance(caught.value, PayloadError):
        assert caught.value.place == path
    elif len(path) <= 60:
        assert str(caught.value).startswith(f"{path}: ")
