"""AsyncSigner beside cryptography in a thread pool: many tasks of one event loop at once, and one alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import pytest

from conformance.speed.pairs import Call
from signing_core import AsyncSigner, PrivateKey, backends

from .async_peers import MESSAGE, Sign, pool_signer
from .inputs import pem

pytestmark = pytest.mark.benchmark(group="async")

EACH = 4  # signatures that each task asks for in a call, one after the other
CPUS = backends.info().cpus


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CPUS) as pool:
        yield pool


@pytest.fixture(scope="module")
def signer(runner: asyncio.Runner) -> Iterator[AsyncSigner]:
    async def opened() -> AsyncSigner:
        return await AsyncSigner(PrivateKey.from_pem(pem(2048))).__aenter__()

    signer = runner.run(opened())
    yield signer
    runner.run(signer.__aexit__(None, None, None))


def crowd(runner: asyncio.Runner, sign: Sign, callers: int) -> Callable[[], list[bytes]]:
    """A call in which so many tasks sign; it gives each task's last signature."""

    async def caller() -> bytes:
        made = b""
        for _ in range(EACH):
            made = await sign()
        return made

    async def together() -> list[bytes]:
        return await asyncio.gather(*(caller() for _ in range(callers)))

    return lambda: runner.run(together())


@pytest.mark.parametrize("callers", [64, 1, pytest.param(8, marks=pytest.mark.full)])
def test_async(
    pair: Any, suite: Any, runner: asyncio.Runner, pool: ThreadPoolExecutor, signer: AsyncSigner, callers: int
) -> None:
    _, peer = suite.both("cryptography", "sign")
    theirs = pool_signer(PrivateKey.from_pem(pem(2048)), pool)
    pair(
        f"sign, {callers} {'task' if callers == 1 else 'tasks'}",
        Call("AsyncSigner", version("signkit"), crowd(runner, lambda: signer.sign(MESSAGE), callers), EACH * callers),
        Call(peer.name, peer.version, crowd(runner, theirs, callers), EACH * callers),
        bits=2048,
        threads=min(callers, CPUS),
        items=1,
        octets=len(MESSAGE),
        note=f"{callers} at once on one event loop; cryptography in a pool of {CPUS} threads",
    )
