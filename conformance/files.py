"""Writes a file whole or not at all, and, where asked, only over what one has read."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


class ChangedError(Exception):
    """Someone else wrote the file in the meantime; nothing was written."""


def swap(path: Path, before: bytes | None, data: bytes) -> None:
    """``write_whole``, but only if ``path`` still holds ``before`` (None: is not there).

    Raises ChangedError where it does not, and OSError. Processes that swap files of one folder wait for each other, so
    that of two with the same ``before`` one is told. An editor keeps no lock: it is noticed up to the last moment.
    """
    with _alone_in(path.resolve().parent):
        if read_if_there(path) != before:
            raise ChangedError(path)
        write_whole(path, data)


def read_if_there(path: Path) -> bytes | None:
    """The file's bytes; None where there is none. Raises OSError. A device or pipe counts as none."""
    if path.exists() and not path.is_file() and not path.is_dir():
        return None
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; it goes with the process, however that ends."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Put ``data`` into ``path``: a temporary file in the same folder, made with ``mode`` less the umask, then renamed.

    Raises OSError; then the old file stands as it was and nothing half-written is left. A device or pipe
    (``/dev/stdout``) is written to directly.
    """
    if path.exists() and not path.is_file():  # asked of the path as given: /dev/stdout resolves to the pipe's number
        path.write_bytes(data)
        return
    target = path.resolve()
    beside = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
