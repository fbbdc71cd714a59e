"""What happened to a value: one sentence with path, both values and the likely cause."""

from __future__ import annotations

import pytest

from conformance import tokens
from conformance.diagnose import body, minified, url, values

ROWS = [
    ("9007199254740993", "9007199254740992", "read as a double and rounded; keep ids as strings"),
    ("123456789012345678", "123456789012345680", "read as a double"),
    ("150.23", "150.22999999999999", "read as a double and rounded; read decimals exactly"),
    ("0.1000000000000000055", "0.1", "read as a double and rounded; read decimals exactly"),
    ("150.23", "150.24", "the number was rounded or changed"),
    ("150.23", "150", "the fraction was cut off"),
    ("-5", "5", "the sign was lost"),
    ("150.23", '"150.23"', "a number became a string"),
    ("1e999", "null", "out of the range of a double"),
    ('"0578"', "578", "a string of digits became a number"),
    ("{}", "[]", "an object became a list, as PHP's arrays do"),
    ("[]", "{}", "a list became an object"),
    ('{"a":null}', "{}", "a member that is null was dropped"),
    ('{"a":1,"a":2}', '{"a":1}', "a member whose name is repeated was dropped"),
    ('{"a":null,"a":2}', '{"a":2}', "a member whose name is repeated was dropped"),
    ('{"a":2,"a":null}', '{"a":2}', "a member whose name is repeated was dropped"),
    ('{"a":null,"a":null}', "{}", "a member that is null was dropped"),
    ('{"a":1}', "{}", "a member was dropped"),
    ("[1,null,2]", "[1,2]", "an item that is null was dropped"),
    ("[1,2]", "[1]", "an item was dropped"),
    ("{}", '{"a":1}', "a member was added"),
    ("null", '""', "null was replaced by a default"),
    ('""', "null", "an empty string became null"),
    ("true", '"True"', "it became a string"),
    ("true", "1", "a boolean became a number"),
    ('"Toyengata 53"', '"Toyengata53"', "blanks inside the string were eaten"),
    ('"a  b"', '"a b"', "runs of blanks"),
    ('" a b "', '"a b"', "trimmed"),
    ('"é"', '"Ã©"', "UTF-8 was read as Latin-1"),
    ('"Zürich"', '"Z?rich"', "replaced by ?"),
    ('"Zürich"', '"Zrich"', "dropped"),
    (r'"\ud83d"', '"\ufffd"', "lone surrogate"),
    ('"A\u030a"', '"Å"', "normalised (NFC)"),
    ('"O\'Brien & Co"', '"O&#x27;Brien &amp; Co"', "HTML-escaped"),
    ('"a+b"', '"a b"', "+ became a blank"),
    ('"a b"', '"a+b"', "blanks became +"),
    ('"a%20b/c"', '"a b/c"', "percent-decoded"),
    ('"a b/c"', '"a%20b/c"', "percent-encoded"),
    (r'"a\nb"', r'"a\\nb"', "escapes were escaped once more"),
    ('"https://x"', r'"https:\\/\\/x"', "/ was escaped twice"),
    (r'"a\u0000b"', '"a"', "cut at a NUL"),
    (r'"a\r\nb"', r'"a\nb"', "line ends were changed"),
    ('"EUR"', '"eur"', "lower case"),
]


@pytest.mark.parametrize(("asked", "sent", "cause"), ROWS)
def test_causes(asked: str, sent: str, cause: str) -> None:
    found = tokens.difference(tokens.parse(asked.encode()), tokens.parse(sent.encode()))
    assert found is not None
    told = values.sentence(found)
    assert told.startswith("$")
    assert cause in told


def test_a_long_path_is_cut_in_the_middle() -> None:
    found = body(b'{"a":' * 90 + b"1" + b"}" * 90, b'{"a":' * 90 + b"2" + b"}" * 90)
    assert found is not None
    assert (
        found.sentence
        == "$" + ".a" * 18 + "." + "..." + ".a" * 19 + ": asked 1, sent 2: the number was rounded or changed"
    )


def test_the_sentence_names_path_and_both_values() -> None:
    found = body(b'{"amount":9007199254740993}', b'{"amount":9007199254740992}')
    assert found is not None
    assert found.sentence.startswith("$.amount: asked 9007199254740993, sent 9007199254740992: read as a double")
    assert (found.stage, found.expected, found.actual) == ("body", b"9007199254740993", b"9007199254740992")


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (b'{"a": 150.20, "b": "x y"}', b'{"b":"x y","a":150.2}'),
        (b'{"u":"a/b"}', rb'{"u":"a\/b"}'),
        ('{"é":"é"}'.encode(), rb'{"\u00e9":"\u00E9"}'),
        (b"1e2", b"100"),
    ],
)
def test_the_same_value_minified_is_right(asked: bytes, sent: bytes) -> None:
    assert body(asked, sent) is None


def test_blanks_and_broken_bodies() -> None:
    blanks = body(b'{"a":1}', b'{"a": 1}')
    assert blanks is not None
    assert "not minified: a blank outside strings at byte 5" in blanks.sentence
    assert (blanks.expected, blanks.actual) == (b'{"a":1}', b'{"a": 1}')
    broken = body(b'{"a":1}', b"{'a':1}")
    assert broken is not None
    assert "the body is not JSON" in broken.sentence
    assert "at byte 1" in broken.sentence
    empty = body(b'{"a":1}', b"")
    assert empty is not None
    assert "not JSON" in empty.sentence


@pytest.mark.parametrize(
    ("actual", "what"),
    [
        (b'{"a":"xy\\u00e9","b":1.50,"a":[]}', "blanks inside the string were eaten"),
        (b'{"a":"x y\\u00e9","b":1.5,"a":[]}', "a number was respelled"),
        ('{"a":"x yé","b":1.50,"a":[]}'.encode(), "escapes were respelled"),
        (b'{"a":[],"b":1.50}', "$.a"),
        (b'{"a":"x y\\u00e9", "b":1.50,"a":[]}', "a blank outside strings was left"),
        (b'{"a":"x y\\u00e9","b":1.50,"a":[]', "not JSON any more"),
        (b"", "not JSON any more"),
    ],
)
def test_minify_tells_what_changed(actual: bytes, what: str) -> None:
    expected = b'{"a":"x y\\u00e9","b":1.50,"a":[]}'
    found = minified(expected, actual)
    assert found.stage == "answer"
    assert what in found.sentence
    assert found.sentence.startswith("at byte ")


def test_minify_tells_of_another_order() -> None:
    assert "another order" in minified(b'{"a":"x","b":1.50}', b'{"b":1.50,"a":"x"}').sentence
    assert "another order" in minified(b'[{"a":"\\u0041","b":1}]', b'[{"b":1,"a":"A"}]').sentence


def test_numbers_that_trade_their_zeros_are_in_their_order() -> None:
    assert "a number was respelled" in minified(b"[-1e-6,1.0]", b"[-1.0e-6,1]").sentence


@pytest.mark.parametrize(
    ("asked", "sent", "phrase"),
    [
        ("https://h.example/a?x=%2f", "https://h.example/a?x=%2F", "the client wrote the URL's escapes in upper case"),
        ("https://h.example/a?", "https://h.example/a", "dropped the"),
        ("https://h.example/a/", "https://h.example/a", "slash"),
        ("https://h.example:443/a", "https://h.example/a", "dropped the port"),
        ("https://h.example/a/../b", "https://h.example/b", "the client collapsed dots in the path;"),
        ("https://h.example/.", "https://h.example/", "the client collapsed dots in the path;"),
        ("https://h.example/..", "https://h.example/", "the client collapsed dots in the path;"),
        ("https://h.example/a/.?x=./.", "https://h.example/a/?x=./.", "the client collapsed dots in the path;"),
        ("https://h.example/%2e%2E/a/%2e", "https://h.example/a/", "the client collapsed escaped dots in the path;"),
        ("https://h.example/a//b", "https://h.example/a/b", "the client merged slashes in the path;"),
        ("https://a.example/a//./b", "https://a.example/a/b", "the client collapsed dots and merged slashes"),
        ("https://h.example/a`", "https://h.example/a%60", "percent-encoded characters that the URL holds"),
        ("https://h.example/[a]", "https://h.example/%5Ba%5D", "the client percent-encoded [ ] | in the URL;"),
        (
            "HTTPS://H.example:443/a",
            "https://h.example/a",
            "the client wrote the host in lower case, and dropped the port;",
        ),
        ("https://h.example/a./", "https://h.example/a/", "sent another URL"),
        ("https://h.example/a?n=O'Brien", "https://h.example/a?n=O%27Brien", "%27"),
        ("https://h.example/a?x=1%3A2", "https://h.example/a?x=1:2", "decoded the URL's query"),
        ("https://h.example", "https://h.example/", "empty path"),
        ("https://h.example/a", "https://else.example/b", "sent another URL"),
    ],
)
def test_a_rewritten_url_is_named(asked: str, sent: str, phrase: str) -> None:
    found = url(asked, sent)
    assert (found.stage, found.expected, found.actual) == ("URL", asked.encode(), sent.encode())
    assert phrase in found.sentence
