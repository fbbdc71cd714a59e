"""Rates and durations as people write them: 5000/s, 300_000/min, 5 ms, 0.005s."""

from __future__ import annotations

import re
from math import isfinite

from conformance.speed.model import BenchError

__all__ = ["duration", "rate"]

_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}
_PER = {"s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0, "d": 86_400.0}
_NUMBER = r"((?:\d(?:[\d_, ]*\d)?)?(?:\.\d+)?(?:e[+-]?\d+)?)"
_RATE = re.compile(_NUMBER + r"\s*([kKM]?)\s*(?:/|per)\s*([a-z]+)", re.ASCII)
_DURATION = re.compile(_NUMBER + r"\s*([a-zµμ]+)", re.ASCII)


def rate(text: str) -> float:
    """Calls a second of ``5000/s``, ``5k/s``, ``300000/min``, ``1M/h``. Raises BenchError."""
    found = _RATE.fullmatch(text.strip())
    if found is None or found[3] not in _PER:
        raise BenchError(f"{text!r} is not a rate; write it with its unit, as 5000/s, 300000/min or 1000000/h")
    return _positive(text, _number(text, found[1]) * {"": 1, "k": 1e3, "K": 1e3, "M": 1e6}[found[2]] / _PER[found[3]])


def duration(text: str) -> float:
    """Seconds of ``5ms``, ``0.005s``, ``800us``, ``1 min``. Raises BenchError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or found[2] not in _SECONDS:
        raise BenchError(f"{text!r} is not a duration; write it with its unit, as 5ms, 0.005s or 800us")
    return _positive(text, _number(text, found[1]) * _SECONDS[found[2]])


def _number(text: str, digits: str) -> float:
    """Thousands may be set apart; a comma where a decimal point is meant is no thousands' mark and is refused."""
    whole, _, rest = digits.partition(".")
    if not digits or digits.startswith("e"):
        raise BenchError(f"{text!r} holds no number; write one with its unit")
    groups = re.split(r"[_, ]", whole.partition("e")[0])
    if len(groups) > 1 and not (0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
        raise BenchError(f"{text!r}: set thousands apart in groups of three digits, and use a point for decimals")
    return float((re.sub(r"[_, ]", "", whole) or "0") + ("." + rest if rest else ""))


def _positive(text: str, value: float) -> float:
    if not (isfinite(value) and value > 0):
        raise BenchError(f"{text!r} must be more than 0 and finite")
    return value
