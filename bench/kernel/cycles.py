"""Cycles of the kernel's parts, and how freely the core runs: cycles.c, compiled together with the core's sources.

Virtual machines rarely show the processor's counters, so a cycle is what one of a chain of dependent additions takes,
and that is measured in ticks of the time-stamp counter right before and after each slice of a part.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from cffi import FFI  # type: ignore[import-untyped]  # cffi ships no types

__all__ = ["PARTS", "Cycles", "Freedom"]

HERE = Path(__file__).parent
CORE = HERE.parents[1] / "signing_core" / "_c"
FLAGS = ("-O2", "-std=c11", "-fvisibility=hidden", "-fPIC", "-shared")  # the first three as in setup.py
ADDS, MULTIPLY_ADDS, BLINDING = 0, 1, 5
CHAIN, PROBE, SLICES = 100_000, 480_000, 7

# name: number in cycles.c, repetitions of a slice, what one repetition does so many of
PARTS = {
    "square, 20 digits": (2, 200, 1),
    "square, 40 digits": (3, 60, 1),
    "check of a signature": (4, 4, 8),
    "blinding of a signature": (BLINDING, 512, 8),  # with one refresh in as many uses
    "signature": (6, 1, 8),
    "verification": (7, 8, 8),
}


@dataclass(frozen=True)
class Freedom:
    """The core at one moment: its clock in GHz, and how many 512-bit multiply-adds it does a cycle."""

    clock: float
    multiply_adds: float


class Cycles:
    """The compiled probe with one RSA-2048 key, which it signs with. RuntimeError says why there is none."""

    def __init__(self, der: bytes) -> None:
        ffi = FFI()
        ffi.cdef("""
            typedef struct subject subject;
            subject *subject_open(const uint8_t *der, size_t size);
            void subject_close(subject *s);
            uint64_t ticks(subject *s, int part, uint64_t times);
        """)
        compiler = shutil.which("cc")
        if compiler is None:
            raise RuntimeError("no C compiler: apt-get install gcc libc6-dev libssl-dev")
        with tempfile.TemporaryDirectory() as folder:
            target = f"{folder}/cycles.so"
            sources = [HERE / "cycles.c", *sorted(CORE.glob("*.c"))]
            command = [compiler, *FLAGS, f"-I{CORE}", "-o", target, *map(str, sources), "-lcrypto"]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode:
                raise RuntimeError(f"bench/kernel/cycles.c does not compile: {made.stderr[:500]}")
            self._lib: Any = ffi.dlopen(target)
        subject = self._lib.subject_open(der, len(der))
        if subject == ffi.NULL:
            raise RuntimeError("the kernel does not take the key")
        self._subject = ffi.gc(subject, self._lib.subject_close)
        begun = time.perf_counter()
        ticks = self._ticks(ADDS, 100 * CHAIN)
        self._tick = (time.perf_counter() - begun) / ticks  # seconds

    def _ticks(self, part: int, times: int) -> int:
        return int(self._lib.ticks(self._subject, part, times))

    def _cycles(self, part: int, times: int) -> float:
        """Cycles of one repetition: the median of some slices, each between two chains of additions.

        Blinding needs slices of a millisecond, which a busy system often interrupts: of those it is the least.
        """
        found = []
        for _ in range(SLICES):
            before = self._ticks(ADDS, CHAIN)
            worked = self._ticks(part, times)
            after = self._ticks(ADDS, CHAIN)
            found.append(worked / times * CHAIN / min(before, after))  # unless both were interrupted
        return min(found) if part == BLINDING else median(found)

    def parts(self) -> dict[str, float]:
        """Cycles of each of PARTS, for one message where a repetition does eight."""
        return {name: self._cycles(part, times) / each for name, (part, times, each) in PARTS.items()}

    def freedom(self) -> Freedom:
        """How the core runs now; takes about a millisecond."""
        clock = median(CHAIN / self._ticks(ADDS, CHAIN) for _ in range(SLICES))
        return Freedom(clock / self._tick / 1e9, 1 / self._cycles(MULTIPLY_ADDS, PROBE))
