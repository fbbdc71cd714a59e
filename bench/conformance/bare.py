"""The peer: the same lines through the same kind of pipe, as many open at a time, and nothing done with the answers."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter

from conformance.targets.lines import encode

_PIECE = 1 << 16


def ask(argv: Sequence[str], keys: Sequence[bytes], ops: Sequence[bytes], window: int) -> float:
    """Seconds from the answered hello to the last answer. ``keys`` go one at a time, ``ops`` with ``window`` open."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        _pump(process, [encode({"cmd": "hello", "protocol": 1})], 1)
        begun = perf_counter()
        _pump(process, keys, 1)
        _pump(process, ops, window)
        return perf_counter() - begun


def _pump(process: subprocess.Popen[bytes], lines: Sequence[bytes], window: int) -> None:
    assert process.stdin is not None  # noqa: S101 - tells mypy what Popen promises
    assert process.stdout is not None  # noqa: S101
    sent = answered = 0
    while answered < len(lines):
        until = min(len(lines), answered + window)
        if until > sent:
            with suppress(BrokenPipeError):  # it has ended, which its output tells with a count
                process.stdin.write(b"".join(lines[sent:until]))
            sent = until
        piece = process.stdout.read(_PIECE)
        if not piece:
            raise SystemExit(f"{process.args!r} ended after {answered} of {len(lines)} answers")
        answered += piece.count(b"\n")
