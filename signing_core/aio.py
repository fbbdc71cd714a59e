"""AsyncSigner: the signatures that an asyncio server wants at the same time, made in batches beside its event loop.

How it works. Calls gather until a turn of the event loop brings no further one, a batch is full, or the stated delay is
over; then they are put before the worker threads. An idle worker takes its share at once, so a lone caller is not kept
waiting for company; while all are busy what comes in piles up, and the next worker to finish takes a whole batch of it.
The more there is to do, the larger the batches. Results return to the loop in one step a batch.

A lone call would wait for two threads to be woken, and to come by the interpreter's lock: the worker, and the loop. So
where no other is under way and signatures are made in less than 1.5 ms, its message is given to a worker as an errand,
which it does without that lock, at once if the last call was alone as well. And the loop does not go to sleep: it
listens for the end in slices of 0.1 ms, with a turn for everyone else between them, and goes over to being woken as
soon as anyone else has work. The worker lingers likewise where calls follow each other closely.

There is no such class for verification: to hand a call over and back takes longer than to verify a signature.
``PublicKey.verify`` may be called in the event loop's thread, and ``verify_many`` wherever there are many at once.
"""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import NamedTuple

from signing_core import backends
from signing_core._crew import Crew
from signing_core._native import Signing
from signing_core._pool import usable_cpus
from signing_core.batch import Octets, octets, sign_items
from signing_core.errors import BackendUnavailable, NativeError
from signing_core.keys import PrivateKey

__all__ = ["AsyncSigner", "Statistics"]

_LANES = {"ifma": 8}  # messages that a backend signs together, with keys of these sizes; else one after another
_LANE_BITS = (2048, 3072, 4096)

_BRISK = 0.0015  # seconds: who waits longer for a lone signature may as well sleep
_SLICE = 0.0001  # seconds that the loop listens at once: no longer than to be woken may take it
_TURN = 0.0001  # a turn of the loop that takes longer has brought work for others


class Statistics(NamedTuple):
    """What an AsyncSigner has done so far."""

    signatures: int
    """Signatures made."""
    batches: int
    """Batches they were made in."""
    largest: int
    """Signatures in the largest batch."""
    unfinished: int
    """Calls that wait at this moment: for room, for a worker, or for their batch."""

    @property
    def mean(self) -> float:
        """Signatures in a batch on average; 0 before the first."""
        return self.signatures / self.batches if self.batches else 0.0


class _Call:
    """One caller's message, and the future it waits for. The message may be confidential: no repr shows it."""

    __slots__ = ("future", "message")

    def __init__(self, message: bytes, future: asyncio.Future[bytes]) -> None:
        self.message = message
        self.future = future


class _Done(NamedTuple):
    """A batch that has been signed, or has failed."""

    taken: int  # calls it held
    calls: Sequence[_Call]  # those that were still waited for
    signatures: Sequence[bytes]
    fault: BaseException | None
    seconds: float  # that it took to sign


class AsyncSigner:
    """Signs with one key for the tasks of one event loop, in batches, on threads of its own.

    ::

        async with AsyncSigner(key) as signer:
            signature = await signer.sign(message)

    It may be made anywhere, also before a fork; it belongs to the event loop that uses it first, and must be closed.

    ``threads``: how many sign; None takes one for each processor that the process may use. ``batch``: most messages in
    a batch. ``delay``: seconds that a call is held back at most while others keep coming. ``pending``: calls that may
    wait for their signatures; further ones wait for room. ``spin``: whether a lone call is waited for awake, for 1.5 ms
    at most, which spares it two wake-ups and costs as much processor time again; None means yes if the process may use
    more than one processor. Raises TypeError for a wrong type, ValueError for a number out of range.
    """

    def __init__(
        self,
        key: PrivateKey,
        *,
        threads: int | None = None,
        batch: int = 16,
        delay: float = 0.0005,
        pending: int = 1024,
        spin: bool | None = None,
    ) -> None:
        if not isinstance(key, PrivateKey):
            raise TypeError(f"key must be a PrivateKey, not {type(key).__name__}")
        self._key = key
        self._threads = usable_cpus() if threads is None else _positive("threads", threads)
        self._batch = _positive("batch", batch)
        self._delay = _seconds("delay", delay)
        self._room = asyncio.Semaphore(_positive("pending", pending))
        self._spin = usable_cpus() > 1 if spin is None else _truth("spin", spin)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._crew: Crew[_Call] | None = None
        self._gathered: list[_Call] = []
        self._looking = False  # whether the loop will come to _look
        self._seen = 0  # calls gathered when it last did
        self._deadline = 0.0
        self._done: deque[_Done] = deque()  # put there by the workers
        self._lone = False  # whether the last call was alone, and so may the next be
        self._usual = 0.0  # seconds that the last batch took to sign
        self._asked: tuple[_Call, Signing] | None = None  # the lone call that is a worker's errand
        self._begun = self._turn = 0.0  # when it was handed over, and when the last slice ended
        self._closed = False
        self._drained = asyncio.Event()
        self._signatures = self._batches = self._largest = self._unfinished = 0

    async def __aenter__(self) -> AsyncSigner:
        self._home()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def sign(self, message: Octets) -> bytes:
        """``PrivateKey.sign``, without holding up the event loop.

        A caller that is cancelled disturbs no other. Raises as ``PrivateKey.sign`` does - a failure of the library
        reaches all calls of the batch -, and RuntimeError if the signer is closed or belongs to another event loop.
        """
        data = octets(message, "message")
        loop, crew = self._home()
        # Before all else, so that a worker may wake up meanwhile. Nothing is unfinished then, and there is room.
        signing = None if self._unfinished or not self._lone else self._ask(data, loop, crew)
        self._unfinished += 1
        try:
            await self._room.acquire()
        except BaseException:
            self._finish(1)
            raise
        future: asyncio.Future[bytes] = loop.create_future()
        call = _Call(data, future)
        if signing is None:
            self._gather(call, loop, crew)
        else:
            self._asked = call, signing
            loop.call_soon(self._listen, loop, crew)
        return await future

    async def aclose(self) -> None:
        """Take no further call, wait until those that have begun are answered, and end the threads.

        To close again is no error, and waits again: if ``aclose`` is cancelled, the signer takes no further calls and
        answers those it has. Raises RuntimeError in another event loop.
        """
        if self._loop is not None and self._loop is not asyncio.get_running_loop():
            raise _stranger()
        self._closed = True
        if self._unfinished:
            await self._drained.wait()
        if self._crew is not None:
            self._crew.close()

    @property
    def statistics(self) -> Statistics:
        """What has been done so far, and what is under way."""
        return Statistics(self._signatures, self._batches, self._largest, self._unfinished)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<AsyncSigner {state} {self._key!r} {self._unfinished} unfinished>"

    def _home(self) -> tuple[asyncio.AbstractEventLoop, Crew[_Call]]:
        """The loop and the crew; the first call binds the one and makes the other."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop and self._loop is not None:
            raise _stranger()
        if self._closed:
            raise RuntimeError("this AsyncSigner is closed; make another one")
        if self._crew is None:
            fits = self._key.bits in _LANE_BITS and self._key.exponent == 65537
            lanes = _LANES.get(backends.info().backend, 1) if fits else 1
            left = partial(_tell, loop, partial(self._answer, loop))
            self._crew = Crew(partial(self._sign_batch, loop), left, self._threads, lanes, self._batch, self._spin)
            self._loop = loop
        return loop, self._crew

    def _gather(self, call: _Call, loop: asyncio.AbstractEventLoop, crew: Crew[_Call]) -> None:
        self._gathered.append(call)
        if len(self._gathered) >= self._batch:
            self._flush(crew)
        elif len(self._gathered) == 1:
            self._seen, self._deadline = 0, loop.time() + self._delay
            if not self._looking:
                self._looking = True
                loop.call_soon(self._look, loop, crew)

    def _look(self, loop: asyncio.AbstractEventLoop, crew: Crew[_Call]) -> None:
        """The loop has come round: wait for another turn if calls have come since the last, and there is time."""
        if len(self._gathered) > self._seen and loop.time() < self._deadline:
            self._seen = len(self._gathered)
            loop.call_soon(self._look, loop, crew)
            return
        self._looking = self._lone = False
        alone = len(self._gathered) == self._unfinished == 1 and not self._gathered[0].future.done()
        if alone and (signing := self._ask(self._gathered[0].message, loop, crew)):
            self._asked = self._gathered.pop(), signing
            self._listen(loop, crew)
        else:
            self._flush(crew)

    def _flush(self, crew: Crew[_Call]) -> None:
        if self._gathered:
            calls, self._gathered = self._gathered, []
            crew.put(calls)

    def _ask(self, message: bytes, loop: asyncio.AbstractEventLoop, crew: Crew[_Call]) -> Signing | None:
        """Hand over the message of a call that is alone as an errand; None if that cannot be, which is no error."""
        if self._usual >= _BRISK or not crew.spins:
            return None
        try:
            signing = backends.engine().errand(self._key, message)
        except (BackendUnavailable, NativeError):  # the ordinary way will tell it
            return None
        if signing is None or not crew.ask(signing):
            return None
        self._begun = self._turn = loop.time()
        return signing

    def _listen(self, loop: asyncio.AbstractEventLoop, crew: Crew[_Call]) -> None:
        """Wait a slice for the errand's end; go on in the next turn while nothing else is to do."""
        go_on = False
        try:
            if loop.time() - self._turn <= _TURN:
                done = crew.listen(_SLICE)
                self._turn = loop.time()
                go_on = not done and self._unfinished == 1 and self._turn - self._begun < _BRISK
        finally:  # also if Control-C comes in between
            if not go_on and crew.leave():
                self._answer(loop)
                self._lone = not self._unfinished
        if go_on:
            loop.call_soon(self._listen, loop, crew)

    def _answer(self, loop: asyncio.AbstractEventLoop) -> None:
        """The errand is done: answer its caller. One that failed is tried again the ordinary way, which tells why."""
        assert self._asked is not None  # noqa: S101 - there is no end without a beginning
        (call, signing), self._asked = self._asked, None
        signature = signing.signature
        if signature is not None:
            if not call.future.done():
                call.future.set_result(signature)
            self._count(1, loop.time() - self._begun)
            self._let_in(1)
        elif self._crew is not None:
            self._crew.put([call])

    def _sign_batch(self, loop: asyncio.AbstractEventLoop, batch: Sequence[_Call]) -> Callable[[], None]:
        """On a worker's thread: sign for those who still wait."""
        calls = [call for call in batch if not call.future.done()]
        signatures: Sequence[bytes] = ()
        fault: BaseException | None = None
        begun = perf_counter()
        try:
            if calls:
                signatures = sign_items([self._key], [call.message for call in calls], threads=1)
        except BaseException as error:  # it is the callers' to see, whatever it is
            fault = error
        done = _Done(len(batch), calls, signatures, fault, perf_counter() - begun)

        def tell() -> None:
            self._done.append(done)
            _tell(loop, self._collect)

        return tell

    def _collect(self) -> None:
        """Back on the loop's thread: answer the callers of the batches that are done."""
        while self._done:
            self._deliver(self._done.popleft())

    def _deliver(self, done: _Done) -> None:
        """Answer a batch's callers, and let in as many as it held."""
        if done.fault is not None:
            for call in done.calls:
                if not call.future.done():
                    call.future.set_exception(_own(done.fault))
        elif done.calls:
            for call, signature in zip(done.calls, done.signatures, strict=True):
                if not call.future.done():
                    call.future.set_result(signature)
            self._count(len(done.calls), done.seconds)
        self._let_in(done.taken)

    def _count(self, signed: int, seconds: float) -> None:
        self._signatures += signed
        self._batches += 1
        if signed > self._largest:
            self._largest = signed
        self._usual = seconds

    def _let_in(self, count: int) -> None:
        for _ in range(count):
            self._room.release()
        self._finish(count)

    def _finish(self, count: int) -> None:
        self._unfinished -= count
        if self._closed and not self._unfinished:
            self._drained.set()


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
        loop.call_soon_threadsafe(what)


def _own(fault: BaseException) -> BaseException:
    """The same error as an object of its own, since each caller's handling writes into it (context, notes)."""
    try:
        return copy.copy(fault).with_traceback(fault.__traceback__)
    except TypeError:  # an exception whose arguments are not those of its constructor
        return fault


def _stranger() -> RuntimeError:
    return RuntimeError("this AsyncSigner belongs to another event loop; make one in each loop that signs")


def _positive(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a positive int, not {type(value).__name__}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return value


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True, False or None, not {type(value).__name__}")
    return value


def _seconds(name: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} must be 0 or more seconds, not {value}")
    return value
