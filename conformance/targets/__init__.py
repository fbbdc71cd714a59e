"""Targets: an implementation under test, reached over one of three transports that carry the same messages."""

from __future__ import annotations

import re
import shlex

from conformance.targets.base import Fault, Refused, Session, Skip, StderrTail, Target, TargetError

__all__ = ["Fault", "Refused", "Session", "Skip", "StderrTail", "Target", "TargetError", "open_target"]

_PLACE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_FORMS = (
    "a target is cmd:COMMAND LINE (cmd:php harness.php), python:package.module:Class "
    "(python:conformance.reference:Reference) or a URL (http://127.0.0.1:8080/signkit)"
)


def open_target(spec: str) -> Target:
    """The target that ``spec`` names; nothing is started or checked for existence yet.

    Raises TargetError where the text itself cannot be used. Transports are imported when they are asked for, which
    spares a ``python:`` target's child process their weight.
    """
    kind, _, rest = spec.partition(":")
    if kind == "cmd":
        from conformance.targets.process import ProcessTarget

        return ProcessTarget(spec, _split(spec, rest))
    if kind == "python":
        from conformance.targets.process import python_target

        if not _PLACE.fullmatch(rest):
            raise TargetError(f"the target {spec!r} does not name a class as python:package.module:Class")
        return python_target(spec, rest)
    if kind in ("http", "https"):
        from conformance.targets.web import HttpTarget

        return HttpTarget(spec)
    raise TargetError(f"the target {spec!r} is of no known form: {_FORMS}")


def _split(spec: str, line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise TargetError(f"the command line of {spec!r} cannot be split: {error}; close or escape it") from None
    if not words or not words[0]:
        raise TargetError(f"the target {spec!r} names no command: {_FORMS}")
    if any("\0" in word for word in words):
        raise TargetError(f"the target {spec!r} holds a NUL character, which no command line can carry")
    return words
