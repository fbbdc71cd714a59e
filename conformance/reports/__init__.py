"""Reports: pure renderings of an event stream. One table, ``FORMATS``, knows them all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from conformance.events import Event, fold
from conformance.files import write_whole
from conformance.reports import badge, findings, html, json_report, junit, markdown, matrix, sarif, sealing, text
from conformance.reports.errors import NotAReportError, ReportError, SealError
from conformance.reports.kept import Kept, dump_events, read
from conformance.reports.text import show
from signing_core import PrivateKey

__all__ = [
    "FORMATS",
    "MATRIX_FORMATS",
    "Kept",
    "NotAReportError",
    "ReportError",
    "SealError",
    "put",
    "read",
    "sealing",
    "show",
    "write",
]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


FORMATS: dict[str, Callable[[Sequence[Event]], bytes]] = {
    "text": lambda events: text.render(fold(events)).encode("utf-8"),
    "json": lambda events: json_report.render(fold(events)),
    "events": dump_events,
    "junit": lambda events: junit.render(fold(events)),
    "markdown": lambda events: markdown.render(fold(events)),
    "sarif": lambda events: sarif.render(fold(events)),
    "badge": lambda events: badge.render(fold(events)),
    "html": lambda events: html.render([events]),
    "findings": lambda events: findings.render(matrix.named([fold(events)])),
}

# Reports of several runs side by side, whose names are told apart.
MATRIX_FORMATS: dict[str, Callable[[Sequence[Sequence[Event]], Sequence[str]], bytes]] = {
    "html": html.render,
    "json": lambda streams, names: matrix.render(matrix.named([fold(events) for events in streams], names)),
    "findings": lambda streams, names: findings.render(matrix.named([fold(events) for events in streams], names)),
}


def write(fmt: str, path: Path | None, events: Sequence[Event], key: PrivateKey | None = None) -> None:
    """Write a whole stream as ``fmt`` to ``path``, or to standard output for None or ``-``.

    ``key`` signs the formats that can carry a signature (``sealing.SIGNABLE``); the others are written without. The
    file is whole or not there. Raises ReportError (unknown format, unwritable path, full disk), and StreamError for a
    stream that is cut short.
    """
    if fmt not in FORMATS:
        raise ReportError(f"there is no report format {fmt!r}; known are {', '.join(FORMATS)}")
    data = FORMATS[fmt](events)
    if key is not None and fmt in sealing.SIGNABLE:
        data = sealing.sign(data, key)
    put(fmt, path, data)


def put(what: str, path: Path | None, data: bytes) -> None:
    """Put a rendered report where ``write`` would, with the same errors; ``what`` is its format."""
    to_screen = path is None or str(path) == "-"
    try:
        if path is None or to_screen:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            write_whole(path, data)
    except BrokenPipeError:
        raise  # the reader went away, as head does: no fault of the path
    except OSError as error:
        if to_screen:  # the interpreter tries again at exit; let that go nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = "standard output" if to_screen else str(path)
        mend = "free some space or name another file" if error.errno in _FULL else "name a file that can be written"
        raise ReportError(f"{where}: the {what} report cannot be written: {error.strerror}; {mend}") from None
