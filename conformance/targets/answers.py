"""Answers against the protocol's schema: the shapes that each command's answer may have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from conformance.resources import vectors_root

# The member by which a command's own answer is told from the others.
RESULTS = {
    "hello": "supports",
    "key": "ok",
    "message": "value",
    "sign": "signature",
    "verify": "valid",
    "minify": "value",
    "load_key": "fingerprint",
    "build": "request",
    "noop": "id",
}
_INSTEAD = ("refused", "error", "skip")


def complaint(kind: str, answer: Mapping[str, Any]) -> str | None:
    """What is wrong with the shape of an answer, in a sentence; None where it fits the schema.

    ``kind`` is ``hello``, ``key`` or the op. ``hello`` may be answered by ``error``: the harness cannot work here.
    Values are not repeated in the sentence.
    """
    validators = _validators()[kind]
    validator = validators[RESULTS[kind]]
    for member in _INSTEAD:
        if member in answer and member in validators:
            validator = validators[member]
    try:
        validator.validate(answer)
    except ValidationError as error:
        place = "".join(f"/{step}" for step in error.instance_path)
        return f"the answer to {kind} has the wrong shape: {f'at {place}, ' if place else ''}{error.message}"
    except ValueError as error:  # a lone surrogate: no text that the schema could speak of
        return f"the answer to {kind} holds text that is no Unicode: {error}"
    return None


@cache
def _validators() -> dict[str, dict[str, Draft202012Validator]]:
    """kind -> telling member -> compiled alternative of the schema's ``answer``."""
    schema = json.loads((vectors_root() / "schema" / "protocol.schema.json").read_text("utf-8"))
    shared = {name: schema["$defs"][name] for name in ("bytes", "header")}
    compiled = {
        frozenset(alternative["required"]): Draft202012Validator({**alternative, "$defs": shared}, mask="the value")
        for alternative in schema["$defs"]["answer"]["oneOf"]
    }
    by_kind: dict[str, dict[str, Draft202012Validator]] = {}
    for kind, result in RESULTS.items():
        if kind == "hello":
            hello = next(required for required in compiled if result in required)
            by_kind[kind] = {result: compiled[hello], "error": compiled[frozenset({"error"})]}
        elif kind == "key":
            by_kind[kind] = {member: compiled[frozenset({member})] for member in (result, "refused", "error")}
        else:
            by_kind[kind] = {member: compiled[frozenset({"id", member})] for member in (result, *_INSTEAD)}
    return by_kind
