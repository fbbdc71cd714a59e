"""What happened to a JSON value on its way through an encoder: the first difference and its cause, in one sentence."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, unquote

from conformance import tokens
from conformance.diagnose.spellings import double
from conformance.tokens import Absent, Difference, Number, Object, Value

Cause = str | None


def sentence(found: Difference) -> str:
    """``$.amount: asked 9007199254740993, sent 9007199254740992: ...`` with the likely cause where one is known."""
    path = found.path if len(found.path) <= 80 else f"{found.path[:38]}...{found.path[-38:]}"
    told = f"{path}: asked {tokens.show(found.asked)}, sent {tokens.show(found.sent)}"
    item = "an item" if re.search(r"\[\d+\]$", found.path) else "a member"
    cause = _cause(found.asked, found.sent, item)
    return f"{told}: {cause}" if cause else told


def _cause(asked: Value | Absent, sent: Value | Absent, item: str) -> Cause:
    if sent is tokens.ABSENT_TWIN:
        return "a member whose name is repeated was dropped (of such members, one stays)"
    if isinstance(sent, Absent):
        return f"{item} that is null was dropped" if asked is None else f"{item} was dropped"
    if isinstance(asked, Absent):
        return f"{item} was added"
    if isinstance(asked, Number):
        return _of_number(asked, sent)
    if isinstance(asked, str):
        return _of_string(asked, sent)
    if isinstance(asked, Object) and isinstance(sent, list):
        return "an object became a list, as PHP's arrays do; decode to objects, or cast an empty array to (object)"
    if isinstance(asked, list) and isinstance(sent, Object):
        return "a list became an object (PHP does that once the keys have gaps, Lua always)"
    if asked is None:
        return "null was replaced by a default"
    if isinstance(sent, str):
        return "it became a string"
    if isinstance(asked, bool) and isinstance(sent, Number):
        return "a boolean became a number"
    return None


def _of_number(asked: Number, sent: Value | Absent) -> Cause:
    if isinstance(sent, str):
        return "a number became a string"
    if sent is None:
        return "out of the range of a double, so null was written"
    if not isinstance(sent, Number):
        return None
    nearest = _exact(double(asked.lexeme))
    if nearest == sent.exact or _as_double(asked) == _as_double(sent):
        integer = asked.lexeme.lstrip("-").isdigit()
        mend = "keep ids as strings or read integers exactly" if integer else "read decimals exactly, never as a double"
        return f"read as a double and rounded; {mend}"
    negative, digits, power = asked.exact
    if (negative, digits) != sent.exact[:2] and power == sent.exact[2] and digits == sent.exact[1]:
        return "the sign was lost"
    if isinstance(power, int) and power < 0 and asked.lexeme.split(".")[0].lstrip("-") == sent.lexeme.lstrip("-"):
        return "the fraction was cut off"
    return "the number was rounded or changed"


def _exact(lexeme: str) -> tuple[bool, str, int | str] | None:
    return None if lexeme == "null" else Number(lexeme).exact


def _as_double(number: Number) -> float:
    return float(number.lexeme)


def _of_string(asked: str, sent: Value | Absent) -> Cause:
    if isinstance(sent, Number):
        return "a string of digits became a number; keep ids, postcodes and phone numbers as strings"
    if sent is None:
        return "an empty string became null" if not asked else "a string became null"
    if isinstance(sent, bool | list | Object) or not isinstance(sent, str):
        return "a string became something else"
    return next((cause for cause, change in _STRING_CHANGES if _changed(change, asked) == sent), None)


def _changed(change: Callable[[str], str | None], text: str) -> str | None:
    try:
        return change(text)
    except ValueError:  # the text has no such encoding
        return None


_LONE = re.compile("[\ud800-\udfff]")

_STRING_CHANGES: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("blanks inside the string were eaten (a pattern that minifies must skip strings)", lambda t: re.sub(r"\s", "", t)),
    ("runs of blanks inside the string were joined", lambda t: re.sub(r"\s+", " ", t)),
    ("the text was trimmed", str.strip),
    ("the text was trimmed and its blanks joined", lambda t: " ".join(t.split())),
    ("UTF-8 was read as Latin-1", lambda t: t.encode().decode("latin-1")),
    ("UTF-8 was read as Windows-1252", lambda t: t.encode().decode("cp1252")),
    ("characters beyond ASCII were replaced by ?", lambda t: t.encode("ascii", "replace").decode()),
    ("characters beyond ASCII were dropped", lambda t: t.encode("ascii", "ignore").decode()),
    ("characters beyond Latin-1 were replaced by ?", lambda t: t.encode("latin-1", "replace").decode("latin-1")),
    ("a lone surrogate was replaced", lambda t: _LONE.sub("\ufffd", t)),
    ("a lone surrogate was replaced", lambda t: _LONE.sub("?", t)),
    ("a lone surrogate was dropped", lambda t: _LONE.sub("", t)),
    ("the text was normalised (NFC)", lambda t: unicodedata.normalize("NFC", t)),
    ("the text was normalised (NFKC)", lambda t: unicodedata.normalize("NFKC", t)),
    ("the text was HTML-escaped", lambda t: html.escape(t, quote=False)),
    ("the text was HTML-escaped", html.escape),
    ("the text was HTML-unescaped", html.unescape),
    ("the text was percent-decoded", unquote),
    ("the text was percent-encoded", quote),
    ("the text was percent-encoded", lambda t: quote(t, safe="")),
    ("+ became a blank", lambda t: t.replace("+", " ")),
    ("blanks became +", lambda t: t.replace(" ", "+")),
    ("escapes were escaped once more", lambda t: tokens.quote(t)[1:-1]),
    ("/ was escaped twice", lambda t: t.replace("/", "\\/")),
    ("backslashes were dropped", lambda t: t.replace("\\", "")),
    ("the text was cut at a NUL", lambda t: t.partition("\0")[0]),
    ("control characters were dropped", lambda t: re.sub(r"[\x00-\x1f\x7f]", "", t)),
    ("line ends were changed", lambda t: t.replace("\r\n", "\n")),
    ("line ends were changed", lambda t: t.replace("\n", "\r\n")),
    ("the text was put in lower case", str.lower),
    ("the text was put in upper case", str.upper),
)
