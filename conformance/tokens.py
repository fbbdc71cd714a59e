"""An independent JSON reader (RFC 8259): it judges bodies that other encoders made.

Strict, exact and iterative: numbers stay exact decimals, strings keep lone surrogates, objects keep order and duplicate
members, and any depth is read without recursion. It shares no code with signing_core and never makes a float.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

# No possessive groups: before Python 3.11.5 they match what they should not. Repeated groups are bounded, for the
# engine keeps a record of each repetition.
_BLANKS = re.compile(rb"[ \t\n\r]*")
_TOKEN = re.compile(
    rb"(?P<mark>[\[\]{}:,])"
    rb"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z.+-])"
    rb"|(?P<word>true|false|null)(?![0-9A-Za-z])"
)
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPES = re.compile(rb'(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})){1,256}')
_UNSPACED = re.compile(rb'[^" \t\n\r]*')
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
_SHORT = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
_LONGEST_EXPONENT = 4000  # digits; Python's int() refuses to read a little more than that


class JsonError(ValueError):
    """The text is not JSON. ``offset`` is that of the first byte that does not belong, counted from 0."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(f"{problem} at byte {offset}")
        self.offset = offset


@dataclass(frozen=True)
class Number:
    """A number as it is spelled. Equal spellings are equal objects; equal values have equal ``exact``."""

    lexeme: str

    @cached_property
    def exact(self) -> tuple[bool, str, int | str]:
        """(negative, digits without outer zeros, power of ten of the last digit): the value, never expanded.

        Minus zero is zero. An exponent of more than 4000 digits is compared by its spelling.
        """
        match = _NUMBER.fullmatch(self.lexeme)
        if match is None:
            raise ValueError(f"{self.lexeme!r} is not a JSON number")
        sign, whole, fraction, power = match.group(1), match.group(2), match.group(3) or "", match.group(4) or "0"
        digits = (whole + fraction).lstrip("0")
        significant = digits.rstrip("0")
        if not significant:
            return False, "", 0
        shift = len(digits) - len(significant) - len(fraction)
        below, magnitude = power.startswith("-"), power.lstrip("+-").lstrip("0") or "0"
        if len(magnitude) > _LONGEST_EXPONENT:
            return sign == "-", significant, f"{'-' if below else ''}{magnitude}{shift:+}"
        return sign == "-", significant, shift + (-int(magnitude) if below else int(magnitude))


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """A JSON object: its members in order, duplicates kept."""

    members: list[tuple[str, Value]]

    def get(self, name: str) -> Value | None:
        """The last member of that name, as most readers take it; None where there is none (or it is null)."""
        return next((value for key, value in reversed(self.members) if key == name), None)

    def grouped(self) -> dict[str, list[Value]]:
        """Names in order of first sight, each with all its values."""
        groups: dict[str, list[Value]] = {}
        for name, value in self.members:
            groups.setdefault(name, []).append(value)
        return groups


# Arrays are lists. Compare values with ``difference``, not with ``==``, which would recurse.
Value: TypeAlias = "bool | str | Number | list[Value] | Object | None"

_WORDS: dict[bytes, Value] = {b"true": True, b"false": False, b"null": None}


def first_blank(text: bytes) -> int | None:
    """Offset of the first whitespace outside strings, or None: then the (valid) JSON text is minified (S41, P4)."""
    at = 0
    while (at := _end(_UNSPACED, text, at)) < len(text):
        end = _string_end(text, at)
        if end is None:
            return at
        at = end
    return None


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _string_end(text: bytes, start: int) -> int | None:
    """Offset behind the string that opens at ``start``; None where no string opens, or not a whole and right one."""
    if not text.startswith(b'"', start):
        return None
    at = start + 1
    while not text.startswith(b'"', at := _end(_PLAIN, text, at)):
        escapes = _ESCAPES.match(text, at)
        if escapes is None:
            return None
        at = escapes.end()
    return at + 1


def parse(text: bytes) -> Value:
    """The one value in ``text``. Raises JsonError; never RecursionError."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonError("not UTF-8", error.start) from None
    if text.startswith(b"\xef\xbb\xbf"):
        raise JsonError("a byte order mark, which JSON does not allow,", 0)
    return _Reader(text).read()


def _unescape(text: str) -> str:
    """The content of a string: escapes undone, surrogate pairs joined, lone surrogates kept."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _SHORT[m[2]], text)
    return _PAIR.sub(lambda m: (m[1] + m[2]).encode("utf-16-le", "surrogatepass").decode("utf-16-le"), plain)


class _Reader:
    """A loop over tokens with its own stack: each open container, and for an object the name that awaits its value."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0

    def token(self) -> tuple[str, bytes, int]:
        """(kind, bytes, offset) of the next token; kind ``end`` after the last."""
        start = _end(_BLANKS, self.text, self.at)
        if start == len(self.text):
            return "end", b"", start
        if (end := _string_end(self.text, start)) is not None:
            self.at = end
            return "string", self.text[start:end], start
        found = _TOKEN.match(self.text, start)
        if found is None:
            raise JsonError(self.complaint(start), start)
        self.at = found.end()
        return found.lastgroup or "", found[0], start

    def complaint(self, start: int) -> str:
        lead = self.text[start : start + 1]
        if lead == b'"':
            return "a string that is not closed, or holds a control character or a wrong escape,"
        return "a number not spelled as JSON" if lead in b"+-.0123456789" else "something that is no JSON token"

    def read(self) -> Value:
        open_: list[tuple[list[Value] | Object, str]] = []
        kind, raw, start = self.token()
        while True:
            value: Value
            if raw == b"{":
                value = Object([])
                kind, raw, start = self.token()
                if raw != b"}":
                    open_.append((value, self.name(kind, raw, start)))
                    kind, raw, start = self.token()
                    continue
            elif raw == b"[":
                value = []
                kind, raw, start = self.token()
                if raw != b"]":
                    open_.append((value, ""))
                    continue
            else:
                value = self.scalar(kind, raw, start)
            while open_:  # the value is whole: hand it to its container, which may thereby end too
                container, name = open_.pop()
                kind, raw, start = self.token()
                if isinstance(container, Object):
                    container.members.append((name, value))
                    closing = b"}"
                else:
                    container.append(value)
                    closing = b"]"
                if raw == b",":
                    kind, raw, start = self.token()
                    if isinstance(container, Object):
                        name = self.name(kind, raw, start)
                        kind, raw, start = self.token()
                    open_.append((container, name))
                    break
                if raw != closing:
                    raise JsonError(f"a comma or {closing.decode()} is missing", start)
                value = container
            else:
                kind, raw, start = self.token()
                if kind != "end":
                    raise JsonError("something after the value", start)
                return value

    def name(self, kind: str, raw: bytes, start: int) -> str:
        if kind != "string":
            raise JsonError("a member's name is missing", start)
        if (colon := self.token())[1] != b":":
            raise JsonError("a colon is missing", colon[2])
        return _unescape(raw[1:-1].decode("utf-8"))

    def scalar(self, kind: str, raw: bytes, start: int) -> Value:
        if kind == "string":
            return _unescape(raw[1:-1].decode("utf-8"))
        if kind == "number":
            return Number(raw.decode("ascii"))
        if kind == "word":
            return _WORDS[raw]
        raise JsonError("a value is missing", start)


def strings(value: Value) -> Iterator[str]:
    """All strings in a value, members' names too, in no particular order."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            rest.extend(item)
        elif isinstance(item, Object):
            for name, member in item.members:
                yield name
                rest.append(member)


_Path: TypeAlias = "tuple[_Path | None, str]"  # a chain: growing strings would cost the square of the depth


class Absent:
    """Stands for a member or item that is not there."""


ABSENT = Absent()
ABSENT_TWIN = Absent()  # of a name that stands on both sides, but not as often on this one


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two values part: the path (``$.payer.city``) and what stands there in each."""

    path: str
    asked: Value | Absent
    sent: Value | Absent


def difference(asked: Value, sent: Value) -> Difference | None:
    """The first difference in the order of ``asked``, or None. The order of members is free, that of duplicates is not;
    numbers compare as exact decimals (150.20 = 150.2)."""
    rest: list[tuple[_Path, Value | Absent, Value | Absent]] = [((None, "$"), asked, sent)]
    while rest:
        path, left, right = rest.pop()
        if isinstance(left, Object) and isinstance(right, Object):
            ours, theirs = left.grouped(), right.grouped()
            names = list(ours) + [name for name in theirs if name not in ours]
            pairs = [
                ((path, _step(name)), *pair)
                for name in names
                for pair in _paired(ours.get(name, []), theirs.get(name, []))
            ]
        elif isinstance(left, list) and isinstance(right, list):
            pairs = [((path, f"[{i}]"), *pair) for i, pair in enumerate(_items(left, right))]
        elif _same(left, right):
            continue
        else:
            return Difference(_spelled(path), left, right)
        rest.extend(reversed(pairs))
    return None


def _spelled(path: _Path) -> str:
    steps = []
    rest: _Path | None = path
    while rest:
        rest, step = rest
        steps.append(step)
    return "".join(reversed(steps))


def _zip(left: list[Value], right: list[Value]) -> list[tuple[Value | Absent, Value | Absent]]:
    longest = max(len(left), len(right))
    return [(left[i] if i < len(left) else ABSENT, right[i] if i < len(right) else ABSENT) for i in range(longest)]


def _items(left: list[Value], right: list[Value]) -> list[tuple[Value | Absent, Value | Absent]]:
    """Items side by side; where just the nulls are missing, the others still meet their like."""
    if len(right) < len(left) and len(right) == sum(item is not None for item in left):
        others = iter(right)
        return [(item, ABSENT if item is None else next(others)) for item in left]
    return _zip(left, right)


def _paired(left: list[Value], right: list[Value]) -> list[tuple[Value | Absent, Value | Absent]]:
    """Values of one name side by side; where one was dropped or added, that one alone."""
    if len(left) == len(right) or not left or not right:
        return _zip(left, right)
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    few = longer[:16]  # a body of a million repeated names must not cost their square
    odd = next((value for value in few if not any(_same(value, other) for other in shorter[:16])), longer[-1])
    return [(odd, ABSENT_TWIN) if longer is left else (ABSENT_TWIN, odd)]


def _same(left: Value | Absent, right: Value | Absent) -> bool:
    if isinstance(left, Number) and isinstance(right, Number):
        return left.exact == right.exact
    if isinstance(left, list | Object) or isinstance(right, list | Object):
        return False
    return type(left) is type(right) and left == right


def _step(name: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name)
    return f".{name}" if plain else f"[{quote(name)}]"


def quote(text: str) -> str:
    """A string as JSON spells it in ASCII."""
    return '"' + "".join(_spell(unit) for unit in text) + '"'


_SHORTENED = {char: "\\" + letter for letter, char in _SHORT.items() if char != "/"}


def _spell(unit: str) -> str:
    if unit in _SHORTENED:
        return _SHORTENED[unit]
    if " " <= unit <= "~":
        return unit
    units = unit.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def show(value: Value | Absent, longest: int = 60) -> str:
    """A value for a sentence: JSON, cut to about ``longest`` characters; a container tells only its size."""
    if isinstance(value, Absent):
        return "nothing"
    if isinstance(value, str):
        return quote(value) if len(value) <= longest else f"{quote(value[:longest])}... ({len(value)} characters)"
    if isinstance(value, Number):
        return value.lexeme if len(value.lexeme) <= longest else f"{value.lexeme[:longest]}..."
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "[]"
    if isinstance(value, Object):
        return f"an object of {len(value.members)}" if value.members else "{}"
    return {True: "true", False: "false", None: "null"}[value]
