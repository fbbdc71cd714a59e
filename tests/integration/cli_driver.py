"""Runs the command line as a user does, in a process of its own."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

_SCRIPT = Path(sys.executable).with_name("signkit")
COMMAND = (str(_SCRIPT),) if _SCRIPT.exists() else (sys.executable, "-c", "from conformance.cli import main; main()")
PLAIN = {"NO_COLOR": "1", "COLUMNS": "100"}
_OF_THE_START = ("PYTHON", "SIGNKIT_", "LANG", "LC_")  # variables that are read before a command is


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
    """Run ``signkit WORDS``; whatever happens there must be no traceback. ``clean``: ``env`` is all there is.

    It is forked from a process that has it loaded already, but where ``env`` says how Python or the kit is to start.
    """
    call = Call(words, stdin, env, cwd)
    if not clean and not any(name.startswith(_OF_THE_START) for name in env or ()):
        return ZYGOTE.run(call, timeout)
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        input=stdin,
        capture_output=True,
        env={**({} if clean else {**os.environ, **PLAIN}), **(env or {})},
        cwd=cwd,
        timeout=timeout,
        check=False,
    )
    return _told(done.returncode, done.stdout, done.stderr)


def _told(code: int, out: bytes, err: bytes) -> Done:
    text = err.decode("utf-8", "replace")
    assert "Traceback" not in text, text
    return Done(code, out, text)


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
        return _told(done.returncode, done.stdout, done.stderr), int(figure.read_text())


def signkit_all(calls: Mapping[str, Call], cwd: Path | None = None) -> dict[str, Done]:
    """Make all calls, each in a process of its own; ``cwd`` is for those that name none."""
    return {name: ZYGOTE.run(call._replace(cwd=call.cwd or cwd), 120) for name, call in calls.items()}


class Zygote:
    """``cli_zygote`` as long as the tests run. It is no child of theirs, since some of them look for children left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipes: tuple[IO[str], IO[str]] | None = None  # what it reads, what it writes
        self._group = 0

    def run(self, call: Call, timeout: float) -> Done:
        """Make a call, within so many seconds."""
        with self._lock, TemporaryDirectory() as folder:
            requests, answers = self._pipes or self._start()
            streams = [Path(folder) / name for name in ("in", "out", "err")]
            streams[0].write_bytes(call.stdin)
            request = {
                "words": [str(word) for word in call.words],
                "env": {**os.environ, **PLAIN, **(call.env or {})},
                "cwd": str(call.cwd or Path.cwd()),
                "streams": [str(path) for path in streams],
            }
            watchdog = threading.Timer(timeout, os.killpg, (self._group, signal.SIGKILL))
            watchdog.start()
            try:
                requests.write(json.dumps(request) + "\n")
                requests.flush()
                answer = answers.readline()
            finally:
                watchdog.cancel()
            if not answer:
                self._forget()
                raise AssertionError(f"no answer within {timeout} s: {call.words}")
            return _told(int(answer), streams[1].read_bytes(), streams[2].read_bytes())

    def _start(self) -> tuple[IO[str], IO[str]]:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        command = [sys.executable, str(Path(__file__).with_name("cli_zygote.py"))]
        subprocess.run(command, stdin=theirs_in, stdout=theirs_out, check=True, timeout=60)
        os.close(theirs_in)
        os.close(theirs_out)
        self._pipes = os.fdopen(ours_out, "w"), os.fdopen(ours_in)
        self._group = int(self._pipes[1].readline())
        atexit.register(self._forget)
        return self._pipes

    def _forget(self) -> None:
        """It ends when its input does."""
        pipes, self._pipes = self._pipes or (), None
        for pipe in pipes:
            with suppress(BrokenPipeError):
                pipe.close()


ZYGOTE = Zygote()
