"""The corpus folder: one small JSON file a finding. It grows, and what lies in it is not told as new again.

A file that cannot be used is named and left alone; it never ends a run. Several runs may share a folder.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.files import ChangedError, read_if_there, swap, write_whole
from conformance.fuzz.asks import Ask
from conformance.fuzz.findings import Finding, FindingKey
from conformance.fuzz.oracle import OPS
from conformance.model import Key
from conformance.resources import vectors_root

SCHEMA = "signkit-finding/1"
MAX_BYTES = 4 * 1024 * 1024  # of a file that is read


class StoreError(ValueError):
    """The corpus folder cannot be used; the message names it and the mend."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A finding that was kept by an earlier run. ``key`` is what it was known as then."""

    file: str
    target: str
    ask: Ask
    key: FindingKey


class Store:
    """A corpus folder. Made where it is not there; raises StoreError where that, or writing, is impossible."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / ".writable", b"")
            (folder / ".writable").unlink(missing_ok=True)
        except OSError as error:
            told = f"{folder}: cannot be used as the corpus folder: {error.strerror}"
            raise StoreError(f"{told}; name a folder that can be written, with --corpus") from None

    def load(self, keys: Mapping[str, Key]) -> tuple[list[Kept], list[str]]:
        """What is kept, in order of file name; and a sentence for each file that cannot be used."""
        kept, complaints = [], []
        for path in sorted(self.folder.glob("*.json")):
            try:
                kept.append(_kept(path, keys))
            except StoreError as error:
                complaints.append(f"{path}: {error}; skipped")
        return kept, complaints

    def save(self, finding: Finding) -> Path:
        """Write a finding; of two of one key the one with the smaller question stays. Raises StoreError."""
        path = self.folder / f"{_slug(finding.key)}.json"
        data = (json.dumps(_entry(finding), indent=1) + "\n").encode("ascii")
        try:
            while not self._holds_smaller(path, finding):
                try:
                    swap(path, read_if_there(path), data)
                except ChangedError:  # by another run, in this very moment
                    continue
                break
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from None
        return path

    def _holds_smaller(self, path: Path, finding: Finding) -> bool:
        try:
            kept = _kept(path, None)
        except StoreError:
            return False
        return kept.key == finding.key and kept.ask.size < finding.ask.size


def digest(text: str) -> str:
    """Ten characters that stand for a text in names."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _slug(key: FindingKey) -> str:
    target = re.sub(r"[^a-z0-9]+", "-", key[0].lower()).strip("-")[:40] or "target"
    return "-".join(part for part in (target, key[1], key[2].replace("_", "-"), digest("\n".join(key))) if part)


def _entry(finding: Finding) -> dict[str, Any]:
    told, ask = finding.diagnosis, finding.ask
    return {
        "schema": SCHEMA,
        "target": finding.target,
        "version": finding.version,
        "op": ask.op,
        "input": dict(ask.input),
        "expect": dict(finding.demand.expect),
        "why": finding.demand.why,
        "level": str(finding.judgement.level),
        "clauses": list(finding.demand.clauses),
        "verdict": str(finding.judgement.verdict),
        "stage": told.stage,
        "sentence": told.sentence,
        "expected": _text(told.expected),
        "actual": _text(told.actual),
        "shrunk": finding.shrunk,
        "key": list(finding.key),
    }


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode("ascii")


def _kept(path: Path, keys: Mapping[str, Key] | None) -> Kept:
    """The file's finding; ``keys`` None: of whatever key. Raises StoreError."""
    try:
        content = _content(path)
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}") from None
    try:
        entry = json.loads(content)
        json.dumps(entry, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError):
        raise StoreError("no JSON in UTF-8") from None
    if not isinstance(entry, dict) or entry.get("schema") != SCHEMA:
        raise StoreError(f"its schema is not {SCHEMA}")
    target, key, op = entry.get("target"), entry.get("key"), entry.get("op")
    if not isinstance(target, str) or not isinstance(key, list) or not all(isinstance(part, str) for part in key):
        raise StoreError("target or key is missing")
    if op not in OPS or not fits_schema(op, entry.get("input"), entry.get("expect")):
        raise StoreError("op, input and expect are no case of a vector file")
    ask = Ask(str(op), entry["input"])
    name = ask.input.get("key")
    if name is not None and keys is not None and name not in keys:
        raise StoreError(f"the vectors have no usable key {name!r}")
    return Kept(path.name, target, ask, tuple(key))


def _content(path: Path) -> bytes:
    """A plain file's bytes. A pipe or device in its place is not waited for."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise StoreError("no plain file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise StoreError(f"larger than {MAX_BYTES} bytes, so no finding")
    return data


def fits_schema(op: Any, given: Any, expect: Any) -> bool:
    """Whether these would be a case of a vector file."""
    case = {"id": "fuzz/found", "comment": "", "level": "should", "clauses": ["P1"], "flags": [], "differs_from": None}
    return _case_validator().is_valid({**case, "op": op, "input": given, "expect": expect})


@cache
def _case_validator() -> jsonschema_rs.Draft202012Validator:
    schema = json.loads((vectors_root() / "schema" / "vector.schema.json").read_text("utf-8"))
    return jsonschema_rs.Draft202012Validator({**schema["properties"]["cases"]["items"], "$defs": schema["$defs"]})
