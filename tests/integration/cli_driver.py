"""Runs the command line as a user does, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

_SCRIPT = Path(sys.executable).with_name("signkit")
COMMAND = (str(_SCRIPT),) if _SCRIPT.exists() else (sys.executable, "-c", "from conformance.cli import main; main()")
PLAIN = {"NO_COLOR": "1", "COLUMNS": "100"}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode()


class Call(NamedTuple):
    """A call of the command line that is yet to be made."""

    words: Sequence[str | Path]
    stdin: bytes = b""
    env: Mapping[str, str] | None = None
    cwd: Path | None = None


def signkit(
    *words: str | Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    clean: bool = False,
    timeout: float = 120,
) -> Done:
    """Run ``signkit WORDS``; whatever happens there must be no traceback. ``clean``: ``env`` is all there is."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        input=stdin,
        capture_output=True,
        env={**({} if clean else {**os.environ, **PLAIN}), **(env or {})},
        cwd=cwd,
        timeout=timeout,
        check=False,
    )
    err = done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in err, err
    return Done(done.returncode, done.stdout, err)


_MEASURE = """
import os, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
sys.exit(code)
"""


def measured(*words: str | Path, cwd: Path, command: Sequence[str] = COMMAND) -> tuple[Done, int]:
    """Run ``signkit WORDS`` (or another command); what it left behind, and the most memory it took, in bytes.

    It is started by a process that is small itself, for a child begins with its parent's figure.
    """
    with TemporaryDirectory() as folder:
        figure = Path(folder) / "peak"
        done = subprocess.run(
            [sys.executable, "-S", "-c", _MEASURE, str(figure), *command, *map(str, words)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=cwd,
            timeout=120,
            check=False,
        )
        err = done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in err, err
        return Done(done.returncode, done.stdout, err), int(figure.read_text())


def signkit_all(calls: Mapping[str, Call], cwd: Path | None = None) -> dict[str, Done]:
    """Make all calls, each in a process of its own, but without the time that Python takes to load them."""
    zygote = [sys.executable, str(Path(__file__).with_name("cli_zygote.py"))]
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(zygote, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0) as process,
    ):
        watchdog = threading.Timer(120, os.killpg, (process.pid, signal.SIGKILL))
        watchdog.start()
        try:
            return {name: _forked(process, call, Path(folder), cwd) for name, call in calls.items()}
        finally:
            watchdog.cancel()


def _forked(process: subprocess.Popen[str], call: Call, folder: Path, cwd: Path | None) -> Done:
    streams = [folder / name for name in ("in", "out", "err")]
    streams[0].write_bytes(call.stdin)
    request = {
        "words": [str(word) for word in call.words],
        "env": {**os.environ, **PLAIN, **(call.env or {})},
        "cwd": str(call.cwd or cwd or Path.cwd()),
        "streams": [str(path) for path in streams],
    }
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    assert answer, f"no answer within the time: {call.words}"
    err = streams[2].read_text("utf-8", "replace")
    assert "Traceback" not in err, err
    return Done(int(answer), streams[1].read_bytes(), err)
