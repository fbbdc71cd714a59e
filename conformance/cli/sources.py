"""Where the command line reads from: files, standard input, environment variables; secrets never from argv."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import click

from signing_core import KeyFormatError, PayloadError, WeakKeyError

_HOW = "give a file, - for standard input, or env:NAME for an environment variable"
_PIECE = 1 << 20  # bytes read at a time from what is no file
_LONGEST_SECRET = 1 << 20  # bytes; far beyond any key, and an endless device (/dev/zero) ends there
_LONGEST_BODY = 1 << 30
_SECRET = re.compile(r".*-----BEGIN.*|[\d -]{12,}|[\w+/=\s-]{256,}", re.DOTALL)  # PEM, a card number, base64
_NAMED = (KeyFormatError, WeakKeyError, PayloadError)
_JSON = re.compile(r"\s*[\[{\"]")


class Source(NamedTuple):
    """What was read, and from where as a message may name it."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.data)} bytes)"


Callback = Callable[[click.Context, click.Parameter, str | None], Source | None]


def _source(what: str, *, secret: bool) -> Callback:
    """A click callback that reads a parameter's value from where it names. ``what`` names it in errors."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> Source | None:
        return None if value is None else read_source(value, what, secret=secret)

    return read


KEY = _source("the private key", secret=True)
PASSWORD = _source("the password", secret=True)
CARD_NUMBER = _source("the card number", secret=True)
PUBLIC_KEY = _source("the public key", secret=False)
BODY = _source("the body", secret=False)
TEXT = _source("the text", secret=False)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Errors about a key or payload begin with the name of what it was read from."""
    try:
        yield
    except _NAMED as error:
        kind = next(kind for kind in _NAMED if isinstance(error, kind))
        raise kind(f"{name}: {error}") from None


def read_source(value: str, what: str, *, secret: bool, how: str = _HOW) -> Source:
    """What a file, standard input (``-``) or ``env:NAME`` holds.

    A secret that stands on the command line itself is refused without being repeated (BadParameter, like all errors).
    """
    if secret and _SECRET.fullmatch(value):
        raise click.BadParameter(f"{what} must not stand on the command line, where other users can read it: {how}")
    if not value:
        raise click.BadParameter(f"nothing is named to read {what} from: {how}")
    limit = _LONGEST_BODY if what in ("the body", "the text") else _LONGEST_SECRET
    if value == "-":
        return Source("standard input", standard_input(what, limit))
    if value.startswith("env:"):
        found = os.environ.get(value[4:])
        if found is None:
            raise click.BadParameter(f"the environment has no variable {value[4:]!r} to read {what} from: set it")
        return Source(value, os.fsencode(found))
    try:
        with Path(value).open("rb") as file:
            return Source(value, _read(file, f"{what} in {value!r}", limit))
    except (OSError, ValueError) as error:
        # What was meant as the content itself may be secret, and is not repeated; the path of a key file helps.
        if _JSON.match(value):
            raise click.BadParameter(f"{what} itself stands on the command line: {how}") from None
        problem = error.strerror if isinstance(error, OSError) else error
        named = f" from {value[:200]!r}" if not secret or what == "the private key" else ""
        raise click.BadParameter(f"cannot read {what}{named}: {problem}; {how}") from None


def standard_input(what: str, limit: int = _LONGEST_SECRET) -> bytes:
    """All of standard input, which can be asked for but once. UsageError the second time."""
    taken = click.get_current_context().meta.setdefault("conformance.stdin", [])
    if taken:
        raise click.UsageError(f"standard input is asked for twice: for {taken[0]} and for {what}")
    taken.append(what)
    return _read(sys.stdin.buffer, what, limit)


def _read(file: BinaryIO, what: str, limit: int) -> bytes:
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size <= limit:
        return file.read()
    pieces = []
    left = limit + 1
    while left > 0 and (piece := file.read(min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    if left <= 0:
        raise click.BadParameter(f"{what} is longer than {limit} bytes, the most that is read: is it the right file?")
    return b"".join(pieces)


def one_line(source: Source) -> bytes:
    """A password or card number without the line end that editors and echo add."""
    return source.data.removesuffix(b"\n").removesuffix(b"\r")
