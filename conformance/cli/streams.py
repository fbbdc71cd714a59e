"""The three standard streams as a command may find them: closed, full, of any encoding, or with the reader gone."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def prepare() -> None:
    """Make all three usable. A closed one is /dev/null; what an encoding lacks is written as an escape.

    Where the reader of standard output has gone (head, less), the rest is thrown away, so that a command ends with its
    own exit code. Any other failure is an OSError that names the stream.
    """
    for descriptor in range(3):  # in this order, since open() takes the lowest that is free
        if not _is_open(descriptor):
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = _text(_Output(1, "wb", closefd=False), sys.stdout)
    sys.stderr = _text(_Output(2, "wb", closefd=False), sys.stderr)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _text(raw: io.FileIO, like: TextIO | None) -> TextIO:
    encoding = like.encoding if like else "utf-8"
    # Standard error goes out line by line, standard output only on a terminal.
    by_line = raw.fileno() == 2 or raw.isatty()
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=by_line)


class _Output(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            # Also for what is still in the buffers: the interpreter would try it again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if isinstance(error, BrokenPipeError) or self.fileno() == 2:
                return memoryview(data).nbytes
            raise OSError(error.errno, error.strerror, "standard output") from None
