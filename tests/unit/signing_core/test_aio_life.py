"""The life of an AsyncSigner: its options, its end, its event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from signing_core import AsyncSigner, PrivateKey
from tests.async_gate import Gate, ask, run, turns
from tests.rsa_oracle import IntKey

pytestmark = pytest.mark.usefixtures("no_thread_is_left")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"threads": 0}, ValueError, "threads must be at least 1, not 0"),
        ({"threads": "2"}, TypeError, "threads must be a positive int, not str"),
        ({"batch": True}, TypeError, "batch must be a positive int, not bool"),
        ({"pending": -1}, ValueError, "pending must be at least 1, not -1"),
        ({"delay": -0.1}, ValueError, "delay must be 0 or more seconds, not -0.1"),
        ({"delay": float("nan")}, ValueError, "delay must be 0 or more seconds, not nan"),
        ({"delay": "1"}, TypeError, "delay must be a number of seconds, not str"),
        ({"spin": 1}, TypeError, "spin must be True, False or None, not int"),
    ],
)
def test_options_are_checked(key: PrivateKey, options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        AsyncSigner(key, **options)


def test_the_key_must_be_private(key: PrivateKey) -> None:
    with pytest.raises(TypeError, match="key must be a PrivateKey, not PublicKey"):
        AsyncSigner(key.public_key)  # type: ignore[arg-type]


def test_closing_answers_all_who_have_called_and_refuses_the_rest(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        signer = AsyncSigner(key, threads=1, pending=2)
        assert "open" in repr(signer)
        tasks = ask(signer, 10)  # two in the queue, eight before it
        await gate.arrival()
        closing = [asyncio.create_task(signer.aclose()) for _ in range(2)]
        await turns()
        with pytest.raises(RuntimeError, match="closed"):
            await signer.sign(b"late")
        assert not any(task.done() for task in (*tasks, *closing))
        gate.opened.set()
        assert list(map(len, await asyncio.gather(*tasks))) == [256] * 10
        await asyncio.gather(*closing)
        await signer.aclose()
        assert "closed" in repr(signer)
        with pytest.raises(RuntimeError, match="closed"):
            async with signer:
                raise AssertionError

    run(main())


def test_closing_what_was_never_used(key: PrivateKey) -> None:
    async def main() -> None:
        async with AsyncSigner(key):
            pass
        signer = AsyncSigner(key)
        await signer.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await signer.sign(b"m")

    run(main())


def test_a_cancelled_close_loses_no_call(key: PrivateKey, gate: Gate) -> None:
    async def main() -> None:
        signer = AsyncSigner(key, threads=1)
        tasks = ask(signer, 20)
        await gate.arrival()
        closing = asyncio.create_task(signer.aclose())
        await turns()
        closing.cancel()
        await turns()
        assert closing.cancelled()
        gate.opened.set()
        assert len(await asyncio.gather(*tasks)) == 20
        await signer.aclose()

    run(main())


def test_leaving_by_an_error_answers_the_others_and_keeps_the_error(key: PrivateKey, numbers: IntKey) -> None:
    async def main() -> None:
        tasks: list[asyncio.Task[bytes]] = []

        async def serve() -> None:
            async with AsyncSigner(key) as signer:
                tasks.extend(ask(signer, 1))
                await turns(1)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await serve()
        assert await tasks[0] == numbers.sign(b"0")

    run(main())


def test_another_event_loop_is_refused(key: PrivateKey, numbers: IntKey) -> None:
    async def elsewhere() -> None:
        for call in (signer.sign(b"m"), signer.aclose(), signer.__aenter__()):
            with pytest.raises(RuntimeError, match="belongs to another event loop"):
                await call

    async def main() -> None:
        assert await signer.sign(b"m") == numbers.sign(b"m")
        await asyncio.to_thread(asyncio.run, elsewhere())
        assert await signer.sign(b"m") == numbers.sign(b"m")
        await signer.aclose()

    signer = AsyncSigner(key)
    run(main())
    run(elsewhere())


def test_a_loop_that_closes_meanwhile_is_no_error(key: PrivateKey, gate: Gate) -> None:
    """Nor is it a reason to sign on: threads end where nobody waits. (An error in a thread fails this test.)"""
    loop = asyncio.new_event_loop()
    signer = AsyncSigner(key, threads=1, batch=1)
    tasks = [loop.create_task(signer.sign(b"%d" % number)) for number in range(3)]
    loop.run_until_complete(gate.arrival())
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    gate.opened.set()
    assert signer._crew is not None
    signer._crew.close()
    assert gate.seen == [b"0"]
