"""Paths of JSON values, as messages and findings show them: ``$.payer_details.first_name``, ``$.items[3]``."""

from __future__ import annotations

import json
import re

__all__ = ["extend", "short"]

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 40  # characters of a member's name that are shown


def extend(path: str, step: str | int) -> str:
    """The path of a member (by name) or an item (by index) of the value at ``path``; ASCII, long names shortened."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if len(step) > _LONGEST:
        step = step[:_LONGEST] + "..."
    return f"{path}.{step}" if _SIMPLE.fullmatch(step) else f"{path}[{json.dumps(step)}]"


def short(text: str) -> str:
    """The text, or its beginning and three dots if it has more than 60 characters: for messages."""
    return text if len(text) <= 60 else f"{text[:57]}..."
