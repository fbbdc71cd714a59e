"""Known failures: a JSON file beside a harness that says which cases fail, how, and why that is known.

::

    {"schema": "signkit-baseline/1", "target": "<implementation's name>", "entries": [
      {"id": "<case id>", "verdict": "fail", "reason": "...", "clause": "S41", "version": "PHP 8.2.36"}]}

A case that fails as its entry says is an expected failure (xfail). An entry that no longer holds is stale (exit 4): the
case passes, or is not in the corpus.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.events import Event
from conformance.files import write_whole
from conformance.model import BAD, Outcome, Report, Verdict

SCHEMA = "signkit-baseline/1"
_FIELDS = {"id": True, "verdict": True, "reason": True, "clause": False, "version": False}  # name: required


class BaselineError(ValueError):
    """A baseline file cannot be used or written; the message names the file, the entry and the mend."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One known failure. ``clause`` cites the statement it misses, ``version`` the runtime it was seen with."""

    id: str
    verdict: Verdict
    reason: str
    clause: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline file's content."""

    target: str
    entries: Mapping[str, Entry]

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Read and check a file. Raises BaselineError."""
        try:
            text = path.read_bytes()
        except OSError as error:
            raise BaselineError(f"{path}: cannot be read: {error.strerror}") from None
        try:
            return _baseline(json.loads(text, object_pairs_hook=_members))
        except BaselineError as error:
            raise BaselineError(f"{path}: {error}") from None
        except RecursionError:
            raise BaselineError(f"{path}: not a baseline: nested too deep") from None
        except ValueError as error:  # not UTF-8, or not JSON
            raise BaselineError(f"{path}: not JSON: {error}") from None

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with what is known about it: a failure as expected is xfail, a pass against expectation xpass."""
        entry = self.entries.get(outcome.id)
        if entry is None:
            return outcome
        if outcome.verdict is entry.verdict:
            return replace(outcome, verdict=Verdict.XFAIL, reason=entry.reason)
        if outcome.verdict is Verdict.PASS:
            return replace(outcome, verdict=Verdict.XPASS, reason=entry.reason)
        return outcome

    def stale(self, outcomes: Iterable[Outcome], corpus_ids: Collection[str]) -> list[Event]:
        """A ``stale`` event for each entry that no longer holds: its case passed (xpass), or no case has its id.

        ``outcomes`` have been through ``apply``; ``corpus_ids`` are the whole corpus's, so that an entry whose case was
        not selected is not stale.
        """
        passed = {outcome.id for outcome in outcomes if outcome.verdict is Verdict.XPASS}
        events: list[Event] = []
        for name in sorted(self.entries):
            if name in passed:
                told = f"{name}: the baseline expects {self.entries[name].verdict}, but it passes: delete the entry"
            elif name not in corpus_ids:
                told = f"{name}: the baseline names it, but no case has this id: correct or delete the entry"
            else:
                continue
            events.append({"event": "stale", "entry": name, "sentence": told})
        return events

    @classmethod
    def of(cls, report: Report, known: Baseline | None = None) -> Baseline:
        """The baseline that makes this run's failures known. Entries of ``known`` that still hold stay word for word;
        so do those of cases that were not part of the run."""
        implementation = report.header["target"]["implementation"] or {}
        old = {} if known is None else dict(known.entries)
        whole = report.header["corpus"]["cases"] == report.header["corpus"]["of"]
        seen = {outcome.id for outcome in report.outcomes}
        entries = {name: entry for name, entry in old.items() if name not in seen and not whole}
        for outcome in report.outcomes:
            entry = old.get(outcome.id)
            if outcome.verdict in (Verdict.XFAIL, Verdict.SKIP, Verdict.NOT_RUN) and entry is not None:
                entries[outcome.id] = entry
            elif outcome.verdict in BAD:
                entries[outcome.id] = _entry_for(outcome, implementation.get("runtime"))
        return cls(implementation.get("name") or (known.target if known else ""), dict(sorted(entries.items())))

    def dump(self) -> bytes:
        """The file's content: entries in order of id, the same bytes for the same entries."""
        entries = []
        for entry in sorted(self.entries.values(), key=lambda entry: entry.id):
            fields = {name: getattr(entry, name) for name in _FIELDS}
            entries.append({name: str(value) for name, value in fields.items() if value is not None})
        data = {"schema": SCHEMA, "target": self.target, "entries": entries}
        return (json.dumps(data, indent=1) + "\n").encode("ascii")

    @classmethod
    def write(cls, path: Path, report: Report, known: Baseline | None = None) -> None:
        """Write ``of(report, known)`` to a file, whole or not at all. Raises BaselineError."""
        try:
            write_whole(path, cls.of(report, known).dump())
        except OSError as error:
            raise BaselineError(f"{path}: cannot be written: {error.strerror}") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BaselineError(f"the name {twice!r} stands twice in one object; keep one of them")
    return found


def _entry_for(outcome: Outcome, version: str | None) -> Entry:
    told = outcome.diagnosis.sentence if outcome.diagnosis else f"verdict {outcome.verdict}"
    return Entry(outcome.id, outcome.verdict, told, outcome.clauses[0] if outcome.clauses else None, version or None)


def _baseline(data: Any) -> Baseline:
    if not isinstance(data, dict):
        raise BaselineError("not a JSON object")
    unknown = sorted(data.keys() - {"schema", "target", "entries"})
    if unknown:
        raise BaselineError(f"unknown field {unknown[0]!r}; known are schema, target, entries")
    if data.get("schema") != SCHEMA:
        raise BaselineError(f"schema is {data.get('schema')!r}; this kit reads {SCHEMA!r}")
    target, entries = data.get("target"), data.get("entries")
    if not isinstance(target, str) or not isinstance(entries, list):
        raise BaselineError("needs target (the implementation's name) and entries (a list)")
    found: dict[str, Entry] = {}
    for number, fields in enumerate(entries, 1):
        entry = _entry(fields, number)
        if entry.id in found:
            raise BaselineError(f"entry {number}: {entry.id} has an entry already; keep one")
        found[entry.id] = entry
    return Baseline(target, found)


def _entry(fields: Any, number: int) -> Entry:
    if not isinstance(fields, dict):
        raise BaselineError(f"entry {number}: not a JSON object")
    name = f"entry {number} ({fields['id']})" if isinstance(fields.get("id"), str) else f"entry {number}"
    unknown = sorted(fields.keys() - _FIELDS)
    if unknown:
        raise BaselineError(f"{name}: unknown field {unknown[0]!r}; known are {', '.join(_FIELDS)}")
    for field, required in _FIELDS.items():
        value = fields.get(field)
        if (required or field in fields) and (not isinstance(value, str) or not value.strip()):
            raise BaselineError(f"{name}: {field} is missing or empty; it takes a text")
    verdicts = sorted(BAD)
    if fields["verdict"] not in verdicts:
        raise BaselineError(f"{name}: unknown verdict {fields['verdict']!r}; known are {', '.join(verdicts)}")
    return Entry(**{**fields, "verdict": Verdict(fields["verdict"])})
