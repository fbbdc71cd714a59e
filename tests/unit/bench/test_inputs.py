"""What the suite signs: messages of the length that is told, all different, and keys of the size that is told."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.inputs import BITS, BODY, MIXED, URL, mixed_pems, pem, pretty, requests, value


def loaded(data: bytes) -> RSAPrivateKey:
    key = load_pem_private_key(data, None)
    assert isinstance(key, RSAPrivateKey)
    return key


@pytest.mark.parametrize("octets", [36, BODY, 65536])
def test_messages(octets: int) -> None:
    made = requests(20, octets)
    assert {len(message) for message in made} == {octets}
    assert len(set(made)) == 20


def test_they_are_requests_with_json() -> None:
    head = b"POST" + URL.encode()
    for number, message in enumerate(requests(12)):
        assert message.startswith(head)
        assert json.loads(message.removeprefix(head))["n"] == str(number)


def test_bodies() -> None:
    assert json.loads(pretty(1)) == value(1)
    assert json.loads(pretty(3)) == value(3)
    assert b"\n" in pretty(1)


def test_keys() -> None:
    assert [loaded(pem(bits)).key_size for bits in BITS] == list(BITS)
    mixed = [loaded(one) for one in mixed_pems()]
    assert {key.key_size for key in mixed} == {2048}
    assert len({key.private_numbers().p for key in mixed}) == MIXED
