"""Open-loop load in logical time: when calls begin, what their latency counts from, and that every run ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from math import isnan

import pytest

from conformance.speed.arrivals import Trace, drive, due_times
from conformance.speed.percentiles import percentile
from tests.logical_time import hold_up, run_logically

SERVICE = 0.001


class OneAtATime:
    """Signs in a thousandth of a second, one call after the other; one call, once, takes a second."""

    def __init__(self, slow: int, *, holding: bool) -> None:
        self._slow, self._holding = slow, holding
        self._calls = 0
        self._turn = asyncio.Lock()

    async def __call__(self) -> None:
        async with self._turn:
            self._calls += 1
            if self._calls == self._slow:
                if self._holding:
                    hold_up(1.0)  # of the whole event loop, the load generator too
                else:
                    await asyncio.sleep(1.0)
            await asyncio.sleep(SERVICE)


def driven(
    sign: Callable[[], Callable[[], Awaitable[object]]],
    due: Sequence[float],
    room: int = 100_000,
    patience: float = 60.0,
) -> Trace:
    async def main() -> Trace:
        return await drive(sign(), due, room=room, patience=patience)

    return run_logically(main())


@pytest.mark.parametrize("holding", [True, False])
def test_a_stall_that_a_closed_loop_hides_is_seen(holding: bool) -> None:
    due = due_times(100, 10, "constant")

    async def closed() -> list[float]:
        sign = OneAtATime(500, holding=holding)
        loop = asyncio.get_running_loop()
        found = []
        for moment in due:
            await asyncio.sleep(max(0.0, moment - loop.time()))
            begin = loop.time()
            await sign()
            found.append(loop.time() - begin)
        return found

    told = run_logically(closed())
    assert percentile(told, "99") == pytest.approx(SERVICE)
    assert percentile(told, "99.9") == pytest.approx(SERVICE)
    trace = driven(lambda: OneAtATime(500, holding=holding), due)
    # A second's stall holds up the 100 calls that become due within it, and some more until the queue is empty again:
    # at 1000 a second against 100 that is a ninth of a second, so 11 more. The k-th waits a second less k times 9 ms.
    assert percentile(trace.from_due(), "90") > SERVICE * 5
    assert percentile(trace.from_due(), "99") == pytest.approx(1.0 + SERVICE - 10 * 0.009, abs=0.02)
    assert percentile(trace.from_due(), "100") == pytest.approx(1.0 + SERVICE)
    assert percentile(trace.from_due(), "50") == pytest.approx(SERVICE)
    slow = [latency for latency in trace.from_due() if latency > 1.5 * SERVICE]
    assert len(slow) == pytest.approx(111, abs=2)
    assert sum(slow) == pytest.approx(sum(1.001 - 0.009 * k for k in range(111)), rel=0.02)


def test_what_is_sent_late_is_told_from_due_and_from_sent() -> None:
    due = due_times(100, 10, "constant")
    trace = driven(lambda: OneAtATime(500, holding=True), due)
    assert percentile(trace.late(), "100") == pytest.approx(1.0 - 0.01, abs=1e-6)
    assert percentile(trace.late(), "50") == pytest.approx(0.0, abs=1e-9)
    assert max(trace.from_due()[500:600]) > 0.9 > 0.2 > max(trace.from_sent()[500:600])
    assert trace.calls == 1000
    assert trace.unanswered == 0
    assert not trace.full


def test_an_answer_in_no_time_has_no_latency() -> None:
    async def sign() -> None:
        return None

    trace = driven(lambda: sign, due_times(1000, 2, seed=3))
    assert max(trace.from_due()) == pytest.approx(0.0, abs=1e-9)
    assert trace.achieved == pytest.approx(trace.calls / trace.due[-1])


def test_a_full_queue_ends_the_run() -> None:
    sent = []

    async def sign() -> None:
        sent.append(len(sent))
        await asyncio.sleep(3600 if len(sent) > 1 else 0.2)

    trace = driven(lambda: sign, due_times(100, 10, "constant"), room=50)
    assert trace.full
    assert trace.end == pytest.approx(0.5, abs=0.011)
    assert trace.calls in (51, 52)
    assert trace.unanswered == trace.calls - 1
    assert trace.from_sent() == [pytest.approx(0.2)]
    assert max(trace.from_due()) == pytest.approx(trace.end - 0.01)


def test_a_queue_that_is_full_before_the_first_answer_waits_for_it() -> None:
    async def sign() -> None:
        await asyncio.sleep(1.0)

    trace = driven(lambda: sign, due_times(100, 10, "constant"), room=50, patience=2.0)
    assert trace.full
    assert trace.end == pytest.approx(1.0, abs=0.001)
    assert 0 < trace.achieved < 2
    assert trace.calls - trace.unanswered == 1


def test_a_full_queue_without_an_answer_ends_by_patience() -> None:
    async def sign() -> None:
        await asyncio.sleep(3600)

    trace = driven(lambda: sign, due_times(100, 10, "constant"), room=50, patience=2.0)
    assert trace.full
    assert trace.end == pytest.approx(0.49 + 2.0, abs=0.011)
    assert trace.unanswered == trace.calls
    assert trace.achieved == 0
    assert trace.from_sent() == []
    assert max(trace.from_due()) == pytest.approx(trace.end)


def test_patience_ends_the_run() -> None:
    sent = []

    async def sign() -> None:
        sent.append(len(sent))
        await asyncio.sleep(0.01 if len(sent) % 10 else 3600)

    trace = driven(lambda: sign, due_times(100, 1, "constant"), patience=2.0)
    assert not trace.full
    assert trace.end == pytest.approx(0.99 + 2.0)
    assert trace.unanswered == 10
    assert [isnan(done) for done in trace.done] == [number % 10 == 9 for number in range(100)]
    assert max(trace.from_due()) == pytest.approx(trace.end - 0.09)


def test_cancelled_calls_leave_nothing_behind() -> None:
    cancelled = []

    async def sign() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    async def main() -> int:
        await drive(sign, due_times(100, 1, "constant"), room=20, patience=1.0)
        return len(asyncio.all_tasks())

    assert run_logically(main()) == 1
    assert len(cancelled) in (19, 20)  # the last one may not have begun


def test_an_error_of_the_signer_is_raised() -> None:
    async def sign() -> None:
        raise RuntimeError("the key is gone")

    with pytest.raises(RuntimeError, match="the key is gone"):
        driven(lambda: sign, due_times(100, 1))


def test_poisson_arrivals_are_the_same_for_a_seed_and_as_many_as_asked() -> None:
    times = due_times(1000, 20, seed=7)
    assert times == due_times(1000, 20, seed=7) != due_times(1000, 20, seed=8)
    assert times == sorted(times)
    assert times[0] > 0
    assert times[-1] < 20
    assert len(times) == pytest.approx(20_000, abs=5 * 20_000**0.5)
    gaps = [after - before for before, after in pairwise(times)]
    # Exponential gaps: the variance is the square of the mean, and 1/e of them are longer than the mean.
    mean = sum(gaps) / len(gaps)
    assert sum((gap - mean) ** 2 for gap in gaps) / len(gaps) == pytest.approx(mean**2, rel=0.06)
    assert sum(gap > mean for gap in gaps) / len(gaps) == pytest.approx(0.3679, abs=0.02)


def test_constant_arrivals_are_evenly_spaced() -> None:
    assert due_times(4, 2, "constant") == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]
