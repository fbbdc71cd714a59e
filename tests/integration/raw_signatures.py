"""Signatures of the document's key over any encoded message, by Python's int, for verifiers that look too little."""

from __future__ import annotations

import base64

from tests.integration.harness_contract import PRIVATE
from tests.integration.harness_driver import Harness
from tests.rsa_oracle import SHA256_PREFIX, encoded_message

BODY = b'{"status":"executed"}'
NUMBERS = PRIVATE.private_numbers()
N, SIZE = NUMBERS.public_numbers.n, PRIVATE.key_size // 8


def framed(prefix: bytes = SHA256_PREFIX, tail: bytes = b"", size: int = SIZE) -> bytes:
    """The encoded message of BODY, with another DigestInfo prefix, surplus octets or length if asked for; what is left
    of the modulus's length is zeros in front."""
    return b"\0" * (SIZE - size) + encoded_message(BODY, size, prefix, tail)


def number(encoded: bytes) -> int:
    """The signature whose power is the encoded message."""
    return pow(int.from_bytes(encoded), NUMBERS.d, N)


def header(encoded: bytes) -> str:
    """That signature as a header's text."""
    return base64.b64encode(number(encoded).to_bytes(SIZE)).decode()


def verified(harness: Harness, what: bytes | str) -> bool:
    """Whether the harness takes an encoded message's signature, or a header's text, for one over BODY."""
    text = what if isinstance(what, str) else header(what)
    answer = harness.op(op="verify", form="webhook", body=BODY, key="doc", signature=text)
    assert answer.keys() == {"valid"}, answer
    return bool(answer["valid"])
