"""EMSA-PSS with SHA-256 (RFC 8017 9.1.1, B.2.1): only to make signatures of the scheme that this API does not use."""

from __future__ import annotations

import hashlib


def encode(message: bytes, em_bits: int, salt: bytes) -> bytes:
    """The encoded message of so many bits over a message, with this salt."""
    length = (em_bits + 7) // 8
    digest = hashlib.sha256(message).digest()
    h = hashlib.sha256(bytes(8) + digest + salt).digest()
    block = bytes(length - len(salt) - len(h) - 2) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mask(h, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * length - em_bits)
    return bytes(masked) + h + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1."""
    blocks = (hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in range(-(-length // 32)))
    return b"".join(blocks)[:length]
