"""Ours beside each library that signs in Python, where it is installed."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.speed.peers import PEERS

from .bench_pyca_rsa import Pair, first_same
from .inputs import BODY

pytestmark = pytest.mark.benchmark(group="peers")
full = pytest.mark.full

BATCH = 64
_LOOP = 8  # some of them are slow


@pytest.mark.parametrize("bits", [2048, pytest.param(3072, marks=full), pytest.param(4096, marks=full)])
@pytest.mark.parametrize("op", ["sign", "verify"])
@pytest.mark.parametrize("peer", PEERS)
def test_one(pair: Any, suite: Any, peer: str, op: str, bits: int) -> None:
    ours, theirs = Pair(suite, op, bits, 1, peer=peer).one()
    pair(f"{op} one", ours, theirs, bits=bits, octets=BODY)


@full
@pytest.mark.parametrize("op", ["sign", "verify"])
@pytest.mark.parametrize("peer", PEERS)
def test_batch(pair: Any, suite: Any, peer: str, op: str) -> None:
    both = Pair(suite, op, 2048, BATCH, peer=peer)
    note = f"one thread; ours in batches of {BATCH}, which {peer} does not know"
    pair(op, both.batch(), both.loop(limit=_LOOP), same=first_same, bits=2048, octets=BODY, note=note)
