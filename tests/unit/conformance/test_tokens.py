"""The independent JSON reader: exact, strict, depth-safe."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from conformance import tokens
from conformance.tokens import JsonError, Number, Object, difference, first_blank, parse


def simple(value: tokens.Value) -> object:
    """A value as json.loads gives it, numbers as Decimal, objects as lists of pairs."""
    if isinstance(value, Number):
        return Decimal(value.lexeme)
    if isinstance(value, list):
        return [simple(item) for item in value]
    if isinstance(value, Object):
        return [(name, simple(member)) for name, member in value.members]
    return value


@pytest.mark.parametrize(
    "text",
    [
        "null",
        " true ",
        '{"a":[1,2.50,{"b":{}}],"a":[],"":"x"}',
        r'"\u00e9\ud83d\ude00\n\/\\\"\b\f\r\t"',
        r'"\ud83d"',
        r'"\ude00\ud83d"',
        "[-0,0.0,1E400,1e-7,123456789012345678901234567890]",
        '["é😀", "\x7f"]',
        "[[],[[]],{}]",
    ],
)
def test_reads_what_the_standard_reader_reads(text: str) -> None:
    wanted = json.loads(text, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=list)
    assert simple(parse(text.encode())) == wanted


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        (b"", 0),
        (b"  ", 2),
        (b"\xef\xbb\xbf{}", 0),
        (b'"\xff"', 1),
        (b'"\xed\xa0\x80"', 1),  # a surrogate in UTF-8
        (b"[1,]", 3),
        (b"[1 2]", 3),
        (b"{1:2}", 1),
        (b'{"a" 1}', 5),
        (b'{"a":}', 5),
        (b'{"a":1,}', 7),
        (b"[1}", 2),
        (b"[", 1),
        (b"01", 0),
        (b"1.", 0),
        (b".5", 0),
        (b"+1", 0),
        (b"1e", 0),
        (b"-", 0),
        (b"NaN", 0),
        (b"[1,NaN]", 3),
        (b"nul", 0),
        (b"truely", 0),
        (b'"a\nb"', 0),
        (b'"\\x"', 0),
        (b'"\\u12g4"', 0),
        (b'"open', 0),
        (b"1 2", 2),
        (b"{} x", 3),
        (b"'a'", 0),
        (b"[1] // no", 4),
        (b"\x0b1", 0),
    ],
)
def test_refuses_with_the_offset(text: bytes, offset: int) -> None:
    with pytest.raises(JsonError) as caught:
        parse(text)
    assert caught.value.offset == offset
    assert f"byte {offset}" in str(caught.value)


@pytest.mark.parametrize("text", [b"[" * 60_000 + b"]" * 60_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000])
def test_any_depth_is_read_and_compared(text: bytes) -> None:
    assert difference(parse(text), parse(text)) is None


def test_many_repeated_names_are_compared_at_once() -> None:
    left, right = b'{"a":1' + b',"a":2' * 50_000 + b"}", b'{"a":1' + b',"a":2' * 49_999 + b"}"
    assert difference(parse(left), parse(right)) is not None


def test_a_difference_at_depth_has_its_path() -> None:
    left, right = parse(b"[" * 5000 + b"1" + b"]" * 5000), parse(b"[" * 5000 + b"2" + b"]" * 5000)
    found = difference(left, right)
    assert found is not None
    assert found.path == "$" + "[0]" * 5000


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("150.20", "150.2"),
        ("1e2", "100"),
        ("100", "1.0E+2"),
        ("0.0001", "1e-4"),
        ("-0", "0"),
        ("0e5", "0.000"),
        ("1e999999999", "10e999999998"),
        ("1e-999999999", "0.1e-999999998"),
        ("9" * 5000, "9" * 5000 + ".0"),
        ("1e" + "9" * 5000, "1.0e0" + "9" * 5000),
    ],
)
def test_numbers_are_equal_by_value(left: str, right: str) -> None:
    assert Number(left).exact == Number(right).exact


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("9007199254740993", "9007199254740992"),
        ("150.19999999999999", "150.2"),
        ("1", "-1"),
        ("1e2", "1e-2"),
        ("1e" + "9" * 5000, "1e-" + "9" * 5000),
        ("10e" + "9" * 5000, "1e" + "9" * 5000),
    ],
)
def test_numbers_that_differ(left: str, right: str) -> None:
    assert Number(left).exact != Number(right).exact


@pytest.mark.parametrize(
    ("asked", "sent", "path", "told"),
    [
        ('{"a":1,"b":2}', '{"b":2,"a":1}', None, None),
        (r'"\u00e9\/"', '"é/"', None, None),
        (r'"\ud83d\ude00"', '"😀"', None, None),
        ('{"a":{"b":[1,{"c":2}]}}', '{"a":{"b":[1,{"c":3}]}}', "$.a.b[1].c", ("2", "3")),
        ('{"a b":1}', '{"a b":2}', '$["a b"]', ("1", "2")),
        ('{"a":1}', "{}", "$.a", ("1", "nothing")),
        ("{}", '{"a":null}', "$.a", ("nothing", "null")),
        ('{"a":1,"a":2}', '{"a":2}', "$.a", ("1", "nothing")),
        ('{"a":1}', '{"a":1,"a":[]}', "$.a", ("nothing", "[]")),
        ('{"a":1,"a":1}', '{"a":1}', "$.a", ("1", "nothing")),
        ('{"a":1,"a":2}', '{"a":1}', "$.a", ("2", "nothing")),
        ('{"a":1,"a":2}', '{"a":2,"a":1}', "$.a", ("1", "2")),
        ("[1,2]", "[1]", "$[1]", ("2", "nothing")),
        ("{}", "[]", "$", ("{}", "[]")),
        ("1", "true", "$", ("1", "true")),
        ("false", "0", "$", ("false", "0")),
        ("null", '"null"', "$", ("null", '"null"')),
        (r'"\ud83d"', '"\ufffd"', "$", (r'"\ud83d"', r'"\ufffd"')),
        ('{"a":1,"b":1}', '{"b":2,"a":2}', "$.a", ("1", "2")),
    ],
)
def test_the_first_difference(asked: str, sent: str, path: str | None, told: tuple[str, str] | None) -> None:
    found = difference(parse(asked.encode()), parse(sent.encode()))
    if path is None:
        assert found is None
    else:
        assert found is not None
        assert (found.path, (tokens.show(found.asked), tokens.show(found.sent))) == (path, told)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        (b'{"a b":"c  d"}', None),
        (b'{"a": 1}', 5),
        (b" 1", 0),
        (b"1\n", 1),
        (rb'["\" \\",1]', None),
        (rb'["\\" ,1]', 5),
        (b"[\t]", 1),
        (b"[\r]", 1),
    ],
)
def test_first_blank_outside_strings(text: bytes, offset: int | None) -> None:
    assert first_blank(text) == offset


def test_long_values_are_cut_for_a_sentence() -> None:
    assert tokens.show("x" * 100) == '"' + "x" * 60 + '"... (100 characters)'
    assert tokens.show(Number("9" * 100)) == "9" * 60 + "..."
    assert tokens.show([1, 2]) == "a list of 2"  # type: ignore[list-item]
    assert tokens.show(Object([("a", None)])) == "an object of 1"


def test_get_takes_the_last_member() -> None:
    value = parse(b'{"a":1,"a":2}')
    assert isinstance(value, Object)
    assert value.get("a") == Number("2")
    assert value.get("b") is None


def test_strings_are_names_and_values() -> None:
    assert set(tokens.strings(parse(b'{"a":["b",{"c":1}]}'))) == {"a", "b", "c"}
