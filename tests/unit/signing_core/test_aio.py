"""AsyncSigner: every caller gets their own answer, whatever happens to the others."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Sequence
from typing import Any

import pytest

from signing_core import AsyncSigner, BackendUnavailable, NativeError, PrivateKey, backends
from signing_core._crew import Crew
from signing_core._sleeper import Crowd
from signing_core.aio import Statistics
from tests.async_gate import Gate, ask, needs_native, run, turns
from tests.rsa_oracle import IntKey, int_key

pytestmark = pytest.mark.usefixtures("no_thread_is_left")


@pytest.mark.usefixtures("backend")
def test_each_caller_gets_the_signature_of_their_message(key: PrivateKey, numbers: IntKey) -> None:
    async def main() -> None:
        async with AsyncSigner(key, threads=2) as signer:
            answers = await asyncio.gather(*ask(signer, 200))
            assert answers == key.sign_many([b"%d" % number for number in range(200)])
            assert answers[7] == numbers.sign(b"7")
            assert await signer.sign(bytearray(b"7")) == await signer.sign(memoryview(b"7")) == answers[7]
            found = signer.statistics
            assert (found.signatures, found.unfinished, found.largest) == (202, 0, 16)
            assert found.mean == found.signatures / found.batches > 4

    run(main())


def test_other_key_sizes() -> None:
    oracle = int_key(1024)

    async def main() -> None:
        async with AsyncSigner(PrivateKey.from_pem(oracle.pem, allow_weak=True)) as signer:
            assert await asyncio.gather(*ask(signer, 20)) == [oracle.sign(b"%d" % number) for number in range(20)]

    run(main())


def test_a_mutable_message_is_signed_as_it_was(key: PrivateKey, numbers: IntKey, gate: Gate) -> None:
    async def main() -> None:
        message = bytearray(b"before")
        async with AsyncSigner(key) as signer:
            task = asyncio.create_task(signer.sign(message))
            await turns(1)
            message[:] = b"after!"
            gate.opened.set()
            assert await task == numbers.sign(b"before")

    run(main())


def test_calls_of_one_turn_make_one_batch(key: PrivateKey, gate: Gate) -> None:
    gate.opened.set()

    async def main() -> None:
        async with AsyncSigner(key, threads=1, batch=64) as signer:
            await asyncio.gather(*ask(signer, 64))
        assert list(map(len, gate.batches)) == [64]

    run(main())


def test_a_lone_call_waits_for_nobody(key: PrivateKey, gate: Gate) -> None:
    gate.opened.set()

    async def main() -> None:
        async with AsyncSigner(key, delay=3600.0) as signer:
            for _ in range(3):
                await signer.sign(b"alone")
        assert gate.batches == [[b"alone"]] * 3

    run(main())


@pytest.mark.parametrize(("delay", "handed_over"), [(3600.0, [8, 4]), (0.0, [1] * 12)])
def test_calls_that_keep_coming_are_held_back_for_a_full_batch_or_the_delay(
    key: PrivateKey, monkeypatch: pytest.MonkeyPatch, delay: float, handed_over: list[int]
) -> None:
    sizes: list[int] = []
    put = Crew.put

    def noting(self: Crew[Any], items: Sequence[Any]) -> None:
        sizes.append(len(items))
        put(self, items)

    monkeypatch.setattr(Crew, "put", noting)

    async def main() -> None:
        async with AsyncSigner(key, batch=8, delay=delay, spin=False) as signer:
            tasks = []
            for number in range(12):  # a new one every turn
                tasks += ask(signer, 1, number)
                await turns(1)
            await asyncio.gather(*tasks)
        assert sizes == handed_over

    run(main())


def test_batches_grow_while_the_workers_are_busy(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, threads=1, batch=16) as signer:
            tasks = ask(signer, 1)
            await gate.arrival()
            for number in range(1, 41):
                tasks += ask(signer, 1, number)
                await turns()
            gate.opened.set()
            await asyncio.gather(*tasks)
        assert list(map(len, gate.batches)) == [1, 16, 16, 8]
        assert gate.seen == [b"%d" % number for number in range(41)]

    run(main())


def test_all_workers_have_their_share(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, threads=3) as signer:
            tasks = ask(signer, 9)
            for _ in range(3):
                await gate.arrival()
            gate.opened.set()
            await asyncio.gather(*tasks)

    run(main())


def test_the_full_queue_lets_in_as_many_as_leave_it_in_order(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, threads=1, pending=4) as signer:
            tasks = ask(signer, 20)
            await gate.arrival()
            await turns()
            assert (len(signer._crew._waiting), signer.statistics.unfinished) == (0, 20)  # type: ignore[union-attr]
            assert gate.seen == [b"0", b"1", b"2", b"3"]
            tasks[10].cancel()  # waits for room
            gate.opened.set()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(answer) for answer in answers].count(asyncio.CancelledError) == 1
            assert max(map(len, gate.batches)) <= 4
            assert gate.seen == [b"%d" % number for number in range(20) if number != 10]
            assert signer.statistics.unfinished == 0

    run(main())


def test_calls_that_are_cancelled_free_no_room_before_a_worker_has_seen_them(key: PrivateKey, gate: Gate) -> None:
    """Else a server whose clients time out would pile up messages without end."""

    async def main() -> None:
        async with AsyncSigner(key, threads=1, pending=3) as signer:
            tasks = ask(signer, 1)
            await gate.arrival()
            for number in range(1, 30):
                tasks += ask(signer, 1, number)
                await turns()
                tasks[-1].cancel()
            await turns()
            assert len(signer._crew._waiting) == 2  # type: ignore[union-attr]
            gate.opened.set()
            await tasks[0]
            await signer.sign(b"last")
        assert gate.seen == [b"0", b"last"]

    run(main())


@pytest.mark.parametrize("moment", ["not begun", "gathered", "queued", "being signed", "answered"])
def test_a_cancelled_caller_disturbs_no_other(key: PrivateKey, numbers: IntKey, gate: Gate, moment: str) -> None:
    async def main() -> None:
        async with AsyncSigner(key, threads=1, batch=4) as signer:
            blocker = ask(signer, 1)
            if moment != "being signed":
                await gate.arrival()
            tasks = ask(signer, 3, 1)
            await turns({"not begun": 0, "gathered": 1}.get(moment, 5))
            if moment == "being signed":
                await gate.arrival()
            if moment == "answered":
                gate.opened.set()
                while signer.statistics.signatures != 4:  # noqa: ASYNC110 - the very turn in which they are answered
                    await asyncio.sleep(0)
                assert tasks[1].cancel() or tasks[1].done()
            else:
                tasks[1].cancel()
            gate.opened.set()
            answers = await asyncio.gather(*blocker, *tasks, return_exceptions=True)
            for number in (0, 1, 3):
                assert answers[number] == numbers.sign(b"%d" % number)
            assert isinstance(answers[2], asyncio.CancelledError) or (moment == "answered" and answers[2])
            assert (b"2" in gate.seen) == (moment in ("being signed", "answered"))
            assert await signer.sign(b"after") == numbers.sign(b"after")
            assert signer.statistics.unfinished == 0

    run(main())


def test_a_wrong_type_reaches_its_own_caller_alone(key: PrivateKey, numbers: IntKey) -> None:
    async def main() -> None:
        async with AsyncSigner(key) as signer:
            wrong = [signer.sign("text"), signer.sign(None)]  # type: ignore[arg-type]
            answers = await asyncio.gather(signer.sign(b"0"), *wrong, signer.sign(b"1"), return_exceptions=True)
            assert [answers[0], answers[3]] == [numbers.sign(b"0"), numbers.sign(b"1")]
            assert str(answers[1]) == "message must be bytes, bytearray or memoryview, not str; encode it first"
            assert isinstance(answers[1], TypeError)
            assert isinstance(answers[2], TypeError)
            assert signer.statistics.unfinished == 0

    run(main())


class Odd(Exception):  # noqa: N818 - a foreign error that cannot be made again from its arguments
    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


@pytest.mark.parametrize("failure", [NativeError("out of order"), MemoryError(), Odd("o", "dd")])
def test_a_failure_reaches_its_batch_and_the_signer_goes_on(key: PrivateKey, gate: Gate, failure: Exception) -> None:
    async def main() -> None:
        async with AsyncSigner(key, threads=1, batch=4) as signer:
            gate.failure = failure
            first = ask(signer, 3)
            await gate.arrival()
            first[1].cancel()
            gate.opened.set()
            answers = await asyncio.gather(*first, return_exceptions=True)
            assert [type(answer) for answer in answers] == [type(failure), asyncio.CancelledError, type(failure)]
            assert str(answers[0]) == str(failure)
            assert isinstance(answers[0], BaseException)
            assert traceback.extract_tb(answers[0].__traceback__)[-1].name == "sign_items"
            if not isinstance(failure, Odd):
                assert answers[0] is not answers[2]  # what one caller notes on it is not the other's
            gate.failure = None
            assert len(await signer.sign(b"next")) == 256
            assert signer.statistics == Statistics(signatures=1, batches=1, largest=1, unfinished=0)

    run(main())


def test_a_backend_that_does_not_run_is_told_at_the_door(key: PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "_chosen", None)
    monkeypatch.setenv(backends.ENVIRONMENT, "abacus")

    async def main() -> None:
        with pytest.raises(BackendUnavailable, match="abacus"):
            async with AsyncSigner(key):
                raise AssertionError
        with pytest.raises(BackendUnavailable, match="abacus"):
            await AsyncSigner(key).sign(b"m")

    run(main())


def test_messages_stay_out_of_the_debug_log(key: PrivateKey, caplog: pytest.LogCaptureFixture) -> None:
    """asyncio's debug mode logs slow callbacks with the repr of their arguments."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.slow_callback_duration = 0.0
        async with AsyncSigner(key) as signer:
            await signer.sign(b"4111111111111111")

    with caplog.at_level(logging.DEBUG, "asyncio"):
        asyncio.run(main(), debug=True)
    assert "AsyncSigner._look" in caplog.text
    assert "4111111111111111" not in caplog.text


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


async def resting(signer: AsyncSigner, gate: Gate) -> Crew[Any]:
    """A signer's crew, of which one thread is at rest: the next lone call is an errand."""
    gate.opened.set()
    assert len(await signer.sign(b"first")) == 256
    crew = signer._crew
    assert crew is not None
    while not crew._idle:  # noqa: ASYNC110 - it is about to rest
        await asyncio.sleep(0)
    gate.opened.clear()
    assert await asyncio.to_thread(gate.arrived.acquire, timeout=30)
    return crew


@needs_native
@pytest.mark.usefixtures("calm")
def test_lone_calls_are_errands(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        async with AsyncSigner(key, spin=True) as signer:
            await resting(signer, gate)
            gate.opened.set()
            for number in range(50):
                assert len(await signer.sign(b"%d" % number)) == 256
            assert gate.errands > 40  # not those that took too long, nor the next one after them
            assert signer.statistics == Statistics(signatures=51, batches=51, largest=1, unfinished=0)

    run(main())
    assert gate.seen == [b"first", *(b"%d" % number for number in range(50))]


@needs_native
@pytest.mark.usefixtures("calm")
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
                signer._lone, signer._usual = True, 0.0  # however long that took

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
