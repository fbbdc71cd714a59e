"""Writes a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` into ``path``: a temporary file in the same folder, then renamed over it.

    Raises OSError; then the old file stands as it was and nothing half-written is left. A device or pipe
    (``/dev/stdout``) is written to directly.
    """
    if path.exists() and not path.is_file():  # asked of the path as given: /dev/stdout resolves to the pipe's number
        path.write_bytes(data)
        return
    target = path.resolve()
    beside = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
