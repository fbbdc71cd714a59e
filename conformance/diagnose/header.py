"""Reads a signature header's text, and where it is not strict base64 (P2, P45) tells what it is instead."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote


class HeaderText(NamedTuple):
    """The signature's bytes, as far as they can be told, and what is wrong with the text (None: nothing)."""

    raw: bytes | None
    defect: str | None


def strict(text: str) -> bytes | None:
    """The bytes of a header value: blanks and tabs at its ends stripped, then standard base64 that re-encodes to itself
    (P45); None for anything else, the empty value too."""
    text = text.strip(" \t")
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    return raw if raw and base64.b64encode(raw).decode() == text else None


def _between(opening: str, closing: str) -> Callable[[str], str | None]:
    def undo(text: str) -> str | None:
        framed = text.startswith(opening) and text.endswith(closing) and len(text) > len(opening + closing)
        return text[len(opening) : len(text) - len(closing)] if framed else None

    return undo


def _hex(text: str) -> str | None:
    pairs = re.fullmatch(r"(?:[0-9A-Fa-f]{2}:?)+", text)
    return base64.b64encode(bytes.fromhex(text.replace(":", ""))).decode() if pairs else None


def _twice(text: str) -> str | None:
    inner = strict(text)
    return inner.decode("ascii") if inner and strict(inner.decode("latin-1")) else None


def _json_array(text: str) -> str | None:
    numbers = re.fullmatch(r"\[?\s*\d{1,3}(?:\s*,\s*\d{1,3})+\s*\]?", text)
    values = [int(number) for number in re.findall(r"\d+", text)] if numbers else []
    return base64.b64encode(bytes(values)).decode() if values and max(values) < 256 else None


# Most specific first: (defect, what undoes it). A row counts when the undone text is strict base64.
_ROWS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("begins with a byte order mark", lambda t: t.removeprefix("\ufeff").removeprefix("\xef\xbb\xbf")),
    ("ends in a newline, as echo, jq and some encoders add", lambda t: t.rstrip("\r\n")),
    (
        "is wrapped into lines; switch line wrapping off (base64 -w0, Base64.getEncoder())",
        lambda t: re.sub(r"[\r\n]+[ \t]*", "", t) if re.search(r"[\r\n]", t) else None,
    ),
    ("holds line breaks as the two characters \\n", lambda t: re.sub(r"\\r|\\n", "", t)),
    ("is hex; encode the signature in base64", _hex),
    (
        "is base64url; use the standard alphabet with + and /",
        lambda t: t.replace("-", "+").replace("_", "/") + "=" * (-len(t) % 4) if re.search("[-_]", t) else None,
    ),
    ("lacks its padding (=)", lambda t: t + "=" * (-len(t) % 4)),
    ("has surplus padding (=)", lambda t: t.rstrip("=") + "=" * (-len(t.rstrip("=")) % 4)),
    ("is in quotes", _between('"', '"')),
    ("is a Python bytes literal, b'...'; decode it to text", _between("b'", "'")),
    ("is in quotes", _between("'", "'")),
    ("is percent-encoded", lambda t: unquote(t) if "%" in t else None),
    ("has blanks where + stood: it was decoded as a form", lambda t: t.strip(" ").replace(" ", "+")),
    ("escapes / as \\/", lambda t: t.replace("\\/", "/")),
    ("is a list of byte values; encode the signature in base64", _json_array),
    ("is preceded by a scheme or name", lambda t: re.sub(r"^[A-Za-z0-9_ -]{1,40}[=: ]\s*(?=[A-Za-z0-9+/]{20})", "", t)),
    ("holds blanks", lambda t: re.sub(r"[ \t\r\n]+", "", t)),
    ("holds several values joined by a comma", lambda t: max(t.split(","), key=len).strip() if "," in t else None),
    ("ends in a character that is not base64", lambda t: t[:-1]),
    ("holds characters that are not base64, which lax decoders skip", lambda t: re.sub(r"[^A-Za-z0-9+/=]", "", t)),
)
_FALSE_WORDS = frozenset({"null", "undefined", "none", "nil", "false", "true", "nan", "array", "[object object]"})


def read(text: str, k: int) -> HeaderText:
    """What a header says. ``k`` is the expected length of the signature in bytes."""
    if text.strip().lower() in _FALSE_WORDS:
        return HeaderText(None, f"is the word {json.dumps(text.strip())}: the signing call failed or was not awaited")
    raw = strict(text)
    if raw is not None:
        # base64 of base64 is strict too: only the length can tell
        inner = _twice(text.strip(" \t")) if len(raw) != k else None
        hexadecimal = _hex(text.strip(" \t")) if len(raw) != k and len(text.strip(" \t")) == 2 * k else None
        if inner is not None:
            return HeaderText(strict(inner), "is encoded in base64 twice")
        if hexadecimal is not None:
            return HeaderText(strict(hexadecimal), "is hex; encode the signature in base64")
        return HeaderText(raw, None)
    if not text.strip():
        return HeaderText(None, "is empty: the signing call failed and its error was swallowed, or nothing was signed")
    if len(text) == k and not text.isascii():
        return HeaderText(text.encode("latin-1"), "is the raw signature; encode it in base64")
    nearly = None
    for defect, undo in _ROWS:
        undone = undo(text)
        raw = None if undone is None or undone == text else strict(undone)
        if raw is not None and len(raw) == k:
            return HeaderText(raw, defect)
        if raw is not None and len(raw) * 4 >= k * 3:
            nearly = nearly or HeaderText(raw, defect)
    return nearly or HeaderText(*_trailing_bits(text))


def _trailing_bits(text: str) -> tuple[bytes | None, str]:
    try:
        raw = base64.b64decode(text.strip(" \t").encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        wrong = re.search(r"[^A-Za-z0-9+/=]", text)
        where = f": the first wrong character is at {wrong.start()}" if wrong else ""
        return None, f"is not base64{where}"
    return raw, "has non-zero bits after the last byte: it does not re-encode to itself"
