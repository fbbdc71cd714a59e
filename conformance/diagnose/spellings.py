"""The ways in which encoders and merchants spell one JSON body: name and function, to be tried on a wrong signature.

A function takes the body's bytes and gives another spelling, or None where it does not apply.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from conformance import tokens
from conformance.tokens import Number, Object, Value

Respell = Callable[[bytes], bytes | None]
Row = tuple[str, Respell]

_DEEPEST = 200  # levels; a deeper body is not guessed at
_BLANK = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Style:
    """How an encoder writes: separators, indentation, escapes, order of members, and what becomes of a value."""

    comma: str = ","
    colon: str = ":"
    indent: str = ""
    ascii: bool = False
    slash: bool = False
    html: str = ""
    order: Callable[[list[tuple[str, Value]]], list[tuple[str, Value]]] | None = None
    number: Callable[[str], str] | None = None
    keep_nulls: bool = True
    empty_object: str = "{}"
    words: tuple[str, str, str] = ("true", "false", "null")


def minify(text: bytes) -> bytes:
    """JSON text without the blanks outside strings; tokens stay as they are (P4)."""
    return _BLANK.sub(lambda m: m[1] or b"", text)


def write(value: Value, style: Style, depth: int = 0) -> str:
    """A value in a style. Raises ValueError where it is nested too deeply for a guess."""
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if isinstance(value, str):
        return _string(value, style)
    if isinstance(value, Number):
        return style.number(value.lexeme) if style.number else value.lexeme
    if isinstance(value, list):
        return _nest("[", "]", [write(item, style, depth + 1) for item in value], style, depth)
    if isinstance(value, Object):
        members = style.order(value.members) if style.order else value.members
        inner = [
            _string(name, style) + style.colon + write(member, style, depth + 1)
            for name, member in members
            if member is not None or style.keep_nulls
        ]
        return _nest("{", "}", inner, style, depth) if inner else style.empty_object
    return style.words[(True, False, None).index(value)]


def _nest(opening: str, closing: str, inner: list[str], style: Style, depth: int) -> str:
    if not style.indent or not inner:
        return opening + style.comma.join(inner) + closing
    edge = "\n" + style.indent * depth
    return opening + ",".join(edge + style.indent + item for item in inner) + edge + closing


def _string(text: str, style: Style) -> str:
    return '"' + "".join(_unit(char, style) for char in text) + '"'


def _unit(char: str, style: Style) -> str:
    if char == "/" and style.slash:
        return "\\/"
    if char in style.html:
        return f"\\u{ord(char):04x}"
    if char > "~" and not style.ascii:
        return char
    return tokens.quote(char)[1:-1]


def _in(style: Style) -> Respell:
    def respell(body: bytes) -> bytes | None:
        return write(tokens.parse(body), style).encode()

    return respell


def double(lexeme: str) -> str:
    """A number after a journey through a double, as most encoders print it (JavaScript: 150.0 is 150)."""
    number = float(lexeme)
    if not math.isfinite(number):
        return "null"
    if number == int(number) and abs(number) < 1e21:
        return str(int(number))
    return re.sub(r"e([+-])0?(\d)", r"e\1\2", repr(number))


def _unless_integer(spell: Callable[[float], str]) -> Callable[[str], str]:
    return lambda lexeme: lexeme if lexeme.lstrip("-").isdigit() else spell(float(lexeme))


def _java(number: float) -> str:
    """Double.toString: 9.999999999E7 from ten millions on."""
    if 1e-3 <= abs(number) < 1e7 or not number or not math.isfinite(number):
        return repr(number)
    sign, digits, power = Decimal(repr(number)).normalize().as_tuple()
    tail = "".join(map(str, digits[1:])) or "0"
    return f"{'-' * sign}{digits[0]}.{tail}E{int(power) + len(digits) - 1}"


def _sorted(members: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    return sorted(members, key=lambda member: member[0])


def _integers_first(members: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    numbered = sorted((m for m in members if m[0].isdecimal()), key=lambda m: int(m[0]))
    return numbered + [m for m in members if not m[0].isdecimal()]


def _last_of_each(members: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    return list(dict(members).items())


def _python_repr(body: bytes) -> bytes | None:
    style = Style(", ", ": ", words=("True", "False", "None"), number=_unless_integer(repr))
    return write(tokens.parse(body), style).replace("'", "\\'").replace('"', "'").encode()


def _quoted(body: bytes) -> bytes | None:
    return tokens.quote(body.decode()).encode()


PHP = Style(ascii=True, slash=True)
SPACED = Style(", ", ": ")

# Most likely first. Each phrase completes "signed the body ...".
STYLES: tuple[tuple[str, Style], ...] = (
    ("as Python's json.dumps writes it, with blanks after commas and colons", replace(SPACED, ascii=True)),
    ("with blanks after commas and colons", SPACED),
    ("with characters beyond ASCII escaped", Style(ascii=True)),
    ("as PHP's json_encode writes it, with \\/ for /", PHP),
    ("with \\/ for / and other characters unescaped (PHP's JSON_UNESCAPED_UNICODE)", Style(slash=True)),
    ("with escapes undone (raw UTF-8)", Style()),
    ("with <, > and & escaped, as Go's encoder does", Style(html="<>&\u2028\u2029")),
    ("with <, >, &, ' and = escaped, as Gson does", Style(html="<>&'=\u2028\u2029")),
    ("with numbers as doubles print them (150.20 as 150.2)", Style(number=_unless_integer(repr))),
    ("with numbers as JavaScript prints them (150.0 as 150, long ids rounded)", Style(number=double)),
    ("with numbers at 17 digits (PHP's serialize_precision=17)", Style(number=_unless_integer(lambda n: f"{n:.17g}"))),
    ("with numbers as Java's doubles print them (9.9E7)", Style(number=_unless_integer(_java))),
    ("with numbers as strings", Style(number=lambda lexeme: f'"{lexeme}"')),
    ("pretty-printed with 2 blanks", Style(colon=": ", indent="  ")),
    ("pretty-printed with 4 blanks", Style(colon=": ", indent="    ")),
    ("pretty-printed with 4 blanks and ASCII escapes", Style(colon=": ", indent="    ", ascii=True)),
    ("pretty-printed with 4 blanks and \\/ (PHP's JSON_PRETTY_PRINT)", replace(PHP, colon=": ", indent="    ")),
    ("pretty-printed with tabs", Style(colon=": ", indent="\t")),
    ("with its keys sorted", Style(order=_sorted)),
    ("with its keys sorted and blanks after commas and colons", replace(SPACED, order=_sorted)),
    ("with its keys sorted and ASCII escapes", Style(order=_sorted, ascii=True)),
    ("with integer-like keys first, as JavaScript orders them", Style(order=_integers_first)),
    ("without its repeated members", Style(order=_last_of_each)),
    ("without members that are null, as Gson writes it", Style(keep_nulls=False)),
    ("with [] for {}, as PHP writes empty arrays", Style(empty_object="[]")),
    ("with [] for {} and \\/ for /, as PHP's json_encode writes it", replace(PHP, empty_object="[]")),
)

TEXTS: tuple[Row, ...] = (
    ("trimmed", lambda body: body.strip(b" \t\r\n")),
    ("without its line ends (curl -d @file strips them)", lambda body: re.sub(rb"[\r\n]", b"", body)),
    ("with CR LF for its line ends", lambda body: re.sub(rb"\r?\n", b"\r\n", body)),
    ("without any blank, those inside strings too", lambda body: re.sub(rb"[ \t\r\n]", b"", body)),
    ("with a byte order mark before it", lambda body: b"\xef\xbb\xbf" + body),
    ("encoded twice, as one JSON string", _quoted),
    ("as Python prints a dict", _python_repr),
    ("as Python prints bytes, b'...'", lambda body: repr(body).encode()),
    ("in Latin-1", lambda body: body.decode().encode("latin-1")),
    ("in base64", base64.b64encode),
    ("as its SHA-256 in hex", lambda body: hashlib.sha256(body).hexdigest().encode()),
    ("as its SHA-256 in base64", lambda body: base64.b64encode(hashlib.sha256(body).digest())),
    ("as 'Array', which PHP prints for an array", lambda _: b"Array"),
    ("as '[object Object]', which JavaScript prints for an object", lambda _: b"[object Object]"),
)

# What is put in the place of a body that is not there.
EMPTIES: tuple[Row, ...] = tuple(
    (f"as {text} where there is none", lambda _, text=text: text.encode())  # type: ignore[misc]
    for text in ("{}", "[]", "null", '""', "None", "undefined", "b''")
)


def of(body: bytes) -> list[Row]:
    """The rows worth trying on a body: for an empty one what replaces it, else styles and texts."""
    if not body:
        return list(EMPTIES)
    return [("minified", minify), *((name, _in(style)) for name, style in STYLES), *TEXTS]


def tried(respell: Respell, body: bytes) -> bytes | None:
    """``respell(body)``, or None where the body is not JSON, not text, too deep or too large for it."""
    try:
        return respell(body)
    except (ValueError, OverflowError):  # JsonError and the codec errors are ValueErrors
        return None
