"""Findings as a vector file: what fuzzing met once becomes a case that is asked for ever.

What is expected is the independent oracle's word. Comments and clauses are a first draft, for a person to edit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from conformance.corpus import CorpusError, load
from conformance.files import ChangedError, read_if_there, swap
from conformance.fuzz.asks import Ask
from conformance.fuzz.oracle import Demand, demand
from conformance.fuzz.store import digest
from conformance.model import Key

FLAG = "Fuzzed"
_NOTE = {
    "kind": "fuzzing",
    "description": "Found by putting inputs that nobody wrote down to several implementations; some disagreed.",
    "links": [],
}


class PromoteError(ValueError):
    """The vector file cannot be written; the message says why."""


class Promoted(NamedTuple):
    """How many cases were added to a vector file, how many questions had one there, and how many were left out."""

    added: int
    there: int
    left: int


def promote(path: Path, found: Iterable[tuple[Ask, str]], keys: Mapping[str, Key], version: str) -> Promoted:
    """Put these questions into a vector file, each with the name of the target that disagreed; one case a question.

    A file that is there keeps its cases as they stand, edited or not. Questions whose answer the policies leave open
    are left out. Nothing is written where there is no case to add. Raises PromoteError.
    """
    targets: dict[str, tuple[Ask, list[str]]] = {}
    for ask, target in found:
        names = targets.setdefault(ask.spelled, (ask, []))[1]
        if target not in names:
            names.append(target)
    demands = {spelled: demand(ask, keys) for spelled, (ask, _) in targets.items()}
    settled = {spelled for spelled in targets if not demands[spelled].open}
    before = _content(path)
    document = _new(path, version) if before is None else _there(path, before)
    there = {Ask(case["op"], case["input"]).spelled for case in document["cases"]}
    fresh = sorted(settled - there)
    if fresh:
        document["cases"] += [_case(*targets[spelled], demands[spelled]) for spelled in fresh]
        document["cases"].sort(key=lambda case: str(case["id"]))
        document["notes"].setdefault(FLAG, _NOTE)
        used = {case["input"]["key"] for case in document["cases"] if "key" in case["input"]}
        document["keys"] |= {name: _key(keys[name]) for name in sorted(used) if name not in document["keys"]}
        _write(path, before, document)
    return Promoted(len(fresh), len(settled) - len(fresh), len(targets) - len(settled))


def _case(ask: Ask, targets: list[str], wanted: Demand) -> dict[str, Any]:
    form = (ask.form or "text").replace("_", "-")
    comment = f"{wanted.why[0].upper()}{wanted.why[1:]}. Fuzzing found that {_listed(targets)} answered otherwise."
    return {
        "id": f"fuzz/{ask.op}/{form}/{digest(ask.spelled)}",
        "comment": comment,
        "level": str(wanted.level),
        "clauses": list(wanted.clauses),
        "flags": [FLAG],
        "differs_from": None,
        "op": ask.op,
        "input": dict(ask.input),
        "expect": dict(wanted.expect),
    }


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _content(path: Path) -> bytes | None:
    try:
        return read_if_there(path)
    except OSError as error:
        raise PromoteError(f"{path}: cannot be read: {error.strerror}; name another file, with --promote") from None


def _there(path: Path, content: bytes) -> dict[str, Any]:
    try:
        load([path])
    except CorpusError as error:
        raise PromoteError(f"{error}; mend it, or name another file, with --promote") from None
    document: dict[str, Any] = json.loads(content)
    return document


def _new(path: Path, version: str) -> dict[str, Any]:
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "found"
    return {
        "schema": "vector.schema.json",
        "suite": f"fuzz-{stem}",
        "version": 1,
        "source": {"name": "signkit fuzz", "version": version},
        "notes": {},
        "keys": {},
        "cases": [],
    }


def _write(path: Path, before: bytes | None, document: Mapping[str, Any]) -> None:
    try:
        swap(path, before, (json.dumps(document, indent=1) + "\n").encode("ascii"))
    except ChangedError:
        told = "was changed by another run or an editor in this moment, and left as it is; promote again"
        raise PromoteError(f"{path}: {told}") from None
    except OSError as error:
        raise PromoteError(f"{path}: cannot be written: {error.strerror}; name another file, with --promote") from None


def _key(key: Key) -> dict[str, Any]:
    fields = ("bits", "e", "private_pem", "public_pem", "source")
    return {name: getattr(key, name) for name in fields}
