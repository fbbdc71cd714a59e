"""Which clauses cases cite, by op and form; and which statement of the document no case cites though one could."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

from conformance.model import Verdict
from conformance.statements import STATEMENTS, Statement

_RFC = Statement("vectors", "a section of the standard")


class Citing(Protocol):
    """A Case or an Outcome."""

    @property
    def clauses(self) -> tuple[str, ...]:
        """The numbers and sections it cites."""

    @property
    def op(self) -> str:
        """What is asked."""

    @property
    def form(self) -> str | None:
        """The form it is asked for, where the op has forms."""


def of(cases: Iterable[Citing]) -> dict[str, Any]:
    """The coverage of cases, or of a run's outcomes, as JSON data. Outcomes that never ran cover nothing.

    ``clauses``: an object for each S and P number and each RFC section cited: clause, shown_by, reason, cases, and
    ``ops``, ``op`` or ``op/form`` -> number of cases. ``gaps``: the numbers that vectors can express and no case cites.
    """
    counts: dict[str, Counter[str]] = {clause: Counter() for clause in STATEMENTS}
    for case in cases:
        if getattr(case, "verdict", None) in (Verdict.SKIP, Verdict.NOT_RUN):
            continue
        asked = case.op if case.form is None else f"{case.op}/{case.form}"
        for clause in dict.fromkeys(case.clauses):
            counts.setdefault(clause, Counter())[asked] += 1
    rows = [_row(clause, counts[clause]) for clause in sorted(counts, key=_order)]
    gaps = [row["clause"] for row in rows if row["shown_by"] == "vectors" and not row["cases"]]
    return {"clauses": rows, "gaps": gaps}


def _row(clause: str, ops: Counter[str]) -> dict[str, Any]:
    shown_by, reason = STATEMENTS.get(clause, _RFC)
    return {
        "clause": clause,
        "shown_by": shown_by,
        "reason": reason,
        "cases": ops.total(),
        "ops": dict(sorted(ops.items())),
    }


def _order(clause: str) -> tuple[Any, ...]:
    """S numbers, then P numbers, then sections, each in the order of their numbers."""
    parts = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|[^\d.\s]+", clause)]
    return ("SPR".find(clause[0]), *parts)
