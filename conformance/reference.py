"""signing_core as a target: ``python:conformance.reference:Reference``.

It does what the merchant API document and the project's policies demand and nothing more, so it also reads as the
shortest complete example of a ``python:`` target.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from decimal import Decimal
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.model import FORMS
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

_LOOKUP_PARAMETERS = ("uuid", "external_id")


class Reference:
    """The embedded reference implementation behind the harness protocol."""

    def __init__(self) -> None:
        self._private: dict[str, PrivateKey | None] = {}
        self._public: dict[str, PublicKey] = {}

    def hello(self) -> dict[str, Any]:
        """Who this is and what it can do: every op, every form."""
        forms = list(FORMS)
        return {
            "protocol": 1,
            "implementation": {
                "name": "signkit reference",
                "version": version("signkit"),
                "language": "Python",
                "runtime": f"{platform.python_implementation()} {platform.python_version()}",
                "url": "https://pypi.org/project/signkit/",
            },
            "supports": {
                "message": forms,
                "sign": forms,
                "verify": forms,
                "build": forms,
                "minify": True,
                "load_key": True,
            },
            "max_inflight": 64,
        }

    def key(self, name: str, private_pem: str | None, public_pem: str) -> None:
        """Take a named key; Refused where signing_core refuses it."""
        try:
            self._private[name] = None if private_pem is None else PrivateKey.from_pem(private_pem)
            self._public[name] = PublicKey.from_pem(public_pem)
        except (KeyFormatError, WeakKeyError) as error:
            raise Refused(str(error)) from None

    def message(self, form: str, **fields: Any) -> bytes:
        """The bytes to sign, policies P11, P43 and P44 enforced."""
        try:
            return _message(form, fields)
        except PayloadError as error:
            raise Refused(str(error)) from None

    def sign(self, form: str, key: str, **fields: Any) -> str:
        """The header's text."""
        return signature.encode(self._signer(key).sign(self.message(form, **fields)))

    def verify(self, form: str, key: str, signature: str, **fields: Any) -> bool:
        """Whether the header's text fits what came over the wire: nothing about the URL is refused here."""
        try:
            message = _message(form, fields, strict=False)
            self._public[key].verify(message, _decode(signature))
        except (InvalidSignature, PayloadError):
            return False
        return True

    def minify(self, text: bytes) -> bytes:
        """Lexical minification (P4, P42)."""
        try:
            return canonical.minify(text)
        except PayloadError as error:
            raise Refused(str(error)) from None

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        """The fingerprint of a key file (P18, P19, P46)."""
        try:
            if private is not None:
                secret = None if password is None else password.encode()
                return PrivateKey.from_pem(private, password=secret).fingerprint
            return PublicKey.from_pem(public or b"").fingerprint
        except (KeyFormatError, WeakKeyError) as error:
            raise Refused(str(error)) from None

    def build(
        self, form: str, method: str, url: str, merchant_id: str, key: str, json_text: bytes | None = None
    ) -> dict[str, Any]:
        """A whole request: parse exactly, write minified ASCII JSON, sign what will be sent (S41)."""
        try:
            value = None if json_text is None else _parse(json_text)
            body = None if json_text is None else canonical.dumps(value, non_ascii="escape")
            messages.request(method, url)  # every form is sent to a URL, so P43 and P44 hold for all
            message = _BUILDERS[form](method, url, body or b"", value)
        except PayloadError as error:
            raise Refused(str(error)) from None
        text = signature.encode(self._signer(key).sign(message))
        headers = {"x-short-signature" if form in ("card_details", "payout_card_details") else "x-signature": text}
        if form not in ("response", "webhook"):
            headers["x-merchant-id"] = merchant_id
        return {"method": method, "url": url, "body": body, "headers": headers}

    def _signer(self, name: str) -> PrivateKey:
        private = self._private[name]
        if private is None:
            raise Refused(f"key {name!r} came without its private half")
        return private


def _message(form: str, fields: dict[str, Any], *, strict: bool = True) -> bytes:
    if form == "request":
        return messages.request(**fields, strict=strict)
    make: Callable[..., bytes] = getattr(messages, form)
    return make(**fields)


def _decode(text: str) -> bytes:
    return signature.decode(text)


def _parse(json_text: bytes) -> Any:
    """The JSON value with nothing lost: numbers with a fraction or exponent become Decimal. Strictness is minify's."""
    return json.loads(canonical.minify(json_text), parse_float=Decimal, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise PayloadError("a name stands twice in one object: receivers disagree on which value counts; keep one")
    return value


def _field(value: Any, name: str) -> str:
    if not isinstance(value, dict) or not isinstance(value.get(name), str):
        raise PayloadError(f"the body has no text field {name!r}, which this form signs", name)
    text: str = value[name]
    return text


def _lookup(method: str, url: str, body: bytes, value: Any) -> bytes:
    pairs = [pair for pair in parse_qsl(urlsplit(url).query, keep_blank_values=True) if pair[0] in _LOOKUP_PARAMETERS]
    if len(pairs) != 1:
        raise PayloadError(f"a payout look-up takes one of uuid and external_id, this URL has {len(pairs)} (P8)", "url")
    return messages.payout_lookup(pairs[0][1])


_BUILDERS: dict[str, Callable[[str, str, bytes, Any], bytes]] = {
    "request": lambda method, url, body, value: messages.request(method, url, body),
    "card_details": lambda method, url, body, value: messages.card_details(_field(value, "transaction_id")),
    "payout_card_details": lambda method, url, body, value: messages.payout_card_details(
        _field(value, "transaction_id"), _field(value, "number")
    ),
    "payout_lookup": _lookup,
    "response": lambda method, url, body, value: messages.response(body),
    "webhook": lambda method, url, body, value: messages.webhook(body),
}
