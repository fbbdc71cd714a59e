"""The rules of lint.json as tables: for the whole text, for strings and their escapes, for numbers.

What diverges was observed by running 74 encoder settings; names and figures in the tables come from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from signing_core._lint_finding import Rule, Severity


def _rule(name: str, message: str, mend: str, *who: str, clause: str = "S41", severity: Severity = "warning") -> Rule:
    return Rule(f"json-{name}", message, mend, clause, who, severity)


_SIGN_SENT = "sign the very bytes that are sent"
_AS_STRING = "send it as a string where the document allows one"

# The whole text.

WHITESPACE = _rule(
    "whitespace",
    "whitespace between tokens: the document wants minified JSON",
    "minify it, then sign and send the result",
    *("Python's json", "requests' json="),
)
OUTER_WHITESPACE = _rule(
    "outer-whitespace",
    "whitespace or a newline around the value, which some tools add and others strip",
    "send the value alone",
    *("echo", "jq", "Go's encoder", "axios", "curl -d @file"),
)
DUPLICATE = _rule(
    "duplicate-name",
    "the name {shown} stands twice in one object, and readers take the first, the last or neither",
    "keep one of them",
    clause="P42",
    severity="error",
)
INDEX_NAME = _rule(
    "integer-name",
    "the name {shown} looks like an index and is moved before others",
    "put such names first, in rising order, or rename them",
    "Node",
)
NAME_ORDER = _rule("name-order", "names out of order are sorted or shuffled", _SIGN_SENT, *("Go maps", "serde", "Perl"))
EMPTY_OBJECT = _rule("empty-object", "an empty object becomes []", "leave it out, or decode to objects", "PHP arrays")
NULL = _rule("null", "a member that is null is dropped", "leave the member out", "Gson")
DEEP = _rule(
    "depth",
    "nested more than 64 deep, and readers and writers have limits",
    "flatten the value",
    *("Ruby from 101", "serde from 128", "orjson from 255", "PHP from 512"),
    clause="P42",
)

# Strings, escapes blanked out: what is searched for.

INNER = (
    (
        re.compile(rb"/"),
        _rule("slash", r"'/' in a string is written \/", f"set JSON_UNESCAPED_SLASHES, and {_SIGN_SENT}", "PHP"),
    ),
    (
        re.compile(rb"[<>&]"),
        _rule("html", "{shown} is written as an escape", f"switch HTML escapes off, and {_SIGN_SENT}", "Go", "Gson"),
    ),
    (
        re.compile(rb"['=]"),
        _rule("quote", "{shown} is written as an escape", f"switch HTML escapes off, and {_SIGN_SENT}", "Gson"),
    ),
    (
        re.compile(rb"\x7f"),
        _rule("delete", r"DEL, though ASCII, is written \u007f", "take control characters out", "Python's json"),
    ),
    (
        re.compile(rb"[\x80-\xff]"),
        _rule(
            "non-ascii",
            "the document allows ASCII only, and some encoders escape other characters",
            "spell it in ASCII, or escape it",
            *("PHP", "Python's json"),
            clause="P17",
        ),
    ),
    (
        re.compile(rb"\xe2\x80[\xa8\xa9]"),
        _rule("line-separator", "U+2028 and U+2029 are written as escapes", "take them out", "Go", "Gson", "PHP"),
    ),
    (
        re.compile(rb"[\xf0-\xf4]"),
        _rule(
            "beyond-bmp",
            "a character beyond U+FFFF is written as an escaped pair by one writer and raw by the other",
            "take it out",
            "Jackson's bytes writer",
        ),
    ),
)

# Escapes: what each is matched with, as a whole.

ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)",
)
"""One escaped character; a pair of surrogates is one."""

ESCAPES = (
    (
        re.compile(rb"\\u[dD][89a-fA-F].{2}"),
        _rule(
            "lone-surrogate",
            "{shown} is half a character: readers refuse it, replace it or pass it on",
            "mend the text at its source",
            clause="P42",
            severity="error",
        ),
    ),
    (
        re.compile(rb"\\u(?!00[0-7])(?![dD][89a-fA-F]).{4}|\\u.{4}\\u.{4}"),
        _rule(
            "non-ascii-escape",
            "{shown} is no ASCII, which the document asks for; most encoders write it raw",
            "spell it in ASCII",
            "encoders but PHP and Python's json",
            clause="P17",
        ),
    ),
    (
        re.compile(rb"\\/"),
        _rule(
            "escaped-slash",
            "'/' needs no escape",
            f"set JSON_UNESCAPED_SLASHES, or {_SIGN_SENT}",
            "encoders but PHP",
        ),
    ),
    (
        re.compile(rb"\\u00(?:[2-6].|7[0-9a-eA-E])"),
        _rule("needless-escape", r"{shown} needs no \u", "write the character", "encoders but Go and Gson"),
    ),
    (
        re.compile(rb"\\[bf]|\\u00[01]."),
        _rule(
            "control-escape",
            r"{shown} is spelt otherwise: \b or \u0008, \u001f or \u001F",
            "take control characters out",
            *("Go", "Jackson"),
        ),
    ),
    (
        re.compile(rb"\\u.*[A-F].*"),
        _rule(
            "upper-case-escape",
            "{shown} is written with lower-case digits",
            "write the digits in lower case",
            "encoders but Jackson",
        ),
    ),
)

_NOTABLE = re.compile(rb"[&'/<=>\\\x7f-\xff]")


def string_breaches(text: bytes, start: int, end: int) -> Iterator[tuple[Rule, int, str]]:
    """Rule, byte offset and the character or escape, for the string token text[start:end]."""
    if not _NOTABLE.search(text, start, end):
        return
    token = text[start:end]
    blanked = bytearray(token)
    if b"\\" in token:
        for escape in ESCAPE.finditer(token):
            for rule in _escape_breaches(escape[0]):
                yield rule, start + escape.start(), escape[0].decode()
            blanked[escape.start() : escape.end()] = b" " * len(escape[0])
    for pattern, rule in INNER:
        found = pattern.search(blanked)
        if found:
            yield rule, start + found.start(), repr(chr(found[0][0]))


@lru_cache(maxsize=4096)
def _escape_breaches(escape: bytes) -> tuple[Rule, ...]:
    return tuple(rule for pattern, rule in ESCAPES if pattern.fullmatch(escape))


# Numbers.


class Number(NamedTuple):
    """A number token taken apart; ``fraction`` is empty without a point."""

    lexeme: bytes
    fraction: bytes
    has_exponent: bool

    @property
    def is_integer(self) -> bool:
        return not self.fraction and not self.has_exponent

    @property
    def is_fraction(self) -> bool:
        return bool(self.fraction) and not self.has_exponent

    def is_integer_outside(self, start: int, end: int) -> bool:
        """True for an integer below ``start`` or from ``end`` on; both have at most 20 digits."""
        return self.is_integer and (len(self.lexeme) > 21 or not start <= int(self.lexeme) < end)


def _loses_digits(number: Number) -> bool:
    """True for a fraction that does not come back from a double: 15 digits always do, more than 17 never."""
    if not number.is_fraction:
        return False
    digits = len(number.lexeme.replace(b".", b"").strip(b"-0"))
    if digits > 17 or len(number.lexeme) > 300:
        return True
    return digits > 15 and Decimal(number.lexeme.decode()) != Decimal(repr(float(number.lexeme)))


def _is_inexact(number: Number) -> bool:
    """True for a fraction whose double shows other digits if 17 are asked for."""
    value = float(number.lexeme)
    return number.is_fraction and Decimal(f"{value:.17g}") != Decimal(repr(value))


def _is_scientific_in_java(number: Number) -> bool:
    """Double.toString's bounds."""
    return number.is_fraction and float(number.lexeme) != 0 and not 1e-3 <= abs(float(number.lexeme)) < 1e7


NUMBERS: tuple[tuple[Callable[[Number], bool], Rule], ...] = (
    (
        lambda n: n.has_exponent,
        _rule(
            "exponent",
            "{shown}: an exponent, which encoders spell in up to 13 ways",
            f"write it in plain notation, or {_AS_STRING}",
            *("Java", "orjson before 3.11.7"),
            clause="P41",
            severity="error",
        ),
    ),
    (
        lambda n: n.is_integer_outside(-(2**63), 2**64),
        _rule(
            "integer-over-64-bit",
            "an integer outside -2^63 to 2^64-1 is rounded or made a float",
            _AS_STRING,
            *("Node", "Go", "jq", "PHP", "orjson"),
            clause="P41",
            severity="error",
        ),
    ),
    (
        lambda n: n.is_integer_outside(-(2**63), 2**63) and not n.is_integer_outside(-(2**63), 2**64),
        _rule(
            "integer-over-int64",
            "an integer from 2^63 on is rounded or made a float",
            _AS_STRING,
            *("Node", "Go", "jq", "PHP"),
            clause="P41",
        ),
    ),
    (
        lambda n: n.is_integer_outside(-(2**53) + 1, 2**53) and not n.is_integer_outside(-(2**63), 2**63),
        _rule(
            "big-integer",
            "an integer beyond 2^53-1 is rounded",
            _AS_STRING,
            *("Node", "Go", "jq"),
            clause="P41",
        ),
    ),
    (
        lambda n: n.lexeme == b"-0",
        _rule("negative-zero", "-0 is written 0", "write 0", "orjson"),
    ),
    (
        lambda n: n.is_fraction,
        _rule(
            "float",
            "{shown} is a binary float to most readers and writers",
            f"{_SIGN_SENT}, or {_AS_STRING}",
            clause="P41",
        ),
    ),
    (
        lambda n: n.is_fraction and not n.fraction.strip(b"0"),
        _rule(
            "whole-fraction",
            "{shown} is written without its fraction",
            "write an integer, or a string",
            *("Node", "Go", "PHP", "Perl", "jq"),
        ),
    ),
    (
        lambda n: n.is_fraction and n.fraction.endswith(b"0") and bool(n.fraction.strip(b"0")),
        _rule(
            "trailing-zero",
            "{shown} is written without its last zero",
            "leave trailing zeros out, or write a string",
            "60 of 74 encoder settings",
        ),
    ),
    (
        _loses_digits,
        _rule(
            "lost-digits",
            "{shown} has more digits than a double keeps",
            f"round it, or {_AS_STRING}",
            "readers of doubles",
            clause="P41",
        ),
    ),
    (
        _is_inexact,
        _rule(
            "17-digits",
            "{shown} is written with 17 digits, as in 150.19999999999999 for 150.2",
            "set serialize_precision=-1",
            "PHP with serialize_precision=17",
        ),
    ),
    (
        _is_scientific_in_java,
        _rule("java-double", "{shown} is written with an exponent, as in 9.999999999E7", "take a BigDecimal", "Java"),
    ),
)


_TAME = re.compile(rb"0|-?[1-9][0-9]{0,14}")  # integers that every reader keeps


def number_breaches(lexeme: bytes) -> Iterator[tuple[Rule, str]]:
    """Rule and what to show, for a number token. Integers are not shown: they may be a card's number."""
    if _TAME.fullmatch(lexeme):
        return
    mantissa, _, exponent = lexeme.replace(b"E", b"e").partition(b"e")
    number = Number(lexeme, mantissa.partition(b".")[2], bool(exponent))
    shown = "" if number.is_integer else lexeme[:41].decode()
    for is_breach, rule in NUMBERS:
        if is_breach(number):
            yield rule, shown
