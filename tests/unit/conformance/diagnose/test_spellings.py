"""Spellings of a body, compared with what the encoders themselves write where this machine has them."""

from __future__ import annotations

import json

import pytest

from conformance import tokens
from conformance.diagnose import spellings

DATA = {"b": [1, 2.5, 'a/b \u00e9\n"q"', None, True], "a": {"x": {}, "y": []}, "10": "😀", "c": "<&>"}
RAW = json.dumps(DATA, ensure_ascii=False, separators=(",", ":")).encode()


def spelled(name: str, body: bytes = RAW) -> bytes:
    rows = [respell for phrase, respell in spellings.of(body) if phrase.startswith(name)]
    assert rows, name
    made = spellings.tried(rows[0], body)
    assert made is not None
    return made


def test_without_a_slash_escapes_alone_are_not_phps() -> None:
    body = b'{"e":"\xc3\xa9"}'
    found = [name for name, respell in spellings.of(body) if spellings.tried(respell, body) == rb'{"e":"\u00e9"}']
    assert found[0] == "with characters beyond ASCII escaped"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("as Python's json.dumps writes it", {}),
        ("with blanks after commas and colons", {"ensure_ascii": False}),
        ("with characters beyond ASCII escaped", {"separators": (",", ":")}),
        ("with escapes undone", {"separators": (",", ":"), "ensure_ascii": False}),
        ("pretty-printed with 2 blanks", {"indent": 2, "ensure_ascii": False}),
        ("pretty-printed with 4 blanks", {"indent": 4, "ensure_ascii": False}),
        ("pretty-printed with 4 blanks and ASCII", {"indent": 4}),
        ("pretty-printed with tabs", {"indent": "\t", "ensure_ascii": False}),
        ("with its keys sorted", {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}),
        ("with its keys sorted and blanks", {"sort_keys": True, "ensure_ascii": False}),
        ("with its keys sorted and ASCII", {"sort_keys": True, "separators": (",", ":")}),
    ],
)
def test_as_pythons_encoder_writes(name: str, options: dict[str, object]) -> None:
    assert spelled(name) == json.dumps(DATA, **options).encode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "body", "wanted"),
    [
        ("as PHP's json_encode", b'{"u":"https://x","e":"\xc3\xa9"}', rb'{"u":"https:\/\/x","e":"\u00e9"}'),
        ("with <, > and & escaped", b'{"a":"<&>"}', rb'{"a":"\u003c\u0026\u003e"}'),
        ("with <, >, &, ' and =", b'{"a":"x=\'1\'"}', rb'{"a":"x\u003d\u00271\u0027"}'),
        ("with numbers as doubles", b"[150.20,150.0,9007199254740993]", b"[150.2,150.0,9007199254740993]"),
        ("with numbers as JavaScript", b"[150.0,9007199254740993,1e21,1e400]", b"[150,9007199254740992,1e+21,null]"),
        ("with numbers at 17 digits", b"[150.20]", b"[150.19999999999999]"),
        ("with numbers as Java's", b"[99999999.99,1e7,150.20,0.00012]", b"[9.999999999E7,1.0E7,150.2,1.2E-4]"),
        ("with numbers as strings", b'{"a":1.50}', b'{"a":"1.50"}'),
        ("with integer-like keys first", b'{"b":1,"10":2,"9":3}', b'{"9":3,"10":2,"b":1}'),
        ("without its repeated members", b'{"a":1,"b":2,"a":3}', b'{"a":3,"b":2}'),
        ("without members that are null", b'{"a":null,"b":[null]}', b'{"b":[null]}'),
        ("with [] for {}", b'{"a":{}}', b'{"a":[]}'),
        ("minified", b'{ "a b" : 1.50 }\n', b'{"a b":1.50}'),
        ("encoded twice", b'{"a":1}', rb'"{\"a\":1}"'),
        ("as Python prints a dict", b'{"a":null,"b":true}', b"{'a': None, 'b': True}"),
        ("as {} where there is none", b"", b"{}"),
    ],
)
def test_other_encoders(name: str, body: bytes, wanted: bytes) -> None:
    assert spelled(name, body) == wanted


def test_a_body_that_is_not_json_or_too_deep_has_fewer_spellings() -> None:
    for body in (b"not json", b"[" * 5000 + b"]" * 5000, b"\xff"):
        made = [spellings.tried(respell, body) for _, respell in spellings.of(body)]
        assert any(made)
        assert None in made


def test_every_style_keeps_what_it_does_not_change() -> None:
    plain = b'{"a":[1,true,false,null,"x"],"b":{"c":[]}}'
    wanted = tokens.parse(plain)
    for phrase, style in spellings.STYLES:
        if style.number is None and style.keep_nulls:
            made = spellings.write(tokens.parse(plain), style).encode()
            assert tokens.difference(wanted, tokens.parse(made)) is None, phrase
