"""Latency of AsyncSigner under open-loop load on the real clock, at a rate or at a share of the capacity.

The capacity is what many callers get who ask again at once (a closed loop): the most there is. The load generator lives
on the signer's event loop, as a server's handlers do. How late it sends is measured, and so is the processor time that
it takes by itself: the same load with a signer that does nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from conformance.speed.arrivals import Stopped, Trace, drive, due_times, never
from conformance.speed.model import NOISE, BenchError, Latency
from conformance.speed.percentiles import percentile, percentiles
from signing_core import AsyncSigner, PrivateKey, backends

__all__ = [
    "MESSAGE",
    "SHARES",
    "Saturated",
    "at_shares",
    "capacity",
    "changed",
    "measure",
    "no_slack",
    "run",
    "saturate",
    "told",
]

SHARES = (0.5, 0.8, 0.95)
MESSAGE = b"POSThttps://host.example/api/v1/merchant/transactions/" + b'{"external_id":"24"}' * 13  # 314 bytes
MOST_CALLS = 2_000_000  # of one run; each takes some hundred bytes

_CALLERS = 32  # of a closed loop, for each processor
_WARM_UP = 0.2  # seconds
_ALONE = 5000  # calls by which the generator's own share is measured
_PATIENCE = 2.0  # seconds that a run waits for its last answers
_KEPT_UP = 0.95  # of the calls a second that were due: who answers fewer has a queue that grows
_LATE = 0.25  # of the median latency: a generator as late as that is told

_PR_SET_TIMERSLACK = 29
_T = TypeVar("_T")


def capacity(key: PrivateKey, seconds: float = 1.0, stop: Callable[[], bool] = never) -> float:
    """Signatures a second that one AsyncSigner makes where each answer at once begins another call, in its own task."""
    return saturate(key, seconds, stop).rate


@dataclass(frozen=True)
class Saturated:
    """An AsyncSigner that has as much to do as it can."""

    rate: float  # signatures a second
    handling: float  # processor seconds of the event loop's thread for each


def saturate(key: PrivateKey, seconds: float = 1.0, stop: Callable[[], bool] = never) -> Saturated:
    """As ``capacity``, and what the event loop takes of it."""
    return run(_closed(key, seconds, stop))


def measure(
    key: PrivateKey,
    rate: float,
    most: float,
    *,
    seconds: float = 3.0,
    spacing: str = "poisson",
    seed: int = 1,
    stop: Callable[[], bool] = never,
) -> Latency:
    """Load one AsyncSigner with ``rate`` calls a second; ``most`` is the capacity that the share is told of.

    Ends by itself, some seconds after ``seconds`` at the latest, also when it is overloaded, which ``warning`` tells.
    Raises BenchError for a run that would have no call, or too many to keep, and Stopped where ``stop`` says so.
    """
    if not 1 <= rate * seconds <= MOST_CALLS:
        raise BenchError(
            f"{rate:g} calls a second for {seconds:g} s are {rate * seconds:,.0f} calls, and a run has 1 to "
            f"{MOST_CALLS:,}: take other --seconds or another rate"
        )
    due = due_times(rate, seconds, spacing, seed) or [0.0]
    own = run(_alone(due_times(rate, min(seconds, 0.5, _ALONE / rate), spacing, seed) or [0.0]))
    trace, used = run(_opened(key, due, rate, stop))
    how = f"Poisson, seed {seed}" if spacing == "poisson" else "constant spacing"
    found = told(trace, rate=rate, share=rate / most, seconds=seconds, arrivals=how, bits=key.bits)
    return replace(found, own=own, handling=used / trace.calls)


def at_shares(
    key: PrivateKey,
    shares: Sequence[float] = SHARES,
    *,
    seconds: float = 3.0,
    spacing: str = "poisson",
    seed: int = 1,
    stop: Callable[[], bool] = never,
) -> Iterator[Latency]:
    """One run after the other, each at its share of the capacity measured just before.

    It is measured anew after each run: where it has changed by then, the machine is not what it was, and this is told.
    """
    most = capacity(key, min(1.0, seconds), stop)
    for share in shares:
        found = measure(key, share * most, most, seconds=seconds, spacing=spacing, seed=seed, stop=stop)
        before, most = most, capacity(key, min(1.0, seconds), stop)
        yield changed(found, before, most)


def changed(found: Latency, before: float, after: float) -> Latency:
    """The same with a warning where the capacity is another after the run than it was before."""
    if abs(after / before - 1) <= NOISE:
        return found
    told = f"the machine changed: its capacity was {before:,.0f} a second before this run and {after:,.0f} after it"
    return replace(found, warning="; ".join(filter(None, (found.warning, told))))


def told(trace: Trace, *, rate: float, share: float, seconds: float, arrivals: str = "", bits: int = 2048) -> Latency:
    """A run's figures, and what must be known of them. Raises BenchError where there is not one answer."""
    if not trace.achieved:
        raise BenchError(
            f"none of {trace.calls:,} calls was answered in {trace.end:.1f} s: there is no latency to tell"
        )
    return Latency(
        rate=rate,
        share=share,
        achieved=trace.achieved,
        seconds=seconds,
        percentiles=percentiles(trace.from_due()),
        uncorrected=percentiles(trace.from_sent()),
        calls=trace.calls,
        bits=bits,
        arrivals=arrivals,
        late=percentiles(trace.late()),
        warning="; ".join(_warnings(trace, seconds)),
    )


def _warnings(trace: Trace, seconds: float) -> Iterator[str]:
    if trace.full:
        yield (
            f"overloaded: ended after {trace.end:.2f} s of {seconds:g} s with {trace.unanswered:,} calls without an "
            "answer, whose latency counts as if they had been answered then"
        )
    elif trace.unanswered:
        yield f"overloaded: {trace.unanswered:,} calls had no answer {_PATIENCE:g} s after the last was sent"
    elif trace.achieved < _KEPT_UP * (asked := trace.calls / seconds):
        yield f"overloaded: of {asked:,.0f} calls a second {trace.achieved:,.0f} were answered, and the queue grew"
    late = trace.late()
    if late and percentile(late, "50") > _LATE * percentile(trace.from_due(), "50"):
        yield (
            f"the load generator could not keep up: half of the calls were sent {1e3 * percentile(late, '50'):.2f} ms "
            "or more after they were due, for its event loop or others held it up; the latencies hold this"
        )


async def _closed(key: PrivateKey, seconds: float, stop: Callable[[], bool]) -> Saturated:
    loop = asyncio.get_running_loop()
    async with AsyncSigner(key) as signer:
        end = 0.0
        answered = 0

        async def caller() -> None:
            nonlocal answered
            while loop.time() < end and not stop():
                await loop.create_task(signer.sign(MESSAGE))
                answered += 1

        found = Saturated(0.0, 0.0)
        for length in (_WARM_UP, seconds):
            answered = 0
            begin, used = loop.time(), time.thread_time()
            end = begin + length
            await asyncio.gather(*(caller() for _ in range(_CALLERS * backends.info().cpus)))
            if stop():
                raise Stopped
            found = Saturated(answered / (loop.time() - begin), (time.thread_time() - used) / answered)
        return found


async def _opened(key: PrivateKey, due: Sequence[float], rate: float, stop: Callable[[], bool]) -> tuple[Trace, float]:
    """What became of the calls, and the processor seconds that the event loop's thread took."""
    room = int(min(max(2048.0, rate), 16_384.0))  # a second's calls, or a second's work: the queue would only grow
    async with AsyncSigner(key) as signer:
        sign = partial(signer.sign, MESSAGE)
        start = [moment for moment in due if moment < _WARM_UP]
        await drive(sign, start, room=room, patience=_PATIENCE, stop=stop)
        used = time.thread_time()
        trace = await drive(sign, due, room=room, patience=_PATIENCE, stop=stop)
        return trace, time.thread_time() - used


async def _alone(due: Sequence[float]) -> float:
    """The share of a processor that the generator itself takes."""

    async def nothing() -> None:
        return None

    used = time.thread_time()
    trace = await drive(nothing, due, room=len(due) + 1, patience=_PATIENCE)
    return (time.thread_time() - used) / max(trace.end, due[-1])


def run(main: Coroutine[Any, Any, _T]) -> _T:
    """``asyncio.run`` with timers that are right to some microseconds: with epoll, asyncio's are to a millisecond."""
    with no_slack(), asyncio.Runner(loop_factory=_loop) as runner:
        return runner.run(main)


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


@contextlib.contextmanager
def no_slack() -> Iterator[None]:
    """Linux lets a thread sleep up to 50 µs longer unless it says otherwise. Where it cannot, the lateness tells."""
    prctl: Callable[..., int] | None = None
    with contextlib.suppress(OSError, AttributeError):
        prctl = ctypes.CDLL(None).prctl
        prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
    try:
        yield
    finally:
        if prctl is not None:
            prctl(_PR_SET_TIMERSLACK, 0, 0, 0, 0)  # 0: what it was at the thread's start
