"""The six documented forms: fields in, the bytes to sign out (S7, S8, S10, S28, S29, S36).

Text arguments are str, taken as UTF-8, or bytes, taken as they are; a body is bytes and is never altered (P3). An
empty field, or text that has no UTF-8 form, is a PayloadError whose ``place`` is the field's name; a wrong type is a
TypeError. Method and URL may be empty if a verifier says ``strict=False``.
"""

from __future__ import annotations

import re

from signing_core import _url_text
from signing_core.errors import PayloadError

__all__ = ["card_details", "payout_card_details", "payout_lookup", "request", "response", "webhook"]

_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Z-]+")  # RFC 9110, section 5.6.2, without a to z (P44)
_CARD_NUMBER = re.compile(rb"[0-9]{12,19}")  # P11


def request(method: str | bytes, url: str | bytes, body: bytes = b"", strict: bool = True) -> bytes:
    """Method + full URL + body, without separators (S7, P1): what ``x-signature`` of a request signs.

    ``strict`` refuses a method that is not an upper-case token (P44) and a URL that does not reach the wire as it
    stands (P43; place: byte offset in the URL). A verifier passes ``strict=False`` and takes what came over the wire.
    The URL is never rewritten: sign the one that the client will send.
    """
    method_text, url_text = _text(method, "method"), _text(url, "url")
    message = method_text + url_text + _bytes(body, "body")
    if strict:
        if not _METHOD.fullmatch(method_text):
            raise PayloadError(f"{_method_fault(method_text)} (P44)", "method")
        for fault in _url_text.faults(url_text):
            raise PayloadError(f"{fault.what}, at byte {fault.place}; {fault.mend} (P43)", fault.place)
    return message


def card_details(transaction_id: str | bytes) -> bytes:
    """The bare transaction id: what ``x-short-signature`` of card details signs (S8, S20)."""
    return _filled(transaction_id, "transaction_id")


def payout_card_details(transaction_id: str | bytes, card_number: str | bytes) -> bytes:
    """Transaction id + first six + last four digits of the card number, without separators (S28).

    Raises PayloadError unless the number is 12 to 19 ASCII digits (P11); the error never shows the number.
    """
    start = _filled(transaction_id, "transaction_id")
    if isinstance(card_number, str):
        # Not through _text: the error of a failed encoding would carry the number along.
        card_number = card_number.encode("utf-8", "replace")
    number = _bytes(card_number, "card_number", "str or bytes")
    if not _CARD_NUMBER.fullmatch(number):
        odd = len(number) - len(re.findall(rb"[0-9]", number))
        found = f"{odd} of its {len(number)} bytes are no digits" if odd else f"it has {len(number)}"
        wanted = "12 to 19 digits without blanks or dashes are wanted (P11)"
        raise PayloadError(f"card_number: {found}; {wanted}", "card_number")
    return start + number[:6] + number[-4:]


def payout_lookup(value: str | bytes) -> bytes:
    """The decoded value of ``uuid`` or ``external_id`` alone: what a payout look-up signs (S29, P8)."""
    return _filled(value, "value")


def response(body: bytes) -> bytes:
    """The body alone: what an API response signs (S10, P13). An empty body is signed too (P15)."""
    return _bytes(body, "body")


def webhook(body: bytes) -> bytes:
    """The body alone: what a webhook signs (S36, P13)."""
    return _bytes(body, "body")


def _text(value: str | bytes, field: str) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise TypeError(f"{field} is str or bytes, not {type(value).__name__}")
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        place, unit = error.start, ord(value[error.start])
    raise PayloadError(f"{field}: character {place} is the lone surrogate U+{unit:04X}, which has no UTF-8 form", field)


def _filled(value: str | bytes, field: str) -> bytes:
    text = _text(value, field)
    if not text:
        raise PayloadError(f"{field} is empty; without it the signature binds nothing", field)
    return text


def _bytes(value: bytes, field: str, wanted: str = "bytes: encode it once, then sign and send the same bytes") -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"{field} is {wanted}, not {type(value).__name__}")
    return value


def _method_fault(method: bytes) -> str:
    shown = method[:20].decode("ascii", "backslashreplace")
    if not method:
        return "method is empty; write GET or POST"
    if _METHOD.fullmatch(method.upper()):
        return f"method {shown!r} is not in upper case; sign and send {shown.upper()!r}"
    return f"method {shown!r} is no HTTP token; write GET or POST without blanks"
