"""Strategies for texts that only lax readers take for JSON: each with one slip, of a kind that some reader allows."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from conformance.fuzz.choice import below, pick

SCALARS = [
    *(
        b"NaN",
        b"NaN",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"undefined",
        b"None",
        b"True",
        b"nul",
        b"NULL",
        b"a",
        b"+1",
        b"01",
        b"-01",
    ),
    *(
        b"1.",
        b".5",
        b"-.5",
        b"0x1F",
        b"0b1",
        b"1_000",
        b"1,5",
        b"1e",
        b"1e+",
        b"--1",
        b"- 1",
        b"1n",
        b"1f",
        b"-",
        b"00",
    ),
    *(b"'a'", b"`a`", b'"a', b'a"', b'"\\x41"', b'"\\u12"', b'"\\u{41}"', b'"\\a"', b'"\\\'"', b'"a" "b"', b'"\\"'),
    *(b'"\n"', b'"\t"', b'"\x00"', b'"\x1f"', b'"\\\n"', b'"\xff"', b'"\xc0\xaf"', b'"\xe0\x80\xaf"', b'"\xc3"'),
    *(
        b'"\xed\xa0\x80"',
        b'"\xed\xa0\xbd\xed\xb8\x80"',
        b'"\xf4\x90\x80\x80"',
        b'"\xf0\x9f"',
        b'"\xf8\x88\x80\x80\x80"',
    ),
    *(b"", b"()", b"[1", b"{", b"(1)", b"new Date(0)", b"/a/", b'u"a"', b'"""a"""', b"\xe2\x80\x9ca\xe2\x80\x9d"),
]
"""What may stand in a value's place."""

_NAMES = [b"a", b"'a'", b"1", b"null", b'["a"]', b"", b'"a" "b"', b"$a", b'"a":"b"', b"{}"]
_AROUND = [b"%s", b"[%s]", b"[1,%s]", b"[%s,1]", b'{"a":%s}', b'{"a":{"b":%s}}', b'{"a":1,"b":%s}', b"[[%s],2]"]
_BEFORE = [
    b"\xef\xbb\xbf",
    b"\xfe\xff",
    b"\x00",
    b"\x0b",
    b"\x0c",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"//\n",
    b"/**/",
    b"\x1e",
    b")]}',\n",
]
_AFTER = [
    b",",
    b"]",
    b"}",
    b"\x00",
    b"\x00x",
    b"\x0c",
    b"\xa0",
    b"\xc2\xa0",
    b" x",
    b"{}",
    b" 1",
    b"\n{}",
    b"//",
    b"/* */",
    b";",
    b"\x1a",
]
_BETWEEN = [
    b",",
    b"\x0c",
    b"\x0b",
    b"\xc2\xa0",
    b"\xef\xbb\xbf",
    b"/**/",
    b"//\n",
    b"#\n",
    b"\x00",
    b"\x85",
    b"\\n",
    b"1",
    b"null",
    b";",
]


@st.composite
def slips(draw: st.DrawFn, valid: st.SearchStrategy[bytes]) -> bytes:
    """A text with one slip: a value or a name, what stands before, between and after, a bracket, or its end."""
    kind = draw(below(6))
    if kind == 0:
        return pick(draw, _AROUND) % pick(draw, SCALARS)
    if kind == 1:
        return b"%s%s:1}" % (pick(draw, [b"{", b'{"b":2,', b'[{"c":[]},{']), pick(draw, _NAMES))
    text: bytes = draw(valid)
    if kind == 2:
        return pick(draw, [pick(draw, _BEFORE) + text, text + pick(draw, _AFTER)])
    if kind == 3:
        return text[: draw(below(len(text) + 1))]
    # Beside a comma, colon or bracket. One within a string will do: then it is a character like others.
    marks = [found.start() for found in re.finditer(rb"[][{}:,]", text)]
    if not marks:
        return text + pick(draw, _AFTER)
    place = pick(draw, marks)
    if kind == 4:
        place += draw(below(2))
        return text[:place] + pick(draw, _BETWEEN) + text[place:]
    instead = [b"", b"]", b"}", b":", b",", b"=", b"=>", b",,", b",]", b",}", b";", b"[", b"{"]
    return text[:place] + pick(draw, instead) + text[place + 1 :]
