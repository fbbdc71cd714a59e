"""Cycles of the kernel's parts, and how freely the core runs: cycles.c, compiled together with the core's sources.

Virtual machines rarely show the processor's counters, so a cycle is what one of a chain of dependent additions takes,
and that is measured in ticks of the time-stamp counter right after each slice of a part, before the clock changes.
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

__all__ = ["PARTS", "Cycles", "Freedom", "Part"]

HERE = Path(__file__).parent
CORE = HERE.parents[1] / "signing_core" / "_c"
FLAGS = ("-O2", "-std=c11", "-fvisibility=hidden", "-fPIC", "-shared")  # the first three as in setup.py
ADDS, MULTIPLY_ADDS, BLINDING = 0, 1, 5
LONG_CHAIN, PROBE = 100_000, 2_400_000
WARM, SLICES = 4, 7  # the first slices find a clock that is still being changed for them

# name: number in cycles.c, repetitions of a slice (some 0.5 ms, as clocks change), what one repetition does so many of
PARTS = {
    "square, 20 digits": (2, 2000, 1),
    "square, 40 digits": (3, 600, 1),
    "check of a signature": (4, 40, 8),
    "blinding of a signature": (BLINDING, 512, 8),  # with one refresh in as many uses
    "signature": (6, 1, 8),
    "verification": (7, 40, 8),
    "product across the lanes, 2 x 20 digits": (8, 4000, 1),
    "product across the lanes, 40 digits": (9, 2000, 1),
    "signature of one alone": (10, 4, 1),
    "verification of one alone": (11, 100, 1),
}


@dataclass(frozen=True)
class Part:
    """What one repetition took, and the clock in GHz that it found or made."""

    cycles: float
    clock: float


@dataclass(frozen=True)
class Freedom:
    """The core at one moment: its clock in GHz, that in 512-bit code, and how many multiply-adds that does a cycle."""

    clock: float
    wide_clock: float
    multiply_adds: float


class Cycles:
    """The compiled probe with one RSA-2048 key, which it signs with. RuntimeError says why there is none."""

    def __init__(self, der: bytes) -> None:
        self._ffi = ffi = FFI()
        ffi.cdef("""
            typedef struct subject subject;
            subject *subject_open(const uint8_t *der, size_t size);
            void subject_close(subject *s);
            uint64_t now(void);
            void measure(subject *s, int part, uint64_t times, int slices, uint64_t *ticks_of);
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
        begun, first = time.perf_counter(), int(self._lib.now())
        long = self._ticks(ADDS, LONG_CHAIN, 200)
        self._tick = (time.perf_counter() - begun) / (int(self._lib.now()) - first)  # seconds
        # What the chain after each slice takes, with the reading of the counter: the long chain before it tells.
        self._chain = median(LONG_CHAIN * chain / ticks for ticks, chain in long)  # cycles

    def _ticks(self, part: int, times: int, slices: int = SLICES) -> list[tuple[int, int]]:
        """Of each slice, the ticks of so many repetitions and those of the chain after them."""
        ticks = self._ffi.new("uint64_t[]", 2 * (WARM + slices))
        self._lib.measure(self._subject, part, times, WARM + slices, ticks)
        found = list(ticks)[2 * WARM :]
        return list(zip(found[::2], found[1::2], strict=True))

    def _part(self, part: int, times: int, each: int = 1) -> Part:
        """One repetition: the median of some slices, for one message where it does ``each``.

        Blinding needs slices of a millisecond, which a busy system often interrupts: of those it is the least.
        """
        slices = self._ticks(part, times)
        usual = median(chain for _, chain in slices)
        ticks = min(ticks for ticks, _ in slices) / usual if part == BLINDING else median(t / c for t, c in slices)
        return Part(self._chain * ticks / times / each, self._chain / usual / self._tick / 1e9)

    def parts(self) -> dict[str, Part]:
        """Each of PARTS, for one message where a repetition does eight."""
        return {name: self._part(*how) for name, how in PARTS.items()}

    def freedom(self) -> Freedom:
        """How the core runs now; takes about a millisecond."""
        chain = self._part(ADDS, LONG_CHAIN)
        wide = self._part(MULTIPLY_ADDS, PROBE)
        return Freedom(chain.clock, wide.clock, 1 / wide.cycles)
