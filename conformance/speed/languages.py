"""Implementations in other languages, timed behind the harness protocol without the protocol's own cost.

A harness is asked one op at a time, so that one processor works on it, as on ours. In turns with the op, ``noop`` is
asked with the very fields of the op; a round's result is the median of the ops less the median of the noops. What is
left is what the language does beyond reading and answering lines: it makes the message, signs or verifies, and encodes.
"""

from __future__ import annotations

import os
import select
import shlex
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from signal import SIGKILL
from statistics import median
from time import perf_counter
from typing import Any

from conformance.speed.pairs import Clock
from conformance.speed.plan import Unmeasured
from conformance.targets.answers import complaint
from conformance.targets.base import PROTOCOL_VERSION, quote
from conformance.targets.children import signal_group
from conformance.targets.lines import LineError, decode, encode

__all__ = ["LANGUAGES", "Asked", "Harness"]

LANGUAGES = {"node": 0.5, "php": 0.1, "go": 0.1, "java": 2.0}  # with the seconds that it wants to warm up, at least

_PIECE = 1 << 16
_TIMEOUT = 10.0  # seconds for an answer


class Harness:
    """A running harness, greeted. ``spec`` is of the form ``cmd:COMMAND LINE``."""

    def __init__(self, spec: str, seconds: float = 60.0) -> None:
        """``seconds`` limit the start. Raises Unmeasured where it cannot be started."""
        try:
            # In this process's own environment: a kit that ends us by the mark it carries ends the harness, too.
            self._process = subprocess.Popen(
                shlex.split(spec.removeprefix("cmd:")),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise Unmeasured(f"it does not run: {error.strerror}") from None
        assert self._process.stdin is not None  # noqa: S101 - tells mypy what Popen promises
        assert self._process.stdout is not None  # noqa: S101
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._from, select.POLLIN)
        try:
            who = self._greet(seconds)
        except BaseException:
            self.close()
            raise
        self.version = str(who["version"])
        self.runtime = str(who["runtime"])

    def _greet(self, seconds: float) -> Mapping[str, Any]:
        hello = self.ask({"cmd": "hello", "protocol": PROTOCOL_VERSION}, seconds)
        wrong = complaint("hello", hello)
        if wrong is not None or "error" in hello:
            raise Unmeasured(f"it does not run: {wrong or quote(str(hello['error']))}")
        who: Mapping[str, Any] = hello["implementation"]
        return who

    def ask(self, command: Mapping[str, Any], seconds: float = _TIMEOUT) -> dict[str, Any]:
        """The answer to a command. Raises Unmeasured where none comes."""
        line = self.exchange(encode(command), seconds)
        try:
            return decode(line.rstrip(b"\r\n"))
        except LineError as error:
            raise Unmeasured(f"not conformant: {error}") from None

    def exchange(self, line: bytes, seconds: float = _TIMEOUT) -> bytes:
        """The line that answers a line. Raises Unmeasured where none comes."""
        try:
            while line:
                line = line[os.write(self._to, line) :]
            answer = b""
            while not answer.endswith(b"\n"):
                if not self._poll.poll(1000 * seconds):
                    raise Unmeasured(f"it gave no answer within {seconds:.0f} s")
                piece = os.read(self._from, _PIECE)
                if not piece:
                    raise Unmeasured("it ended in the middle")
                answer += piece
        except BrokenPipeError:
            raise Unmeasured("it ended in the middle") from None
        return answer

    @property
    def process_id(self) -> int:
        """Of the process, and of its group."""
        return self._process.pid

    def close(self) -> None:
        """End it and what it has started."""
        with self._process as process:
            with suppress(OSError):
                os.write(self._to, encode({"cmd": "bye"}))
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
            signal_group(process.pid, SIGKILL)


@dataclass(frozen=True)
class Asked:
    """A contender that is an op of a harness."""

    name: str
    version: str
    harness: Harness
    op: str
    fields: Mapping[str, Any]
    items: int = 1
    singly: bool = True

    def answer(self) -> object:
        """The op's result; Unmeasured where it gives none, or cannot be told from the protocol's cost."""
        empty = self.harness.ask(self._command("noop"))
        if empty != {"id": "1"}:
            raise Unmeasured(f"it does not answer noop: {quote(str(empty))}")
        answer = self.harness.ask(self._command(self.op))
        for member in ("signature", "valid"):
            if member in answer:
                return answer[member]
        raise Unmeasured(f"it does not answer {self.op}: {quote(str(answer))}")

    def warm_up(self, seconds: float) -> None:
        """Ask for so long: virtual machines compile only what they have run for a while."""
        begin = perf_counter()
        while perf_counter() - begin < seconds:
            self.seconds(1, perf_counter)

    def seconds(self, loops: int, clock: Clock) -> tuple[float, float]:
        """The time of so many ops without the protocol, and with all that was asked."""
        noop, op = encode(self._command("noop")), encode(self._command(self.op))
        exchange = self.harness.exchange
        noops, ops = [], []
        begin = end = clock()
        for _ in range(loops):
            exchange(noop)
            middle = clock()
            exchange(op)
            noops.append(middle - end)
            end = clock()
            ops.append(end - middle)
        return loops * (median(ops) - median(noops)), end - begin

    def _command(self, op: str) -> dict[str, Any]:
        return {"cmd": "op", "id": "1", "op": op, **self.fields}
