"""Reports that cannot be written, standard streams that are gone, and signals at every moment of a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from cli_driver import COMMAND, PLAIN, Call, signkit, signkit_all
from small_disk import SmallDisk

REFERENCE = "python:conformance.reference:Reference"
SHIPPED = json.loads((Path(__file__).parents[2] / "vectors/minify/minify-text.json").read_text())

SLOW = '''
import sys, time
from conformance.reference import Reference
class Slow(Reference):
    """Takes the first op, and no end over the second."""
    asked = 0
    def minify(self, text):
        self.asked += 1
        if self.asked == 2:
            open("reached", "w").close()
            time.sleep(600)
        return super().minify(text)
class Silent:
    """Never greets."""
    def __init__(self):
        open("reached", "w").close()
        time.sleep(600)
class Wrong(Reference):
    def minify(self, text): return b"{}"
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two cases and some targets; what runs there runs in a folder of its own."""
    (tmp_path / "two.json").write_text(json.dumps({**SHIPPED, "cases": SHIPPED["cases"][:2]}))
    (tmp_path / "targets.py").write_text(SLOW)
    return tmp_path


RUN = ("run", REFERENCE, "--vectors", "two.json")


def parts(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.part")]


# Files


def test_reports_that_cannot_be_written_are_refused_before_the_run(folder: Path) -> None:
    bad = {
        ("--report", "json:missing/report.json"): "cannot write 'missing/report.json': name a file in a folder that",
        ("--report", "json:."): "cannot write '.'",
        ("--report", "json:/proc/report.json"): "/proc/report.json",
        ("--write-baseline", "missing/baseline.json"): "cannot write 'missing/baseline.json'",
        ("--write-baseline", "."): "cannot write '.'",
        ("--report", "json:one", "--report", "text:./one"): "one is asked to take two reports",
        ("--report", "json:one", "--write-baseline", "one"): "one is asked to take two reports",
        ("--report", "json:-", "--report", "text:-"): "standard output is asked to take two reports",
        ("--report", "text:-", "--json"): "standard output is asked to take two reports",
    }
    calls = {" ".join(words): Call((*RUN, *words)) for words in bad}
    for words, done in signkit_all(calls, folder).items():
        assert done.code == 2, words
        assert bad[tuple(words.split())] in done.err
        if "/proc/" not in words:
            assert done.out == b""
    assert sorted(path.name for path in folder.iterdir()) == ["targets.py", "two.json"]


def test_a_full_disk_leaves_the_old_report_and_nothing_half_written(folder: Path, small_disk: SmallDisk) -> None:
    old = small_disk.path / "report.json"
    old.write_text("old")
    small_disk.fill(4096)
    new = small_disk.path / "new"
    words = ("--report", f"json:{old}", "--report", f"events:{new}", "--report", "text:whole")
    done = signkit(*RUN, *words, cwd=folder)
    assert done.code == 2
    assert f"{old}: the json report cannot be written: No space left on device; free some space" in done.err
    assert old.read_text() == "old"
    assert sorted(path.name for path in small_disk.path.iterdir()) == ["fill", "report.json"]
    assert "conformant: 2 passed" in (folder / "whole").read_text()  # one report's fault is not another's
    assert "conformant: 2 passed" in done.text


def test_devices_are_written_to_and_a_full_one_is_told(folder: Path) -> None:
    done = signkit(*RUN, "--report", "json:/dev/full", "--report", "text:/dev/null", cwd=folder)
    assert done.code == 2
    assert "/dev/full: the json report cannot be written: No space left on device" in done.err
    done = signkit(*RUN, "--write-baseline", "/dev/full", cwd=folder)
    assert done.code == 2
    assert "/dev/full: cannot be written: No space left on device" in done.err
    done = signkit("run", "cmd:false", "--vectors", "two.json", "--report", "json:/dev/stdout", cwd=folder)
    assert done.code == 3
    assert '"schema": "signkit-report/1"' in done.text


def test_a_read_only_disk_is_refused_before_the_run(folder: Path, small_disk: SmallDisk) -> None:
    small_disk.make_read_only()
    done = signkit(*RUN, "--report", f"json:{small_disk.path}/report.json", cwd=folder)
    assert (done.code, done.out) == (2, b"")
    assert "name a file in a folder that exists and can be written" in done.err


# Standard streams

STREAMS = {
    ("run", "python:targets:Wrong", "--vectors", "two.json"): 1,
    ("run", "cmd:false", "--vectors", "two.json", "--json"): 3,
    ("list", "--json"): 0,
    ("lint", "targets.py"): 1,
    ("minify", "two.json"): 0,
    ("--help",): 0,
}


def in_shell(folder: Path, words: Sequence[str], redirection: str) -> tuple[int, str]:
    """Exit code and standard error of the command under a shell's redirection."""
    script = f'set -o pipefail; "$@" {redirection}'
    command = ["bash", "-c", script, "bash", *COMMAND, *words]
    env = {**os.environ, **PLAIN}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", STREAMS, ids=" ".join)
def test_the_reader_of_standard_output_may_go(words: tuple[str, ...], folder: Path) -> None:
    """The exit code stays the command's own: what was cut off is not taken for a pass, nor for a fault."""
    assert in_shell(folder, words, "| head -c 1 >/dev/null")[0] == STREAMS[words]


@pytest.mark.parametrize("words", STREAMS, ids=" ".join)
def test_a_full_standard_output_is_told(words: tuple[str, ...], folder: Path) -> None:
    code, err = in_shell(folder, words, ">/dev/full")
    assert code == 2
    assert "standard output: " in err
    assert "No space left on device" in err


def test_closed_streams_are_lived_with(folder: Path) -> None:
    wrong = ("run", "python:targets:Wrong", "--vectors", "two.json", "--report", "text:whole")
    for redirection in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
        assert in_shell(folder, wrong, redirection)[0] == 1
        assert "not conformant" in (folder / "whole").read_text()
    code, err = in_shell(folder, ("minify", "-"), "<&-")
    assert code == 2
    assert "standard input: JSON, byte 0: the text is empty" in err


# Signals


class Started:
    """A run in a process of its own."""

    def __init__(self, folder: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        environment = {**os.environ, **PLAIN, **(env or {})}
        command = [*COMMAND, "run", *words, "--vectors", "two.json", "--timeout", "300"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
        )

    def wait_for(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not reached():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self, *signals: signal.Signals) -> tuple[str, str]:
        """Send the signals, and see that it ends at once with 130, in order, and leaves no process behind."""
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.03)
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode == 130
        assert "Traceback" not in err
        assert parts(self.folder) == []
        assert children_in(self.folder) == []
        return out, err


def children_in(folder: Path) -> list[str]:
    """Processes whose current folder it is."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if place.readlink() == folder:
                found.append(place.parent.name)
        except OSError:
            continue
    return found


SIGNALS = {
    "SIGINT": (signal.SIGINT,),
    "SIGINT twice": (signal.SIGINT, signal.SIGINT),
    "SIGTERM": (signal.SIGTERM,),
    "SIGTERM and SIGINT": (signal.SIGTERM, signal.SIGINT),
}


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize(("target", "passed"), [("Silent", 0), ("Slow", 1)], ids=["at the handshake", "in the middle"])
def test_what_ran_is_reported(target: str, passed: int, name: str, folder: Path) -> None:
    started = Started(folder, f"python:targets:{target}", "--report", "json:report.json")
    started.wait_for((folder / "reached").exists)
    time.sleep(0.3)  # for the first answer, which is on its way
    out, _ = started.end(*SIGNALS[name])
    assert "the run ended early (interrupted)" in out
    report = json.loads((folder / "report.json").read_text())
    assert (report["end"], report["exit_code"]) == ("interrupted", 130)
    assert (report["counts"]["pass"], report["counts"]["not-run"]) == (passed, 2 - passed)


def reporting(folder: Path) -> Started:
    """A run that is writing its reports: one of them goes to a pipe that nobody reads yet."""
    os.mkfifo(folder / "pipe")
    started = Started(folder, REFERENCE, "--report", "json:one", "--report", "events:pipe", "--report", "text:two")
    started.wait_for((folder / "one").exists)
    time.sleep(0.1)
    return started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_reporting_waits_for_the_reports(number: signal.Signals, folder: Path) -> None:
    started = reporting(folder)
    started.process.send_signal(number)
    time.sleep(0.1)
    with (folder / "pipe").open() as pipe:
        assert '"event":"footer"' in pipe.read()
    out, _ = started.end()
    assert "conformant: 2 passed" in out
    assert "conformant: 2 passed" in (folder / "two").read_text()


def test_a_second_signal_while_reporting_ends_it(folder: Path) -> None:
    started = reporting(folder)
    _, err = started.end(signal.SIGINT, signal.SIGINT)
    assert err.endswith("signkit: interrupted\n")
    assert json.loads((folder / "one").read_text())["counts"]["pass"] == 2
    assert not (folder / "two").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_modules_are_loaded(number: signal.Signals, folder: Path) -> None:
    """A module that takes long to load stands in for a slow disk."""
    (folder / "click.py").write_text("import time\nopen('reached', 'w').close()\ntime.sleep(600)\n")
    started = Started(folder, REFERENCE, env={"PYTHONPATH": str(folder)})
    started.wait_for((folder / "reached").exists)
    assert started.end(number) == ("", "")


def test_ignored_signals_stay_ignored(folder: Path) -> None:
    """As under nohup, or in the background of a script."""
    command = ["bash", "-c", 'trap "" INT TERM; exec "$@"', "bash", *COMMAND, *RUN]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert b"conformant: 2 passed" in out
