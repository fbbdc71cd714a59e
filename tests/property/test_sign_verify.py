"""Properties of sign and verify on both backends: equal to Python's int, and equal to each other on anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing_core import InvalidSignature, PrivateKey, backends, sign_batch, verify_batch
from tests.rsa_oracle import IntKey, encoded_message, int_key

BACKENDS = backends.info().available
ORACLES = [int_key(1024), int_key(2047), int_key(2048)]
KEYS = [PrivateKey.from_pem(oracle.pem, allow_weak=True) for oracle in ORACLES]


@pytest.fixture(autouse=True, scope="module")
def restored() -> Iterator[None]:
    yield
    backends.use("auto")


def accepts(oracle: IntKey, message: bytes, signature: bytes) -> bool:
    """RFC 8017, section 8.2.2, word for word."""
    if len(signature) != oracle.k:
        return False
    value = int.from_bytes(signature)
    if value >= oracle.n:
        return False
    return pow(value, oracle.e, oracle.n).to_bytes(oracle.k) == encoded_message(message, oracle.k)


@given(st.lists(st.tuples(st.integers(0, len(KEYS) - 1), st.binary(max_size=300)), max_size=5), st.integers(1, 3))
def test_a_batch_is_the_sum_of_its_items(items: list[tuple[int, bytes]], threads: int) -> None:
    expected = [ORACLES[j].sign(message) for j, message in items]
    for name in BACKENDS:
        backends.use(name)
        signatures = sign_batch([(KEYS[j], message) for j, message in items], threads)
        assert signatures == expected
        triples = [(KEYS[j].public_key, m, s) for (j, m), s in zip(items, signatures, strict=True)]
        assert verify_batch(triples, threads) == [True] * len(items)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[int, bytes, bytes]:
    """A key, a message and something near a signature: cut, stretched, flipped, raised by n, or of a near encoding."""
    j = draw(st.integers(0, len(KEYS) - 1))
    oracle, message = ORACLES[j], draw(st.binary(max_size=40))
    em = bytearray(encoded_message(message, oracle.k))
    for _ in range(draw(st.integers(0, 2))):
        em[draw(st.integers(1, oracle.k - 1))] = draw(st.integers(0, 255))
    signature = bytearray(oracle.power(bytes(em)))
    match draw(st.sampled_from(["as it is", "cut", "stretched", "flipped", "raised"])):
        case "cut":
            signature = signature[draw(st.integers(0, 3)) : draw(st.integers(oracle.k - 3, oracle.k))]
        case "stretched":
            signature = draw(st.binary(max_size=2)) + signature + draw(st.binary(max_size=2))
        case "flipped":
            signature[draw(st.integers(0, oracle.k - 1))] ^= 1 << draw(st.integers(0, 7))
        case "raised":
            raised = int.from_bytes(signature) + oracle.n
            signature = bytearray(raised.to_bytes(oracle.k + 1).removeprefix(b"\x00"))
    return j, message, bytes(signature)


@given(st.lists(damaged(), min_size=1, max_size=5), st.integers(1, 3))
def test_verdicts_are_the_standards(items: list[tuple[int, bytes, bytes]], threads: int) -> None:
    expected = [accepts(ORACLES[j], message, signature) for j, message, signature in items]
    for name in BACKENDS:
        backends.use(name)
        assert verify_batch([(KEYS[j].public_key, m, s) for j, m, s in items], threads) == expected
        for (j, message, signature), right in zip(items, expected, strict=True):
            try:
                KEYS[j].public_key.verify(message, signature)
            except InvalidSignature:
                assert not right
            else:
                assert right
