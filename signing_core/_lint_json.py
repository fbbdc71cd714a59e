"""lint for JSON texts: what encoders spell otherwise, readers take otherwise, or the document does not want.

One pass over the tokens, linear in time. What a string or number breaks is in the tables of ``_lint_json_rules``; what
needs the place in the whole (order and repetition of names, nesting, whitespace) is found here.
"""

from __future__ import annotations

import re
from json import loads
from math import inf

from signing_core import _lint_json_rules as rules
from signing_core._json_path import extend
from signing_core._json_text import JSONError, tokens
from signing_core._lint_finding import Finding, Findings, Rule

__all__ = ["json"]

_DEEP = 64  # P42
_INDEX = re.compile("0|[1-9][0-9]{0,9}")
_INDEX_END = 2**32 - 1  # JavaScript's array indexes end before it (ECMA-262, section 6.1.7)


def json(text: bytes) -> list[Finding]:
    """What will not survive in a JSON text, each rule once with its first place (byte offset) and path.

    A text that is no JSON gives the error ``json-invalid``, after what was found before that place. Raises TypeError
    for what is not bytes, and nothing else.
    """
    if not isinstance(text, bytes):
        raise TypeError(f"a JSON text is bytes, not {type(text).__name__}; encode it as UTF-8")
    walk = _Walk(text)
    try:
        walk.run()
    except JSONError as fault:
        walk.note(Rule("json-invalid", fault.what, fault.mend, "P42", severity="error"), fault.place)
    return walk.findings.list()


class _Container:
    """An open object or array: which member or item the walk is at, and what names it has seen."""

    __slots__ = ("greatest_index", "index", "is_object", "name", "names", "start")

    def __init__(self, start: int, is_object: bool) -> None:
        self.start = start
        self.is_object = is_object
        self.index = 0
        self.name: str | None = None
        self.names: set[str] = set()
        self.greatest_index: float = -1  # infinite once a name was no index

    @property
    def step(self) -> str | int | None:
        """From the container's path to that of its member or item; None before the first name."""
        return self.name if self.is_object else self.index


class _Walk:
    """The state of one pass."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.findings = Findings()
        self.open: list[_Container] = []

    def run(self) -> None:
        """Note all breaches; raises JSONError where the text ceases to be JSON."""
        at = 0
        for kind, start, end in tokens(self.text):
            if start != at:
                self.note(rules.WHITESPACE if at else rules.OUTER_WHITESPACE, at)
            at = end
            if kind == "string":
                self.string(start, end)
            elif kind == "name":
                self.name(start, end)
            elif kind == "number":
                for rule, shown in rules.number_breaches(self.text[start:end]):
                    self.note(rule, start, shown)
            elif kind == "literal":
                if end - start == 4 and self.text[start] == ord("n") and self.open and self.open[-1].is_object:
                    self.note(rules.NULL, start)
            elif kind == ",":
                self.open[-1].index += 1
            elif kind in "{[":
                if len(self.open) >= _DEEP:
                    self.note(rules.DEEP, start)
                self.open.append(_Container(start, kind == "{"))
            elif kind in "}]":
                closed = self.open.pop()
                if closed.is_object and not closed.names:
                    self.note(rules.EMPTY_OBJECT, closed.start)
        if at != len(self.text):
            self.note(rules.OUTER_WHITESPACE, at)

    def string(self, start: int, end: int) -> None:
        for rule, place, shown in rules.string_breaches(self.text, start, end):
            self.note(rule, place, shown)

    def name(self, start: int, end: int) -> None:
        container = self.open[-1]
        token = self.text[start:end]
        name: str = loads(token) if b"\\" in token else token[1:-1].decode()
        is_late = container.name is not None and name < container.name
        container.name = name
        self.string(start, end)
        if name in container.names:
            self.note(rules.DUPLICATE, start, repr(name))
        if is_late:
            self.note(rules.NAME_ORDER, start)
        container.names.add(name)
        is_index = _INDEX.fullmatch(name) is not None and int(name) < _INDEX_END
        if is_index and int(name) < container.greatest_index:
            self.note(rules.INDEX_NAME, start, repr(name))
        container.greatest_index = max(container.greatest_index, int(name) if is_index else inf)

    def note(self, rule: Rule, place: int, shown: str = "") -> None:
        self.findings.add(rule, place, shown, self.path)

    def path(self) -> str:
        """The path of the value the walk is at."""
        path = "$"
        for container in self.open:
            if container.step is not None:
                path = extend(path, container.step)
        return path
