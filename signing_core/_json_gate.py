"""Which Python values may be written as JSON, and who is to blame if not (P17, P24, P41).

``passes`` is quick and looks at whole containers by the set of their types, so that a body of strings costs next to
nothing. ``blame`` is slow and only runs if something is amiss: it walks the value in order and names the first culprit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from dataclasses import is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any
from uuid import UUID

from signing_core._json_path import extend, short
from signing_core._json_text import MAX_DEPTH
from signing_core.errors import PayloadError

__all__ = ["blame", "exact", "passes"]

_MAX_DIGITS = 64  # of a Decimal, P41
_SCALARS = frozenset({str, int, bool, type(None)})
_CONTAINERS = frozenset({dict, list, tuple})


def passes(values: Collection[Any], depth: int = 0) -> bool:
    """False if a value, or one inside it, is of a type or a float that may not be written, or nested too deep.

    Names, the range of ints, lone surrogates and the digits of Decimals are not looked at: the writer refuses those.
    """
    if _SCALARS.issuperset(map(type, values)):
        return True
    for value in values:
        kind = type(value)
        if kind in _SCALARS or kind is Decimal or (kind is float and _has_plain_form(value)):
            continue
        if kind not in _CONTAINERS or depth == MAX_DEPTH:
            return False
        if not passes(value.values() if kind is dict else value, depth + 1):
            return False
    return True


def _has_plain_form(value: float) -> bool:
    """True if the shortest decimal that reads back as this float is commonly written without an exponent."""
    return 1e-4 <= abs(value) < 1e16 or value == 0


def exact(value: Decimal) -> str:
    """A Decimal in plain notation, all digits kept. Raises ValueError: not finite, or over 64 digits (P41)."""
    fault = _decimal_fault(value)
    if fault:
        raise ValueError(fault)
    return format(value, "f")


def blame(value: Any, path: str = "$", depth: int = 0, *, ascii_only: bool) -> None:
    """Raise PayloadError or TypeError for the first value, in the order of writing, that may not be written."""
    if type(value) in _CONTAINERS and depth == MAX_DEPTH:
        raise PayloadError(
            f"{short(path)}: nested more than {MAX_DEPTH} deep, or within itself; flatten it (P41)", path
        )
    if type(value) is dict:
        for name, member in value.items():
            if type(name) is not str:
                raise TypeError(f"{short(path)}: a member's name is of type {type(name).__name__}; names are str")
            place = extend(path, name)
            _blame_text(name, place, "the name", ascii_only)
            blame(member, place, depth + 1, ascii_only=ascii_only)
    elif type(value) in _CONTAINERS:
        for index, item in enumerate(value):
            blame(item, extend(path, index), depth + 1, ascii_only=ascii_only)
    elif type(value) is str:
        _blame_text(value, path, "the text", ascii_only)
    elif type(value) in (int, float, Decimal):
        fault = _number_fault(value)
        if fault:
            raise PayloadError(f"{short(path)}: the number {fault} (P41)", path)
    elif type(value) not in _SCALARS:
        raise TypeError(f"{short(path)}: {type(value).__name__} is not JSON; {_mend(value)}")


_SURROGATE = re.compile("[\ud800-\udfff]")
_NON_ASCII = re.compile("[^\x00-\x7f]")


def _blame_text(text: str, path: str, what: str, ascii_only: bool) -> None:
    surrogate = _SURROGATE.search(text)
    if surrogate:
        shown = f"U+{ord(surrogate[0]):04X}"
        raise PayloadError(
            f"{short(path)}: {what} holds the lone surrogate {shown}, half a character; mend its source", path
        )
    foreign = _NON_ASCII.search(text) if ascii_only else None
    if foreign:
        shown = f"U+{ord(foreign[0]):04X}"
        mend = "spell it in ASCII, or pass non_ascii='escape'"
        raise PayloadError(
            f"{short(path)}: {what} holds {shown}, and transaction data is ASCII only; {mend} (S2, P17)", path
        )


def _number_fault(value: int | float | Decimal) -> str | None:
    if isinstance(value, int):
        return None if -(2**63) <= value < 2**64 else "is outside -2^63 to 2^64-1; send it as a string"
    if isinstance(value, Decimal):
        return _decimal_fault(value)
    if not isfinite(value):
        return f"is {value}, which is not JSON; send null or leave the member out"
    if not _has_plain_form(value):
        return f"{value!r} needs an exponent, which encoders spell differently; pass a Decimal or a string"
    return None


def _decimal_fault(value: Decimal) -> str | None:
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return f"is {value}, which is not JSON; send null or leave the member out"
    integer_digits = max(len(digits) + exponent, 1) if any(digits) else 1  # 0.001 and 0E+9 have one, 0
    written = integer_digits + max(-exponent, 0)
    return f"has {written} digits in plain notation, over {_MAX_DIGITS}; round it" if written > _MAX_DIGITS else None


_MENDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (Enum, "pass value.value"),
    (Mapping, "pass dict(value)"),
    (list, "pass list(value)"),
    (tuple, "pass tuple(value), or a dict of its fields"),
    (str, "pass a plain str"),
    (int, "pass int(value)"),
    (float, "pass float(value), or better a Decimal"),
    (Decimal, "pass a plain Decimal"),
    ((bytes, bytearray, memoryview), "decode it, or pass base64 text"),
    ((date, time), "pass text in the document's form, such as value.isoformat()"),
    (UUID, "pass str(value)"),
    (Set, "pass sorted(value)"),
)


def _mend(value: object) -> str:
    if is_dataclass(value):
        return "pass dataclasses.asdict(value)"
    return next(
        (mend for kind, mend in _MENDS if isinstance(value, kind)), "pass a dict, list, str, number, bool or None"
    )
