"""The kit over a pipelined stdio harness, beside a bare loop over the same harness and one over an echo, in rounds.

The cases are those of message, minify and verify. A round runs all three one after another, so that a machine which
slows down slows all of them. Each is timed from the answered hello to the last answer, the handing over of keys
included; the kit also as a whole, with the start of the process, the handshake, the end and the footer.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.conformance import bare
from conformance import corpus as corpora
from conformance.events import Event
from conformance.model import Case, Corpus
from conformance.runner import RunOptions, run
from conformance.targets.lines import encode

OPS = ("message", "minify", "verify")
ECHO = ("node", str(Path(__file__).with_name("echo.mjs")))


def measure(spec: str, count: str) -> dict[str, Any]:
    """Seconds of each round: the kit, the kit as a whole, the bare loop over the same harness, that over the echo."""
    corpus = corpora.load()
    cases = [case for case in corpus.cases if case.op in OPS]
    window, _ = _kit(corpus, cases[:1], spec)  # warms up, and tells how many may be open
    keys, ops = _lines(corpus, cases)
    harness = shlex.split(spec.removeprefix("cmd:"))
    rounds = []
    for _ in range(int(count)):
        _, took = _kit(corpus, cases, spec)
        took["harness"] = bare.ask(harness, keys, ops, window)
        took["echo"] = bare.ask(ECHO, keys, ops, window)
        rounds.append(took)
    return {"cases": len(cases), "window": window, "rounds": rounds}


def _kit(corpus: Corpus, cases: list[Case], spec: str) -> tuple[int, dict[str, float]]:
    greeted = answered = 0.0

    def clock(event: Event) -> None:
        nonlocal greeted, answered
        if event["event"] == "header":
            greeted = perf_counter()
        elif event["event"] == "outcome":
            answered = perf_counter()

    begun = perf_counter()
    events = run(corpus, cases, spec, RunOptions(), clock)
    whole = perf_counter() - begun
    if events[-1]["end"] != "complete" or any(event["event"] == "restart" for event in events):
        raise SystemExit(f"the run of {spec} did not go through in order: {events[-1]}")
    return events[0]["target"]["max_inflight"], {"kit": answered - greeted, "whole": whole}


def _lines(corpus: Corpus, cases: list[Case]) -> tuple[list[bytes], list[bytes]]:
    needed = dict.fromkeys(case.key for case in cases if case.key is not None)
    keys = [corpus.keys[name] for name in needed]
    given = [
        encode({"cmd": "key", "name": key.name, "private_pem": key.private_pem, "public_pem": key.public_pem})
        for key in keys
    ]
    asked = [
        encode({"cmd": "op", "id": str(number), "op": case.op, **case.input}) for number, case in enumerate(cases, 1)
    ]
    return given, asked
