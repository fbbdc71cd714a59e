"""Puts cases to a target and tells what happened, as an event stream.

An instance of the target is greeted, given the keys that the cases need, and asked with as many ops open as it takes.
When it breaks with several open, none of them is guilty yet: it is killed and started again, and the unanswered ones
are asked one at a time, where whoever breaks it is the culprit. If none does, ops go one at a time from there on.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from conformance.events import Event
from conformance.ledger import Ledger, RunOptions, Stop
from conformance.model import Case, Corpus, Verdict
from conformance.targets import Fault, Session, StderrTail, Target, open_target
from conformance.targets.base import PROTOCOL_VERSION, without_keys

__all__ = ["MAX_RESTARTS", "Job", "RunOptions", "run", "run_all"]

MAX_RESTARTS = 5  # in a row without a passed op
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def run(
    corpus: Corpus, cases: Sequence[Case], spec: str, options: RunOptions, on_event: Callable[[Event], None]
) -> list[Event]:
    """Run ``cases`` of ``corpus`` against the target that ``spec`` names; return the whole event stream.

    ``on_event`` gets every event as it happens, the header first and the footer last. Each case has exactly one
    outcome, in order of completion; its ``seconds`` run from sending to answer, so with several ops open they include
    the wait for others. The expected results stay here; the target sees the inputs and opaque ids.

    However the target behaves, this returns, and leaves no process behind. So it does on SIGINT and SIGTERM: the stream
    then ends with ``interrupted`` and what was left is ``not-run``. Raises TargetError for a ``spec`` that is none.
    """
    return run_all(corpus, cases, [Job(spec, options, on_event)], 1)[0]


@dataclass(frozen=True, slots=True)
class Job:
    """One target among several: what ``run`` takes for it."""

    spec: str
    options: RunOptions
    on_event: Callable[[Event], None]


def run_all(corpus: Corpus, cases: Sequence[Case], jobs: Sequence[Job], at_once: int) -> list[list[Event]]:
    """Run the cases against several targets, up to ``at_once`` side by side; their event streams, in order of ``jobs``.

    Each stream is what ``run`` would return. A signal ends all of them; those that had not begun say so, too.
    """
    inputs: dict[str, dict[str, str]] = {}
    runs = [
        _Run(corpus, open_target(job.spec), job.options, Ledger(corpus, cases, job.options, job.on_event, inputs))
        for job in jobs
    ]
    return asyncio.run(_all(runs, at_once))


async def _all(runs: Sequence[_Run], at_once: int) -> list[list[Event]]:
    turn = asyncio.Semaphore(at_once)

    def interrupt() -> None:
        for one in runs:
            one.interrupt()

    async def in_turn(one: _Run) -> list[Event]:
        async with turn:
            return await one.main()

    with _signals(interrupt):
        return await asyncio.gather(*map(in_turn, runs))


class _Run:
    """One run: what all instances of the target share."""

    def __init__(self, corpus: Corpus, target: Target, options: RunOptions, ledger: Ledger) -> None:
        self.target = target
        self.options = options
        self.ledger = ledger
        self.queue: deque[Case] = deque()
        self._corpus = corpus
        self._stderr = StderrTail()
        self._sessions: list[Session] = []
        self._good_keys: set[str] = set()
        self._bad_keys: dict[str, tuple[Verdict, str]] = {}
        self._task: asyncio.Task[None] | None = None
        self._interrupted = False

    def interrupt(self) -> None:
        """End the run as soon as can be, or before it begins."""
        self._interrupted = True
        if self._task is not None:
            self._task.cancel()

    async def main(self) -> list[Event]:
        """Work, and whatever happens there: end the target, account for every case, write the footer."""
        end, problem = "complete", None
        self._task = asyncio.create_task(self._work())
        if self._interrupted:
            self._task.cancel()
        try:
            await self._task
        except Stop as stop:
            end, problem = stop.end, stop.problem
        except asyncio.CancelledError:
            if not self._interrupted:
                raise
            end = "interrupted"
        finally:
            for session in self._sessions:
                await session.kill()
        if not self.ledger.events:
            self.ledger.tell_header(self.target.spec, None)
        return self.ledger.finish(end, problem, self._stderr.text, self._stderr.bytes)

    async def _work(self) -> None:
        try:
            session, hello = await self.greet()
        except Fault as fault:
            raise Stop("handshake-failed", fault.sentence) from None
        self.ledger.tell_header(self.target.spec, hello)
        self.ledger.skip_unsupported(hello["supports"])
        window, jobs = hello["max_inflight"], self.options.jobs
        if not self.target.restartable:
            window, jobs = window * jobs, 1
        first = _Instance(self, window)
        await first.start(session)
        self.ledger.drop_keyless(self._bad_keys)
        self.queue.extend(self.ledger.undecided.values())
        others = [_Instance(self, window) for _ in range(min(jobs, len(self.queue)) - 1)]
        await _together(instance.serve() for instance in (first, *others))

    async def greet(self) -> tuple[Session, dict[str, Any]]:
        """A new instance of the target and its answer to hello. Raises Fault, and leaves nothing behind then."""
        session = await self.target.start(self.ledger.stray, self._stderr)
        self._sessions.append(session)
        try:
            hello = await session.ask({"cmd": "hello", "protocol": PROTOCOL_VERSION}, self.options.start_timeout)
        except Fault as fault:
            await self.end(session)
            raise Fault(fault.verdict, _handshake_told(fault)) from None
        if "error" in hello:
            await self.end(session)
            raise Fault(Verdict.ERROR, f"the target says it cannot work: {_clean(hello['error']['message'])}")
        return session, hello

    async def end(self, session: Session) -> None:
        """Kill an instance that will not be used again."""
        await session.kill()
        self._sessions.remove(session)

    async def give_keys(self, session: Session) -> None:
        """Give a greeted instance the keys that the undecided cases need, but those that turned out to be bad.

        Raises Fault where the instance broke, or no longer takes what another instance took.
        """
        needed = dict.fromkeys(case.key for case in self.ledger.undecided.values() if case.key is not None)
        for name in needed:
            if name in self._bad_keys:
                continue
            key = self._corpus.keys[name]
            pems = {"private_pem": key.private_pem, "public_pem": key.public_pem}
            try:
                answer = await session.ask({"cmd": "key", "name": name, **pems}, self.options.timeout)
            except Fault as fault:
                self._key_failed(name, fault.verdict, fault.sentence)
                if session.broken is not None:
                    raise
                continue
            if "refused" in answer:
                self._key_failed(name, Verdict.SKIP, f"refused: {_clean(answer['refused'])}")
            elif "error" in answer:
                error = answer["error"]
                self._key_failed(name, Verdict.ERROR, f"it broke: {_clean(error['kind'])}: {_clean(error['message'])}")
            elif name not in self._good_keys:
                self._good_keys.add(name)
                self.ledger.tell({"event": "key", "name": name, "ok": True, "sentence": "taken"})

    def _key_failed(self, name: str, verdict: Verdict, sentence: str) -> None:
        if name in self._good_keys:
            raise Fault(verdict, f"the key {name!r} was taken before, and now: {sentence}")
        self._bad_keys[name] = (verdict, sentence)
        self.ledger.tell({"event": "key", "name": name, "ok": False, "sentence": sentence})


class _Instance:
    """One instance of the target over all its restarts. Each counts its own; any of them may end the run."""

    def __init__(self, run: _Run, window: int) -> None:
        self._run = run
        self._window = window
        self._session: Session | None = None
        self._setbacks = 0  # restarts, or lost requests, since the last passed op
        self._last_setback = 0.0
        self._culprit_found = False

    async def start(self, session: Session | None = None) -> Session:
        """Make the instance ready to be asked; ``session`` is one that has been greeted already."""
        try:
            self._session = session or (await self._run.greet())[0]
            await self._run.give_keys(self._session)
        except Fault as fault:
            return await self._restart(fault)
        return self._session

    async def _restart(self, why: Fault) -> Session:
        while True:
            if self._session is not None:
                await self._run.end(self._session)
                self._session = None
            self._count_setback(why)
            sentence = f"{why.sentence}; the target was killed and started again"
            self._run.ledger.tell({"event": "restart", "sentence": sentence})
            try:
                self._session, _ = await self._run.greet()
                await self._run.give_keys(self._session)
            except Fault as fault:
                why = fault
            else:
                return self._session

    def _count_setback(self, why: Fault) -> None:
        if self._setbacks == MAX_RESTARTS:
            what = "restarts" if self._run.target.restartable else "lost requests"
            raise Stop("restarts-exhausted", f"{MAX_RESTARTS} {what} in a row without a passed op: {why.sentence}")
        self._setbacks += 1
        self._last_setback = perf_counter()

    async def serve(self) -> None:
        """Take cases from the queue and decide them, until there are none."""
        session = self._session or await self.start()
        suspects: deque[Case] = deque()
        while suspects or self._run.queue:
            if session.broken is not None:
                session = await self._restart(session.broken)
            careful = bool(suspects)
            if not careful:
                self._culprit_found = False
            source, lanes = (suspects, 1) if careful else (self._run.queue, self._window)
            unanswered: list[Case] = []
            await _together(self._lane(session, source, unanswered) for _ in range(min(lanes, len(source))))
            suspects.extendleft(reversed(unanswered))
            if careful and not suspects and not self._culprit_found:
                self._window = 1
        await session.close()

    async def _lane(self, session: Session, source: deque[Case], unanswered: list[Case]) -> None:
        """Ask one op after the other. As many lanes as may be open run side by side."""
        ledger = self._run.ledger
        while source and session.broken is None:
            case = source.popleft()
            begun = perf_counter()
            try:
                answer = await session.ask(ledger.command(case), self._run.options.timeout)
            except Fault as fault:
                ledger.tell_strays()
                if fault.blames:
                    self._culprit_found = True
                    ledger.decide(case, fault.verdict, fault.sentence, perf_counter() - begun)
                    self._note_lost(fault, begun)
                else:
                    unanswered.append(case)
                continue
            ledger.tell_strays()
            if ledger.judge(case, answer, perf_counter() - begun):
                self._setbacks = 0

    def _note_lost(self, fault: Fault, begun: float) -> None:
        """Count a lost request of a target that is not restarted; those in flight at the same time count once."""
        lost = fault.verdict in (Verdict.CRASH, Verdict.TIMEOUT)
        if lost and not self._run.target.restartable and begun >= self._last_setback:
            self._count_setback(fault)


def _handshake_told(fault: Fault) -> str:
    if fault.verdict is Verdict.TIMEOUT:
        mend = "it must write one JSON line and flush standard output after it; a slow start needs a longer limit"
        return f"the target was started, but gave {fault.sentence} to hello: {mend}"
    return f"no handshake: {fault.sentence}"


def _clean(text: str) -> str:
    return without_keys(text)[:500]


async def _together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all; the first exception ends the others and is raised as it is (a TaskGroup would wrap it)."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _signals(stop: Callable[[], object]) -> Iterator[None]:
    """While it is open, SIGINT and SIGTERM call ``stop``, unless they are ignored (nohup).

    Only the main thread gets signals; elsewhere they are left alone.
    """
    before: dict[signal.Signals, Any] = {}
    loop = asyncio.get_running_loop()

    if threading.current_thread() is threading.main_thread():
        for number in _STOPPING:
            handler = signal.getsignal(number)
            if handler not in (signal.SIG_IGN, None):  # None: installed by other than Python, so it cannot be restored
                before[number] = handler
                loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        mask = signal.pthread_sigmask(
            signal.SIG_BLOCK, before
        )  # between the two lines below, one would end the process
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
