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
from tests.errands import PythonErrand

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
    """Stands where workers sign: notes each batch, waits to be opened, and fails or signs.

    A lone call may be an errand. One that fails is no batch, since it is signed again as one.
    """

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.arrived = threading.Semaphore(0)
        self.batches: list[list[bytes]] = []
        self.failure: BaseException | None = None
        self.errands = 0  # of the batches

    def sign_items(self, keys: Sequence[PrivateKey], messages: Sequence[bytes], threads: int | None) -> list[bytes]:
        self.batches.append(list(messages))
        self.arrived.release()
        self.opened.wait(30)
        if self.failure is not None:
            raise self.failure
        return sign_items(keys, messages, threads)

    def errand(self, key: PrivateKey, message: bytes) -> GatedErrand:
        return GatedErrand(self, key, message)

    async def arrival(self) -> None:
        """Wait until a worker has one more batch."""
        assert await asyncio.to_thread(self.arrived.acquire, timeout=30)

    @property
    def seen(self) -> list[bytes]:
        return list(chain.from_iterable(self.batches))


class GatedErrand(PythonErrand):
    """A signature that a resting thread makes behind the gate."""

    def __init__(self, gate: Gate, key: PrivateKey, message: bytes) -> None:
        super().__init__(self.run)
        self.signature: bytes | None = None
        self._gate, self._key, self._message = gate, key, message

    def run(self) -> None:
        if self._gate.failure is None:
            self._gate.errands += 1
            (self.signature,) = self._gate.sign_items([self._key], [self._message], 1)


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def ask(signer: AsyncSigner, count: int, first: int = 0) -> list[asyncio.Task[bytes]]:
    return [asyncio.create_task(signer.sign(b"%d" % number)) for number in range(first, first + count)]
