"""What counts depend on besides our code: those of another key cannot be compared.

The processor's features are those that valgrind shows to a program, as OpenSSL tells them: the C library and OpenSSL
choose their code by them.
"""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from bench.guard.counts import ENVIRONMENT, INSTALL
from bench.guard.errors import GuardError
from bench.guard.programs import PROGRAM, compiler

__all__ = ["differences", "features", "of_machine", "with_python"]

# Bits of OPENSSL_ia32cap, two words of 64 bits (OpenSSL's manual page OPENSSL_ia32cap(3)): what code is chosen by.
X86 = (
    {33: "pclmulqdq", 41: "ssse3", 44: "fma", 51: "sse4.1", 52: "sse4.2", 54: "movbe", 55: "popcnt", 57: "aes"}
    | {60: "avx", 62: "rdrand"},
    {3: "bmi1", 5: "avx2", 8: "bmi2", 9: "erms", 16: "avx512f", 18: "rdseed", 19: "adx", 29: "sha"}
    | {30: "avx512bw", 31: "avx512vl", 21: "avx512ifma"},
)


def features(told: str) -> str:
    """The names of what ``OPENSSL_ia32cap=0x...:0x...`` tells, blanks between; other texts as they stand."""
    found = re.fullmatch(r"OPENSSL_ia32cap=0x([0-9a-f]+):0x([0-9a-f]+)(?: env:.*)?", told)
    if found is None:
        return told
    words = [int(word, 16) for word in found.groups()]
    named = (name for word, names in zip(words, X86, strict=True) for bit, name in names.items() if word >> bit & 1)
    return " ".join(sorted(named))


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise GuardError(f"{command[0]} is not here: {INSTALL}") from None
    if done.returncode or not done.stdout:
        raise GuardError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout.splitlines()[0]


def of_machine(folder: Path) -> dict[str, str]:
    """The key of the C side; ``folder`` holds the compiled program."""
    command = ["valgrind", "-q", "--tool=none", f"./{PROGRAM}", "processor"]
    try:
        done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise GuardError(f"valgrind is not here: {INSTALL}") from None
    if done.returncode:
        raise GuardError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    processor, openssl = done.stdout.splitlines()
    return {
        "architecture": platform.machine(),
        "processor": features(processor),
        "compiler": _first_line([compiler(), "--version"]),
        "openssl": openssl,
        "libc": _first_line(["ldd", "--version"]),
        "valgrind": _first_line(["valgrind", "--version"]),
    }


def with_python(machine: Mapping[str, str]) -> dict[str, str]:
    """The key of the Python side: the machine's, and what the interpreter brings."""
    return {
        **machine,
        "python": f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in ("cffi", "orjson")),
    }


def differences(here: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The parts that differ: here, kept."""
    return {
        part: (here.get(part, "nothing"), kept.get(part, "nothing"))
        for part in (*here, *(part for part in kept if part not in here))
        if here.get(part) != kept.get(part)
    }
