"""AsyncSigner under any sequence of calls, cancellations, batches, failures and closing: no call is lost or mixed up.

The threads are replaced by a crew that works when it is told to, so that every interleaving can be made again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from signing_core import AsyncSigner, NativeError, PrivateKey, aio, backends

KEY = PrivateKey.generate()


class ToldErrand:
    """A signature that is made when it is told to be; a failing one is to be made the ordinary way."""

    def __init__(self, key: PrivateKey, message: bytes) -> None:
        self.message = message
        self.signature: bytes | None = None


class ToldCrew:
    """A crew of one: takes and tells on command."""

    def __init__(self, work: Callable[[Sequence[Any]], Callable[[], None]], left: Callable[[], None], *_: int) -> None:
        self.work = work
        self.left = left
        self.waiting: deque[Any] = deque()
        self.tells: deque[tuple[int, Callable[[], None]]] = deque()
        self.errand: ToldErrand | None = None
        self.listened = False  # for the errand
        self.done = False  # the errand
        self.closed = False
        self.spins = True  # as on a machine where it is no use from time to time
        self.prompt = False  # whether an errand is done while it is listened for
        self.sign: Callable[[ToldErrand], None]  # set by the test

    def ask(self, errand: ToldErrand) -> bool:
        assert self.spins
        if self.held:
            return False
        self.errand, self.listened, self.done = errand, True, False
        return True

    def listen(self, seconds: float) -> bool:
        assert self.listened
        assert seconds == 0.0001
        if self.prompt:
            self.do_errand()
        return self.done

    def leave(self) -> bool:
        assert self.listened
        self.listened = False
        if self.done:
            self.errand = None
        return self.done

    def do_errand(self) -> None:
        assert self.errand is not None
        if not self.done:
            self.sign(self.errand)
        self.done = True

    def tell_of_errand(self) -> None:
        self.do_errand()
        self.errand = None
        self.left()

    def put(self, items: Sequence[Any]) -> None:
        self.waiting.extend(items)

    def take(self, size: int) -> None:
        batch = [self.waiting.popleft() for _ in range(min(size, len(self.waiting)))]
        self.tells.append((len(batch), self.work(batch)))

    def tell(self) -> None:
        self.tells.popleft()[1]()

    def close(self) -> None:
        self.closed = True

    @property
    def held(self) -> int:
        return len(self.waiting) + sum(size for size, _ in self.tells) + (self.errand is not None)


class Signing(RuleBasedStateMachine):
    @initialize(
        batch=st.integers(1, 5),
        pending=st.integers(1, 8),
        delay=st.sampled_from([0.0, 1000.0]),
        turn=st.sampled_from([0.00005, 1000.0]),
        brisk=st.sampled_from([1e-9, 1000.0, 1000.0]),
    )
    def open(self, batch: int, pending: int, delay: float, turn: float, brisk: float) -> None:
        self.patches: list[Any] = [
            patch.object(aio, "Crew", ToldCrew),
            patch.object(aio, "sign_items", self.sign_items),
            patch.object(backends, "engine", lambda: SimpleNamespace(errand=ToldErrand)),
            patch.object(aio, "_TURN", turn),
            patch.object(aio, "_BRISK", brisk),
        ]
        for change in self.patches:
            change.start()
        self.loop = asyncio.new_event_loop()
        self.pending = pending
        self.signer = AsyncSigner(KEY, batch=batch, pending=pending, delay=delay)
        self.loop.run_until_complete(self.signer.__aenter__())
        crew: Any = self.signer._crew
        self.crew: ToldCrew = crew
        self.crew.sign = self.do_errand
        self.tasks: list[asyncio.Task[bytes]] = []
        self.cancelled: set[int] = set()
        self.late: set[int] = set()
        self.signed: list[int] = []
        self.failed: set[int] = set()
        self.failing = False
        self.closing: list[asyncio.Task[None]] = []

    def sign_items(self, _keys: object, messages: Sequence[bytes], threads: int) -> list[bytes]:
        self.signed += map(int, messages)
        if self.failing:
            self.failed.update(map(int, messages))
            raise NativeError("out of order")
        return [b"signature of " + message for message in messages]

    def do_errand(self, errand: ToldErrand) -> None:
        if not self.failing:
            self.signed.append(int(errand.message))
            errand.signature = b"signature of " + errand.message

    @rule(count=st.integers(1, 6), turns=st.integers(0, 4))
    def call(self, count: int, turns: int) -> None:
        for _ in range(count):
            if self.closing:
                self.late.add(len(self.tasks))
            self.tasks.append(self.loop.create_task(self.signer.sign(b"%d" % len(self.tasks))))
        self.turn(turns)

    @rule(count=st.integers(1, 3))
    def turn(self, count: int) -> None:
        for _ in range(count):
            self.loop.run_until_complete(asyncio.sleep(0))
            assert not self.signer._done, "what was told before this turn is answered in it"

    @precondition(lambda self: self.tasks)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.tasks) - 1))
        if self.tasks[number].cancel():
            self.cancelled.add(number)

    @precondition(lambda self: self.crew.waiting)
    @rule(size=st.integers(1, 6), failing=st.booleans())
    def take(self, size: int, failing: bool) -> None:
        self.failing = failing
        self.crew.take(size)

    @precondition(lambda self: self.crew.tells)
    @rule(turns=st.integers(0, 4))
    def tell(self, turns: int) -> None:
        self.crew.tell()
        self.turn(turns)

    @precondition(lambda self: self.crew.errand and not self.crew.done)
    @rule(failing=st.booleans(), turns=st.integers(0, 4))
    def do(self, failing: bool, turns: int) -> None:
        """The errand, whether it is listened for or was left."""
        self.failing = failing
        if self.crew.listened:
            self.crew.do_errand()
        else:
            self.crew.tell_of_errand()
        self.turn(turns)

    @rule(spins=st.sampled_from([True, True, True, False]), prompt=st.booleans())
    def mood(self, spins: bool, prompt: bool) -> None:
        self.crew.spins, self.crew.prompt = spins, prompt

    @precondition(lambda self: self.signer.statistics.unfinished == 0 and not self.closing)
    @rule(turns=st.integers(1, 3), size=st.integers(1, 6))
    def lone(self, turns: int, size: int) -> None:
        """One call, and its answer at any moment after it was handed over."""
        self.call(1, turns)
        if self.crew.errand and not self.crew.done:
            self.do(size == 1, turns)
        if self.crew.waiting:
            self.take(size, failing=False)
        if self.crew.tells:
            self.tell(1)

    @precondition(lambda self: len(self.signed) > 3)  # else most runs would be over before they have begun
    @rule(patient=st.booleans())
    def close(self, patient: bool) -> None:
        # Tasks that have not had their first turn yet call after the end.
        self.turn(1)
        self.closing.append(self.loop.create_task(self.signer.aclose()))
        self.turn(1)
        if not patient:
            self.closing[-1].cancel()

    @invariant()
    def the_queue_is_bounded(self) -> None:
        if hasattr(self, "signer"):
            assert self.crew.held + len(self.signer._gathered) <= self.pending

    @invariant()
    def each_is_signed_once(self) -> None:
        if hasattr(self, "signer"):
            assert len(self.signed) == len(set(self.signed))

    @invariant()
    def what_is_closed_has_answered_all(self) -> None:
        if any(closing.done() and not closing.cancelled() for closing in getattr(self, "closing", [])):
            assert self.signer.statistics.unfinished == 0
            assert self.crew.closed

    def check(self) -> None:
        """Let all come to its end, and look at every answer."""
        self.failing = False
        self.close(patient=True)
        everyone = [*self.tasks, *self.closing]
        self.crew.spins = False
        for _ in range(10 * len(everyone)):
            self.what_is_closed_has_answered_all()
            self.turn(1)
            if self.crew.waiting:
                self.crew.take(3)
            elif self.crew.tells:
                self.crew.tell()
            elif self.crew.errand and not self.crew.done:
                self.do(failing=False, turns=0)
        assert all(task.done() for task in everyone), "somebody waits for ever"
        answers = self.answers(self.tasks)
        for number, answer in enumerate(answers):
            if number in self.cancelled:
                assert isinstance(answer, asyncio.CancelledError)
            elif number in self.late:
                assert isinstance(answer, RuntimeError)
            elif number in self.failed:
                assert isinstance(answer, NativeError)
            else:
                assert answer == b"signature of %d" % number
        assert self.signer.statistics.signatures == len(self.signed) - len(self.failed)
        assert self.signer._room._value == self.pending
        assert not self.crew.listened
        assert {type(answer) for answer in self.answers(self.closing)} <= {type(None), asyncio.CancelledError}

    def answers(self, tasks: Sequence[asyncio.Task[Any]]) -> list[Any]:
        async def gather() -> list[Any]:
            return await asyncio.gather(*tasks, return_exceptions=True)

        return self.loop.run_until_complete(gather())

    def teardown(self) -> None:
        if not hasattr(self, "signer"):
            return
        try:
            self.check()
        finally:
            self.loop.close()
            for change in self.patches:
                change.stop()


TestSigning = Signing.TestCase
TestSigning.settings = settings(stateful_step_count=40)
