"""Counts the workloads: in a folder of their own, as many at a time as there are processors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from bench.guard.counts import Counts, counted
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
        """One workload, under callgrind."""
        if workload.group == "python":
            command = [sys.executable, "-m", "bench.guard.python_side", workload.name, str(self.folder)]
            return counted(command, ROOT, workload.without)
        return counted([f"./{PROGRAM}", workload.name, *workload.files], self.folder, workload.without)

    def count_all(self, workloads: Sequence[Workload]) -> dict[str, Counts]:
        """Several, side by side: counts do not depend on what else runs."""
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            return {
                workload.name: counts
                for workload, counts in zip(workloads, pool.map(self.count, workloads), strict=True)
            }
