"""Smaller questions than a given one, boldest first: what hypothesis leaves of an example is cut down with these.

Hypothesis shrinks the choices that made an example; here the fields themselves are cut, by what they are made of, so
that several cuts can be tried at a time.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from conformance import tokens
from conformance.fuzz.asks import BYTES, Ask

_PLAIN: dict[str, tuple[str, ...]] = {
    "method": ("GET", "POST"),
    "merchant_id": ("m-1",),
    "key": ("doc",),
    "transaction_id": ("1",),
    "card_number": ("000000000000",),
}
_FILLED = ("transaction_id", "value", "card_number")
_DEEPEST = 6  # levels of JSON that are cut piece by piece
_BROADEST = 32  # parts of a container that are left out one by one; of broader ones, runs of them are
_LONGEST = 4000  # bytes of a text that is cut anywhere


def smaller(ask: Ask) -> Iterator[Ask]:
    """Variations of ``ask`` with one field made smaller or plainer."""
    for name, value in ask.input.items():
        if name == "form":
            continue
        seen = {value}
        for other in _variations(name, value):
            if name == "method" and ask.op != "message" and other not in _PLAIN["method"]:
                continue  # a shorter one is no simpler
            if name in _FILLED and (not other or (name == "card_number" and ask.op == "verify")):
                continue  # without them there is no message that could be verified
            if other not in seen:
                seen.add(other)
                yield Ask(ask.op, {**ask.input, name: other})


def _variations(name: str, value: str) -> Iterator[str]:
    yield from _PLAIN.get(name, ())
    if name in BYTES:
        for data in _of_bytes(name, base64.b64decode(value)):
            yield base64.b64encode(data).decode("ascii")
    elif name == "url":
        yield from _of_url(value)
    elif name not in ("key", "merchant_id"):
        yield from _cuts(value)


def _of_bytes(name: str, data: bytes) -> Iterator[bytes]:
    if name == "body":
        yield b""
    yield b"{}"
    try:
        value = tokens.parse(data)
    except tokens.JsonError:
        pass
    else:
        for other in _of_value(value, _DEEPEST):
            yield _written(other)
    for cut in _cuts(data.decode("latin-1")):
        yield cut.encode("latin-1")


def _of_value(value: tokens.Value, levels: int) -> Iterator[tokens.Value]:
    """The value's parts in its place, then the value with one part left out, then with one part made smaller."""
    if isinstance(value, tokens.Object):
        parts = [member for _, member in value.members]
    elif isinstance(value, list):
        parts = value
    else:
        return
    yield from parts[:_BROADEST]
    run = len(parts) if len(parts) > _BROADEST else 1
    while run:
        for start in range(0, len(parts), run):
            yield _joined(value, start, run, [])
        run = 0 if len(parts) <= _BROADEST or len(parts) // (run // 2 or 1) > _BROADEST else run // 2
    if levels:
        for at, part in enumerate(parts[:_BROADEST]):
            for other in _of_value(part, levels - 1):
                yield _joined(value, at, 1, [other])


def _joined(value: tokens.Object | list[tokens.Value], at: int, run: int, instead: list[tokens.Value]) -> tokens.Value:
    """The container with ``run`` parts from ``at`` on left out, and these in their stead."""
    if isinstance(value, tokens.Object):
        renamed = [(value.members[at][0], part) for part in instead]
        return tokens.Object([*value.members[:at], *renamed, *value.members[at + run :]])
    return [*value[:at], *instead, *value[at + run :]]


def _written(value: tokens.Value) -> bytes:
    pieces: list[str] = []
    rest: list[Any] = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, _Mark):
            pieces.append(item)
        elif isinstance(item, tokens.Object):
            members = [piece for name, member in item.members for piece in (_Mark(f",{tokens.quote(name)}:"), member)]
            rest += reversed([_Mark("{"), *_bare(members), _Mark("}")])
        elif isinstance(item, list):
            items = [piece for member in item for piece in (_Mark(","), member)]
            rest += reversed([_Mark("["), *_bare(items), _Mark("]")])
        elif isinstance(item, str):
            pieces.append(tokens.quote(item))
        else:
            pieces.append(
                item.lexeme if isinstance(item, tokens.Number) else {True: "true", False: "false"}.get(item, "null")
            )
    return "".join(pieces).encode("ascii")


def _bare(pieces: list[Any]) -> list[Any]:
    """The pieces of a container without the comma that stands before the first."""
    return [_Mark(pieces[0][1:]), *pieces[1:]] if pieces else pieces


class _Mark(str):
    """A piece of JSON that is written already."""

    __slots__ = ()


def _of_url(url: str) -> Iterator[str]:
    yield "https://host.example/"
    yield re.sub(r"^[a-z]+://[^/?#]*", "https://host.example", url)
    start, mark, query = url.partition("?")
    if mark:
        yield start
        pairs = query.split("&")
        for at in range(len(pairs)):
            left = "&".join(pairs[:at] + pairs[at + 1 :])
            yield f"{start}?{left}" if left else start
    segments = start.split("/")
    for at in range(3, len(segments)):
        yield "/".join(segments[:at] + segments[at + 1 :]) + mark + query
    host = re.match(r"[a-z]+://[^/?#]*", url)
    kept = host[0] if host else ""
    for cut in _cuts(url[len(kept) :]):
        yield kept + cut


def _cuts(text: str) -> Iterator[str]:
    """The text without a run of it: halves first, then ever shorter runs, single characters last."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
        yield text
    run = len(text)
    while run:
        for start in range(0, len(text), run):
            yield text[:start] + text[start + run :]
        run //= 2
