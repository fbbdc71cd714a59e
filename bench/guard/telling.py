"""What the guard has found, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.guard.compare import ALLOWED, Group, Row, Verdict, verdict
from bench.guard.kept import LEAST

__all__ = ["as_data", "as_text"]

RECORD = "./run bench-guard --record"
TITLES = {"c": "the C core, portable build", "python": "signing_core in Python, on backend openssl"}
WORDS = {
    Verdict.WITHIN: f"within {100 * ALLOWED:.0f} % of what is kept",
    Verdict.DRIFTED: f"drifted: more than {100 * ALLOWED:.0f} % from what is kept",
    Verdict.NOT_COMPARABLE: "not comparable",
}


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def _percent(share: float) -> str:
    return f"{round(100 * share, 2) + 0:+.2f} %"


def _line(row: Row) -> str:
    kept = "-" if row.kept is None else _number(row.kept.total)
    drift = "" if row.drift is None else _percent(row.drift)
    mark = "  DRIFTED" if row.drifted else ""
    return f"  {row.name:<19} {_number(row.now.total):>13} {kept:>13} {drift:>10}{mark}".rstrip()


def _moved(row: Row) -> Iterator[str]:
    yield f"    {row.name}: the functions whose own counts changed most"
    total = row.now.total if row.kept is None else row.kept.total
    for name, now, kept in row.moved():
        was = _number(kept) if kept else f"less than {100 * LEAST} %"
        yield f"      {name:<30} {_percent((now - kept) / total):>9} of the whole: {_number(now)}, kept {was}"


def _lines(group: Group, recorded: bool) -> Iterator[str]:
    yield ""
    yield TITLES.get(group.name, group.name)
    yield f"  {'instructions of':<19} {'now':>13} {'kept':>13} {'drift':>10}" if group.rows else "  not counted"
    yield from map(_line, group.rows)
    for row in group.rows:
        if row.drifted:
            yield from _moved(row)
    if group.reason and not recorded:
        yield f"  not comparable: {group.reason}"
        for part, (here, kept) in group.differing.items():
            yield f"    {part:<12} here {here}"
            yield f"    {'':<12} kept {kept}"


def as_text(machine: Mapping[str, str], groups: Sequence[Group], recorded: Path | None = None) -> str:
    """The tables, what changed, and the verdict with what to do about it; or that it was ``recorded`` there."""
    found = verdict(groups)
    lines = [f"{machine['valgrind']}, {machine['compiler']}, {machine['openssl']}"]
    for group in groups:
        lines += _lines(group, recorded is not None)
    if recorded:
        return "\n".join([*lines, "", f"kept in {recorded}: commit it"])
    lines += ["", WORDS[found]]
    if found is Verdict.DRIFTED:
        lines += [f"mend the code; or, if the change is meant, better or worse, keep it: {RECORD}, and commit the file"]
    elif found is Verdict.NOT_COMPARABLE:
        lines += [f"to keep what this machine counts, on a commit that is known to be good: {RECORD}"]
    return "\n".join(lines)


def as_data(groups: Sequence[Group]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "schema": "signkit-guard-result/1",
        "verdict": verdict(groups).name.lower().replace("_", "-"),
        "allowed": ALLOWED,
        "groups": [
            {
                "group": group.name,
                "key": dict(group.key),
                "reason": group.reason,
                "differing": {part: {"here": here, "kept": kept} for part, (here, kept) in group.differing.items()},
                "workloads": [_row(row) for row in group.rows],
            }
            for group in groups
        ],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "now": row.now.total,
        "kept": None if row.kept is None else row.kept.total,
        "drift": row.drift,
        "moved": [{"function": name, "now": now, "kept": kept} for name, now, kept in row.moved()]
        if row.drifted
        else [],
    }
