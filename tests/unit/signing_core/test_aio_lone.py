"""AsyncSigner's calls that are alone: errands of a thread at rest, for which the event loop waits awake."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from signing_core import AsyncSigner, BackendUnavailable, NativeError, PrivateKey, aio, backends
from signing_core._crew import Crew
from signing_core._sleeper import Crowd
from signing_core.aio import Statistics
from tests.async_gate import Gate, ask, needs_native, run, turns
from tests.rsa_oracle import IntKey

pytestmark = pytest.mark.usefixtures("no_thread_is_left")


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("spin", [True, False, None])
def test_lone_calls_in_a_row_and_after_a_rest(key: PrivateKey, numbers: IntKey, spin: bool | None) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=spin) as signer:
            for number in range(60):
                if number % 10 == 0:
                    await asyncio.sleep(0.003)
                message = b"%d" % number
                assert await signer.sign(message) == numbers.sign(message)
            assert signer.statistics == Statistics(signatures=60, batches=60, largest=1, unfinished=0)

    run(main())


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else this machine does, it is no reason not to wait awake."""
    monkeypatch.setattr(Crowd, "seen", lambda _: None)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long this machine takes, it is no reason to sleep for a lone call."""
    monkeypatch.setattr(aio, "_BRISK", 1000.0)


async def at_rest(crew: Crew[Any]) -> None:
    while not crew._idle:  # noqa: ASYNC110 - a thread is about to
        await asyncio.sleep(0)


async def resting(signer: AsyncSigner, gate: Gate) -> Crew[Any]:
    """A signer's crew, of which one thread is at rest: the next lone call is an errand."""
    gate.opened.set()
    assert len(await signer.sign(b"first")) == 256
    crew = signer._crew
    assert crew is not None
    await at_rest(crew)
    gate.opened.clear()
    await gate.arrival()
    return crew


@needs_native
@pytest.mark.usefixtures("calm", "patient")
def test_lone_calls_are_errands(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=True) as signer:
            crew = await resting(signer, gate)
            gate.opened.set()
            for number in range(50):
                assert len(await signer.sign(b"%d" % number)) == 256
                await at_rest(crew)
            assert gate.errands == 50
            assert signer.statistics == Statistics(signatures=51, batches=51, largest=1, unfinished=0)

    run(main())
    assert gate.seen == [b"first", *(b"%d" % number for number in range(50))]


@needs_native
@pytest.mark.usefixtures("calm", "patient")
def test_after_a_lone_call_the_next_is_handed_over_at_once(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=True) as signer:
            loop = asyncio.get_running_loop()
            crew = await resting(signer, gate)
            for at_once in (False, True):
                if at_once:
                    gate.opened.clear()
                task = asyncio.create_task(signer.sign(b"m"))
                seen: list[bool] = []
                loop.call_soon(lambda: seen.append(crew._asked is not None))  # noqa: B023 - runs after the task's first step
                await turns(1)
                assert seen == [at_once]
                gate.opened.set()
                await task
                await at_rest(crew)
                signer._lone = True  # also if it was left

    run(main())


@needs_native
@pytest.mark.usefixtures("calm")
def test_the_loop_goes_on_while_it_waits_awake_for_a_lone_call(key: PrivateKey, gate: Gate) -> None:
    """Others have their turns meanwhile, timers too; and a call that lasts is slept for."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with AsyncSigner(key, spin=True) as signer:
            crew = await resting(signer, gate)
            task = asyncio.create_task(signer.sign(b"m"))
            await gate.arrival()
            seen = []
            loop.call_later(0.0, seen.append, "timer")
            for number in range(50):
                await turns(1)
                seen.append(number)
            assert [*range(50)] == [one for one in seen if one != "timer"]
            assert "timer" in seen
            await asyncio.sleep(0.01)
            assert crew._asked is None
            assert not task.done()
            gate.opened.set()
            assert len(await task) == 256
            assert gate.errands == 1
            assert signer._usual > 0.0015  # and so the next one is slept for from the beginning
            assert len(await signer.sign(b"n")) == 256
            assert gate.errands == 1

    run(main())


@needs_native
@pytest.mark.usefixtures("calm")
def test_it_is_listened_for_in_slices(key: PrivateKey, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[float] = []

    def listen(seconds: float) -> bool:
        heard.append(seconds)
        return False

    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with AsyncSigner(key, spin=True) as signer:
            crew = await resting(signer, gate)
            monkeypatch.setattr(loop, "time", lambda: 1000.0 + sum(heard))
            monkeypatch.setattr(crew, "listen", listen)
            task = asyncio.create_task(signer.sign(b"m"))
            await gate.arrival()
            while crew._asked is not None:  # noqa: ASYNC110
                await asyncio.sleep(0)
            gate.opened.set()
            await task

    run(main())
    assert heard == [0.0001] * len(heard)
    assert 0.0015 <= sum(heard) < 0.0017


@needs_native
@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("threads", [1, 2])
def test_a_second_call_ends_the_waiting_awake(key: PrivateKey, gate: Gate, threads: int) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=True, threads=threads) as signer:
            crew = await resting(signer, gate)
            tasks = ask(signer, 1)
            await gate.arrival()
            tasks += ask(signer, 1, 1)
            await turns(5)
            assert crew._asked is None
            if threads == 2:
                await gate.arrival()
            gate.opened.set()
            assert list(map(len, await asyncio.gather(*tasks))) == [256, 256]

    run(main())
    assert gate.batches == [[b"first"], [b"0"], [b"1"]]


@needs_native
@pytest.mark.usefixtures("calm")
def test_others_who_have_work_end_the_waiting_awake(
    key: PrivateKey, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with AsyncSigner(key, spin=True) as signer:
            crew = await resting(signer, gate)
            now = 1000.0
            monkeypatch.setattr(loop, "time", lambda: now)
            task = asyncio.create_task(signer.sign(b"m"))
            for _ in range(20):
                now += 0.00002  # a turn of theirs: less than a slice
                await turns(1)
            assert crew._asked is not None
            now += 0.0002
            await turns(2)
            assert crew._asked is None
            gate.opened.set()
            assert len(await task) == 256

    run(main())


@needs_native
@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_call_that_comes_when_a_left_errand_is_done_and_not_yet_told(
    key: PrivateKey, numbers: IntKey, gate: Gate, steps: int
) -> None:
    """The thread is at rest again, and yet the errand is not over. ``steps`` that the second call makes before that."""

    async def main() -> None:
        async with AsyncSigner(key, spin=True, threads=1) as signer:
            crew = await resting(signer, gate)
            signer._lone = True
            tasks = ask(signer, 1)
            await gate.arrival()
            while crew._asked is not None:  # noqa: ASYNC110
                await asyncio.sleep(0)
            tasks += ask(signer, 1, 1)
            await turns(steps)
            gate.opened.set()
            while not crew._idle:
                time.sleep(0.0001)  # noqa: ASYNC251 - the loop must not come round
            assert await asyncio.gather(*tasks) == [numbers.sign(b"0"), numbers.sign(b"1")]

    run(main())


@needs_native
@pytest.mark.usefixtures("calm")
def test_a_lone_call_that_is_cancelled_before_it_is_handed_over_is_not_signed(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=True) as signer:
            await resting(signer, gate)
            gate.opened.set()
            (task,) = ask(signer, 1)
            await turns(1)
            task.cancel()
            await turns(5)
            await signer.sign(b"n")

    run(main())
    assert gate.seen == [b"first", b"n"]


@needs_native
@pytest.mark.usefixtures("calm")
def test_a_lone_caller_who_gives_up(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=True, threads=1, pending=1) as signer:
            await resting(signer, gate)
            (task,) = ask(signer, 1)
            await gate.arrival()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            tasks = ask(signer, 2, 1)
            await turns(5)
            assert signer.statistics.unfinished == 3
            gate.opened.set()
            assert list(map(len, await asyncio.gather(*tasks))) == [256, 256]
            assert signer.statistics.unfinished == 0

    run(main())


@needs_native
@pytest.mark.usefixtures("calm")
def test_a_failure_is_heard_by_who_waits_awake(key: PrivateKey, gate: Gate) -> None:
    """An errand that fails is signed again the ordinary way, which tells why."""

    async def main() -> None:
        async with AsyncSigner(key, spin=True) as signer:
            await resting(signer, gate)
            gate.failure = NativeError("out of order")
            gate.opened.set()
            for _ in range(20):
                with pytest.raises(NativeError, match="out of order"):
                    await signer.sign(b"m")
            gate.failure = None
            assert len(await signer.sign(b"n")) == 256

    run(main())
    assert gate.seen == [b"first", *[b"m"] * 20, b"n"]


@needs_native
@pytest.mark.usefixtures("calm")
def test_a_backend_that_is_gone_is_told_of_by_a_lone_call(key: PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=True) as signer:
            for _ in range(5):
                await signer.sign(b"m")
            with monkeypatch.context() as changed:
                changed.setattr(backends, "_chosen", None)
                changed.setenv(backends.ENVIRONMENT, "abacus")
                with pytest.raises(BackendUnavailable, match="abacus"):
                    await signer.sign(b"m")
            assert len(await signer.sign(b"m")) == 256

    run(main())
