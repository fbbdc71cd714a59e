"""Counts beside those that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bench.guard.counts import Counts
from bench.guard.kept import LEAST, Entry
from bench.guard.key import differences

__all__ = ["ALLOWED", "Group", "Row", "Verdict", "compared", "verdict"]

ALLOWED = 0.02  # drift, as a share of what is kept, in either direction
NAMED = 5  # functions of a drifted workload that are told


class Verdict(IntEnum):
    """What has been found; the value is the exit code."""

    WITHIN = 0
    DRIFTED = 1
    NOT_COMPARABLE = 3


@dataclass(frozen=True)
class Row:
    """One workload. ``kept`` is None where none is kept under this key."""

    name: str
    now: Counts
    kept: Counts | None

    @property
    def drift(self) -> float | None:
        """0.03: three in a hundred more than kept."""
        return None if self.kept is None else self.now.total / self.kept.total - 1

    @property
    def drifted(self) -> bool:
        return self.kept is not None and abs(self.now.total - self.kept.total) > ALLOWED * self.kept.total

    def moved(self) -> list[tuple[str, int, int]]:
        """The functions whose own counts changed most: name, now, kept; of what was too small to be kept, 0."""
        kept = Counts(0, {}) if self.kept is None else self.kept
        most_left_out = round(LEAST * kept.total)

        def change(name: str) -> int:
            now, before = self.now.functions.get(name, 0), kept.functions.get(name)
            return max(now - most_left_out, 0) if before is None else abs(now - before)

        names = sorted(name for name in {*self.now.functions, *kept.functions} if change(name))
        most = sorted(names, key=change, reverse=True)[:NAMED]
        return [(name, self.now.functions.get(name, 0), kept.functions.get(name, 0)) for name in most]


@dataclass(frozen=True)
class Group:
    """Workloads of one key. ``reason`` says why there is nothing to compare with; empty: there is."""

    name: str
    key: Mapping[str, str]
    rows: Sequence[Row] = ()
    reason: str = ""
    differing: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # part of the key: here, kept

    @property
    def verdict(self) -> Verdict:
        if any(row.drifted for row in self.rows):
            return Verdict.DRIFTED
        if self.reason or any(row.kept is None for row in self.rows):
            return Verdict.NOT_COMPARABLE
        return Verdict.WITHIN


def compared(name: str, key: Mapping[str, str], now: Mapping[str, Counts], kept: Entry | None) -> Group:
    """``kept``: the nearest entry."""
    if kept is None:
        rows = [Row(workload, counts, None) for workload, counts in now.items()]
        return Group(name, key, rows, "no counts are kept yet")
    differing = differences(key, kept.key)
    rows = [Row(workload, counts, None if differing else kept.counts.get(workload)) for workload, counts in now.items()]
    if differing:
        return Group(name, key, rows, "the counts that are kept were made by other means", differing)
    missing = [row.name for row in rows if row.kept is None]
    return Group(name, key, rows, f"no counts are kept of {', '.join(missing)}" if missing else "")


def verdict(groups: Sequence[Group]) -> Verdict:
    """A drift counts before what cannot be compared."""
    found = {group.verdict for group in groups}
    return next(
        (one for one in (Verdict.DRIFTED, Verdict.NOT_COMPARABLE) if one in found),
        Verdict.WITHIN,
    )
