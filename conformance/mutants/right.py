"""A right implementation in named stages, for mutants to break one of.

It does what ``conformance.reference`` does. A mutant is a subclass with a stage or two replaced; which ops it can
answer wrongly follows from that, by ``OPS_OF_STAGE``. Elsewhere it is this class, which must pass every case.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.model import OPS
from conformance.mutants.keyring import Keyring
from conformance.targets import Refused
from signing_core import (
    InvalidSignature,
    KeyFormatError,
    PayloadError,
    PrivateKey,
    PublicKey,
    WeakKeyError,
    canonical,
    messages,
    signature,
)

OPS_OF_STAGE = {
    "compose": ("message", "sign", "verify", "build"),
    "signature": ("sign", "build"),
    "encode": ("sign", "build"),
    "decode": ("verify",),
    "holds": ("verify",),
    "parse": ("build",),
    "serialise": ("build",),
    "fields": ("build",),
    "admit": ("build",),
    "built": ("build",),
    "sent_method": ("build",),
    "sent_url": ("build",),
    "sent_body": ("build",),
    "headers": ("build",),
    **{op: (op,) for op in OPS},
}
"""Stage of ``Right`` -> the ops whose answers pass through it; an op itself is a stage, too."""

Fields = dict[str, Any]
LOOKUP_PARAMETERS = ("uuid", "external_id")
SHORT_FORMS = ("card_details", "payout_card_details")


class Right:
    """Answers every op rightly."""

    def __init__(self, keys: Keyring) -> None:
        self.keys = keys

    # --- ops --------------------------------------------------------------------------------------------------------

    def message(self, form: str, **fields: Any) -> bytes:
        """The bytes to sign."""
        return self._composed(form, fields)

    def sign(self, form: str, key: str, **fields: Any) -> str:
        """The header's text."""
        return self.encode(self.signature(key, self._composed(form, fields)))

    def verify(self, form: str, key: str, signature: str, **fields: Any) -> bool:
        """Whether the header fits what came over the wire."""
        try:
            return self.holds(key, self.compose(form, fields, strict=False), self.decode(signature))
        except (InvalidSignature, PayloadError):
            return False

    def minify(self, text: bytes) -> bytes:
        """Lexical minification."""
        return minified(text)

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        """The fingerprint of a key file."""
        return fingerprint(private, public, password)

    def build(
        self, form: str, method: str, url: str, merchant_id: str, key: str, json_text: bytes | None = None
    ) -> dict[str, Any]:
        """A whole request: parse, serialise, sign what will be sent, send it."""
        try:
            value = None if json_text is None else self.parse(json_text)
            body = None if json_text is None else self.serialise(value)
            self.admit(method, url)
            message = self.built(form, self.fields(form, method, url, body or b"", value))
        except PayloadError as error:
            raise Refused(str(error)) from None
        text = self.encode(self.signature(key, message))
        return {
            "method": self.sent_method(method),
            "url": self.sent_url(url),
            "body": None if body is None else self.sent_body(body),
            "headers": self.headers(form, text, merchant_id),
        }

    def _composed(self, form: str, fields: Fields) -> bytes:
        try:
            return self.compose(form, fields, strict=True)
        except PayloadError as error:
            raise Refused(str(error)) from None

    # --- stages -----------------------------------------------------------------------------------------------------

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        """The form's message. PayloadError where it must be refused."""
        if form == "request":
            return messages.request(**fields, strict=strict)
        make: Callable[..., bytes] = getattr(messages, form)
        return make(**fields)

    def signature(self, key: str, message: bytes) -> bytes:
        """The raw signature of a message."""
        return self.keys[key].sign(message)

    def encode(self, raw: bytes) -> str:
        """The header's text for a raw signature."""
        return signature.encode(raw)

    def decode(self, text: str) -> bytes:
        """The raw signature in a header's text. InvalidSignature where it is malformed."""
        return signature.decode(text)

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        """Whether a raw signature fits a message."""
        return self.keys[key].holds(message, raw)

    def parse(self, json_text: bytes) -> Any:
        """The JSON value with nothing lost."""
        return json.loads(minified(json_text), parse_float=Decimal, object_pairs_hook=_object)

    def serialise(self, value: Any) -> bytes:
        """The body that is signed."""
        return canonical.dumps(value, non_ascii="escape")

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        """What a built request means for its form."""
        match form:
            case "request":
                return {"method": method, "url": url, "body": body}
            case "card_details":
                return {"transaction_id": member(value, "transaction_id")}
            case "payout_card_details":
                return {
                    "transaction_id": member(value, "transaction_id"),
                    "card_number": member(value, "number"),
                }
            case "payout_lookup":
                return {"value": looked_up(url)}
        return {"body": body}

    def built(self, form: str, fields: Fields) -> bytes:
        """The message of a built request."""
        return self.compose(form, fields, strict=True)

    def admit(self, method: str, url: str) -> None:
        """Refuses what no form is sent to (P43, P44)."""
        messages.request(method, url)

    def sent_method(self, method: str) -> str:
        """The method that the client sends."""
        return method

    def sent_url(self, url: str) -> str:
        """The URL that the client sends."""
        return url

    def sent_body(self, body: bytes) -> bytes | None:
        """The body that the client sends."""
        return body

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        """The headers that the client sends."""
        headers = {"x-short-signature" if form in SHORT_FORMS else "x-signature": text}
        if form not in ("response", "webhook"):
            headers["x-merchant-id"] = merchant_id
        return headers


def minified(text: bytes) -> bytes:
    """What ``minify`` answers; Refused where the text is not JSON."""
    try:
        return canonical.minify(text)
    except PayloadError as error:
        raise Refused(str(error)) from None


@lru_cache(maxsize=4096)  # deriving a key from a password takes long, and every mutant of load_key does it
def _fingerprint(private: bytes | None, public: bytes | None, password: str | None) -> str | Exception:
    try:
        if private is not None:
            return PrivateKey.from_pem(private, None if password is None else password.encode()).fingerprint
        return PublicKey.from_pem(public or b"").fingerprint
    except (KeyFormatError, WeakKeyError) as error:
        return error


def fingerprint(private: bytes | None, public: bytes | None, password: str | None) -> str:
    """What ``load_key`` answers; Refused where the file holds no usable key."""
    found = _fingerprint(private, public, password)
    if isinstance(found, str):
        return found
    raise Refused(str(found))


def member(value: Any, name: str) -> str:
    """A text member of a body. PayloadError where there is none."""
    if not isinstance(value, dict) or not isinstance(value.get(name), str):
        raise PayloadError(f"the body has no text field {name!r}, which this form signs", name)
    text: str = value[name]
    return text


def looked_up(url: str) -> str:
    """The one value that a payout look-up asks for (P8). PayloadError where there is not exactly one."""
    pairs = [pair for pair in parse_qsl(urlsplit(url).query, keep_blank_values=True) if pair[0] in LOOKUP_PARAMETERS]
    if len(pairs) != 1:
        raise PayloadError(f"a payout look-up takes one of uuid and external_id, this URL has {len(pairs)} (P8)", "url")
    return pairs[0][1]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise PayloadError("a name stands twice in one object")
    return value
