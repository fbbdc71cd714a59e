"""The eight-lane kernel beside OpenSSL on this machine, with the targets it is held to.

    ./run bench kernel [--rounds 11] [--seconds 0.02] [--bits 2048 3072 4096] [--no-threads] [--json FILE] [--require]

A round measures everything once, and each ratio compares neighbours in time, in alternating order; medians of the
rounds count. Behind each median stand its quartiles, and the least and most. What is signed and verified goes through
the Python API on backend ifma. Which target holds for signing depends on whether the machine was quiet or contended,
which the last part says and explains (bench/kernel/machine.py).

Exit code: 0, or with --require 1 if a target is missed or could not be measured; 2 if the kernel does not run here.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.kernel.cycles import PARTS, Cycles, Part
from bench.kernel.figures import Figure, table
from bench.kernel.machine import Round, Watch, verdict
from bench.kernel.pairs import Pair
from bench.kernel.python_share import PythonShare
from bench.kernel.threads import Threads
from signing_core import BackendUnavailable, PrivateKey, backends

SIZES = (2048, 3072, 4096)
KEYS = 8


class Bench:
    """Everything that is measured, and the rounds so far."""

    def __init__(self, sizes: Sequence[int], threads: bool) -> None:
        keys = [PrivateKey.generate() for _ in range(KEYS)]
        self._sized = [keys[0] if bits == 2048 else PrivateKey.generate(bits) for bits in sizes]
        self.pairs = Pair.all(self._sized)
        self.share = PythonShare(keys)
        self.threads = Threads(keys[0], seconds=1) if threads else None
        self.cycles: Cycles | None = None
        self.no_cycles = ""
        try:
            self.cycles = Cycles(keys[0].pyca().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        except RuntimeError as reason:
            self.no_cycles = str(reason)
        self.parts: dict[str, list[Part]] = {name: [] for name in PARTS}
        self.rounds: list[Round] = []

    def round(self, seconds: float) -> None:
        """Measure everything once; every other time in reverse order."""
        reverse = len(self.rounds) % 2 == 1
        watch = Watch(self.cycles)
        for pair in self.pairs:
            pair.measure(seconds, reverse=reverse)
        self.share.measure()
        if self.cycles:
            for name, part in self.cycles.parts().items():
                self.parts[name].append(part)
        if self.threads:
            self.threads.measure(reverse=reverse)
        self.rounds.append(watch.end())

    def state(self) -> tuple[str, list[str]]:
        """``quiet`` or ``contended``, and why; by the loops of OpenSSL that stood beside batches of 64 and more."""
        steady = next(pair for pair in self.pairs if pair.what == "sign" and pair.count == 64)
        return verdict(self.rounds, [times.openssl for times in steady.rounds])

    def figures(self, state: str) -> list[Figure]:
        found = [pair.figure(state) for pair in self.pairs]
        found += self.threads.figures() if self.threads else []
        return found + self.share.figures() + self._in_c() + self._costs()

    def _in_c(self) -> list[Figure]:
        """Python's share as a difference: it holds what the kernel and others put out of the caches, and much noise."""
        part = "the same by another way: sign_many and verify_many less the bare call to the C core, caches as they are"
        return [
            Figure(part, f"{pair.what}_many, {pair.count}", [1e6 * (t.ours - t.bare) for t in pair.rounds], "µs", 3)
            for pair in self.pairs
            if pair.bits == 2048 and pair.count >= 64
        ]

    def _costs(self) -> list[Figure]:
        part = "the kernel in cycles, 2048 bits: a square of eight lanes, all else for one message"
        if not self.cycles:
            return [Figure(part, name, [], note=self.no_cycles) for name in PARTS]
        rows = {name: [one.cycles for one in row] for name, row in self.parts.items()}
        whole = median(rows["signature"])
        figures = []
        for name, row in rows.items():
            share = f", {100 * median(row) / whole:.2f} % of a signature" if name.endswith("of a signature") else ""
            note = f"at {median(one.clock for one in self.parts[name]):.2f} GHz{share}"
            figures.append(Figure(part, name, row, "cycles", 0, note=note))
        return figures


def options() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("./run bench kernel", description=__doc__, formatter_class=form)
    parser.add_argument("--rounds", type=int, default=11, help="at least 2; 9 and more make a result")
    parser.add_argument("--seconds", type=float, default=0.02, help="least time of one side of a pair in a round")
    parser.add_argument("--bits", type=int, nargs="+", choices=SIZES, default=list(SIZES), metavar="BITS")
    parser.add_argument("--no-threads", action="store_true", help="leave out openssl speed and two threads")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all rounds of all figures to FILE")
    parser.add_argument("--require", action="store_true", help="exit 1 if a target is missed or could not be measured")
    found = parser.parse_args()
    if found.rounds < 2:
        parser.error(f"--rounds {found.rounds}: at least 2")
    if 2048 not in found.bits:
        parser.error("--bits: the targets are those of 2048, name it too")
    found.bits = sorted(set(found.bits))
    return found


def main() -> int:
    """Measure, print, and judge where that is asked for."""
    wanted = options()
    try:
        backends.use("ifma")
    except BackendUnavailable as reason:
        print(reason, file=sys.stderr)
        return 2
    facts = backends.info()
    print(f"ifma beside {facts.openssl}; {facts.machine}, {facts.cpus} processors, {facts.kernel}", flush=True)
    bench = Bench(wanted.bits, not wanted.no_threads)
    for number in range(wanted.rounds):
        bench.round(wanted.seconds)
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {wanted.rounds} ", end="", file=sys.stderr, flush=True)
    print()
    state, reasons = bench.state()
    found = bench.figures(state)
    print("\n".join(table(found)))
    print(f"\nthe machine was {state}, over {wanted.rounds} rounds")
    print("\n".join(f"  {reason}" for reason in reasons))
    missed = [figure for figure in found if figure.met is False]
    print(f"{len(missed)} of {sum(f.met is not None for f in found)} targets missed")
    if wanted.json:
        data: dict[str, Any] = {
            "backend": facts.as_dict(),
            "state": state,
            "reasons": reasons,
            "rounds": [asdict(one) for one in bench.rounds],
            "figures": [figure.as_dict() for figure in found],
        }
        wanted.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return int(wanted.require and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
