"""Counts the workloads: in a folder of their own, as many at a time as there are processors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from bench.guard.counts import Counts, output_of, parse
from bench.guard.key import of_machine, with_python
from bench.guard.programs import CORE, PROGRAM, build, build_library
from bench.guard.workloads import ROOT, Workload, write_inputs

__all__ = ["Bench"]


class Bench:
    """The compiled programs and their inputs; to be entered. GuardError if something is missing."""

    def __init__(self, core: Path = CORE) -> None:
        self._core = core
        self._temporary = TemporaryDirectory(prefix="bench-guard-")

    def __enter__(self) -> Bench:
        self.folder = Path(self._temporary.__enter__())
        try:
            build(self.folder, self._core)
            build_library(self.folder)
            write_inputs(self.folder)
            self.machine = of_machine(self.folder)
        except BaseException:
            self._temporary.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._temporary.cleanup()

    def key(self, group: str) -> dict[str, str]:
        """What this group's counts depend on besides our code."""
        return with_python(self.machine) if group == "python" else dict(self.machine)

    def count(self, workload: Workload) -> Counts:
        """One workload."""
        return parse(self._output(workload.run), workload.without)

    def count_all(self, workloads: Sequence[Workload]) -> dict[str, Counts]:
        """Several, side by side: counts do not depend on what else runs."""
        runs = list(dict.fromkeys(workload.run for workload in workloads))
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            outputs = dict(zip(runs, pool.map(self._output, runs), strict=True))
        return {workload.name: parse(outputs[workload.run], workload.without) for workload in workloads}

    def _output(self, run: Sequence[str]) -> str:
        if run[0].startswith("python-"):
            # By relative names, as in C: the folder's own differs from run to run, and with it what is hashed.
            command = [sys.executable, "-P", "-m", "bench.guard.python_side", *run]
            return output_of(command, self.folder, {"PYTHONPATH": str(ROOT)})
        return output_of([f"./{PROGRAM}", *run], self.folder)
