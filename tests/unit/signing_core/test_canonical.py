"""dumps and minify: what they write, and what they refuse where."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections import OrderedDict, namedtuple
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
import pytest

from signing_core import PayloadError, _json_text, _native, canonical

Text = type("Text", (str,), {})
Row = namedtuple("Row", "a")


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Payer:
    name: str


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


MINIFIERS = [
    pytest.param(
        canonical.minify, id="native", marks=pytest.mark.skipif(not _native.available, reason="no native module here")
    ),
    pytest.param(_json_text.minify, id="python"),
]
Minify = Callable[[bytes], bytes]


class TestDumps:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            *(
                (None, b"null"),
                (True, b"true"),
                (0, b"0"),
                ("", b'""'),
                ([], b"[]"),
                ({}, b"{}"),
                ((1, (2,)), b"[1,[2]]"),
            ),
            *((2**64 - 1, b"18446744073709551615"), (-(2**63), b"-9223372036854775808")),
            *((150.2, b"150.2"), (1e15, b"1000000000000000.0"), (0.0001, b"0.0001"), (-0.0, b"-0.0")),
            ({"b": 1, "a": [True, {"c": "/ <&>'"}]}, b'{"b":1,"a":[true,{"c":"/ <&>\'"}]}'),
            ('\x00\b\f\n\r\t\x1f\x7f"\\', b'"\\u0000\\b\\f\\n\\r\\t\\u001f\x7f\\"\\\\"'),
        ],
    )
    def test_plain_values(self, value: object, text: bytes) -> None:
        assert canonical.dumps(value) == text

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            *(("150.20", b"150.20"), ("150", b"150"), ("1E+3", b"1000"), ("1E-3", b"0.001"), ("-0", b"-0")),
            *(("-0.00", b"-0.00"), ("0E+9", b"0"), ("0E-3", b"0.000"), ("1E+63", b"1" + b"0" * 63)),
            *(("9" * 64, b"9" * 64), ("0." + "9" * 63, b"0." + b"9" * 63), ("12." + "3" * 62, b"12." + b"3" * 62)),
        ],
    )
    def test_a_decimal_is_written_exactly_in_plain_notation(self, number: str, text: bytes) -> None:
        assert canonical.dumps({"amount": Decimal(number)}) == b'{"amount":' + text + b"}"

    @pytest.mark.parametrize("number", ["1E+64", "9" * 65, "0." + "9" * 64, "1E-64", "1E+999999", "1E-999999", "0E-64"])
    def test_a_decimal_of_more_than_64_digits_is_refused(self, number: str) -> None:
        with pytest.raises(PayloadError, match=r"digits in plain notation") as caught:
            canonical.dumps({"a": [1, Decimal(number)]})
        assert caught.value.place == "$.a[1]"

    @pytest.mark.parametrize(
        ("value", "place", "told"),
        [
            (float("nan"), "$", "nan, which is not JSON"),
            ({"a": {"b": [0, float("inf")]}}, "$.a.b[1]", "inf"),
            ([float("-inf")], "$[0]", "-inf"),
            ({"a": Decimal("NaN")}, "$.a", "NaN"),
            ({"a": Decimal("sNaN")}, "$.a", "sNaN"),
            ((1, Decimal("-Infinity")), "$[1]", "Infinity"),
            ({"a": 1e16}, "$.a", "exponent"),
            ({"a": -1e16}, "$.a", "exponent"),
            ({"a": 0.00009}, "$.a", "exponent"),
            ({"a": 5e-324}, "$.a", "exponent"),
            ({"a b": 2**64}, '$["a b"]', "outside"),
            ({"a": -(2**63) - 1}, "$.a", "outside"),
            ({"a": 10**5000}, "$.a", "outside"),
            ({"": "x\ud800"}, '$[""]', "lone surrogate U\\+D800"),
            ({"\udfff": 1}, '$["\\udfff"]', "the name holds the lone surrogate"),
        ],
    )
    def test_what_cannot_be_written_faithfully_is_refused_by_path(self, value: object, place: str, told: str) -> None:
        for non_ascii in ("reject", "escape", "allow"):
            with pytest.raises(PayloadError, match=told) as caught:
                canonical.dumps(value, non_ascii=non_ascii)
            assert caught.value.place == place

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            *((b"x", "decode"), (bytearray(b"x"), "decode"), ({1, 2}, "sorted"), (object(), "pass a dict")),
            *(
                (datetime(2024, 1, 1, tzinfo=UTC), "isoformat"),
                (date(2024, 1, 1), "isoformat"),
                (uuid.UUID(int=1), "str"),
            ),
            *((Colour.RED, "value.value"), (Level.LOW, "value.value"), (Payer("x"), "asdict"), (Row(1), "dict")),
            *(
                (Text("x"), "plain str"),
                (OrderedDict(a=1), "dict"),
                (Fraction(1, 2), "pass a dict"),
                (1j, "pass a dict"),
            ),
            *((orjson.Fragment(b"!"), "Fragment"), (iter([1]), "iterator"), (range(3), "range")),
        ],
    )
    def test_other_types_are_type_errors_that_name_path_and_mend(self, value: object, told: str) -> None:
        with pytest.raises(TypeError, match=told) as caught:
            canonical.dumps({"a": [0, value]})
        assert str(caught.value).startswith("$.a[1]: ")
        assert not isinstance(caught.value, PayloadError)

    @pytest.mark.parametrize("name", [1, None, True, 1.5, b"a", (1,), Text("a"), Colour.RED])
    def test_names_are_plain_str(self, name: object) -> None:
        with pytest.raises(TypeError, match=r"^\$\.a: a member's name is of type \w+; names are str"):
            canonical.dumps({"a": {name: 1}})

    def test_depth_of_100_is_written_and_101_refused(self) -> None:
        assert canonical.dumps(nested(100)) == b"[" * 100 + b"]" * 100
        with pytest.raises(PayloadError, match="more than 100 deep") as caught:
            canonical.dumps(nested(101))
        assert caught.value.place == "$" + "[0]" * 100
        with pytest.raises(PayloadError, match="more than 100 deep"):
            canonical.dumps(nested(100_000))

    def test_a_value_within_itself_is_refused(self) -> None:
        loop: dict[str, Any] = {}
        loop["self"] = [loop, loop]
        with pytest.raises(PayloadError, match="within itself"):
            canonical.dumps(loop)

    @pytest.mark.parametrize(
        ("value", "place", "shown"),
        [
            ({"payer_details": {"first_name": "Zoë"}}, "$.payer_details.first_name", "U+00EB"),
            ({"a": ["x", "\U0001f600"]}, "$.a[1]", "U+1F600"),
            ({"ß": 1}, '$["\\u00df"]', "U+00DF"),
            ("\x80", "$", "U+0080"),
        ],
    )
    def test_non_ascii_is_rejected_by_default_with_its_path(self, value: object, place: str, shown: str) -> None:
        with pytest.raises(PayloadError, match="ASCII only") as caught:
            canonical.dumps(value)
        assert caught.value.place == place
        assert shown in str(caught.value)
        assert str(caught.value).isascii()

    def test_non_ascii_can_be_escaped_or_allowed(self) -> None:
        value = {"é": "aÿ\u2028\ud7ff\ue000\uffff\U00010000\U0010ffff\x7f"}
        assert canonical.dumps(value, non_ascii="escape") == (
            b'{"\\u00e9":"a\\u00ff\\u2028\\ud7ff\\ue000\\uffff\\ud800\\udc00\\udbff\\udfff\x7f"}'
        )
        assert (
            canonical.dumps(value, non_ascii="allow").decode()
            == '{"é":"aÿ\u2028\ud7ff\ue000\uffff\U00010000\U0010ffff\x7f"}'
        )

    def test_names_are_sorted_by_their_bytes_if_asked(self) -> None:
        value = {"b": 1, "a": Decimal("1.0"), "é": 2, "Z": 3, "\U0001f600": 4, "\uffff": 5}
        assert canonical.dumps({"b": 1, "a": 2}) == b'{"b":1,"a":2}'
        text = canonical.dumps(value, sort_keys=True, non_ascii="allow").decode()
        assert text == '{"Z":3,"a":1.0,"b":1,"é":2,"\uffff":5,"\U0001f600":4}'

    def test_an_unknown_mode_is_a_value_error(self) -> None:
        with pytest.raises(ValueError, match="none of 'reject'"):
            canonical.dumps({}, non_ascii="ignore")  # type: ignore[arg-type]


@pytest.mark.parametrize("minify", MINIFIERS)
class TestMinify:
    @pytest.mark.parametrize(
        ("text", "minified"),
        [
            (b'{"city" : "Toyengata 53"}', b'{"city":"Toyengata 53"}'),
            (b" [ 1 , 2 ]\r\n\t", b"[1,2]"),
            (b'{"a":1,"a" :2}', b'{"a":1,"a":2}'),
            (
                b"[ 150.20, 1e400, -0, 1E+2, 123456789012345678901234567890 ]",
                b"[150.20,1e400,-0,1E+2,123456789012345678901234567890]",
            ),
            (b'["\\/\\u0041\\uD800\\"  \\\\" ]', b'["\\/\\u0041\\uD800\\"  \\\\"]'),
            (' "é\u2028😀\x7f" '.encode(), '"é\u2028😀\x7f"'.encode()),
            (b" null ", b"null"),
            (b"[true , false,null]", b"[true,false,null]"),
            (b"[" * 100 + b" " + b"]" * 100, b"[" * 100 + b"]" * 100),
        ],
    )
    def test_only_whitespace_outside_strings_goes(self, minify: Minify, text: bytes, minified: bytes) -> None:
        assert minify(text) == minified

    @pytest.mark.parametrize(
        ("text", "place", "told"),
        [
            *((b"", 0, "empty"), (b" \n ", 3, "empty"), (b"\xef\xbb\xbf{}", 0, "byte order mark")),
            *((b'"\xff"', 1, "not UTF-8"), (b'"\xc0\xaf"', 1, "not UTF-8"), (b'"\xe0\x80\xaf"', 1, "not UTF-8")),
            *(
                (b'"\xed\xa0\x80"', 1, "not UTF-8"),
                (b'"\xf4\x90\x80\x80"', 1, "not UTF-8"),
                (b'"ab\xe2\x82"', 3, "UTF-8"),
            ),
            *((b"[\x80]", 1, "not UTF-8"), (b"{\xc3\xa9:1}", 1, r"found U\+00E9"), (b"\xe2\x80\x9ca", 0, r"U\+201C")),
            *((b"[1", 2, "ends before"), (b'{"a":', 5, "ends before"), (b'"abc', 4, "inside a string")),
            *((b'"a\nb"', 2, "byte 0x0a stands raw"), (b'"\x00"', 1, "0x00"), (b'"\\x"', 1, "backslash")),
            *((b'"\\u12g4"', 1, "backslash"), (b'"\\u12', 1, "backslash"), (b'"\\', 1, "backslash")),
            *(
                (b"[NaN]", 1, "NaN"),
                (b"-Infinity", 1, "NaN and inf"),
                (b"[True]", 1, "Python"),
                (b"['a']", 1, "single"),
            ),
            *((b"nul", 0, "value is wanted"), (b"undefined", 0, "undefined"), (b"[1,//x\n2]", 3, "comments")),
            *((b"01", 0, "leading zero"), (b"[-01]", 2, "leading zero"), (b"1.", 2, "digit"), (b"[.5]", 1, "value")),
            *(
                (b"-", 1, "digit"),
                (b"[1e]", 3, "digit"),
                (b"1.e5", 2, "digit"),
                (b"[1e+x]", 4, "digit"),
                (b"+1", 0, "'\\+'"),
            ),
            *((b"{a:1}", 1, "name is wanted"), (b'{"a" 1}', 5, "':' is wanted"), (b"[1 2]", 3, "',' or")),
            *((b"[1}", 2, "',' or"), (b"[1,]", 3, "remove the comma"), (b'{"a":1,}', 7, "remove the comma")),
            *(
                (b"[,1]", 1, "value"),
                (b"{,}", 1, "name"),
                (b"]", 0, "value"),
                (b"1 2", 2, "has ended"),
                (b"{}x", 2, "'x'"),
            ),
            *(
                (b"1.5.3", 3, "has ended"),
                (b"truex", 4, "has ended"),
                (b"\x0b1", 0, "0x0b"),
                (b"[1\xc2\xa0]", 2, "U.00A0"),
            ),
            *(
                (b"[" * 101, 100, "100 deep"),
                (b'{"a":' * 100 + b"[", 500, "100 deep"),
                (b"[" * 100_000, 100, "100 deep"),
            ),
        ],
    )
    def test_what_is_no_json_is_refused_with_its_offset(
        self, minify: Minify, text: bytes, place: int, told: str
    ) -> None:
        with pytest.raises(PayloadError, match=told) as caught:
            minify(text)
        assert caught.value.place == place
        assert str(caught.value).startswith(f"JSON, byte {place}: ")

    def test_long_tokens_and_many_of_them_are_no_trouble(self, minify: Minify) -> None:
        escapes, plain, blanks = b'"' + b"\\n" * 300_000 + b'"', b'"' + b"x" * 1_000_000 + b'"', b" " * 1_000_000
        number = b"1" * 100_000 + b"." + b"0" * 100_000
        text = b"[" + blanks.join([escapes, b",", plain, b",", number]) + b"]"
        assert minify(text) == b"[" + b",".join([escapes, plain, number]) + b"]"


@pytest.mark.parametrize("wrong", ["{}", bytearray(b"{}"), memoryview(b"{}"), None])
def test_minify_takes_bytes_only(wrong: object) -> None:
    with pytest.raises(TypeError, match="takes bytes"):
        canonical.minify(wrong)  # type: ignore[arg-type]


def test_without_the_native_module_minify_is_the_python_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_native, "available", False)
    monkeypatch.setattr(_native, "json_minify", None)
    assert canonical.minify(b" [ 1 ] ") == b"[1]"
    with pytest.raises(PayloadError) as caught:
        canonical.minify(b"[1,]")
    assert caught.value.place == 3
