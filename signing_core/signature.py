"""The text of a signature header: standard base64 with padding, in one line (P2, P45; RFC 4648, section 4)."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64

from signing_core.errors import InvalidSignature

__all__ = ["decode", "encode"]


def encode(raw: bytes) -> str:
    """The header's text for a signature. Raises TypeError for what is not bytes, InvalidSignature for no bytes."""
    if not isinstance(raw, bytes):
        raise TypeError(f"a signature is bytes, not {type(raw).__name__}")
    if not raw:
        raise InvalidSignature("the signature is empty: signing has failed, and the failure was not noticed")
    return b2a_base64(raw, newline=False).decode()


def decode(text: str | bytes) -> bytes:
    """The signature in a header's text; blanks and tabs at its ends are dropped (P45).

    Strict: what is returned encodes to that text again. Raises InvalidSignature, naming the likely cause and the mend,
    for any other text, and TypeError for what is neither str nor bytes.
    """
    if isinstance(text, bytes):
        text = text.decode("latin-1")  # one character an octet, so that offsets stay
    elif not isinstance(text, str):
        raise TypeError(f"a signature header is str or bytes, not {type(text).__name__}")
    text = text.strip(" \t")
    try:
        raw = a2b_base64(text)
    except ValueError:  # malformed, or not ASCII
        raw = b""
    if raw and b2a_base64(raw, newline=False).decode() == text:
        return raw
    raise InvalidSignature(f"{_fault(text)} (P45)")


# What is no base64, likeliest cause first: what gives it away -> what it is, and the mend.
_FOREIGN = (
    (
        re.compile(r"[\r\n]"),
        "a line break at {at}",
        "it was wrapped, or a newline came along; encode without line breaks",
    ),
    (re.compile(r","), "a comma at {at}", "two header values were joined; send the header once"),
    (re.compile(r"[-_]"), "{shown} at {at}", "it looks like base64url; use standard base64, with '+' and '/'"),
    (re.compile(r" "), "a blank at {at}", "a '+' may have been decoded as in a form; send the text as it was encoded"),
    (re.compile(r"%[0-9A-Fa-f]{2}"), "{shown} at {at}", "it was URL-encoded; send the text as it was encoded"),
    (re.compile(r"[^A-Za-z0-9+/=]"), "{shown} at {at}", "it is no base64 digit; send the encoded signature alone"),
    (
        re.compile(r"=(?=[^=])"),
        "padding before its end, at {at}",
        "texts were strung together; encode the signature once",
    ),
)


def _fault(text: str) -> str:
    """What keeps the stripped text from being strict base64, and the mend."""
    if not text:
        return "the signature header is empty; signing may have failed unnoticed"
    for pattern, what, mend in _FOREIGN:
        found = pattern.search(text)
        if found:
            return f"the signature header holds {what.format(shown=ascii(found[0]), at=found.start())}: {mend}"
    digits = len(text.rstrip("="))
    padding, wanted = len(text) - digits, -digits % 4
    if not digits:
        return "the signature header is padding alone; signing may have failed unnoticed"
    if digits % 4 == 1:
        return f"the signature header is cut short: {digits} base64 digits do not make whole bytes"
    if padding < wanted:
        return f"the signature header lacks padding; keep the {'=' * wanted!r} that ends standard base64"
    if padding > wanted:
        return f"the signature header ends in {padding} '=' where {wanted} belong; send the text as it was encoded"
    return (
        f"the signature header ends in {text[digits - 1]!r} before its padding, whose last bits should be zero; "
        "send the text as it was encoded"
    )
