"""Compiles guard.c with the portable core, and the part of it that Python calls, by fixed flags."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.guard.counts import INSTALL
from bench.guard.errors import GuardError

__all__ = ["CORE", "HERE", "LIBRARY", "PROGRAM", "build", "build_library", "compiler"]

HERE = Path(__file__).parent
CORE = HERE.parents[1] / "signing_core" / "_c"
FLAGS = ("-std=c11", "-O2", "-g", "-Wall", "-Wextra", "-DSK_LANES_PORTABLE", "-Wno-psabi")
PROGRAM, LIBRARY = "guard", "measured.so"


def compiler() -> str:
    """The path of gcc, or else cc."""
    found = shutil.which("gcc") or shutil.which("cc")
    if found is None:
        raise GuardError(f"no C compiler: {INSTALL}")
    return found


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GuardError(f"the guard's program does not compile ({INSTALL}):\n{done.stderr[-2000:]}")


def build(folder: Path, core: Path = CORE) -> None:
    """``folder``/guard, with the core's sources in ``core``."""
    cc = compiler()
    sources = [HERE / "guard.c", HERE / "measured.c", *sorted(core.glob("*.c"))]

    def compiled(source: Path) -> str:
        target = f"{source.stem}.o"
        _run([cc, *FLAGS, f"-I{core}", f"-I{HERE}", "-c", "-o", target, str(source)], folder)
        return target

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(compiled, sources))
    _run([cc, "-o", PROGRAM, *objects, "-lcrypto"], folder)


def build_library(folder: Path) -> None:
    """``folder``/measured.so, for ctypes."""
    flags = ("-std=c11", "-O2", "-g", "-fPIC", "-shared")
    _run([compiler(), *flags, "-o", LIBRARY, str(HERE / "measured.c"), "-lcrypto"], folder)
