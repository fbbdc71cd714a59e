"""Where the command line reads from: files, standard input, environment variables; secrets never from argv."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

_HOW = "give a file, - for standard input, or env:NAME for an environment variable"

Callback = Callable[[click.Context, click.Parameter, str | None], bytes | None]


def _source(what: str, *, secret: bool) -> Callback:
    """A click callback that reads a parameter's value from where it names. ``what`` names it in errors."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> bytes | None:
        return None if value is None else read_source(value, what, secret=secret)

    return read


KEY = _source("the private key", secret=True)
PASSWORD = _source("the password", secret=True)
CARD_NUMBER = _source("the card number", secret=True)
PUBLIC_KEY = _source("the public key", secret=False)
BODY = _source("the body", secret=False)
TEXT = _source("the text", secret=False)


def read_source(value: str, what: str, *, secret: bool) -> bytes:
    """The bytes that a file, standard input (``-``) or ``env:NAME`` holds.

    A secret that stands on the command line itself is refused without being repeated (BadParameter, like all errors).
    """
    if secret and ("-----BEGIN" in value or re.fullmatch(r"[\d -]{12,}|[\w+/=\s-]{256,}", value)):
        raise click.BadParameter(f"{what} must not stand on the command line, where other users can read it: {_HOW}")
    if value == "-":
        return _standard_input(what)
    if value.startswith("env:"):
        found = os.environ.get(value[4:])
        if found is None:
            raise click.BadParameter(f"the environment has no variable {value[4:]!r} to read {what} from")
        return os.fsencode(found)
    try:
        return Path(value).read_bytes()
    except (OSError, ValueError) as error:
        # What was meant as the secret itself must not be repeated; the path of a key file helps.
        named = f" from {value!r}" if not secret or what == "the private key" else ""
        problem = error.strerror if isinstance(error, OSError) else error
        raise click.BadParameter(f"cannot read {what}{named}: {problem}; {_HOW}") from None


def _standard_input(what: str) -> bytes:
    taken = click.get_current_context().meta.setdefault("conformance.stdin", [])
    if taken:
        raise click.UsageError(f"standard input is asked for twice: for {taken[0]} and for {what}")
    taken.append(what)
    return sys.stdin.buffer.read()


def one_line(data: bytes) -> bytes:
    """A password or card number without the line end that editors and echo add."""
    return data.removesuffix(b"\n").removesuffix(b"\r")
