"""Two byte strings, one above the other, where they first differ: as text where they are text, else as hex."""

from __future__ import annotations

from collections.abc import Callable

from conformance.diagnose import first_difference

_ROOM = 56  # columns for the bytes of one line
_BEFORE = 20  # columns of the same bytes shown before the first difference


def lines(expected: bytes | None, actual: bytes | None, names: tuple[str, str] = ("expected", "actual")) -> list[str]:
    """The lines of the diff, ASCII only, at most 76 columns; none where there is nothing to show.

    ``names`` are what the two are called, of at most 8 characters.
    """
    if expected is None and actual is None:
        return []
    known = [data for data in (expected, actual) if data is not None]
    spell = _as_text if all(_is_text(data) for data in known) else _as_hex
    if expected is None or actual is None:
        label = names[expected is None]
        return [f"{label:>8}  {_window(known[0], 0, spell)}  ({len(known[0])} bytes)"]
    if expected == actual:
        return []
    at = first_difference(expected, actual)
    fits = max(len(expected), len(actual)) <= _ROOM and all(sum(map(len, map(spell, d))) <= _ROOM for d in known)
    start = 0 if fits else _start(expected, at, spell)
    caret = len(_lead(start)) + sum(len(spell(byte)) for byte in expected[start:at])
    rows = [
        f"{names[0]:>8}  {_window(expected, start, spell)}",
        f"{names[1]:>8}  {_window(actual, start, spell)}",
        " " * (10 + caret) + f"^ byte {at}",
    ]
    if len(expected) != len(actual):
        rows.append(
            f"          {names[0]} {len(expected)} bytes, {'got' if names[1] == 'actual' else names[1]} {len(actual)}"
        )
    return rows


def _is_text(data: bytes) -> bool:
    printable = sum(0x20 <= byte < 0x7F or byte in b"\r\n\t" for byte in data)
    return printable * 10 >= len(data) * 7


def _as_text(byte: int) -> str:
    if 0x20 <= byte < 0x7F:
        return chr(byte)
    return {9: "\\t", 10: "\\n", 13: "\\r"}.get(byte, f"\\x{byte:02x}")


def _as_hex(byte: int) -> str:
    return f"{byte:02x} "


def _start(data: bytes, at: int, spell: Callable[[int], str]) -> int:
    """Where to begin, so that the bytes before ``at`` fill at most ``_BEFORE`` columns."""
    start, width = at, 0
    while start > 0 and width + len(spell(data[start - 1])) <= _BEFORE:
        start -= 1
        width += len(spell(data[start]))
    return start


def _lead(start: int) -> str:
    return "..." if start else ""


def _window(data: bytes, start: int, spell: Callable[[int], str]) -> str:
    out = _lead(start)
    for offset in range(start, len(data)):
        spelled = spell(data[offset])
        if len(out) + len(spelled) > _ROOM:
            return out.rstrip() + "..."
        out += spelled
    return out.rstrip() if spell is _as_hex else out
