"""Deterministic minified JSON: ``dumps`` builds it from values, ``minify`` strips it from text (S41).

``dumps`` is orjson behind a gate: what orjson would write without a word, though it is no plain JSON value (UUID, enum,
ready fragments), is lost (NaN becomes null) or is spelt differently elsewhere (exponents), is refused first.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

import orjson

from signing_core import _json_text, _native
from signing_core._json_gate import blame, exact, passes
from signing_core.errors import NativeError

__all__ = ["dumps", "minify"]

NonASCII = Literal["reject", "escape", "allow"]
_MODES = ("reject", "escape", "allow")

_OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_NON_ASCII_RUN = re.compile("[^\x00-\x7f]+")


def dumps(obj: object, sort_keys: bool = False, non_ascii: NonASCII = "reject") -> bytes:
    """The value as minified JSON in UTF-8: the bytes to sign and to send.

    Takes dict (names are str), list, tuple, str, int, bool, None, float and Decimal; no subclasses and no other types,
    for what has no one spelling in JSON is the caller's to spell. A Decimal is written exactly, in plain notation.
    ``sort_keys`` orders members by the UTF-8 bytes of their names. ``non_ascii``: refuse such characters, in names too
    (the document allows only ASCII, S2), escape them (``\\u00e9``, beyond U+FFFF as surrogate pairs), or allow UTF-8.

    Raises TypeError for other types; PayloadError (place: a path such as ``$.payer_details.city``) for NaN and
    infinities, a float whose shortest form has an exponent, an int outside -2^63 to 2^64-1, a Decimal of more than 64
    digits, lone surrogates, nesting over 100 deep, and non-ASCII text if refused (P17, P24, P41).
    """
    if non_ascii not in _MODES:
        raise ValueError(f"non_ascii={non_ascii!r} is none of 'reject', 'escape' and 'allow'")
    text = _written(obj, sort_keys)
    if text is None or (non_ascii == "reject" and not text.isascii()):
        blame(obj, ascii_only=non_ascii == "reject")
        raise NativeError("orjson refused a value with which nothing is wrong")
    return text if non_ascii != "escape" or text.isascii() else _NON_ASCII_RUN.sub(_escaped, text.decode()).encode()


def minify(text: bytes) -> bytes:
    """The JSON text without the whitespace outside its strings; no token changes (P4).

    Number lexemes, escapes, the order of members and duplicate names stay. Raises PayloadError (place: byte offset)
    unless ``text`` is one RFC 8259 text in UTF-8 without byte order mark, nested at most 100 deep (P42), and TypeError
    for what is not bytes. Linear in time, without recursion.
    """
    if not isinstance(text, bytes):
        raise TypeError(f"minify takes bytes, not {type(text).__name__}; encode the text as UTF-8")
    if not _native.available:
        return _json_text.minify(text)
    fault, place, minified = _native.json_minify(text)
    if fault:
        _json_text.raise_fault(text, fault, place)
    return minified


def _written(obj: object, sort_keys: bool) -> bytes | None:
    """orjson's text, or None if the gate or orjson refuses the value."""
    if not passes((obj,)):
        return None
    try:
        return orjson.dumps(obj, _fragment, _OPTIONS | orjson.OPT_SORT_KEYS if sort_keys else _OPTIONS)
    except TypeError:
        return None


def _fragment(value: object) -> orjson.Fragment:
    """orjson's hook for types it does not know: after the gate only Decimal is left."""
    if type(value) is not Decimal:
        raise TypeError
    return orjson.Fragment(exact(value).encode())


def _escaped(run: re.Match[str]) -> str:
    units = run[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
