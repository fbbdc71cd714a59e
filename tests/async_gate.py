"""What tests of AsyncSigner share: a gate where its workers sign, tasks that call it, turns of the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from itertools import chain
from typing import Any

import pytest

from signing_core import AsyncSigner, PrivateKey, _native
from signing_core.batch import sign_items

needs_native = pytest.mark.skipif(not _native.available, reason=str(_native.ABSENCE))


def run(main: Coroutine[Any, Any, Any]) -> None:
    """``main`` in an event loop of its own; 30 s without an end are a failure, not a hang.

    On a thread that can be left behind: a signer that has lost a call never finishes closing.
    """
    failures: list[BaseException] = []

    def target() -> None:
        try:
            asyncio.run(main)
        except BaseException as failure:  # raised below, on the test's thread
            failures.append(failure)

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "somebody waits for ever"
    if failures:
        raise failures[0]


class Gate:
    """Stands where workers sign: notes each batch, waits to be opened, and fails or signs."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.batches: list[list[bytes]] = []
        self.failure: BaseException | None = None

    def sign_items(self, keys: Sequence[PrivateKey], messages: Sequence[bytes], threads: int | None) -> list[bytes]:
        self.batches.append(list(messages))
        self.arrived.release()
        self.opened.wait(30)
        if self.failure is not None:
            raise self.failure
        return sign_items(keys, messages, threads)

    async def arrival(self) -> None:
        """Wait until a worker has one more batch."""
        assert await asyncio.to_thread(self.arrived.acquire, timeout=30)

    @property
    def seen(self) -> list[bytes]:
        return list(chain.from_iterable(self.batches))


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def ask(signer: AsyncSigner, count: int, first: int = 0) -> list[asyncio.Task[bytes]]:
    return [asyncio.create_task(signer.sign(b"%d" % number)) for number in range(first, first + count)]
