"""What is signed, and with which keys: those of the corpus, which everyone may know."""

from __future__ import annotations

import json
from functools import cache
from uuid import UUID

from conformance.speed.smoke import corpus
from signing_core import PrivateKey, messages

BITS = (2048, 3072, 4096)
BODY = 600  # octets of a message with an ordinary body
URL = "https://host.example/api/v1/merchant/transactions/"
MIXED = 8

_KEYS = {2048: "production", 3072: "rsa-3072", 4096: "rsa-4096"}
_ITEM = {
    "external_id": "24",
    "amount": 150.25,
    "currency": "EUR",
    "items": [1, 2, 3],
    "settled": True,
    "comment": None,
    "payer": {"name": "A. N. Other", "city": "Oslo", "address": "Main Street 1, second floor on the left"},
}


def pem(bits: int) -> bytes:
    """A private key of this size (PKCS #8)."""
    text = corpus().keys[_KEYS[bits]].private_pem
    assert text is not None  # noqa: S101 - the corpus's keys of these names have both halves
    return text.encode()


@cache
def mixed_pems() -> tuple[bytes, ...]:
    """Private keys of 2048 bits, as of several merchants."""
    return tuple(PrivateKey.generate().to_pem() for _ in range(MIXED))


@cache
def requests(count: int, octets: int = BODY) -> list[bytes]:
    """Different messages of this length: an id where it is that of one (36), else a request with a body."""
    if octets == 36:
        return [str(UUID(int=number)).encode() for number in range(count)]
    head = messages.request("POST", URL, b"")
    return [head + (b'{"n":"%d","' % number).ljust(octets - len(head) - 4, b"x") + b'":1}' for number in range(count)]


def value(items: int) -> object:
    """A body as Python has it: one transaction, or a list of them."""
    return _ITEM if items == 1 else [{**_ITEM, "external_id": str(number)} for number in range(items)]


def pretty(items: int) -> bytes:
    """Such a body as people indent it."""
    return json.dumps(value(items), indent=2).encode()
