"""The grammar of a JSON text (RFC 8259), byte by byte: tokens, faults and their sentences.

One generator, ``tokens``, checks and splits a text without recursion and in linear time; the pure Python ``minify`` and
``lint.json`` are built on it. ``_c/json_minify.c`` is its twin in C: same codes, same places, and a property test holds
them together.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NoReturn

from signing_core.errors import PayloadError

__all__ = ["MAX_DEPTH", "Fault", "JSONError", "Token", "minify", "raise_fault", "tokens"]

MAX_DEPTH = 100  # P41, P42

Token = tuple[str, int, int]
"""Kind, start, end. Kind is one of ``{ } [ ] : ,``, ``name``, ``string``, ``number`` or ``literal``."""


class Fault(IntEnum):
    """What is wrong with a text; ``enum json_fault`` of _c/json_minify.h."""

    EMPTY = 1
    BOM = 2
    UTF8 = 3
    TRUNCATED = 4
    OPEN_STRING = 5
    CONTROL = 6
    ESCAPE = 7
    VALUE = 8
    DIGIT = 9
    LEADING_ZERO = 10
    NAME = 11
    COLON = 12
    COMMA = 13
    TRAILING_COMMA = 14
    SURPLUS = 15
    DEPTH = 16


_SENTENCES = {
    Fault.EMPTY: ("the text is empty", "for a request without a body sign b'' as it stands"),
    Fault.BOM: ("the text begins with a byte order mark", "save it as UTF-8 without one"),
    Fault.UTF8: ("{found} is not UTF-8", "encode the text as UTF-8"),
    Fault.TRUNCATED: ("the text ends before its value does", "send all of it"),
    Fault.OPEN_STRING: ("the text ends inside a string", "close it with '\"'"),
    Fault.CONTROL: ("{found} stands raw in a string", "escape it, as in \\n or \\u001f"),
    Fault.ESCAPE: (
        "a backslash begins no JSON escape",
        "write \\\\ for a backslash, \\u and four hex digits for a character",
    ),
    Fault.VALUE: (
        "a value is wanted, found {found}",
        "values are objects, arrays, strings, numbers, true, false, null",
    ),
    Fault.DIGIT: (
        "the number wants a digit, found {found}",
        "write digits on both sides of '.', and after '-' and 'e'",
    ),
    Fault.LEADING_ZERO: ("the number has a leading zero", "drop it, or make the value a string"),
    Fault.NAME: ("a member's name is wanted, found {found}", "put names in double quotes"),
    Fault.COLON: ("':' is wanted after a member's name, found {found}", "put ':' between name and value"),
    Fault.COMMA: ("',' or the closing bracket is wanted, found {found}", "put ',' between values"),
    Fault.TRAILING_COMMA: ("a comma stands right before this bracket", "remove the comma"),
    Fault.SURPLUS: ("the value has ended and {found} follows", "send one value"),
    Fault.DEPTH: (f"this bracket is nested more than {MAX_DEPTH} deep", "flatten the value"),
}

# What other notations have and JSON has not, where a value or name is wanted.
_FOREIGN = (
    (
        re.compile(rb"NaN|[+-]?Infinity|[+-]?inf|nan"),
        "NaN and infinities are no JSON",
        "send null, or leave the member out",
    ),
    (re.compile(rb"undefined"), "undefined is no JSON", "send null, or leave the member out"),
    (re.compile(rb"True|False|None"), "Python's constants are no JSON", "write true, false and null"),
    (re.compile(rb"'"), "JSON strings have no single quotes", "take double quotes"),
    (re.compile(rb"/[/*]"), "JSON has no comments", "remove it"),
)


class JSONError(PayloadError):
    """A PayloadError that keeps what is wrong and the mend apart, for lint."""

    place: int

    def __init__(self, what: str, mend: str, place: int) -> None:
        super().__init__(f"JSON, byte {place}: {what}; {mend} (P42)", place)
        self.what = what
        self.mend = mend


def _found(text: bytes, place: int) -> str:
    """The one character at ``place``, fit for a message."""
    if place >= len(text):
        return "the end of the text"
    byte = text[place]
    if 0x20 < byte < 0x7F:
        return f"{chr(byte)!r}"
    if byte >= 0x80:
        character = text[place : place + 4].decode("utf-8", "ignore")[:1]
        if character and text.startswith(character.encode(), place):
            return f"U+{ord(character):04X}"
    return f"byte 0x{byte:02x}"


def raise_fault(text: bytes, fault: int, place: int) -> NoReturn:
    """Raise the PayloadError for a fault (its code) at a byte offset."""
    what, mend = _SENTENCES[Fault(fault)]
    if fault in (Fault.VALUE, Fault.DIGIT, Fault.NAME):
        start = place - 1 if fault == Fault.DIGIT else place  # a sign stands before
        found = (words for pattern, *words in _FOREIGN if pattern.match(text, start))
        what, mend = next(found, (what, mend))
    raise JSONError(what.format(found=_found(text, place)), mend, place)


_SPACE = re.compile(rb"[ \t\n\r]*")
_TOKEN = re.compile(
    rb"""[ \t\n\r]*(?:
        ([{}\[\]:,])
      | ("[^"\\\x00-\x1f]*")
      | (")
      | (-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (true|false|null)
    )""",
    re.VERBOSE,
)
_PUNCTUATION, _WHOLE_STRING, _QUOTE, _NUMBER = 1, 2, 3, 4  # groups; the last is a literal
# A number as far as it goes: longer than the token above, or there without it, if a digit is missing.
_NUMBER_PREFIX = re.compile(rb"-?(?:[0-9]+(?:\.(?:[0-9]+(?:[eE][+-]?[0-9]*)?)?|[eE][+-]?[0-9]*)?)?")
_LEADING_ZERO = re.compile(rb"-?(?=0[0-9])")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
# Bounded, for the engine keeps a record of each repetition.
_ESCAPES = re.compile(rb'(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){1,256}')


def _pass_string(text: bytes, start: int) -> tuple[Fault | None, int]:
    """Fault or None, and its place or the end of the string that opens at ``start``."""
    at = start + 1
    while True:
        at = _PLAIN.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty string
        if at == len(text):
            return Fault.OPEN_STRING, at
        if text[at] == 0x22:
            return None, at + 1
        if text[at] != 0x5C:
            return Fault.CONTROL, at
        escapes = _ESCAPES.match(text, at)
        if escapes is None:
            return Fault.ESCAPE, at
        at = escapes.end()


def _number_fault(text: bytes, start: int, end: int) -> tuple[Fault | None, int]:
    """Fault and place if the number token at ``start`` should have gone on beyond ``end``."""
    reach = _NUMBER_PREFIX.match(text, start).end()  # type: ignore[union-attr]  # it matches the empty string
    if reach == end:
        return None, end
    zero = _LEADING_ZERO.match(text, start)
    return (Fault.LEADING_ZERO, zero.end()) if zero else (Fault.DIGIT, reach)


def _first_bad_utf8(text: bytes) -> int:
    """Offset of the first sequence that is not UTF-8 (RFC 3629), or the length."""
    if text.isascii():
        return len(text)
    view, at, piece = memoryview(text), 0, 1 << 20
    while at < len(text):
        try:
            at += codecs.utf_8_decode(view[at : at + piece], "strict", at + piece >= len(text))[1]
        except UnicodeDecodeError as error:
            return at + error.start
    return at


# What may come next: the states of the automaton in _c/json_minify.c.
_VALUE, _ITEM, _FIRST_ITEM, _NAME, _FIRST_NAME, _COLON, _NEXT = range(7)
_AFTER_OPENING = (_FIRST_ITEM, _FIRST_NAME)


def tokens(text: bytes) -> Iterator[Token]:
    """Split a JSON text into its tokens, whitespace left out; linear, no recursion.

    Raises PayloadError (place: byte offset) at the first fault, after having yielded the tokens before it (P42).
    """
    limit = _first_bad_utf8(text)
    closers: list[str] = []
    state, at = _VALUE, 0

    def fail(fault: Fault, place: int) -> NoReturn:
        if limit < len(text) and place >= limit:
            fault, place = Fault.UTF8, limit
        raise_fault(text, fault, place)

    if text.startswith(codecs.BOM_UTF8):
        fail(Fault.BOM, 0)
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            start = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty string
            if start == len(text):
                break
            end, group = start, 0
        else:
            group = match.lastindex or 0
            start, end = match.span(group)
        mark = chr(text[start])
        if state == _NEXT:
            if not closers:
                fail(Fault.SURPLUS, start)
            if mark == closers[-1]:
                closers.pop()
            elif mark == ",":
                state = _NAME if closers[-1] == "}" else _ITEM
            else:
                fail(Fault.COMMA, start)
            kind = mark
        elif state == _COLON:
            if mark != ":":
                fail(Fault.COLON, start)
            kind, state = mark, _VALUE
        elif state in _AFTER_OPENING and mark == closers[-1]:
            closers.pop()
            kind, state = mark, _NEXT
        elif mark == '"':
            if group == _QUOTE:
                fault, end = _pass_string(text, start)
                if fault:
                    fail(fault, end)
            if end > limit:
                fail(Fault.UTF8, limit)
            kind, state = ("name", _COLON) if state in (_NAME, _FIRST_NAME) else ("string", _NEXT)
        elif state in (_NAME, _FIRST_NAME):
            fail(Fault.TRAILING_COMMA if state == _NAME and mark == "}" else Fault.NAME, start)
        elif mark in "{[":
            if len(closers) == MAX_DEPTH:
                fail(Fault.DEPTH, start)
            closers.append("}" if mark == "{" else "]")
            kind, state = mark, _FIRST_NAME if mark == "{" else _FIRST_ITEM
        elif mark in "-0123456789":
            fault, place = _number_fault(text, start, end)
            if fault:
                fail(fault, place)
            kind, state = "number", _NEXT
        elif group > _NUMBER:
            kind, state = "literal", _NEXT
        else:
            fail(Fault.TRAILING_COMMA if state == _ITEM and mark == "]" else Fault.VALUE, start)
        yield kind, start, end
        at = end
    if state == _VALUE and not closers:
        fail(Fault.EMPTY, len(text))
    if state != _NEXT or closers:
        fail(Fault.TRUNCATED, len(text))


def minify(text: bytes) -> bytes:
    """``canonical.minify`` in Python alone: for machines without the native module."""
    kept = bytearray()
    run = at = 0  # text[run:at] is accepted and not yet copied
    for _, start, end in tokens(text):
        if start != at:
            kept += text[run:at]
            run = start
        at = end
    kept += text[run:at]
    return bytes(kept)
