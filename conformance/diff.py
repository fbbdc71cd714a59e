"""Two reports side by side: what fails anew, what is mended, and what else is not the same.

Failing is what a case does, whether a baseline knows it or not: a known failure that is known no longer is a new
failure, a failure that the baseline has come to know is a changed verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.model import Level, Outcome, Report, Verdict

_UNDECIDED = (Verdict.SKIP, Verdict.NOT_RUN)
_GOOD = (Verdict.PASS, Verdict.XPASS)


@dataclass(frozen=True, slots=True)
class Change:
    """A case with its verdict in both reports; ``before`` None: the first report does not have it."""

    outcome: Outcome
    before: Verdict | None
    counts: bool

    @property
    def id(self) -> str:
        """The case's id."""
        return self.outcome.id


@dataclass(frozen=True, slots=True)
class Difference:
    """What ``compare`` found.

    ``new`` fail in the second report alone, ``mended`` in the first alone; ``changed`` have another verdict otherwise.
    ``added`` and ``removed`` are ids that only the second or the first report has. ``facts`` are the header's members
    that differ, as (name, before, after). ``troubles`` are sentences about the second run that the first did not have:
    a broken protocol, an early end.
    """

    new: tuple[Change, ...]
    mended: tuple[Change, ...]
    changed: tuple[Change, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    facts: tuple[tuple[str, str, str], ...]
    troubles: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """True where the second report has a failure that its profile counts and the first report did not have."""
        return bool(self.troubles) or any(change.counts for change in self.new)

    @property
    def kinds(self) -> dict[tuple[str, str], list[Change]]:
        """``changed`` by (before, after), the most frequent first."""
        counted = Counter((str(change.before), str(change.outcome.verdict)) for change in self.changed)
        found: dict[tuple[str, str], list[Change]] = {kind: [] for kind, _ in counted.most_common()}
        for change in self.changed:
            found[str(change.before), str(change.outcome.verdict)].append(change)
        return found


def compare(before: Report, after: Report) -> Difference:
    """What differs from the first report to the second."""
    old = {outcome.id: outcome for outcome in before.outcomes}
    ids = {outcome.id for outcome in after.outcomes}
    counted = {outcome.id for outcome in after.counted}
    new, mended, changed = [], [], []
    for outcome in after.outcomes:
        then = old[outcome.id].verdict if outcome.id in old else None
        change = Change(outcome, then, outcome.id in counted)
        if outcome.verdict.is_bad and (then is None or not then.is_bad):
            new.append(change)
        elif then is not None and outcome.verdict in _GOOD and (then.is_bad or then is Verdict.XFAIL):
            mended.append(change)
        elif then is not None and then is not outcome.verdict:
            changed.append(change)
    worst_first = sorted(new, key=lambda change: (not change.counts, list(Level).index(change.outcome.level)))
    return Difference(
        new=tuple(worst_first),
        mended=tuple(mended),
        changed=tuple(changed),
        added=tuple(outcome.id for outcome in after.outcomes if outcome.id not in old),
        removed=tuple(name for name in old if name not in ids),
        facts=_facts(before.header, after.header),
        troubles=_troubles(before, after),
    )


def data(found: Difference) -> dict[str, Any]:
    """The difference as JSON data."""
    return {
        "schema": "signkit-diff/1",
        "worse": found.worse,
        "new": [_change(change) for change in found.new],
        "mended": [_change(change) for change in found.mended],
        "changed": [_change(change) for change in found.changed],
        "added": list(found.added),
        "removed": list(found.removed),
        "facts": [{"name": name, "before": before, "after": after} for name, before, after in found.facts],
        "troubles": list(found.troubles),
    }


def _change(change: Change) -> dict[str, Any]:
    outcome = change.outcome
    return {
        "id": change.id,
        "level": str(outcome.level),
        "clauses": list(outcome.clauses),
        "before": None if change.before is None else str(change.before),
        "after": str(outcome.verdict),
        "counts": change.counts,
        "sentence": outcome.diagnosis.sentence if outcome.diagnosis else None,
        "reason": outcome.reason,
    }


def _facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    pairs = zip(_told(before).items(), _told(after).values(), strict=True)
    return tuple((name, old, new) for (name, old), new in pairs if old != new)


def _told(header: Mapping[str, Any]) -> dict[str, str]:
    """The members of a header that make two runs comparable."""
    who = header["target"]["implementation"] or {}
    corpus = header["corpus"]
    told = {name: str(who.get(name, "none")) for name in ("name", "version", "language", "runtime")}
    return {
        **{f"implementation's {name}": value for name, value in told.items()},
        "target": header["target"]["spec"],
        "kit": header["kit"],
        "profile": header["profile"],
        "corpus": corpus["digest"],
        "cases": f"{corpus['cases']} of {corpus['of']}",
    }


def _troubles(before: Report, after: Report) -> tuple[str, ...]:
    found = [told for told in dict.fromkeys(after.violations) if told not in before.violations]
    if after.end != "complete" and after.end != before.end:
        found.append(f"the run ended early ({after.end})" + (f": {after.problem}" if after.problem else ""))
    return tuple(found)
