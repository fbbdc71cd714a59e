"""One question put to a target: an op and its fields, as a vector file spells them (bytes are base64 text)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BYTES = frozenset({"body", "text", "json_text"})


@dataclass(frozen=True, slots=True)
class Ask:
    """An op with its input."""

    op: str
    input: Mapping[str, Any]

    def __hash__(self) -> int:
        return hash(self.spelled)

    @classmethod
    def of(cls, op: str, **fields: Any) -> Ask:
        """From Python values: bytes become base64, fields that are None are left out."""
        spelled = {
            name: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
            for name, value in fields.items()
            if value is not None
        }
        return cls(op, spelled)

    @property
    def form(self) -> str | None:
        """The form of the message; None for minify."""
        return self.input.get("form")

    @property
    def fields(self) -> dict[str, Any]:
        """The input as Python values: bytes as bytes."""
        return {name: base64.b64decode(value) if name in BYTES else value for name, value in self.input.items()}

    @property
    def spelled(self) -> str:
        """The question as one line of JSON: equal questions have equal lines, and small ones short ones."""
        return json.dumps({"op": self.op, **self.input}, sort_keys=True, separators=(",", ":"))

    @property
    def size(self) -> tuple[int, str]:
        """What orders questions from small to large."""
        return len(self.spelled), self.spelled
