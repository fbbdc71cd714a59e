"""What lint reports, and how many places of one rule become one finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from signing_core._json_path import short

__all__ = ["Finding", "Findings", "Rule", "Severity"]

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a text or key breaks, however often: the first place, and how many there are.

    ``severity``: an ``error`` cannot be signed or has no one meaning, a ``warning`` will not survive everyone.
    ``place`` is a byte offset in a JSON text or URL, or the name of a key's property; ``path`` that of the JSON value.
    ``who`` names those that diverge, ``clause`` the policy (P) or statement (S) that speaks of it.
    """

    rule: str
    severity: Severity
    place: int | str
    message: str
    who: tuple[str, ...]
    mend: str
    clause: str
    path: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the tables of lint hold it; ``{shown}`` in its message is what breaks it."""

    name: str
    message: str
    mend: str
    clause: str
    who: tuple[str, ...] = ()
    severity: Severity = "warning"


class Findings:
    """Collects findings: the first of each rule with its place, the others as a number."""

    def __init__(self) -> None:
        self._first: dict[str, Finding] = {}
        self._counts: dict[str, int] = {}

    def add(self, rule: Rule, place: int | str, shown: str = "", path: Callable[[], str] | None = None) -> None:
        """Note a breach; ``path`` is only called for the first of its rule."""
        if rule.name not in self._first:
            self._first[rule.name] = Finding(
                rule=rule.name,
                severity=rule.severity,
                place=place,
                message=rule.message.replace("{shown}", short(shown)),
                who=rule.who,
                mend=rule.mend,
                clause=rule.clause,
                path=path() if path else None,
            )
        self._counts[rule.name] = self._counts.get(rule.name, 0) + 1

    def list(self) -> list[Finding]:
        """One finding a rule, in the order in which they were first met."""
        return [_summed(finding, self._counts[rule]) for rule, finding in self._first.items()]


def _summed(finding: Finding, count: int) -> Finding:
    """The finding with its count, its message telling path and count."""
    where = [] if finding.path is None else [short(finding.path)]
    if count > 1:
        where.insert(0, f"{count} places, the first")
    told = f" ({' '.join(where)})" if where else ""
    return replace(finding, count=count, message=finding.message + told)
