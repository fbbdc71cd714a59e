"""Instruction counts: taken by callgrind, read from its output, function by function.

What is read is the format of callgrind's manual with names and positions written out (--compress-strings=no,
--compress-pos=no): ``ob=`` and ``fn=`` lines say whose the following cost lines are; the cost line behind ``calls=`` is
that of the call, counted in the callee already.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from bench.guard.errors import GuardError

__all__ = ["INSTALL", "Counts", "output_of", "parse"]

INSTALL = "apt-get install valgrind gcc libc6-dev libssl-dev"
VALGRIND = (
    "valgrind",
    "--tool=callgrind",
    "--instr-atstart=no",
    "--compress-strings=no",
    "--compress-pos=no",
    "--dump-line=no",
)
# Nothing of the caller's environment: its size moves the stack, and OPENSSL_ia32cap or GLIBC_TUNABLES change the code.
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "LD_BIND_NOW": "1",
    "OPENSSL_CONF": "/dev/null",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}
SECONDS = 300
RECURSION = re.compile(r"'\d+$")  # callgrind's mark of a function that is called from itself
HEX = re.compile(r"0x0*")


@dataclass(frozen=True)
class Counts:
    """``total`` instructions, and those of each function itself, without what it calls."""

    total: int
    functions: Mapping[str, int]


def parse(text: str, without: Sequence[str] = ()) -> Counts:
    """Callgrind's output, less the functions of objects or sources whose file names begin so.

    GuardError where it does not add up.
    """
    own: Counter[str] = Counter()
    place, file, function, left, called = "???", "", "", False, False
    added, told = 0, None
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name == "ob":
            place = Path(value).name
        elif equals and name in ("fl", "fi", "fe"):
            file = Path(value).name
        elif equals and name == "fn":
            function = RECURSION.sub("", value)
            left = any(name.startswith(tuple(without)) for name in (place, file))
            if function.startswith("0x"):
                function = f"{place}:{HEX.sub('0x', function)}"
        elif equals and name == "calls":
            called = True
        elif line.startswith("events:") and line.split() != ["events:", "Ir"]:
            raise GuardError(f"callgrind counted {line.removeprefix('events:').strip()}, not instructions alone (Ir)")
        elif line.startswith("totals:"):
            told = int(line.split()[1])
        elif line[:1].isdigit():
            if not called:
                cost = int(line.split()[1])
                added += cost
                own[function] += 0 if left else cost
            called = False
    if told != added:
        raise GuardError(f"callgrind's output does not add up: functions {added}, totals {told}")
    total = own.total()
    if total == 0:
        raise GuardError("callgrind has counted nothing")
    return Counts(total, {function: cost for function, cost in own.most_common() if cost})


def output_of(command: Sequence[str], folder: Path, environment: Mapping[str, str] = MappingProxyType({})) -> str:
    """Callgrind's output about a program that calls guard_measured (measured.h), run in ``folder``."""
    with TemporaryDirectory(prefix="callgrind-") as out:
        file = Path(out) / "counts"
        words = [*VALGRIND, f"--callgrind-out-file={file}", *command]
        try:
            done = subprocess.run(
                words,
                cwd=folder,
                env={**ENVIRONMENT, **environment},
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except FileNotFoundError:
            raise GuardError(f"valgrind is not here: {INSTALL}") from None
        except subprocess.TimeoutExpired:
            raise GuardError(f"{' '.join(command)} took more than {SECONDS} s under valgrind") from None
        if done.returncode:
            raise GuardError(f"{' '.join(command)} ended with {done.returncode} under valgrind:\n{done.stderr[-2000:]}")
        return file.read_text(encoding="utf-8", errors="replace")
