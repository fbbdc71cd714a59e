"""Reports: pure renderings of an event stream. One table, ``FORMATS``, knows them all."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from conformance.events import Event, fold
from conformance.files import write_whole
from conformance.reports import json_report, text
from conformance.reports.text import show

__all__ = ["FORMATS", "ReportError", "show", "write"]


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ReportError(ValueError):
    """A report cannot be written: unknown format, or a path that cannot be written to; the message names the mend."""


def _events(events: Sequence[Event]) -> bytes:
    """The stream itself, JSONL in ASCII, for tools and for folding again."""
    return b"".join(json.dumps(event, separators=(",", ":")).encode("ascii") + b"\n" for event in events)


FORMATS: dict[str, Callable[[Sequence[Event]], bytes]] = {
    "text": lambda events: text.render(fold(events)).encode("utf-8"),
    "json": lambda events: json_report.render(fold(events)),
    "events": _events,
}


def write(fmt: str, path: Path | None, events: Sequence[Event]) -> None:
    """Write a whole stream as ``fmt`` to ``path``, or to standard output for None or ``-``.

    The file is whole or not there. Raises ReportError (unknown format, unwritable path, full disk), and StreamError for
    a stream that is cut short.
    """
    if fmt not in FORMATS:
        raise ReportError(f"there is no report format {fmt!r}; known are {', '.join(FORMATS)}")
    data = FORMATS[fmt](events)
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
        raise ReportError(f"{where}: the {fmt} report cannot be written: {error.strerror}; {mend}") from None
