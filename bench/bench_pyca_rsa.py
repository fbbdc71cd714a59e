"""The heart: our RSA beside that of pyca/cryptography, which most of Python signs with today.

Operations: ``load private``, ``load public``; ``sign one``, ``verify one`` (a call for one message); ``sign``,
``verify`` (a call for a batch, one thread); ``sign mixed``, ``verify mixed`` (a batch under eight keys). The group
``sizes`` has the same for messages from a UUID to a megabyte; in the group ``threads`` a batch is spread over threads,
pyca's over a ThreadPoolExecutor of the same size.

pyca knows no batches: it takes one message after the other. What it takes for one does not depend on how many there
are, so beside a long batch it is given fewer; times are for one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from conformance.speed.pairs import Call
from conformance.speed.peers import find
from signing_core import PrivateKey, backends, sign_batch, verify_batch

from .inputs import BITS, BODY, MIXED, mixed_pems, pem, requests

pytestmark = pytest.mark.benchmark(group="pyca-rsa")
full = pytest.mark.full

PYCA = "cryptography"
BATCHES = (1, 2, 4, 8, 16, 64, 1024)
LOOP = {"sign": 16, "verify": 128}  # messages of a call to pyca at most
SIZES = ((36, 1), (65536, 1), (1 << 20, 1), (36, 64), (65536, 64), (1 << 20, 8))  # octets, batch
CPUS = backends.info().cpus
SPREAD = max(1024, 128 * CPUS)  # messages of a batch that is spread over threads
SLICES = 4  # for a thread of pyca's pool: many enough that all end at nearly one time, few enough to cost nothing


def _by_size() -> list[Any]:
    return [
        pytest.param(bits, n, marks=[full] if bits > 2048 and n not in (1, 64) else [])
        for bits in BITS
        for n in BATCHES
    ]


def _threads() -> list[int]:
    """1, 2, 4, ... and as many as there are processors."""
    return sorted({CPUS, *(1 << power for power in range(CPUS.bit_length()) if 1 << power <= CPUS)})


def _full_from(values: tuple[Any, ...], first: int) -> list[Any]:
    """Parameters of which quick runs take the first few."""
    return [
        pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=full if i >= first else [])
        for i, one in enumerate(values)
    ]


@cache
def _keys(peer: str, bits: int) -> tuple[PrivateKey, Any, Any]:
    """Ours, and the peer's both halves of it: loading takes its time."""
    key, found = PrivateKey.from_pem(pem(bits)), find(peer)
    return key, found.private(pem(bits)), found.public(key.public_key.to_pem())


class Pair:
    """Both libraries with the same key and messages."""

    def __init__(self, suite: Any, op: str, bits: int, count: int, octets: int = BODY, peer: str = PYCA) -> None:
        self.ours, self.peer = suite.both(peer, op)
        self.op = op
        self.key, self.theirs, self.their_public = _keys(peer, bits)
        self.messages = requests(count, octets)
        self.signatures = self.key.sign_many(self.messages)

    def call(self, side: Any, call: Callable[[], object], items: int = 1) -> Call:
        return Call(side.name, side.version, call, items)

    def one(self) -> tuple[Call, Call]:
        """A call for the first message."""
        (message, signature), sign, verify = (self.messages[0], self.signatures[0]), self.peer.sign, self.peer.verify
        key, public, theirs = self.key, self.key.public_key, self.theirs
        if self.op == "sign":
            return self.call(self.ours, lambda: key.sign(message)), self.call(self.peer, lambda: sign(theirs, message))
        their_public, check = self.their_public, self.ours.verify
        return (
            self.call(self.ours, lambda: check(public, message, signature)),
            self.call(self.peer, lambda: verify(their_public, message, signature)),
        )

    def batch(self, threads: int = 1) -> Call:
        """A call for all messages."""
        key, public, messages, signatures = self.key, self.key.public_key, self.messages, self.signatures
        if self.op == "sign":
            return self.call(self.ours, lambda: key.sign_many(messages, threads), len(messages))
        return self.call(self.ours, lambda: public.verify_many(messages, signatures, threads), len(messages))

    def loop(self, limit: int | None = None) -> Call:
        """The peer, one message after the other."""
        count = min(len(self.messages), limit or LOOP[self.op])
        work = self.slice_work()
        return self.call(self.peer, lambda: work(0, count), count)

    def slice_work(self) -> Callable[[int, int], list[Any]]:
        """The peer's work for the messages from one place up to another."""
        sign, verify, key, public = self.peer.sign, self.peer.verify, self.theirs, self.their_public
        messages, items = self.messages, list(zip(self.messages, self.signatures, strict=True))
        if self.op == "sign":
            return lambda start, end: [sign(key, message) for message in messages[start:end]]
        return lambda start, end: [verify(public, message, signature) for message, signature in items[start:end]]


def first_same(ours: list[Any], theirs: list[Any]) -> bool:
    """Whether those that both have done are the same, and none is a refusal."""
    return len(theirs) > 0 and ours[: len(theirs)] == theirs and all(ours)


@pytest.mark.parametrize("half", ["private", "public"])
@pytest.mark.parametrize("bits", _full_from(BITS, 1))
def test_load(pair: Any, suite: Any, bits: int, half: str) -> None:
    ours, peer = suite.both(PYCA, "sign")
    key = ours.private(pem(bits))
    text = pem(bits) if half == "private" else key.public_key.to_pem()
    load, their_load = (getattr(side, half) for side in (ours, peer))
    pair(
        f"load {half}",
        Call(ours.name, ours.version, lambda: load(text)),
        Call(peer.name, peer.version, lambda: their_load(text)),
        same=lambda mine, theirs: mine.bits == theirs.key_size,
        bits=bits,
        note="from PEM, with the checks that each makes",
    )


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("op", ["sign", "verify"])
def test_one(pair: Any, suite: Any, op: str, bits: int) -> None:
    ours, peer = Pair(suite, op, bits, 1).one()
    pair(f"{op} one", ours, peer, bits=bits, octets=BODY)


@pytest.mark.parametrize(("bits", "count"), _by_size())
@pytest.mark.parametrize("op", ["sign", "verify"])
def test_batch(pair: Any, suite: Any, op: str, bits: int, count: int) -> None:
    both = Pair(suite, op, bits, count)
    pair(op, both.batch(), both.loop(), same=first_same, bits=bits, octets=BODY, note=f"one thread; a batch of {count}")


@cache
def _mixed_keys() -> tuple[list[PrivateKey], list[Any]]:
    return [PrivateKey.from_pem(one) for one in mixed_pems()], [find(PYCA).private(one) for one in mixed_pems()]


@pytest.mark.parametrize("count", _full_from((64, 8, 1024), 1))
@pytest.mark.parametrize("op", ["sign", "verify"])
def test_mixed(pair: Any, suite: Any, op: str, count: int) -> None:
    ours, peer = suite.both(PYCA, op)
    keys, theirs = _mixed_keys()
    messages = requests(count)
    pairs = [(keys[i % MIXED], message) for i, message in enumerate(messages)]
    signatures = sign_batch(pairs, 1)
    few = range(min(count, LOOP[op]))
    calls: tuple[Callable[[], list[Any]], Callable[[], list[Any]]]
    if op == "sign":
        calls = (
            lambda: sign_batch(pairs, 1),
            lambda: [peer.sign(theirs[i % MIXED], messages[i]) for i in few],
        )
    else:
        items = [(key.public_key, message, s) for (key, message), s in zip(pairs, signatures, strict=True)]
        publics = [key.public_key() for key in theirs]
        calls = (
            lambda: verify_batch(items, 1),
            lambda: [peer.verify(publics[i % MIXED], messages[i], signatures[i]) for i in few],
        )
    pair(
        f"{op} mixed",
        Call(ours.name, ours.version, calls[0], count),
        Call(peer.name, peer.version, calls[1], len(few)),
        same=first_same,
        bits=2048,
        octets=BODY,
        note=f"one thread; a batch of {count} under {MIXED} keys in turn",
    )


@pytest.mark.benchmark(group="sizes")
@pytest.mark.parametrize(("octets", "count"), _full_from(SIZES, 3))
@pytest.mark.parametrize("op", ["sign", "verify"])
def test_size(pair: Any, suite: Any, op: str, octets: int, count: int) -> None:
    both = Pair(suite, op, 2048, count, octets)
    ours, peer = both.one() if count == 1 else (both.batch(), both.loop(limit=8))
    same = {} if count == 1 else {"same": first_same}
    pair(f"{op} one" if count == 1 else op, ours, peer, bits=2048, octets=octets, **same)


@contextmanager
def _pool(both: Pair, threads: int, count: int) -> Iterator[Call]:
    """pyca in a pool of threads, each with slices of the messages; RSA releases the interpreter's lock."""
    step = -(-count // (threads * SLICES))
    work = both.slice_work()
    with ThreadPoolExecutor(threads) as pool:

        def call() -> list[Any]:
            slices = [pool.submit(work, start, min(start + step, count)) for start in range(0, count, step)]
            return [result for slice_ in slices for result in slice_.result()]

        yield both.call(both.peer, call, count)


@pytest.mark.benchmark(group="threads")
@pytest.mark.parametrize("threads", _threads())
@pytest.mark.parametrize("op", ["sign", "verify"])
def test_threads(pair: Any, suite: Any, op: str, threads: int) -> None:
    both = Pair(suite, op, 2048, SPREAD)
    count = min(SPREAD, threads * 4 * LOOP[op])
    with _pool(both, threads, count) as peer:
        pair(
            op,
            both.batch(threads),
            peer,
            same=first_same,
            bits=2048,
            octets=BODY,
            threads=threads,
            note=f"a batch of {SPREAD}; cryptography in a ThreadPoolExecutor of {threads}, {count} messages in slices",
        )
