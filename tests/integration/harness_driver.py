"""A small driver of the harness protocol for tests: starts a harness, speaks the lines, checks each answer's form.

It shares no code with the runner, so that a fault of one does not hide a fault of the other.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Self

import jsonschema_rs
import pytest

ROOT = Path(__file__).resolve().parents[2]
HARNESSES = ROOT / "conformance" / "harnesses"
_SCHEMA = json.loads((ROOT / "vectors" / "schema" / "protocol.schema.json").read_text())
_ANSWER = jsonschema_rs.validator_for({"$ref": "#/$defs/answer", "$defs": _SCHEMA["$defs"]})
_COMMAND = jsonschema_rs.validator_for({"$ref": "#/$defs/command", "$defs": _SCHEMA["$defs"]})

Answer = dict[str, Any]


def b64(data: bytes) -> str:
    """Bytes as the protocol spells them."""
    return base64.b64encode(data).decode("ascii")


def manifest(name: str) -> dict[str, Any]:
    """The ``harness.json`` of a harness."""
    return dict(json.loads((HARNESSES / name / "harness.json").read_text()))


def command(name: str) -> list[str]:
    """The command line of a harness, ready to start; skips the test where its runtime is missing."""
    told = manifest(name)
    install = told["install"].format(dir=HARNESSES / name)
    for program in told["needs"]:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed ({install})")

    def filled(words: Sequence[str]) -> list[str]:
        return [word.format(dir=HARNESSES / name, python=sys.executable) for word in words]

    for check in map(filled, told.get("check", [])):
        if not _works(tuple(check)):
            pytest.skip(f"{' '.join(check)} fails ({install})")
    return filled(told["command"].split())


@cache
def _works(argv: tuple[str, ...]) -> bool:
    return subprocess.run(argv, capture_output=True, check=False, timeout=60).returncode == 0


class Harness:
    """A harness that runs: ``with Harness(argv) as h: h.hello(); h.op(op="message", form="webhook", body=b"{}")``.

    Fields given as bytes travel as base64. Every answer must be one line of ASCII that fits the protocol's schema. The
    end of the ``with`` closes the harness's input, waits two seconds for it to tidy up, and kills the process group;
    ``bye`` ends it in order and tells the exit status. No answer within ``timeout`` seconds is an AssertionError.
    """

    def __init__(self, argv: Sequence[str], timeout: float = 60.0) -> None:
        self._argv = list(argv)
        self._timeout = timeout
        self._ids = count(1)

    def __enter__(self) -> Self:
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._stderr = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, start_new_session=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):  # what was still to be written to the dead
            self._stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):  # time to tidy up
            self._process.wait(2)
        with contextlib.suppress(ProcessLookupError):
            self.kill(signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()
        self._stderr.close()

    def hello(self) -> Answer:
        """The handshake's answer."""
        return self._ask({"cmd": "hello", "protocol": 1})

    def key(self, name: str, private_pem: str | None, public_pem: str) -> Answer:
        """Hands over a key pair."""
        return self._ask({"cmd": "key", "name": name, "private_pem": private_pem, "public_pem": public_pem})

    def op(self, **fields: Any) -> Answer:
        """One op, and its answer without the id."""
        return self.ops([fields])[0]

    def ops(self, ops: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """Sends all ops at once, then gathers the answers, which may come in any order."""
        ids = [str(next(self._ids)) for _ in ops]
        for id_, fields in zip(ids, ops, strict=True):
            self.send({"cmd": "op", "id": id_, **fields})
        answers = [self.receive() for _ in ops]
        by_id = {answer.pop("id", None): answer for answer in answers}
        assert sorted(by_id, key=str) == sorted(ids), "each op is answered once, under its id"
        return [by_id[id_] for id_ in ids]

    def send(self, command: Mapping[str, Any]) -> None:
        """Sends one command, bytes as base64; it must fit the protocol's schema."""
        line = {name: b64(value) if isinstance(value, bytes) else value for name, value in command.items()}
        assert _COMMAND.is_valid(line), f"the test sends what is no command: {line['cmd']}"
        self.write(json.dumps(line).encode("ascii") + b"\n")

    def write(self, data: bytes) -> None:
        """Sends bytes as they stand, for lines that are no commands."""
        self._stdin.write(data)
        self._stdin.flush()

    def receive(self) -> Answer:
        """The next answer."""
        try:
            line = self._lines.get(timeout=self._timeout)
        except queue.Empty:
            raise AssertionError(f"no answer within {self._timeout} s; stderr: {self.stderr()}") from None
        assert line is not None, f"the harness ended; stderr: {self.stderr()}"
        assert line.endswith(b"\n")
        assert line.isascii(), line
        answer = json.loads(line)
        assert _ANSWER.is_valid(answer), f"no answer of the protocol: {line!r}"
        return dict(answer)

    def bye(self) -> int:
        """Ends the harness in order; its exit status. Fails if it still says anything."""
        self.write(b'{"cmd":"bye"}\n')
        return self.ended()

    def end_of_input(self) -> int:
        """Closes the harness's input; its exit status. Fails if it still says anything."""
        self._stdin.close()
        return self.ended()

    def kill(self, number: signal.Signals) -> None:
        """Sends a signal to the harness and its children."""
        os.killpg(self._process.pid, number)

    def ended(self) -> int:
        """Waits for the end of the harness; its exit status."""
        status = self._process.wait(self._timeout)
        self._reader.join()
        assert self._lines.get_nowait() is None, "it still wrote something"
        return status

    def stderr(self) -> str:
        """What the harness wrote to standard error so far."""
        told = os.pread(self._stderr.fileno(), 1 << 20, 0)  # a seek would move the harness's own offset too
        return told.decode("utf-8", "replace")

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    def _ask(self, command: Mapping[str, Any]) -> Answer:
        self.send(command)
        return self.receive()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)
