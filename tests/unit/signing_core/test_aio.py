"""AsyncSigner: every caller gets their own answer, whatever happens to the others."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Sequence
from typing import Any

import pytest

from signing_core import AsyncSigner, BackendUnavailable, NativeError, PrivateKey, backends
from signing_core._crew import Crew
from signing_core.aio import Statistics
from tests.async_gate import Gate, ask, run, turns
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
