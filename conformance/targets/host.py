"""The child's side of a ``python:`` target: ``python -m conformance.targets.host package.module:Class``.

Commands come on standard input and answers leave on standard output, but only this module has those two: to the class,
standard input is empty and standard output is standard error, so that a print cannot spoil the protocol.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

from conformance.targets.adapter import Adapter
from conformance.targets.lines import LineError, encode


def main(place: str) -> int:
    """Serve the class at ``place`` until ``bye`` or the end of input; the exit status is 1 if it cannot be had."""
    commands, answers = _take_streams()
    adapter: Adapter | None = None
    for line in commands:
        command = json.loads(line)
        if command["cmd"] == "bye":
            break
        if adapter is None:
            try:
                adapter = Adapter(_make(place))
            except Exception as error:
                told = {"kind": type(error).__name__, "message": str(error)[:500]}
                answers.write(encode({"error": told}))
                return 1
        answers.write(_line(adapter.answer(command)))
    return 0


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return commands, answers


def _make(place: str) -> Any:
    """The object that ``package.module:Class`` makes. Raises LookupError where there is none, else what that raises."""
    module_name, _, path = place.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = error.name or module_name
        if module_name != missing and not module_name.startswith(missing + "."):
            raise ImportError(f"importing {module_name!r} failed: there is no module {missing!r}; install it") from None
        raise LookupError(
            f"there is no module {missing!r} in {str(Path.cwd())!r} or on the module path; start the kit from the"
            " folder that holds it, or set PYTHONPATH"
        ) from None
    for name in path.split("."):
        if not hasattr(found, name):
            classes = sorted(key for key, value in vars(found).items() if isinstance(value, type))
            raise LookupError(f"{module_name!r} has no {name!r}; its classes are {', '.join(classes) or 'none'}")
        found = getattr(found, name)
    return found()


def _line(answer: dict[str, Any]) -> bytes:
    try:
        return encode(answer)
    except (LineError, TypeError, ValueError) as error:  # too long, or a dictionary with what JSON has no form for
        name = {"id": answer["id"]} if "id" in answer else {}
        return encode({**name, "error": {"kind": type(error).__name__, "message": str(error)[:500]}})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
