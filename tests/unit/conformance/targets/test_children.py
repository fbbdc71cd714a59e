"""Finding and ending what a target has started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.targets.children import kill_marked, marked_environment, signal_group, told_exit

SLEEP = [sys.executable, "-S", "-c", "print(flush=True); import time; time.sleep(60)"]


def start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(SLEEP, env=environment, start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read(1)  # it runs
    return process


def test_marks_are_unlike_and_the_environment_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "1")
    first, mark = marked_environment({"EXTRA": "2"})
    assert (first["KEPT"], first["EXTRA"]) == ("1", "2")
    assert marked_environment({})[1] != mark
    assert mark in first.values()
    assert mark not in os.environ.values()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="only /proc tells the environment of others")
def test_only_what_is_marked_is_killed() -> None:
    ours, mark = marked_environment({})
    others, _ = marked_environment({})
    with start(ours) as marked, start(others) as other:
        try:
            kill_marked(mark)
            assert marked.wait(10) == -signal.SIGKILL
            assert other.poll() is None
        finally:
            other.kill()


def test_a_group_that_is_gone_is_no_error() -> None:
    with subprocess.Popen([sys.executable, "-S", "-c", ""], start_new_session=True) as process:
        process.wait(10)
    signal_group(process.pid, signal.SIGKILL)


def test_exits_are_told_in_words() -> None:
    assert told_exit(0) == "exited with status 0"
    assert told_exit(-11) == "was ended by SIGSEGV"
    assert told_exit(-300) == "was ended by signal 300"
    assert told_exit(None) == "closed its output while still running"
