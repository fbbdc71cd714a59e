"""Percentiles by nearest rank: each is a value that was measured, never one between two.

The p-th percentile of n values is the smallest that at least p % of them do not exceed. Percentiles are named by their
text ("99.9"), so that a file, a table and a plot mean the same; "100" is the greatest value.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["SHOWN", "percentile", "percentiles"]

SHOWN = ("50", "75", "90", "95", "99", "99.5", "99.9", "100")


def percentile(values: Sequence[float], wanted: str) -> float:
    """One percentile. Raises ValueError without values, or if ``wanted`` is no decimal number above 0 and up to 100."""
    return _of_sorted(sorted(values), _share(wanted))


def percentiles(values: Sequence[float], wanted: Sequence[str] = SHOWN) -> dict[str, float]:
    """Those that so many values can tell: 99.9 takes a thousand, else it would be the greatest under another name."""
    ordered = sorted(values)
    shares = {name: _share(name) for name in wanted}
    return {
        name: _of_sorted(ordered, p)
        for name, p in shares.items()
        if ordered and (p == 1 or len(ordered) * (1 - p) >= 1)
    }


def _share(wanted: str) -> Fraction:
    """As an exact fraction: in binary 99.9 % of 1000 would be a little more than 999."""
    share = Fraction(wanted) / 100
    if not 0 < share <= 1:
        raise ValueError(f"there is no percentile {wanted}: it must be above 0 and up to 100")
    return share


def _of_sorted(ordered: Sequence[float], share: Fraction) -> float:
    if not ordered:
        raise ValueError("no values, no percentile")
    rank = -(-len(ordered) * share.numerator // share.denominator)
    return ordered[rank - 1]
