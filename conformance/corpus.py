"""Load vector files, check them, and pick cases.

A corpus that is wrong must never run: every fault ends in a CorpusError that names the file, the case where there is
one, and the mend. Checked are JSON (a name that stands twice, too), the schema, and what a schema cannot say: ids,
keys, flags and ``differs_from`` resolve, over all files together.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.model import FORMS, OPS, Case, Corpus, Key, Level
from conformance.resources import vectors_root

SCHEMA = "vector.schema.json"
NEEDS_PRIVATE = ("sign", "build")
INTEGER_DIGITS = 18
FAMILY, FAMILY_COUNTS = "family", 16
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # an escape that may be half a pair
SENTENCE = 240  # characters of a schema error that are shown; some quote the whole value


class CorpusError(ValueError):
    """A vector file, or a choice of cases, that cannot be used. The message names the place and the mend."""


def load(paths: Sequence[Path] | None = None) -> Corpus:
    """The corpus of these files and folders (a folder: its ``*.json`` and ``*/*.json``); None: the shipped vectors.

    Files are taken in order of folder and file name. Raises CorpusError for whatever is wrong with them.
    """
    loader = _Loader()
    for path in _files([Path(str(vectors_root()))] if paths is None else paths):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CorpusError(f"{path}: cannot be read: {error.strerror}") from error
        loader.add(str(path), data)
    return loader.corpus()


def select(
    corpus: Corpus,
    ids: Iterable[str] = (),
    tags: Iterable[str] = (),
    suites: Iterable[str] = (),
    levels: Iterable[str] = (),
) -> tuple[Case, ...]:
    """The cases that fit every kind of choice given, in the corpus's order; a kind left empty chooses all.

    ``ids`` may hold ``*``, ``?`` and ``[...]``; a tag is a flag. Raises CorpusError for an id, tag, suite or level that
    no case has, and names what comes near.
    """
    wanted_ids = _known(ids, "case", [case.id for case in corpus.cases])
    wanted_tags = _known(tags, "tag", sorted({flag for case in corpus.cases for flag in case.flags}))
    wanted_suites = _known(suites, "suite", list(dict.fromkeys(case.suite for case in corpus.cases)))
    wanted_levels = _known(levels, "level", list(Level))
    return tuple(
        case
        for case in corpus.cases
        if (not wanted_ids or any(fnmatchcase(case.id, pattern) for pattern in wanted_ids))
        and (not wanted_tags or any(flag in wanted_tags for flag in case.flags))
        and (not wanted_suites or case.suite in wanted_suites)
        and (not wanted_levels or case.level in wanted_levels)
    )


def family(case: Case, notes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The family a case belongs to: its first flag whose note is of kind ``family``; None where no loop made it."""
    return next((flag for flag in case.flags if notes[flag]["kind"] == FAMILY), None)


def counted(cases: Iterable[Case], notes: Mapping[str, Mapping[str, Any]]) -> int:
    """How many cases these are towards a total: a family of cases that a loop makes counts as at most 16."""
    sizes = Counter(family(case, notes) for case in cases)
    return sizes.pop(None, 0) + sum(min(size, FAMILY_COUNTS) for size in sizes.values())


def _known(names: Iterable[str], what: str, known: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(names)
    for name in wanted:
        found = any(fnmatchcase(one, name) for one in known) if what == "case" else name in known
        if not found:
            everything = "" if what == "case" else f"; there is {', '.join(known)}"
            raise CorpusError(f"no {what} {name!r}{_near(name, known) or everything}")
    return wanted


def _files(paths: Iterable[Path]) -> list[Path]:
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            files = [*path.glob("*.json"), *path.glob("*/*.json")]
            files = [file for file in files if file.is_file() and file.resolve().parent.name != "schema"]
            if not files:
                raise CorpusError(f"{path}: holds no vector files: name a folder of *.json files, or a file")
        elif path.exists():
            files = [path]
        else:
            raise CorpusError(f"{path}: no such file or folder")
        found.update((file.resolve(), file) for file in files)
    return [found[file] for file in sorted(found, key=lambda file: (file.parent.name, file.name, file))]


class _Loader:
    """What the files read so far hold, and which file each name was first met in."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._cases: dict[str, Case] = {}
        self._keys: dict[str, Key] = {}
        self._notes: dict[str, Mapping[str, Any]] = {}
        self._places: dict[tuple[str, str], str] = {}

    def add(self, file: str, data: bytes) -> None:
        """One file's cases, keys and notes, checked against its schema and the files before."""
        document = _parse(file, data)
        if not _validator().is_valid(document):
            raise CorpusError(f"{file}: {_explain(document)}")
        self._digest.update(data)
        self._place(file, "suite", document["suite"])
        for name, note in document["notes"].items():
            self._place(file, "note", name, same=self._notes.setdefault(name, note) == note)
        for name, entry in document["keys"].items():
            key = Key(name=name, **entry)
            self._place(file, "key", name, same=self._keys.setdefault(name, key) == key)
        for entry in document["cases"]:
            case = _case(document["suite"], entry)
            self._place(file, "case", case.id)
            _check_names(file, case, document)
            self._cases[case.id] = case

    def corpus(self) -> Corpus:
        """All of it, once every neighbour is known to be there."""
        for case in self._cases.values():
            self._check_neighbour(case)
        return Corpus(tuple(self._cases.values()), self._keys, self._notes, self._digest.hexdigest())

    def _place(self, file: str, what: str, name: str, *, same: bool | None = None) -> None:
        """Keeps the file of a name. A suite or case stands once; a note or key may stand again, if it is the same."""
        place = self._places.get((what, name))
        if place is None:
            self._places[what, name] = file
        elif same is None:
            raise CorpusError(f"{file}: {what} {name} stands already in {place}: give it a name of its own")
        elif not same:
            raise CorpusError(f"{file}: {what} {name} differs from that in {place}: give it a name of its own")

    def _check_neighbour(self, case: Case) -> None:
        if case.differs_from is None:
            return
        neighbour = self._cases.get(case.differs_from)
        if neighbour is None:
            sentence = f"differs_from names {case.differs_from}, and no case has that id" + _near(
                case.differs_from, self._cases
            )
        elif neighbour.expect.get("refused") or neighbour.expect.get("valid") is False:
            sentence = f"differs_from names {neighbour.id}, which is no positive case: name the one it leaves"
        else:
            return
        raise CorpusError(f"{self._places['case', case.id]}: case {case.id}: {sentence}")


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; there is {', '.join(near)}" if near else ""


def _case(suite: str, entry: Mapping[str, Any]) -> Case:
    return Case(
        id=entry["id"],
        suite=suite,
        comment=entry["comment"],
        level=Level(entry["level"]),
        clauses=tuple(entry["clauses"]),
        flags=tuple(entry["flags"]),
        differs_from=entry["differs_from"],
        op=entry["op"],
        input=entry["input"],
        expect=entry["expect"],
    )


def _check_names(file: str, case: Case, document: Mapping[str, Any]) -> None:
    sentence = None
    strange = [flag for flag in case.flags if flag not in document["notes"]]
    if strange:
        sentence = f"flag {strange[0]} has no note: describe it under notes"
    elif case.key is not None and case.key not in document["keys"]:
        sentence = f"key {case.key!r} is not among the file's keys{_near(case.key, document['keys'])}: add it to keys"
    elif case.op in NEEDS_PRIVATE and document["keys"][case.key]["private_pem"] is None:
        sentence = f"{case.op} needs a private key, and key {case.key!r} has none: give its private_pem"
    if sentence:
        raise CorpusError(f"{file}: case {case.id}: {sentence}")


def _parse(file: str, data: bytes) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            place = f"case {found['id']}: " if "id" in found else ""
            raise CorpusError(f"{file}: {place}the name {twice!r} stands twice in one object: keep one of them")
        return found

    def constant(name: str) -> None:
        raise CorpusError(f"{file}: {name} is not JSON: write a number or null")

    def integer(digits: str) -> int:
        if len(digits) > INTEGER_DIGITS:
            raise CorpusError(f"{file}: a number of too many digits ({len(digits)}): hold it as base64 or a string")
        return int(digits)

    try:
        text = data.decode("utf-8")
        document = json.loads(text, object_pairs_hook=members, parse_constant=constant, parse_int=integer)
        if SURROGATE.search(text):
            json.dumps(document, ensure_ascii=False).encode("utf-8")  # a lone surrogate is no text
    except json.JSONDecodeError as error:
        offset = len(text[: error.pos].encode("utf-8"))
        place = f"byte offset {offset} (line {error.lineno}, column {error.colno})"
        raise CorpusError(f"{file}: not JSON at {place}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{file}: not UTF-8 at byte offset {error.start}: {error.reason}") from None
    except UnicodeEncodeError:
        raise CorpusError(f"{file}: a string holds a lone surrogate: hold bytes as base64") from None
    except RecursionError:
        raise CorpusError(f"{file}: not a vector file: nested too deep") from None
    return document


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((vectors_root() / "schema" / SCHEMA).read_text("utf-8"))
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema())


def _explain(document: Any) -> str:
    """What the schema finds wrong first, as a sentence; of alternatives, by the one the case comes closest to."""
    frame = _schema()
    if isinstance(document, dict) and document.get("schema") != SCHEMA:
        return f"schema is {str(document.get('schema'))[:SENTENCE]!r}: this kit reads {SCHEMA!r}"
    if isinstance(document, dict) and isinstance(document.get("cases"), list):
        for number, case in enumerate(document["cases"]):
            sentence = _explain_case(case, frame["properties"]["cases"]["items"])
            if sentence:
                name = (
                    case["id"] if isinstance(case, dict) and isinstance(case.get("id"), str) else f"number {number + 1}"
                )
                return f"case {name}: {sentence}"
        frame = {**frame, "properties": {**frame["properties"], "cases": {"type": "array", "minItems": 1}}}
    return _first_error(frame, document, mask="the value") or "does not fit the schema"


def _explain_case(case: Any, schema: Mapping[str, Any]) -> str | None:
    if isinstance(case, dict) and case.get("op") not in OPS:
        return f"op {case.get('op')!r} is none of {', '.join(OPS)}"
    narrowed = _closest(schema, case)
    form = case["input"].get("form") if isinstance(case, dict) and isinstance(case.get("input"), dict) else None
    if form is not None and form not in FORMS:
        return f"form {form!r} is none of {', '.join(FORMS)}"
    return _first_error(narrowed, case)


def _closest(schema: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The schema with every oneOf replaced by the branch whose names and constants are most like the value's."""

    def likeness(branch: Mapping[str, Any]) -> int:
        known = branch.get("properties", {})
        names = value if isinstance(value, dict) else {}
        constants = sum(10 for name in names if name in known and known[name].get("const") == names[name])
        return constants + sum(1 if name in known else -1 for name in names)

    branch = max(schema["oneOf"], key=likeness) if "oneOf" in schema else schema
    if not isinstance(value, dict) or "properties" not in branch:
        return dict(branch)
    members = branch["properties"].items()
    return {**branch, "properties": {n: _closest(s, value[n]) if n in value else s for n, s in members}}


def _first_error(schema: Mapping[str, Any], value: Any, mask: str | None = None) -> str | None:
    narrowed = jsonschema_rs.Draft202012Validator({**schema, "$defs": _schema()["$defs"]}, mask=mask)
    for error in narrowed.iter_errors(value):
        place = "/".join(map(str, error.instance_path))
        sentence = error.message if len(error.message) <= SENTENCE else f"{error.message[:SENTENCE]}…"
        return f"{place}: {sentence}" if place else sentence
    return None
