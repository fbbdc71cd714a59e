"""The targets of a fuzz run: started once, kept running, asked side by side, restarted when they die or hang.

Hypothesis is synchronous and sessions are not, so they live on an event loop in a thread of their own.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from itertools import count
from typing import Any

from conformance.fuzz.asks import Ask
from conformance.fuzz.findings import Answer
from conformance.model import Key, Verdict
from conformance.reference import Reference
from conformance.targets import Fault, Session, StderrTail, Target, open_target
from conformance.targets.base import PROTOCOL_VERSION, without_keys
from conformance.targets.inprocess import InProcess

Reply = Answer | Fault
_GLANCE = 0.1  # seconds between looks whether to stop
_STARTS = 3  # attempts to start a target again before it is given up
_PINGS = 3  # requests that may be lost in a row before a target that nobody can restart is given up


class PanelError(Exception):
    """A target cannot be started, or not again; the message names it and what happened."""


class Member:
    """One implementation on the panel: what it says of itself, and which ops and keys it takes."""

    def __init__(self, hello: Mapping[str, Any]) -> None:
        told = hello["implementation"]
        self.name = self.implementation = str(told["name"])  # a second one of a name gets a number: "php #2"
        runtime = str(told["runtime"])
        self.version = f"{told['version']}, {runtime}" if runtime else str(told["version"])
        self.supports: Mapping[str, Any] = hello["supports"]
        self.keys: set[str] = set()

    def takes(self, ask: Ask) -> bool:
        """True where it declares this op for this form, and took the key."""
        declared = self.supports.get(ask.op, False)
        key = ask.input.get("key")
        return (declared is True or (declared is not False and ask.form in declared)) and (
            key is None or key in self.keys
        )


class Panel:
    """``with Panel(specs, keys) as panel``: all targets greeted, keys given. The reference is the last member.

    Raises TargetError for a spec that is none and PanelError where a target cannot be started. ``timeout`` (of an op)
    and ``start_timeout`` are in seconds. Once ``stopped`` says so, asking ends with KeyboardInterrupt: a signal handler
    that raises would be lost where it interrupts a destructor or the garbage collector.
    """

    def __init__(
        self,
        specs: Sequence[str],
        keys: Mapping[str, Key],
        timeout: float = 10.0,
        start_timeout: float = 120.0,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.violations: dict[str, None] = {}
        self._stopped = stopped
        self._ids = count(1)
        self._reference = InProcess(Reference())
        targets = [open_target(spec) for spec in specs]
        self._seats = [_Seat(target, keys, timeout, start_timeout, self._note) for target in targets]
        reference = Member(self._reference.ask({"cmd": "hello"}))
        for key in keys.values():
            answer = self._reference.ask({"cmd": "key", **_pems(key)})
            reference.keys |= {key.name} if "ok" in answer else set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="signkit-fuzz-targets", daemon=True)
        self._thread.start()
        try:
            self._result(self._begin(_gathered([seat.start() for seat in self._seats])))
        except BaseException:
            self.close()
            raise
        self.members = [*(seat.member for seat in self._seats), reference]
        _distinguish(self.members)

    def __enter__(self) -> Panel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, asks: Sequence[Ask], only: int | None = None) -> list[list[Reply | None]]:
        """Put questions to all members, or to the one of this index: a list for each member, None where not asked.

        Raises PanelError where a target was beyond help the last time; what it had answered until then was returned.
        """
        if self._stopped():
            raise KeyboardInterrupt
        for seat in self._seats:
            if seat.gone is not None:
                raise seat.gone
        wanted = range(len(self.members)) if only is None else [only]
        commands = [{"cmd": "op", "id": str(next(self._ids)), "op": ask.op, **ask.input} for ask in asks]
        chosen = [[i in wanted and member.takes(ask) for ask in asks] for i, member in enumerate(self.members)]
        work = [
            seat.put([command for command, asked in zip(commands, row, strict=True) if asked])
            for seat, row in zip(self._seats, chosen[:-1], strict=True)
        ]
        running = self._begin(_gathered(work)) if any(map(any, chosen[:-1])) else None
        if running is None:
            for one in work:
                one.close()
        last = [self._ask_reference(command) for command, asked in zip(commands, chosen[-1], strict=True) if asked]
        found = [iter(replies) for replies in [*(self._result(running) if running else [[] for _ in work]), last]]
        return [[next(replies) if asked else None for asked in row] for replies, row in zip(found, chosen, strict=True)]

    def _ask_reference(self, command: Mapping[str, Any]) -> Reply:
        try:
            return self._reference.ask(command)
        except Fault as fault:
            return fault

    def _note(self, sentence: str) -> None:
        self.violations.setdefault(sentence)

    def _begin(self, work: Any) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _result(self, running: Future[Any]) -> Any:
        while not wait([running], _GLANCE).done:
            if self._stopped():
                running.cancel()
                raise KeyboardInterrupt
        return running.result()

    def close(self) -> None:
        """End all targets, and leave nothing of them behind."""
        if self._loop.is_closed():
            return
        self._begin(_gathered([seat.end() for seat in self._seats])).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Seat:
    """One target over all its instances."""

    def __init__(
        self, target: Target, keys: Mapping[str, Key], timeout: float, start_timeout: float, note: Any
    ) -> None:
        self._target = target
        self._keys = keys
        self._timeout = timeout
        self._start_timeout = start_timeout
        self._note = note
        self._session: Session | None = None
        self._given: set[str] = set()  # names of keys that the instance was given
        self._window = 1
        self.member: Member
        self.gone: PanelError | None = None

    async def start(self) -> None:
        """The first instance, which is given all keys, to see which it takes. Raises PanelError."""
        try:
            session = await self._greet()
            self.member.keys = await self._give(session, self._keys)
        except Fault as fault:
            await self._leave()
            raise PanelError(f"{self._target.spec}: {fault.sentence}") from None

    async def _greet(self) -> Session:
        """A new instance that has been greeted. Raises Fault."""
        self._session = session = await self._target.start(self._stray, StderrTail())
        self._given = set()
        hello = await session.ask({"cmd": "hello", "protocol": PROTOCOL_VERSION}, self._start_timeout)
        if "error" in hello:
            told = without_keys(hello["error"]["message"])[:500]
            raise Fault(Verdict.ERROR, f"the target says it cannot work: {told}")
        self._window = int(hello["max_inflight"])
        if not hasattr(self, "member"):
            self.member = Member(hello)
        return session

    async def _give(self, session: Session, names: Iterable[str]) -> set[str]:
        """Give the instance those of these keys that it has not yet; the names of those that it took. Raises Fault."""
        taken = set()
        for name in sorted({*names} - self._given):
            answer = await session.ask({"cmd": "key", **_pems(self._keys[name])}, self._start_timeout)
            self._given.add(name)
            taken |= {name} if "ok" in answer else set()
        return taken

    async def _leave(self) -> None:
        if self._session is not None:
            await self._session.kill()
            self._session = None

    def _stray(self, name: str | None, sentence: str) -> None:
        self._note(f"{self._target.spec}: {sentence}")

    async def _living(self, commands: Iterable[Mapping[str, Any]]) -> Session:
        """The instance, started again where it broke, with the keys that these commands need."""
        needed = {command["key"] for command in commands if "key" in command}
        attempts = 0
        while True:
            if self._session is not None and self._session.broken is not None:
                await self._leave()
            try:
                session = self._session or await self._greet()
                await self._give(session, needed)
            except Fault as fault:
                await self._leave()
                attempts += 1
                if attempts == _STARTS:
                    raise PanelError(f"{self._target.spec}: cannot be started again: {fault.sentence}") from None
            else:
                return session

    async def put(self, commands: Sequence[Mapping[str, Any]]) -> list[Reply | None]:
        """All replies in order. Where the instance breaks with several open, they are asked again one at a time.

        Where it cannot be started again, ``gone`` says so and what was not answered is None.
        """
        replies: dict[int, Reply] = {}
        try:
            await self._fill(replies, commands)
        except PanelError as error:
            self.gone = error
        return [replies.get(at) for at in range(len(commands))]

    async def _fill(self, replies: dict[int, Reply], commands: Sequence[Mapping[str, Any]]) -> None:
        waiting = deque(range(len(commands)))
        session = await self._living(commands) if commands else None

        async def lane() -> None:
            while waiting and session is not None and session.broken is None:
                at = waiting.popleft()
                if (reply := await self._ask(session, commands[at])) is not None:
                    replies[at] = reply

        await _gathered([lane() for _ in range(min(self._window, len(commands)))])
        if session is not None and not self._target.restartable:
            await self._reclaim(session, replies, commands)
        broke = session.broken if session is not None else None
        again = [at for at in range(len(commands)) if at not in replies]
        for at in again:
            one = commands[at]
            replies[at] = await self._ask(await self._living([one]), one) or Fault(Verdict.CRASH, "no answer came")
        if broke is not None and again and not any(isinstance(replies[at], Fault) for at in again):
            self._note(f"{self._target.spec}: {broke.sentence}; it did not repeat, with one op open at a time")

    async def _reclaim(
        self, session: Session, replies: dict[int, Reply], commands: Sequence[Mapping[str, Any]]
    ) -> None:
        """Where requests to a target that nobody can restart were lost: whether it lives, and which it loses again."""
        lost = {at: fault for at, reply in replies.items() if (fault := _lost(reply)) is not None}
        if not lost:
            return
        try:
            await self._ping(session)
        except PanelError:
            for at, fault in lost.items():
                if "ConnectError" in fault.sentence:  # never sent, so no suspect
                    del replies[at]
            raise
        if len(commands) == 1:
            return
        for at in sorted(lost):
            replies[at] = reply = await self._ask(session, commands[at]) or lost[at]
            if _lost(reply):
                await self._ping(session)
        if not any(_lost(replies[at]) for at in lost):
            told = next(iter(lost.values())).sentence
            self._note(f"{self._target.spec}: {told}; it did not repeat, with one op open at a time")

    async def _ping(self, session: Session) -> None:
        """Raises PanelError where no answer comes to the op that everyone has."""
        for attempt in range(_PINGS):
            try:
                await session.ask({"cmd": "op", "id": f"ping-{attempt}", "op": "noop"}, self._timeout)
            except Fault as fault:
                told = fault.sentence
                if _lost(fault) is None:
                    return
            else:
                return
            await asyncio.sleep(attempt)
        raise PanelError(f"{self._target.spec}: it was lost, and {_PINGS} more requests with it: {told}")

    async def _ask(self, session: Session, command: Mapping[str, Any]) -> Reply | None:
        """The reply; None where the instance broke and this command may be innocent."""
        try:
            return await session.ask(command, self._timeout)
        except Fault as fault:
            return fault if fault.blames else None

    async def end(self) -> None:
        """Close a healthy instance, kill another."""
        if self._session is not None:
            await (self._session.close() if self._session.broken is None else self._session.kill())
            self._session = None


def _lost(reply: Reply) -> Fault | None:
    """The reply, if it is that none came."""
    return reply if isinstance(reply, Fault) and reply.verdict in (Verdict.CRASH, Verdict.TIMEOUT) else None


def _distinguish(members: Sequence[Member]) -> None:
    """Number the members that bear a name which another bears before them."""
    seen: dict[str, int] = {}
    for member in members:
        seen[member.name] = number = seen.get(member.name, 0) + 1
        if number > 1:
            member.name += f" #{number}"


def _pems(key: Key) -> dict[str, str | None]:
    return {"name": key.name, "private_pem": key.private_pem, "public_pem": key.public_pem}


async def _gathered(work: Sequence[Any]) -> list[Any]:
    """All results; the first exception ends the others and is raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
