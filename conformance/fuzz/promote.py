"""Findings as a vector file: what fuzzing met once becomes a case that is asked for ever.

What is expected is the independent oracle's word. Comments and clauses are a first draft, for a person to edit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.files import write_whole
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


def promote(path: Path, found: Iterable[tuple[Ask, str]], keys: Mapping[str, Key], version: str) -> tuple[int, int]:
    """Write a vector file of these questions, each with the name of the target that disagreed; one case a question.

    Returns how many cases it holds and how many questions were left out because the policies leave their answer open.
    Nothing is written where there would be no case. Raises PromoteError.
    """
    targets: dict[str, tuple[Ask, list[str]]] = {}
    for ask, target in found:
        names = targets.setdefault(ask.spelled, (ask, []))[1]
        if target not in names:
            names.append(target)
    demands = {spelled: demand(ask, keys) for spelled, (ask, _) in targets.items()}
    settled = sorted(spelled for spelled in targets if not demands[spelled].open)
    if settled:
        cases = [_case(*targets[spelled], demands[spelled]) for spelled in settled]
        _write(path, sorted(cases, key=lambda case: str(case["id"])), keys, version)
    return len(settled), len(targets) - len(settled)


def _case(ask: Ask, targets: list[str], wanted: Demand) -> dict[str, Any]:
    form = (ask.form or "text").replace("_", "-")
    comment = f"{wanted.why[0].upper()}{wanted.why[1:]}. Fuzzing found that {_listed(targets)} answered otherwise."
    return {
        "id": f"fuzz/{ask.op}/{form}/{digest(ask.spelled)}",
        "comment": comment,
        "level": "should",
        "clauses": list(wanted.clauses),
        "flags": [FLAG],
        "differs_from": None,
        "op": ask.op,
        "input": dict(ask.input),
        "expect": dict(wanted.expect),
    }


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _write(path: Path, cases: list[dict[str, Any]], keys: Mapping[str, Key], version: str) -> None:
    used = sorted({case["input"]["key"] for case in cases if "key" in case["input"]})
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "found"
    document = {
        "schema": "vector.schema.json",
        "suite": f"fuzz-{stem}",
        "version": 1,
        "source": {"name": "signkit fuzz", "version": version},
        "notes": {FLAG: _NOTE},
        "keys": {name: _key(keys[name]) for name in used},
        "cases": cases,
    }
    try:
        write_whole(path, (json.dumps(document, indent=1) + "\n").encode("ascii"))
    except OSError as error:
        raise PromoteError(f"{path}: cannot be written: {error.strerror}; name another file, with --promote") from None


def _key(key: Key) -> dict[str, Any]:
    fields = ("bits", "e", "private_pem", "public_pem", "source")
    return {name: getattr(key, name) for name in fields}
