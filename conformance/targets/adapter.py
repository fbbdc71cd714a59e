"""A Python object behind the protocol's commands: ``hello``, ``key`` and a method for each op it supports.

Fields reach the methods as keyword arguments, bytes as bytes and text as str; absent fields are not passed. What a
method returns or raises becomes the answer.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from conformance.targets.base import PROTOCOL_VERSION, Refused, Skip, without_keys

_BYTES = frozenset({"body", "text", "private", "public", "json_text"})
_SECRETS = ("private_pem", "private", "password", "card_number")
_RETURNS: dict[str, tuple[str, type]] = {
    "message": ("value", bytes),
    "minify": ("value", bytes),
    "sign": ("signature", str),
    "verify": ("valid", bool),
    "load_key": ("fingerprint", str),
    "build": ("request", Mapping),
}
_LONGEST_MESSAGE = 500  # characters of an exception's text that are passed on


class Adapter:
    """``answer`` puts a command to the object. Only SystemExit and the like get through: they would end a process."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def answer(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to ``hello``, ``key`` or ``op``; ``bye`` is the caller's."""
        name = {"id": command["id"]} if "id" in command else {}
        try:
            return {**name, **self._call(command)}
        except Refused as error:
            return {**name, "refused": _told(error, command)}
        except Skip as error:
            return {**name, ("skip" if name else "refused"): _told(error, command)}
        except Exception as error:
            return {**name, "error": {"kind": type(error).__name__, "message": _told(error, command)}}

    def _call(self, command: Mapping[str, Any]) -> dict[str, Any]:
        kind = command["cmd"]
        if kind == "hello":
            return {"protocol": PROTOCOL_VERSION, "max_inflight": 8, **self._target.hello()}
        if kind == "key":
            self._target.key(name=command["name"], private_pem=command["private_pem"], public_pem=command["public_pem"])
            return {"ok": True}
        op = command["op"]
        if op == "noop":
            return {}
        method = getattr(self._target, op, None)
        if method is None:
            raise AttributeError(f"{type(self._target).__name__} has no method {op!r}")
        fields = {
            field: base64.b64decode(value) if field in _BYTES else value
            for field, value in command.items()
            if field not in ("cmd", "id", "op")
        }
        return _result(op, method(**fields))


def _result(op: str, value: Any) -> dict[str, Any]:
    member, wanted = _RETURNS[op]
    if not isinstance(value, wanted):
        raise TypeError(f"{op} returned {type(value).__name__}, not {wanted.__name__}")
    if isinstance(value, bytes):
        return {member: _text(value)}
    if isinstance(value, Mapping):
        body = value.get("body")
        if not isinstance(body, bytes | None):
            raise TypeError(f"build returned a body of {type(body).__name__}, not bytes or None")
        value = {**value, "body": None if body is None else _text(body)}
    return {member: value}


def _text(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _told(error: Exception, command: Mapping[str, Any]) -> str:
    """The exception's text without the secrets of the command that raised it."""
    try:
        text = str(error)
    except Exception:
        return "(its text cannot be had)"
    for field in _SECRETS:
        for piece in _pieces(field, command.get(field)):
            text = text.replace(piece, "[left out]")
    return without_keys(text[:_LONGEST_MESSAGE])


def _pieces(field: str, secret: str | None) -> list[str]:
    """A secret as it may show in a message: whole, or line by line, for a PEM is often quoted in part."""
    if not secret:
        return []
    if field in _BYTES:
        secret = base64.b64decode(secret).decode("utf-8", "backslashreplace")
    return [secret, *(line for line in secret.split() if len(line) >= 16)]
