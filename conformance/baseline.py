"""Known failures: a JSON file beside a harness that says which cases fail, how, and why that is known.

::

    {"schema": "signkit-baseline/1", "target": "<implementation's name>",
     "entries": [{"id": "<case id or glob>", "verdict": "fail", "reason": "...", "clause": "S41",
                  "version": "PHP 8.2.36", "link": "https://...", "expires": "2026-12-31"}],
     "flaky": [{"id": "<case id or glob>", "reason": "..."}]}

``clause``, ``version``, ``link`` and ``expires`` (the last day on which the entry holds, UTC) may be left out, and so
may ``flaky``. A case that fails as its entry says is an expected failure (xfail). A flaky case may pass or fail as it
likes: it is xfail when it fails, pass when it passes, with the reason either way. ``*``, ``?`` and ``[...]`` make an id
a glob; of several entries that fit a case the exact one speaks, else the longest glob.

An entry that no longer holds is stale (exit 4): it has expired, no case is left for it, or its case passes; a glob's,
only when all its cases ran and none of them failed. A flaky one is never stale because of a pass.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.events import Event
from conformance.files import ChangedError, read_if_there, swap
from conformance.model import BAD, Outcome, Report, Verdict

SCHEMA = "signkit-baseline/1"
_FIELDS = {  # name: required
    "id": True,
    "verdict": True,
    "reason": True,
    "clause": False,
    "version": False,
    "link": False,
    "expires": False,
}
_FLAKY_FIELDS = {name: required for name, required in _FIELDS.items() if name != "verdict"}
_UNDECIDED = (Verdict.SKIP, Verdict.NOT_RUN)


class BaselineError(ValueError):
    """A baseline file cannot be used or written; the message names the file, the entry and the mend."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One known failure, of a case or of all that a glob fits. ``verdict`` None: flaky.

    ``clause`` cites the statement it misses, ``version`` the runtime it was seen with, ``link`` where it is discussed,
    ``expires`` the last day on which it holds.
    """

    id: str
    verdict: Verdict | None
    reason: str
    clause: str | None = None
    version: str | None = None
    link: str | None = None
    expires: date | None = None

    @property
    def is_glob(self) -> bool:
        """True where the id may stand for several cases; a case's own id has none of these characters."""
        return any(char in self.id for char in "*?[")

    @property
    def told(self) -> str:
        """The reason as an outcome tells it."""
        return self.reason if self.verdict is not None else f"flaky: {self.reason}"


@dataclass(frozen=True)
class Baseline:
    """A baseline file's content; ids are the names of both mappings, and none stands in both."""

    target: str
    entries: Mapping[str, Entry]
    flaky: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Read and check a file. Raises BaselineError."""
        try:
            return cls.parse(path.read_bytes())
        except OSError as error:
            raise BaselineError(f"{path}: cannot be read: {error.strerror}") from None
        except BaselineError as error:
            raise BaselineError(f"{path}: {error}") from None

    @classmethod
    def parse(cls, data: bytes) -> Baseline:
        """Read and check a file's content. Raises BaselineError."""
        try:
            return _baseline(json.loads(data, object_pairs_hook=_members))
        except BaselineError:
            raise
        except RecursionError:
            raise BaselineError("not a baseline: nested too deep") from None
        except ValueError as error:  # not UTF-8, or not JSON
            raise BaselineError(f"not JSON: {error}") from None

    @cached_property
    def _globs(self) -> list[Entry]:
        known = [*self.entries.values(), *self.flaky.values()]
        return sorted((entry for entry in known if entry.is_glob), key=lambda entry: (-len(entry.id), entry.id))

    def entry_for(self, case_id: str) -> Entry | None:
        """The entry that speaks for a case: the one of its very id, else the longest glob that fits."""
        exact = self.entries.get(case_id) or self.flaky.get(case_id)
        return exact or next((entry for entry in self._globs if fnmatchcase(case_id, entry.id)), None)

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with what is known about it: a failure as expected is xfail, a pass against expectation xpass."""
        entry = self.entry_for(outcome.id)
        if entry is None:
            return outcome
        flaky = entry.verdict is None
        if outcome.verdict is entry.verdict or (flaky and outcome.verdict.is_bad):
            return replace(outcome, verdict=Verdict.XFAIL, reason=entry.told)
        if outcome.verdict is Verdict.PASS and flaky:
            return replace(outcome, reason=entry.told)
        if outcome.verdict is Verdict.PASS and not entry.is_glob:
            return replace(outcome, verdict=Verdict.XPASS, reason=entry.told)
        return outcome

    def stale(self, verdicts: Mapping[str, Verdict], corpus_ids: Collection[str], today: date) -> list[Event]:
        """A ``stale`` event for each entry that no longer holds, in order of id.

        ``verdicts`` are those of the cases that were selected, after ``apply`` (none: only ids and dates are checked);
        ``corpus_ids`` are the whole corpus's, so that an entry whose case was not selected is not stale.
        """
        spoken: dict[str, list[str]] = {}
        for name in corpus_ids:
            if (entry := self.entry_for(name)) is not None:
                spoken.setdefault(entry.id, []).append(name)
        return [
            {"event": "stale", "entry": name, "sentence": f"{name}: {told}"}
            for name, entry in sorted({**self.entries, **self.flaky}.items())
            if (told := _why_stale(entry, spoken.get(name, []), verdicts, corpus_ids, today))
        ]

    @classmethod
    def of(cls, report: Report, known: Baseline | None = None) -> Baseline:
        """The baseline that makes this run's failures known. Entries of ``known`` that still hold stay word for word;
        so do those of cases that were not part of the run, and the flaky ones that have a case."""
        implementation = report.header["target"]["implementation"] or {}
        old = known or cls("", {})
        whole = report.header["corpus"]["cases"] == report.header["corpus"]["of"]
        kept: dict[str, Entry] = {}
        new: dict[str, Entry] = {}
        met: set[str] = set()
        for outcome in report.outcomes:
            entry = old.entry_for(outcome.id)
            if entry is not None:
                met.add(entry.id)
                if entry.verdict is None or outcome.verdict in (Verdict.XFAIL, *_UNDECIDED):
                    kept[entry.id] = entry
            if outcome.verdict in BAD and (entry is None or entry.verdict is not None):
                new[outcome.id] = _entry_for(outcome, implementation.get("runtime"))
        for entry in (*old.entries.values(), *old.flaky.values()):
            if not whole and (entry.is_glob or entry.id not in met):
                kept[entry.id] = entry
        entries = {name: entry for name, entry in {**kept, **new}.items() if entry.verdict is not None}
        flaky = {name: entry for name, entry in kept.items() if entry.verdict is None}
        return cls(implementation.get("name") or old.target, dict(sorted(entries.items())), dict(sorted(flaky.items())))

    def dump(self) -> bytes:
        """The file's content: entries in order of id, the same bytes for the same entries."""
        data: dict[str, Any] = {"schema": SCHEMA, "target": self.target, "entries": _fields(self.entries, _FIELDS)}
        if self.flaky:
            data["flaky"] = _fields(self.flaky, _FLAKY_FIELDS)
        return (json.dumps(data, indent=1) + "\n").encode("ascii")

    def save(self, path: Path, before: bytes | None) -> None:
        """Write the file, whole or not at all, and only if it still holds what ``before`` does (None: is not there).

        Raises BaselineError, also where another run was faster: nothing of either is lost, and the second is told.
        """
        try:
            swap(path, before, self.dump())
        except ChangedError:
            raise BaselineError(
                f"{path}: was changed by another run or an editor while this run went on; it was left as it is: "
                "look at it, and run again"
            ) from None
        except OSError as error:
            raise BaselineError(f"{path}: cannot be written: {error.strerror}") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BaselineError(f"the name {twice!r} stands twice in one object; keep one of them")
    return found


def content(path: Path) -> bytes | None:
    """What a baseline file holds before a run, for ``Baseline.save``; None for no file. Raises BaselineError."""
    try:
        if not path.resolve().parent.is_dir():
            raise BaselineError(f"{path}: cannot be written: there is no folder {path.parent}")
        return read_if_there(path)
    except OSError as error:
        raise BaselineError(f"{path}: cannot be written: {error.strerror}") from None


def _why_stale(
    entry: Entry, cases: list[str], verdicts: Mapping[str, Verdict], corpus_ids: Collection[str], today: date
) -> str | None:
    if not cases and entry.is_glob and any(fnmatchcase(name, entry.id) for name in corpus_ids):
        return "every case that fits it has a nearer entry: delete it"
    if not cases:
        what = "no case fits it" if entry.is_glob else "no case has this id"
        return f"the baseline names it, but {what}: correct or delete the entry"
    if entry.expires is not None and entry.expires < today:
        return f"the entry expired on {entry.expires}: mend the failure, or set another date"
    seen = [verdicts.get(name, Verdict.NOT_RUN) for name in cases]
    if entry.verdict is None:
        return None
    if not entry.is_glob:
        passes = seen == [Verdict.XPASS]
        return f"the baseline expects {entry.verdict}, but it passes: delete the entry" if passes else None
    if Verdict.PASS in seen and set(seen) <= {Verdict.PASS, Verdict.SKIP}:
        return f"the baseline expects {entry.verdict}, but none of its {len(cases)} cases failed: delete the entry"
    return None


def _entry_for(outcome: Outcome, version: str | None) -> Entry:
    told = outcome.diagnosis.sentence if outcome.diagnosis else f"verdict {outcome.verdict}"
    return Entry(outcome.id, outcome.verdict, told, outcome.clauses[0] if outcome.clauses else None, version or None)


def _fields(entries: Mapping[str, Entry], names: Iterable[str]) -> list[dict[str, str]]:
    made = []
    for entry in sorted(entries.values(), key=lambda entry: entry.id):
        values = {name: getattr(entry, name) for name in names}
        made.append({name: str(value) for name, value in values.items() if value is not None})
    return made


def _baseline(data: Any) -> Baseline:
    if not isinstance(data, dict):
        raise BaselineError("not a JSON object")
    known = ("schema", "target", "entries", "flaky")
    if unknown := sorted(data.keys() - set(known)):
        raise BaselineError(f"unknown field {unknown[0]!r}; known are {', '.join(known)}")
    if data.get("schema") != SCHEMA:
        raise BaselineError(f"schema is {data.get('schema')!r}; this kit reads {SCHEMA!r}")
    target, entries, flaky = data.get("target"), data.get("entries"), data.get("flaky", [])
    if not isinstance(target, str) or not isinstance(entries, list):
        raise BaselineError("needs target (the implementation's name) and entries (a list)")
    if not isinstance(flaky, list):
        raise BaselineError("flaky is no list")
    found: dict[str, Entry] = {}
    for what, rows, names in (("entry", entries, _FIELDS), ("flaky entry", flaky, _FLAKY_FIELDS)):
        for number, fields in enumerate(rows, 1):
            entry = _entry(fields, f"{what} {number}", names)
            if entry.id in found:
                raise BaselineError(f"{what} {number}: {entry.id} has an entry already; keep one")
            found[entry.id] = entry
    return Baseline(
        target,
        {name: entry for name, entry in found.items() if entry.verdict is not None},
        {name: entry for name, entry in found.items() if entry.verdict is None},
    )


def _entry(fields: Any, place: str, names: Mapping[str, bool]) -> Entry:
    if not isinstance(fields, dict):
        raise BaselineError(f"{place}: not a JSON object")
    name = f"{place} ({fields['id']})" if isinstance(fields.get("id"), str) else place
    if unknown := sorted(fields.keys() - names.keys()):
        raise BaselineError(f"{name}: unknown field {unknown[0]!r}; known are {', '.join(names)}")
    for one, required in names.items():
        value = fields.get(one)
        if (required or one in fields) and (not isinstance(value, str) or not value.strip()):
            raise BaselineError(f"{name}: {one} is missing or empty; it takes a text")
    verdict = fields.get("verdict")
    if verdict is not None and verdict not in BAD:
        raise BaselineError(f"{name}: unknown verdict {verdict!r}; known are {', '.join(sorted(BAD))}")
    if not fields.get("link", "https://").startswith(("https://", "http://")):
        raise BaselineError(f"{name}: link {fields['link']!r} is no address; it begins with https://")
    return Entry(**{**fields, "verdict": None if verdict is None else Verdict(verdict), "expires": _date(fields, name)})


def _date(fields: Mapping[str, str], name: str) -> date | None:
    text = fields.get("expires")
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day is not None and day.isoformat() != text:
        raise BaselineError(f"{name}: expires {text!r} is no day; write it as 2026-12-31")
    return day
