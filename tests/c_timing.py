"""Which functions of the C core may take a time that depends on their data: the list signing_core/_c/VARIABLE_TIME.

A function is either on the list, with what it sees; or the constant-time check has run it, and a comment of its file or
of the file's header says what its time depends on. The functions are those that gcov finds in the compiled core, static
ones and those of headers too.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

__all__ = ["CORE", "LIST", "Coverage", "complaints", "coverage_of", "declares", "listed"]

CORE = Path(__file__).parents[1] / "signing_core" / "_c"
LIST = CORE / "VARIABLE_TIME"
ALL = "*"

Coverage = Mapping[tuple[str, str], int]  # (file, function): how often it was called

DECLARATION = re.compile(r"constant[- ]time|time (?:that )?depends on [^.]*\balone|no [^.]*\bbranch", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def listed() -> dict[tuple[str, str], str]:
    """The list: (file, function or ``*``) and what the function sees. ValueError for a line of another form."""
    entries: dict[tuple[str, str], str] = {}
    for number, line in enumerate(LIST.read_text(encoding="ascii").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        words = line.split(maxsplit=2)
        if len(words) < 3:
            raise ValueError(f"{LIST.name}, line {number}: file, function and reason are wanted")
        if (words[0], words[1]) in entries:
            raise ValueError(f"{LIST.name}, line {number}: {words[1]} stands there twice")
        entries[words[0], words[1]] = words[2]
    return entries


def declares(file: str) -> bool:
    """Whether a comment of the file, or of its header, says that its time does not depend on secrets."""
    texts = [
        path.read_text(encoding="utf-8") for path in (CORE / file, (CORE / file).with_suffix(".h")) if path.exists()
    ]
    comments = (
        " ".join(re.sub(r"\n\s*\*", " ", comment).split()) for text in texts for comment in COMMENT.findall(text)
    )
    return any(DECLARATION.search(comment) for comment in comments)


def coverage_of(folder: Path) -> Coverage:
    """The functions of the core in gcov's data of ``folder``, where a program compiled with --coverage has run."""
    data = sorted(map(str, folder.glob("*.gcda")))
    command = ["gcov", "--json-format", "--stdout", *data]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    functions: dict[tuple[str, str], int] = {}
    for line in answer.splitlines():
        for file in json.loads(line)["files"]:
            path = Path(file["file"])
            if path.parent != CORE:
                continue
            for function in file["functions"]:
                at = (path.name, function["name"])
                functions[at] = functions.get(at, 0) + function["execution_count"]
    return functions


def complaints(functions: Coverage) -> list[str]:
    """What breaks the rules, a sentence each."""
    entries, files = listed(), {file for file, _ in functions}
    found = []
    for (file, name), calls in sorted(functions.items()):
        if (file, ALL) in entries or (file, name) in entries:
            continue
        if not calls:
            found.append(f"{file}: {name} is not on the list {LIST.name}, and check-ct never runs it")
        elif not declares(file):
            found.append(f"{file}: no comment says what the time of {name} depends on, and it is not on {LIST.name}")
    for file, name in entries:
        if (file not in files) if name == ALL else ((file, name) not in functions):
            found.append(f"{LIST.name}: there is no {name} in {file}")
    return found
