"""The counts that the repository keeps: counts.json, one entry for each group of workloads and key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.guard.counts import Counts
from bench.guard.errors import GuardError
from bench.guard.key import differences
from bench.guard.workloads import GROUPS
from conformance.files import write_whole

__all__ = ["FILE", "LEAST", "Entry", "nearest", "read", "record", "write"]

FILE = Path(__file__).with_name("counts.json")
SCHEMA = "signkit-guard/1"
LEAST = 0.001  # functions with a smaller share of their workload are not kept


@dataclass(frozen=True)
class Entry:
    """The counts of a group of workloads, by name."""

    group: str
    key: Mapping[str, str]
    counts: Mapping[str, Counts]


def read(path: Path = FILE) -> list[Entry]:
    """All entries; none where there is no file. GuardError for a broken file names the fault."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            raise GuardError(f"{path}: the schema is {document['schema']!r}, not {SCHEMA!r}")
        return [_entry(entry) for entry in document["entries"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fault = f"{type(error).__name__}: {error}"
        raise GuardError(f"{path} holds no kept counts ({fault}); take the committed one back, or remove it") from error


def _entry(entry: Mapping[str, Any]) -> Entry:
    if entry["group"] not in GROUPS:
        raise ValueError(f"no group {entry['group']!r}")
    counts = {
        name: Counts(int(found["total"]), {of: int(own) for of, own in found["functions"].items()})
        for name, found in entry["counts"].items()
    }
    if any(found.total <= 0 for found in counts.values()):
        raise ValueError("a count that is not above 0")
    return Entry(entry["group"], {part: str(value) for part, value in entry["key"].items()}, counts)


def record(entries: Sequence[Entry], path: Path = FILE) -> None:
    """Write ``entries`` in the place of those with their keys; the others stay. The file is whole or as it was."""
    new = {(entry.group, tuple(sorted(entry.key.items()))): entry for entry in (*read(path), *entries)}
    ordered = sorted(new.values(), key=lambda entry: (GROUPS.index(entry.group), sorted(entry.key.items())))
    document = {"schema": SCHEMA, "entries": [_plain(entry) for entry in ordered]}
    write(path, document)


def write(path: Path, document: Mapping[str, Any]) -> None:
    """As JSON, whole or not at all. GuardError if it cannot be written."""
    try:
        write_whole(path, (json.dumps(document, indent=1) + "\n").encode())
    except OSError as error:
        raise GuardError(f"{path} cannot be written: {error.strerror}") from error


def _plain(entry: Entry) -> dict[str, Any]:
    counts = {
        name: {
            "total": found.total,
            "functions": {of: own for of, own in found.functions.items() if own >= LEAST * found.total},
        }
        for name, found in entry.counts.items()
    }
    return {"group": entry.group, "key": dict(entry.key), "counts": counts}


def nearest(entries: Sequence[Entry], group: str, key: Mapping[str, str]) -> Entry | None:
    """The group's entry of this key, or else the one whose key differs in the fewest parts; None if there is none."""
    own = [entry for entry in entries if entry.group == group]
    return min(own, key=lambda entry: len(differences(key, entry.key)), default=None)
