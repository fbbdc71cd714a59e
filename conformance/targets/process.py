"""The ``cmd:`` and ``python:`` transports: a child process in its own group, spoken to in lines.

Reading and writing go on at the same time. Ops are pipelined and their answers found by id. The oldest open command has
the only running clock, so whoever answers in order is given the full deadline for every op, however many are open.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import conformance
from conformance.model import Verdict
from conformance.targets.answers import complaint
from conformance.targets.base import Fault, StderrTail, Stray, quote
from conformance.targets.children import kill_marked, marked_environment, signal_group, told_exit
from conformance.targets.lines import LineBuffer, LineError, decode, encode

TERM_GRACE = 0.5  # seconds between SIGTERM and SIGKILL
KILL_GRACE = 5.0  # seconds for the system to end what was sent SIGKILL
BYE_GRACE = 2.0  # seconds to end after bye
SETTLE = 0.3  # seconds between the end of standard output and that of the process, either way round
LATE = 0.02  # seconds after a deadline in which an answer that has come is read
MAX_STRAYS = 100  # answers to nothing, after which an instance counts as babbling


class ProcessTarget:
    """A command line that is started as often as needed."""

    restartable = True

    def __init__(self, spec: str, argv: Sequence[str], extra_environment: Mapping[str, str] | None = None) -> None:
        self.spec = spec
        self._argv = tuple(argv)
        self._extra = dict(extra_environment or {})

    async def start(self, stray: Stray, stderr: StderrTail) -> ProcessSession:
        """A new process. Raises Fault where there is no such command or it cannot be executed."""
        environment, mark = marked_environment(self._extra)
        session = ProcessSession(mark, stray, stderr)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: session, *self._argv, env=environment, start_new_session=True
            )
        except (OSError, ValueError) as error:
            raise Fault(Verdict.CRASH, self._unstartable(error)) from None
        except asyncio.CancelledError:
            kill_marked(mark)
            raise
        return session

    def _unstartable(self, error: OSError | ValueError) -> str:
        program = self._argv[0]
        tried = f"cannot start {program!r} of {self.spec!r}"
        match error:
            case FileNotFoundError() if shutil.which(program):
                return f"{tried}: the file is there, but the interpreter its first line names is not"
            case FileNotFoundError():
                return f"{tried}: there is no such program; install it, or give the path of the one you have"
            case PermissionError():
                return f"{tried}: it may not be executed; make it executable (chmod +x) or name its interpreter first"
            case OSError():
                return f"{tried}: {error.strerror}; if it is a script, name its interpreter first"
        return f"{tried}: {error}"


def python_target(spec: str, place: str) -> ProcessTarget:
    """The target of ``python:place`` (``package.module:Class``): the kit's own host process around that class.

    ``-P`` and the kit's own place on the path see to it that nothing in the current directory hides the kit from the
    child; the host adds the current directory itself.
    """
    kit = str(Path(conformance.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (kit, os.environ.get("PYTHONPATH"))))
    return ProcessTarget(spec, (sys.executable, "-P", "-m", "conformance.targets.host", place), {"PYTHONPATH": path})


class _Open:
    """A command that waits for its answer."""

    __slots__ = ("answer", "kind", "timeout")

    def __init__(self, kind: str, timeout: float, answer: asyncio.Future[dict[str, Any]]) -> None:
        self.kind = kind
        self.timeout = timeout
        self.answer = answer


class ProcessSession(asyncio.SubprocessProtocol):
    """One process. See ``base.Session``."""

    def __init__(self, mark: str, stray: Stray, stderr: StderrTail) -> None:
        self.broken: Fault | None = None
        self._loop = asyncio.get_running_loop()
        self._mark = mark
        self._stray = stray
        self._strays = 0
        self._stderr = stderr
        self._buffer = LineBuffer()
        self._open: dict[str | None, _Open] = {}  # in the order of asking; hello and key have no id
        self._sole: _Open | None = None  # what was asked while nothing else was open, until something else is
        self._asked: set[str] = set()
        self._clock: asyncio.TimerHandle | None = None
        self._clock_of: _Open | None = None
        self._unsent: list[bytes] = []
        self._leaving = False
        self._ended = False
        self._exited = asyncio.Event()
        self._closed = asyncio.Event()  # standard output has ended
        self._released = asyncio.Event()  # asyncio has let go of the process and its pipes

    # Asking

    async def ask(self, command: Mapping[str, Any], within: float) -> dict[str, Any]:
        """See ``base.Session``."""
        if self.broken is not None:
            raise Fault(self.broken.verdict, self.broken.sentence, blames=False)
        try:
            self._write(encode(command))
        except LineError as error:
            raise Fault(Verdict.PROTOCOL_ERROR, str(error)) from None
        name = command.get("id")
        if name is not None:
            self._asked.add(name)
        kind = command["op"] if command["cmd"] == "op" else command["cmd"]
        waiting = _Open(kind, within, self._loop.create_future())
        self._sole = None if self._open else waiting
        self._open[name] = waiting
        self._watch()
        try:
            return await waiting.answer
        except asyncio.CancelledError:  # the run is over; what still comes is no answer to anything
            self._break(Verdict.CRASH, "the kit ended the target")
            raise

    def _write(self, line: bytes) -> None:
        """Lines of one turn of the loop leave in one write."""
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(line)

    def _flush(self) -> None:
        lines = b"".join(self._unsent)
        self._unsent.clear()
        pipe = self._input()
        if not pipe.is_closing():  # a target that closed its input shows by its silence, or its end
            pipe.write(lines)

    def _input(self) -> asyncio.WriteTransport:
        pipe = self._transport.get_pipe_transport(0)
        assert isinstance(pipe, asyncio.WriteTransport)  # noqa: S101 - tells mypy what asyncio promises
        return pipe

    # The deadline

    def _watch(self) -> None:
        """Let the clock of the oldest open command run: from now on, if another was the oldest so far."""
        oldest = next(iter(self._open.values()), None)
        if oldest is self._clock_of:
            return
        self._clock_of = oldest
        if self._clock is not None:
            self._clock.cancel()
        self._clock = None if oldest is None else self._loop.call_later(oldest.timeout, self._late, oldest.timeout)

    def _late(self, timeout: float) -> None:
        """The deadline has passed; if the kit itself was busy, the answer is read before the clock runs out here."""
        self._clock = self._loop.call_later(LATE, self._overdue, timeout)

    def _overdue(self, timeout: float) -> None:
        self._break(Verdict.TIMEOUT, f"no answer within {timeout:g} s")

    # What the process does: called by asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process has been started."""
        assert isinstance(transport, asyncio.SubprocessTransport)  # noqa: S101 - tells mypy what asyncio promises
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """The process has written."""
        if fd == 2:
            self._stderr.feed(data)
            return
        try:
            for line in self._buffer.feed(data):
                if self.broken is not None:
                    return
                self._take(line)
        except LineError as error:
            self._break(Verdict.PROTOCOL_ERROR, str(error))
        self._watch()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """A pipe has ended. Where the whole process is ending, its exit status comes a moment later."""
        if fd == 1:
            self._closed.set()
            self._loop.call_later(0 if self._exited.is_set() else SETTLE, self._gone)

    def process_exited(self) -> None:
        """The process has ended. What it wrote last may still be in the pipe, which a grandchild may hold open."""
        self._exited.set()
        self._loop.call_later(0 if self._closed.is_set() else SETTLE, self._gone)

    def connection_lost(self, exc: Exception | None) -> None:
        """The process has ended and all pipes are closed."""
        self._released.set()

    def _gone(self) -> None:
        if self._leaving or self.broken is not None:
            return
        rest = self._buffer.rest
        inside = f" in the middle of the line {quote(rest)}" if rest else ""
        exit_told = told_exit(self._transport.get_returncode())
        self._break(Verdict.CRASH, f"the target {exit_told}{inside}{self._stderr.last_words()}")

    # Answers

    def _take(self, line: bytes) -> None:
        """Give a line to the command it answers. Raises LineError where that cannot be told and some are open."""
        problem = None
        try:
            answer = decode(line)
        except LineError as error:
            if error.answer is None:
                self._meaningless(str(error))
                return
            answer, problem = error.answer, str(error)
        name = answer.get("id")
        if not isinstance(name, str | None):
            problem = f"the id of the answer {quote(line)} is no string; an id is sent back as it came"
        elif name in self._open:
            waiting = self._open.pop(name)
            self._settle(waiting, answer, problem or complaint(waiting.kind, answer))
            return
        elif name in self._asked:
            self._count_stray(name, "this id was answered more than once")
            return
        self._unknown(line, answer, problem)

    def _settle(self, waiting: _Open, answer: dict[str, Any], problem: str | None) -> None:
        if waiting.answer.done():  # its asker was cancelled a moment ago
            return
        if problem is None:
            waiting.answer.set_result(answer)
        else:
            waiting.answer.set_exception(Fault(Verdict.PROTOCOL_ERROR, problem))

    def _unknown(self, line: bytes, answer: dict[str, Any], problem: str | None) -> None:
        """An answer with an id that was never asked, or none. A command that stands alone is the one that was meant."""
        if self._alone():
            (name,) = self._open
            told = "no id" if answer.get("id") is None else f"the id {quote(str(answer['id']))}"
            asked = "to hello or key, which have none" if name is None else f"where {quote(name)} was asked"
            self._break(Verdict.PROTOCOL_ERROR, problem or f"the answer has {told} {asked}")
        elif answer.get("id") is None or problem is not None:
            self._meaningless(problem or f"the answer {quote(line)} has no id")
        else:
            self._count_stray(None, f"an answer came to the id {quote(str(answer['id']))}, which was never asked")

    def _meaningless(self, sentence: str) -> None:
        """A line that could be anybody's: a fault if it can be an answer, else a stray."""
        if self._open:
            raise LineError(sentence)
        self._count_stray(None, sentence)

    def _count_stray(self, name: str | None, sentence: str) -> None:
        self._strays += 1
        self._stray(name, sentence)
        if self._strays >= MAX_STRAYS:
            self._break(Verdict.PROTOCOL_ERROR, f"{MAX_STRAYS} answers came to what was not asked")

    # The end

    def _alone(self) -> bool:
        """True where all that happens is the doing of the one open command: no other was open in its time."""
        return self._sole is not None and self._sole in self._open.values()

    def _break(self, verdict: Verdict, sentence: str) -> None:
        """The instance cannot be asked any more. Every open command is a suspect, one that stood alone the culprit."""
        if self.broken is not None:
            return
        self.broken = Fault(verdict, sentence)
        alone = self._alone()
        for waiting in self._open.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(Fault(verdict, sentence, blames=alone))
        self._open.clear()
        self._watch()

    async def close(self) -> None:
        """See ``base.Session``."""
        if self.broken is None:
            self._leaving = True
            self._write(encode({"cmd": "bye"}))
            self._flush()
            self._input().write_eof()
            with suppress(TimeoutError):
                async with asyncio.timeout(BYE_GRACE):
                    await self._exited.wait()
                    async with asyncio.timeout(SETTLE):
                        await self._closed.wait()
            if rest := self._buffer.rest:
                self._stray(None, f"the output ends in the middle of the line {quote(rest)}")
        await self.kill()

    async def kill(self) -> None:
        """See ``base.Session``."""
        if self._ended:  # by now the number of the process may be another's
            return
        self._break(Verdict.CRASH, "the kit ended the target")
        leader = self._transport.get_pid()
        if leader is not None and not self._exited.is_set():
            signal_group(leader, signal.SIGTERM)
            await _within(TERM_GRACE, self._exited)
        if leader is not None:
            signal_group(leader, signal.SIGKILL)
        kill_marked(self._mark)
        await _within(KILL_GRACE, self._exited)
        if self._input().get_write_buffer_size():
            self._input().abort()  # nobody will read it, and closing would wait for that
        self._transport.close()
        await _within(SETTLE, self._released)
        self._ended = True


async def _within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
