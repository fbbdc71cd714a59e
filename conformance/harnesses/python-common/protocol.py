"""The harness protocol (docs/harness-protocol.md) for whatever Python implementation stands behind it.

A harness subclasses ``Implementation``, says in ``supports`` which ops it has, and calls ``serve``.
"""

from __future__ import annotations

import base64
import json
import platform
import sys
from collections.abc import Callable
from typing import Any

import merchant

Fields = dict[str, Any]
FORMS = ["request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook"]
SIGNATURES = {"sign": FORMS, "verify": FORMS, "load_key": True}
EVERYTHING = {"message": FORMS, "build": FORMS, "minify": True, **SIGNATURES}
RUNTIME = f"CPython {platform.python_version()}"


class Refused(Exception):  # noqa: N818 - the protocol's word
    """The implementation declines the input; a ValueError says the same."""


class Implementation:
    """What stands behind the protocol; keys are the library's own objects. What is not implemented is skipped."""

    name: str
    version: str
    runtime: str = RUNTIME
    url: str
    supports: Fields = SIGNATURES

    def private_key(self, data: bytes, password: str | None) -> Any:
        """A private key of a file's content."""
        raise NotImplementedError("no private keys")

    def public_key(self, data: bytes) -> Any:
        """A public key of a file's content."""
        raise NotImplementedError("no public keys")

    def given_key(self, pem: bytes) -> Any:
        """A private key that the kit hands over to sign with; not what is put to the test."""
        return self.private_key(pem, None)

    def fingerprint(self, key: Any) -> str:
        """The SHA-256 of a key's public half as SubjectPublicKeyInfo in DER, hex."""
        raise NotImplementedError("no fingerprints")

    def sign(self, message: bytes, key: Any) -> str:
        """The text of the signature header."""
        raise NotImplementedError("no sign")

    def verify(self, message: bytes, signature: str, key: Any) -> bool:
        """Whether the text of a signature header fits; ``signature`` has a code point for each octet."""
        raise NotImplementedError("no verify")

    def send(self, call: merchant.Call) -> Fields:
        """Sends a call with the client; tells the method, url, body (bytes or None) and headers of what was sent."""
        raise NotImplementedError("no client")


def serve(implementation: Implementation) -> None:
    """Answers the lines of standard input until they end. Nothing that a line holds ends the harness."""
    session = _Session(implementation)
    for line in sys.stdin.buffer:
        told = session.answer(line)
        if told is None:
            return
        print(json.dumps(told), flush=True)


class _Session:
    """One conversation, with the keys that were handed over."""

    def __init__(self, implementation: Implementation) -> None:
        self._it = implementation
        self._keys: dict[str, tuple[Any, Any]] = {}  # the private half, where there is one, and the public half
        self._commands: dict[str, Callable[[Fields], Fields]] = {
            "hello": self._hello,
            "key": self._key,
            "op": lambda c: self._ops[c["op"]](c),
        }
        self._ops: dict[str, Callable[[Fields], Fields]] = {
            "noop": lambda c: {},
            "message": lambda c: {"value": _text(_message(c))},
            "sign": lambda c: {"signature": self._it.sign(_message(c), self._private(c))},
            "verify": lambda c: {"valid": self._it.verify(_message(c), c["signature"], self._keys[c["key"]][1])},
            "minify": lambda c: {"value": _text(merchant.minified(json.loads(_bytes(c["text"]))).encode())},
            "load_key": self._load_key,
            "build": self._build,
        }

    def answer(self, line: bytes) -> Fields | None:
        """The answer to one line; None for bye."""
        try:
            c = json.loads(line)
        except (ValueError, RecursionError):  # whose text would quote the line
            return _failure("protocol", "the line is not JSON")
        if not isinstance(c, dict):
            return _failure("protocol", "the line is not an object")
        if c.get("cmd") == "bye":
            return None
        try:
            told = self._commands[c["cmd"]](c)
        except (Refused, ValueError) as error:
            told = {"refused": str(error)}
        except NotImplementedError as why:
            told = {"skip": str(why)}
        except Exception as error:
            told = _failure(type(error).__name__, str(error))
        if isinstance(c.get("id"), str):
            told["id"] = c["id"]
        return told

    def _hello(self, c: Fields) -> Fields:
        it = self._it
        about = {"name": it.name, "version": it.version, "language": "Python", "runtime": it.runtime, "url": it.url}
        return {"protocol": 1, "implementation": about, "supports": it.supports, "max_inflight": 8}

    def _key(self, c: Fields) -> Fields:
        self._keys.pop(c["name"], None)
        private = None if c["private_pem"] is None else self._it.given_key(c["private_pem"].encode())
        self._keys[c["name"]] = private, self._it.public_key(c["public_pem"].encode())
        return {"ok": True}

    def _private(self, c: Fields) -> Any:
        private = self._keys[c["key"]][0]
        if private is None:
            raise LookupError("no private key of that name")
        return private

    def _load_key(self, c: Fields) -> Fields:
        if "public" in c:
            key = self._it.public_key(_bytes(c["public"]))
        else:
            key = self._it.private_key(_bytes(c["private"]), c["password"])
        return {"fingerprint": self._it.fingerprint(key)}

    def _build(self, c: Fields) -> Fields:
        key = self._private(c)
        json_text = _bytes(c["json_text"]) if "json_text" in c else None
        call = merchant.signed_call(
            c["form"], c["method"], c["url"], json_text, c["merchant_id"], lambda message: self._it.sign(message, key)
        )
        sent = self._it.send(call)
        return {"request": {**sent, "body": None if sent["body"] is None else _text(sent["body"])}}


def _message(c: Fields) -> bytes:
    return merchant.message(c["form"], {**c, "body": _bytes(c["body"])} if "body" in c else c)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _failure(kind: str, text: str) -> Fields:
    return {"error": {"kind": kind, "message": text}}
