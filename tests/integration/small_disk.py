"""A disk that can be full or read-only, for root too."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOUNT = shutil.which("mount") or "mount"
UMOUNT = shutil.which("umount") or "umount"


class SmallDisk:
    """A file system of 8 KiB at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, size: int = 8192) -> None:
        """Take so many bytes of it, in a file ``fill``."""
        (self.path / "fill").write_bytes(bytes(size))

    def make_read_only(self) -> None:
        """Nobody can write to it any more."""
        subprocess.run([MOUNT, "-o", "remount,ro", str(self.path)], check=True)


@contextmanager
def mounted(path: Path) -> Iterator[SmallDisk | None]:
    """The disk while it is mounted at ``path``, a new folder; None where that is not allowed."""
    path.mkdir()
    command = [MOUNT, "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run([UMOUNT, str(path)], check=True)
