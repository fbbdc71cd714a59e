"""Ending a target's process with all it started: its group, and on Linux also what left the group.

Every instance carries a variable in its environment that nothing else has. A grandchild that made its own session
inherits it, so what is left of an instance is found in /proc.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_VARIABLE = "SIGNKIT_INSTANCE"
_ROUNDS = 10  # a process may fork while the list is read; a fork bomb must not keep the kit busy for ever


def marked_environment(extra: dict[str, str]) -> tuple[dict[str, str], str]:
    """The kit's environment with ``extra`` and a fresh mark, and the mark."""
    mark = secrets.token_hex(16)
    return {**os.environ, **extra, _VARIABLE: mark}, mark


def signal_group(leader: int, number: signal.Signals) -> None:
    """Send a signal to the process group of ``leader``, if there still is one."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def kill_marked(mark: str) -> None:
    """Kill every process that still carries the mark. Where there is no /proc, the group is all that can be killed."""
    for _ in range(_ROUNDS):
        found = list(_marked(mark))
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            return


def _marked(mark: str) -> Iterator[int]:
    variable = f"{_VARIABLE}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        # Another user's process, or one that has just ended, cannot be read; a zombie has no environment.
        with suppress(OSError):
            if variable in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


def told_exit(status: int | None) -> str:
    """An exit status as words; asyncio counts a signal as a negative status."""
    if status is None:
        return "closed its output while still running"
    if status >= 0:
        return f"exited with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"
