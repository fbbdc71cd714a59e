"""How fast the conformance kit is, and how much memory it takes: four parts, each beside its target.

    python -m bench.conformance [PART...] [--json] [--require] [--rounds N]

in-process  the kit's own work for a case, on one processor, RSA taken out
pipe        message, minify and verify cases through a pipelined harness in Node, beside a bare loop over the same pipe
languages   the whole corpus over six languages' harnesses by signkit matrix, with its HTML report
memory      the kit's own process, in all of these and with every shipped harness at once

Each measurement is a process of its own; this one stays small, for a child begins with its parent's peak of memory.
The exit code is 0, or with --require 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from bench.conformance import figures
from bench.conformance.figures import Figure, best, median, worst

PARTS = ("in-process", "pipe", "languages", "memory")
LANGUAGES = ("php", "node", "go", "java", "python-pycryptodome", "ruby")
CASES_IN_PROCESS, CASES_PIPED, SECONDS, MEGABYTES = 10_000.0, 3_000.0, 60.0, 200.0
ROOT = Path(__file__).resolve().parents[2]


class Bench:
    """The measurements, each made at most once, and the memory that each took."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self._peaks: dict[str, list[float]] = {}
        harnesses, _ = _child("shipped")
        self._usable: dict[str, str] = harnesses["usable"]
        self._missing: dict[str, str] = harnesses["missing"]

    def figures(self, parts: Sequence[str]) -> list[Figure]:
        """All lines of these parts, in the order of ``PARTS``."""
        found: list[Figure] = []
        if "in-process" in parts:
            found += self._in_process()
        if "pipe" in parts:
            found += self._pipe()
        if "languages" in parts:
            found += self._languages()
        if "memory" in parts:
            found += self._memory()
        return found

    def _measured(self, what: str, kind: str, *words: str) -> tuple[dict[str, Any], float]:
        """A child's figures and its seconds, from start to end; its peak is kept as that of ``what``."""
        measured, seconds = _child(kind, *words)
        self._peaks.setdefault(what, []).append(measured["peak"] / 1e6)
        return measured, seconds

    def _in_process(self) -> list[Figure]:
        part = "in process, on one processor: the reference, asked, checked, judged, told"
        told, _ = self._measured("in process", "in_process", str(self._rounds))
        rounds, ops = told["rounds"], told["ops"]
        cases = sum(ops.values())
        free = ops["message"] + ops["minify"]

        def rates(seconds: Any, count: int = cases) -> list[float]:
            return [count / seconds(one) for one in rounds]

        return [
            best(
                part,
                f"all {cases} cases, RSA and the reading of keys taken out",
                "cases/s",
                rates(lambda one: one["elapsed"] - one["rsa"] - one["keys"]),
                CASES_IN_PROCESS,
            ),
            best(
                part,
                f"the {free} of message and minify (no RSA), nothing taken out",
                "cases/s",
                rates(lambda one: one["ops"]["message"] + one["ops"]["minify"], free),
                CASES_IN_PROCESS,
            ),
            best(
                part,
                "all but load_key, nothing taken out",
                "cases/s",
                rates(lambda one: one["elapsed"] - one["ops"]["load_key"], cases - ops["load_key"]),
            ),
            best(part, f"all {cases} cases, nothing taken out", "cases/s", rates(lambda one: one["elapsed"])),
            median(part, "of that time: signing and verifying", "%", _shares(rounds, "rsa")),
            median(part, "of that time: reading and checking keys", "%", _shares(rounds, "keys")),
        ]

    def _pipe(self) -> list[Figure]:
        part = "message, minify and verify cases through the Node harness, pipelined"
        if "node" not in self._usable:
            return [figures.absent(part, "from hello to the last answer", "cases/s", self._why("node"), CASES_PIPED)]
        told, _ = self._measured("Node harness", "pipe", self._usable["node"], str(self._rounds))
        rounds, cases = told["rounds"], told["cases"]

        def rates(name: str) -> list[float]:
            return [cases / one[name] for one in rounds]

        def beside(name: str) -> list[float]:
            return [100 * one[name] / one["kit"] for one in rounds]

        return [
            best(part, f"{cases} cases, from hello to the last outcome", "cases/s", rates("kit"), CASES_PIPED),
            best(part, "the whole run, with the start of Node and its end", "cases/s", rates("whole"), CASES_PIPED),
            best(part, f"peer: a bare loop over the same harness, {told['window']} open", "cases/s", rates("harness")),
            best(part, "peer: the same loop over an echo in Node", "cases/s", rates("echo")),
            median(part, "the kit's speed as a share of the bare loop's", "%", beside("harness")),
        ]

    def _languages(self) -> list[Figure]:
        part = f"the whole corpus over {', '.join(LANGUAGES)}: signkit matrix, two at once, HTML report"
        missing = [name for name in LANGUAGES if name not in self._usable]
        if missing:
            why = "; ".join(map(self._why, missing))
            return [figures.absent(part, "from the command's start to its end", "s", why, SECONDS, most=True)]
        targets = [f"{name}={self._usable[name]}" for name in LANGUAGES]
        seconds = [self._matrix("matrix of six languages", *targets) for _ in range(min(self._rounds, 3))]
        return [best(part, "from the command's start to its end", "s", seconds, SECONDS)]

    def _memory(self) -> list[Figure]:
        part = "the most memory of the kit's own process (its targets are others)"
        everything = f"matrix of all {len(self._usable) + 1} shipped targets"
        self._matrix(everything, "--shipped")
        return [worst(part, what, "MB", peaks, MEGABYTES) for what, peaks in self._peaks.items()]

    def _matrix(self, what: str, *words: str) -> float:
        with TemporaryDirectory() as folder:
            report = Path(folder) / "matrix.html"
            told, seconds = self._measured(
                what, "command", "matrix", *words, "--jobs", "2", "--report", f"html:{report}"
            )
            if told["code"] not in (0, 1) or not report.stat().st_size:  # 1: some target fails cases, as it should
                raise SystemExit(f"signkit matrix ended with {told['code']}")
        return seconds

    def _why(self, name: str) -> str:
        return f"no {name}: {self._missing.get(name, 'no such harness')}"


def _shares(rounds: Sequence[dict[str, Any]], name: str) -> list[float]:
    return [100 * one[name] / one["elapsed"] for one in rounds]


def _child(kind: str, *words: str) -> tuple[dict[str, Any], float]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        begun = perf_counter()
        child = [sys.executable, "-m", "bench.conformance.child", kind, str(file), *words]
        subprocess.run(child, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        seconds = perf_counter() - begun
        measured: dict[str, Any] = json.loads(file.read_text())
        return measured, seconds


def main() -> int:
    """Measure, print, and judge where that is asked for."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("./run bench conformance", description=__doc__, formatter_class=form)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--json", action="store_true", help="print data for programs")
    parser.add_argument("--require", action="store_true", help="exit 1 if a target is missed or could not be measured")
    parser.add_argument("--rounds", type=int, default=7, help="of in-process and pipe; of languages at most 3")
    options = parser.parse_args()
    strange = [part for part in options.parts if part not in PARTS]
    if strange or options.rounds < 1:
        parser.error(f"no part {strange[0]!r}: there is {', '.join(PARTS)}" if strange else "--rounds is at least 1")
    before = figures.machine()
    found = Bench(options.rounds).figures(options.parts or PARTS)
    print(figures.as_json(before, found) if options.json else figures.as_text(before, found))
    return int(options.require and any(figure.met is False for figure in found))


if __name__ == "__main__":
    sys.exit(main())
