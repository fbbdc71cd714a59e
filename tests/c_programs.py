"""The drivers of tests/c with the C core: built in variants, fed with records (tests/c/records.h).

Programs are kept in build/tests-c under a name made of all that goes into them, so that nothing is compiled twice.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
CORE = ROOT / "signing_core" / "_c"
DRIVERS = ROOT / "tests" / "c"
KEPT = ROOT / "build" / "tests-c"

WARNINGS = ("-std=c11", "-g", "-Wall", "-Wextra", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
THREAD_SANITIZER = ("-fsanitize=thread",)
PORTABLE = ("-DSK_LANES_PORTABLE", "-Wno-psabi")  # gcc's remark on vectors as arguments; all is compiled alike here

VARIANTS: dict[str, Sequence[str]] = {
    "ifma": ["-O2"],  # as shipped
    "ifma, sanitized": ["-O1", *SANITIZERS],
    "portable": ["-O0", *PORTABLE],  # gcc 12 takes a minute at -O1
    "portable, sanitized": ["-O1", *PORTABLE, *SANITIZERS],
}

Record = tuple[str, list[bytes]]


class CannotBuildError(Exception):
    """What this machine lacks."""


def _compiler() -> str:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise CannotBuildError("no C compiler: apt-get install gcc libc6-dev libssl-dev")
    return compiler


def _probe(compiler: str, flags: Sequence[str], folder: Path, include: str, *libraries: str) -> None:
    """CannotBuildError where a program of nothing cannot be built in this way, or does not run."""
    (folder / "probe.c").write_text(f"{include}\nint main(void) {{ return 0; }}\n")
    command = [compiler, *flags, "-o", str(folder / "probe"), str(folder / "probe.c"), *libraries]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode or subprocess.run([folder / "probe"], capture_output=True, check=False).returncode:
        wanted = "the sanitizers or OpenSSL's headers are missing: apt-get install gcc libssl-dev"
        raise CannotBuildError(f"{wanted}: {result.stderr[:200]}")


def build(driver: str, variant: str) -> Path:
    """The program of tests/c/DRIVER.c and the whole C core; CannotBuildError where compiler or headers are missing."""
    compiler, flags = _compiler(), [*WARNINGS, *VARIANTS[variant]]
    sources = [DRIVERS / f"{driver}.c", *sorted(CORE.glob("*.c"))]
    inputs = [*sources, *sorted(CORE.glob("*.h")), *sorted(DRIVERS.glob("*.h"))]
    digest = hashlib.sha256(repr((compiler, flags)).encode())
    for path in inputs:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    program = KEPT / f"{driver}-{digest.hexdigest()[:16]}"
    if program.exists():
        return program
    KEPT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=KEPT) as name:
        folder = Path(name)
        _probe(compiler, flags, folder, "#include <openssl/evp.h>", "-lcrypto")

        def compiled(source: Path) -> str:
            target = str(folder / f"{source.stem}.o")
            subprocess.run([compiler, *flags, f"-I{CORE}", "-c", "-o", target, str(source)], check=True)
            return target

        with ThreadPoolExecutor(2) as pool:
            objects = list(pool.map(compiled, sources))
        subprocess.run([compiler, *flags, "-o", str(folder / driver), *objects, "-lcrypto"], check=True)
        (folder / driver).rename(program)
    return program


def check_part(part: str, sanitizers: Sequence[str], folder: Path) -> None:
    """Run tests/c/test_PART.c with that file of the core alone; it prints what is wrong.

    CannotBuildError where compiler or sanitizers are missing.
    """
    compiler = _compiler()
    flags = [*WARNINGS, "-O1", "-Wpedantic", "-Wconversion", "-pthread", *sanitizers]
    program = folder / f"test_{part}"
    _probe(compiler, flags, folder, "")
    sources = [DRIVERS / f"test_{part}.c", CORE / f"{part}.c"]
    subprocess.run([compiler, *flags, f"-I{CORE}", "-o", program, *sources], check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def answers(program: Path, records: Iterable[Record], timeout: float = 300) -> tuple[str, list[str]]:
    """The program's first line, and a line for each record; a sanitizer's report or another failure is an assertion."""
    stream = b"".join(
        op.encode() + struct.pack("<I", len(fields)) + b"".join(struct.pack("<I", len(f)) + f for f in fields)
        for op, fields in records
    )
    options = os.environ | {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1"}
    result = subprocess.run([program], input=stream, capture_output=True, check=False, env=options, timeout=timeout)
    assert result.returncode == 0, result.stderr.decode(errors="replace")[-4000:]
    head, *lines = result.stdout.decode("ascii").splitlines()
    return head, lines
