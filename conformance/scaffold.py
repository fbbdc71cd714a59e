"""A harness to fill in: the shipped one of a language, with the ops' code marked as the reader's to replace.

What is replaced stands beside each shipped harness in ``scaffold.json``: ``files`` maps each file to pairs of its text
and what stands there instead. So the protocol part has one source, and a pair that no longer fits is an error here. A
file that several harnesses share is named by its way from this one, and lands beside the rest.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HARNESSES = Path(__file__).resolve().parent / "harnesses"
_YOURS = "yours: put your own code here and delete this line; an example follows"


class ScaffoldError(ValueError):
    """A harness cannot be written there; the message names the path and the mend."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The files of a fresh harness, the target that starts it (from the folder where the command was given), and the
    command that installs what its example needs."""

    files: Mapping[str, str]
    target: str
    install: str


def languages() -> dict[str, Path]:
    """The folder of the shipped harness by language."""
    found = {}
    for file in sorted(_HARNESSES.glob("*/scaffold.json")):
        found[str(json.loads(file.read_text(encoding="utf-8"))["language"])] = file.parent
    return dict(sorted(found.items()))


def scaffold(language: str, folder: Path) -> Scaffold:
    """The fresh harness of a language for ``folder``; nothing is written. Raises KeyError for an unknown language."""
    source = languages()[language]
    manifest = json.loads((source / "harness.json").read_text(encoding="utf-8"))
    edits = json.loads((source / "scaffold.json").read_text(encoding="utf-8"))["files"]
    words = [word.format(dir=folder, python=sys.executable) for word in shlex.split(manifest["command"])]
    names = {"@name@": _name(folder), "@yours@": _YOURS, "@install@": manifest["install"]}
    names["@target@"] = f"cmd:{shlex.join(words)}"
    files = {Path(name).name: _filled(_edited(source / name, pairs), names) for name, pairs in edits.items()}
    names["@files@"] = " and ".join(name for name, text in files.items() if _YOURS in text)
    files["README.md"] = _filled((_HARNESSES / "scaffold.md").read_text(encoding="utf-8"), names)
    return Scaffold(files, names["@target@"], names["@install@"])


def write(made: Scaffold, folder: Path) -> None:
    """Write the files into ``folder``, all or none; it is made where it is missing.

    Raises ScaffoldError where one of them is there already, or cannot be written.
    """
    there = [name for name in made.files if (folder / name).exists()]
    if there:
        raise ScaffoldError(f"{folder / there[0]}: there already, and not written over; name another folder")
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.files.items():
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                written.append(folder / name)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise ScaffoldError(f"{error.filename or folder}: cannot be written: {error.strerror}") from None


def _name(folder: Path) -> str:
    """A name for the implementation that fits any language's quotes: the folder's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-") or "harness"


def _edited(path: Path, pairs: list[list[str]]) -> str:
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        if text.count(old) != 1:
            raise RuntimeError(f"{path}: {old!r} of scaffold.json stands there {text.count(old)} times, not once")
        text = text.replace(old, new)
    return text


def _filled(text: str, names: Mapping[str, Any]) -> str:
    for mark, value in names.items():
        text = text.replace(mark, value)
    return text
