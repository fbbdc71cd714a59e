"""Starts the suite of benchmarks in a process of its own and follows what it measures.

The suite is a folder of pytest-benchmark modules, ``conformance._bench`` where the kit is installed and ``bench/`` in a
clone. It tells what it measures line by line (``record.py``), so that this is kept however the run ends. The child sees
nothing of the user's pytest: no configuration, no plugins but pytest-benchmark, no PYTEST_ADDOPTS, and it works in a
folder of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT, SIGKILL
from tempfile import TemporaryDirectory
from typing import Any

from conformance.resources import bench_root
from conformance.speed.document import measurement_of, skip_of
from conformance.speed.model import BenchError, Measurement, Skip
from conformance.targets.children import kill_marked, marked_environment, signal_group

__all__ = ["Options", "Outcome", "Step", "need_pytest", "run"]

_INI = "[pytest]\npython_files = bench_*.py\npython_functions = test_* bench_*\n"
_TICK = 0.1  # seconds between looks at the record: it takes processor time from what is measured
_GRACE = 5.0  # seconds that an interrupted suite has to end by itself
_TAIL = 2000  # characters of pytest's output that are told of a failure
_USAGE, _NONE_SELECTED = 4, 5  # exit codes of pytest
_WRONG_KEYWORD = re.compile(r"Wrong expression passed to '-k': .*: (at column .*)")


@dataclass(frozen=True)
class Options:
    """What to run. ``keyword`` is pytest's -k; ``groups`` empty: all."""

    quick: bool = False
    backend: str | None = None  # None: as this process
    keyword: str | None = None
    groups: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """Where the run has come to."""

    done: int
    total: int | None  # None: not known yet
    now: str  # the benchmark that is being measured


@dataclass
class Outcome:
    """What has been measured, and whether that is all. ``problem`` says why it is not."""

    measurements: list[Measurement] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    interrupted: bool = False
    problem: str | None = None


def need_pytest() -> None:
    """Raises BenchError, which says what to install, where the suite could not run."""
    missing = [name for name in ("pytest", "pytest_benchmark") if find_spec(name) is None]
    if missing:
        told = " and ".join(name.replace("_", "-") for name in missing)
        raise BenchError(
            f"benchmarks need {told}, which {'is' if len(missing) == 1 else 'are'} not installed. "
            "Mend: pip install 'signkit[bench]'"
        )


def run(
    options: Options,
    on_step: Callable[[Step], None] = lambda step: None,
    stop: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> Outcome:
    """Run the suite in ``folder`` (None: the shipped one) until it ends or ``stop`` says so.

    Raises BenchError where it cannot start, or ``keyword`` is none that pytest understands. A suite that fails in part
    is told in the outcome, with what it measured.
    """
    need_pytest()
    with TemporaryDirectory(prefix="signkit-bench-") as place:
        followed = _Followed(Path(place) / "record.jsonl", on_step)
        output = Path(place) / "output.txt"
        environment, mark = marked_environment({})
        child = _start(options, Path(place), output, folder or Path(str(bench_root())), environment)
        try:
            interrupted = _wait(child, followed, stop)
        finally:
            if child.poll() is None:
                signal_group(child.pid, SIGKILL)
                child.wait()
            kill_marked(mark)
        followed.read()
        followed.outcome.interrupted = interrupted
        if not interrupted and followed.outcome.problem is None:
            _check_keyword(options.keyword, child.returncode, output)
            followed.outcome.problem = _failure(child.returncode, output)
        return followed.outcome


def _start(
    options: Options, place: Path, output: Path, folder: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    ini = place / "pytest.ini"
    ini.write_text(_INI, encoding="utf-8")
    command = [sys.executable, "-P", "-m", "pytest", "-c", str(ini), "--rootdir", str(place), "-p", "no:cacheprovider"]
    command += ["-p", "pytest_benchmark.plugin", "--tb=short", "-q", "-ra", str(folder)]
    if options.keyword is not None:
        command += ["-k", options.keyword]
    wanted = {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "SIGNKIT_BENCH_RECORD": str(place / "record.jsonl"),
        "SIGNKIT_BENCH_QUICK": "1" if options.quick else None,
        "SIGNKIT_BENCH_GROUPS": ",".join(options.groups) or None,
        "SIGNKIT_BACKEND": options.backend or environment.get("SIGNKIT_BACKEND"),
        "PYTEST_ADDOPTS": None,
        "PYTEST_PLUGINS": None,
        "PYTEST_XDIST_WORKER": None,  # where it is set, pytest-benchmark measures nothing
        "PYTHONPATH": os.pathsep.join(str(Path(p).absolute()) for p in _paths(environment)) or None,
    }
    environment = {name: value for name, value in {**environment, **wanted}.items() if value is not None}
    with output.open("wb") as stream:
        # Its own session: Ctrl-C at the terminal comes to us alone, and we decide when the child is told.
        return subprocess.Popen(
            command,
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _paths(environment: dict[str, str]) -> list[str]:
    return [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]


def _wait(child: subprocess.Popen[bytes], followed: _Followed, stop: Callable[[], bool]) -> bool:
    """Until the child has ended; whether that was because of ``stop``, or of a record that cannot be read."""
    while child.poll() is None:
        followed.read()
        if stop() or followed.outcome.problem is not None:
            signal_group(child.pid, SIGINT)
            with suppress(subprocess.TimeoutExpired):
                child.wait(_GRACE)
            return followed.outcome.problem is None
        time.sleep(_TICK)
    return False


def _check_keyword(keyword: str | None, code: int, output: Path) -> None:
    text = output.read_text(encoding="utf-8", errors="replace")
    if code == _USAGE and (found := _WRONG_KEYWORD.search(text)):
        raise BenchError(f'-k {keyword!r}: {found[1]}; it is an expression such as "sign and 2048"')


def _failure(code: int, output: Path) -> str | None:
    if code in (0, _NONE_SELECTED):
        return None
    text = output.read_text(encoding="utf-8", errors="replace").strip()
    how = f"was ended by signal {-code}" if code < 0 else f"failed (pytest's exit code {code})"
    return f"the suite {how}; its output ends:\n{text[-_TAIL:]}"


class _Followed:
    """The record as far as it is written, folded into an outcome."""

    def __init__(self, path: Path, on_step: Callable[[Step], None]) -> None:
        self.outcome = Outcome()
        self._path = path
        self._on_step = on_step
        self._position = 0
        self._done = 0
        self._total: int | None = None
        self._now = ""

    def read(self) -> None:
        """Take in the whole lines that were written since the last call."""
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            file.seek(self._position)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._position += len(line)
                try:
                    self._take(json.loads(line))
                except (ValueError, BenchError) as error:
                    self.outcome.problem = f"the suite's record cannot be read: {error}"
                    return
                self._on_step(Step(self._done, self._total, self._now))

    def _take(self, told: Any) -> None:
        if not isinstance(told, dict) or len(told) != 1:
            raise BenchError(f"a line is no object of one member: {str(told)[:80]!r}")
        ((kind, value),) = told.items()
        if kind == "total" and isinstance(value, int):
            self._total = value
        elif kind == "begin":
            self._now = str(value)
        elif kind == "measurement":
            self.outcome.measurements.append(measurement_of(value))
            self._done += 1
        elif kind == "skip":
            self.outcome.skipped.append(skip_of(value))
            self._done += 1
        else:
            raise BenchError(f"a line tells of {kind!r}, which is not known")
