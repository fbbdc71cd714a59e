"""Signatures that no verifier may take."""

from __future__ import annotations

import hashlib

from tests.rsa_oracle import NO_NULL_PREFIX, IntKey, encoded_message


def malformed(oracle: IntKey, message: bytes) -> dict[str, bytes]:
    """Signatures that a verifier must refuse, each made from a right one or with the private exponent."""
    right, k, n = oracle.sign(message), oracle.k, oracle.n
    em = encoded_message(message, k)
    info = em[-51:]
    value = int.from_bytes(right)
    cases = {
        "empty": b"",
        "one byte short": right[1:],
        "last byte cut": right[:-1],
        "zero before": b"\x00" + right,
        "zero after": right + b"\x00",
        "twice": right + right,
        "zero": bytes(k),
        "one": (1).to_bytes(k),
        "n": n.to_bytes(k),
        "n minus one": (n - 1).to_bytes(k),
        "n plus one": (n + 1).to_bytes(k),
        "all ones": b"\xff" * k,
        "negated": (n - value).to_bytes(k),
        "little-endian": right[::-1],
        "the encoded message itself": em,
        "another message": oracle.sign(message + b"."),
        "DigestInfo without NULL": oracle.power(encoded_message(message, k, NO_NULL_PREFIX)),
        "surplus byte after the digest": oracle.power(encoded_message(message, k, tail=b"\x00")),
        "garbage after, padding cut": oracle.power(
            b"\x00\x01" + b"\xff" * 8 + b"\x00" + info + b"g" * (k - 11 - len(info))
        ),
        "block type 02": oracle.power(b"\x00\x02" + em[2:]),
        "block type 00": oracle.power(b"\x00\x00" + em[2:]),
        "a padding byte not FF": oracle.power(em[:20] + b"\xfe" + em[21:]),
        "no separator": oracle.power(em[: k - 52] + b"\xff" + info),
        "digest without DigestInfo": oracle.power(
            b"\x00\x01" + b"\xff" * (k - 35) + b"\x00" + hashlib.sha256(message).digest()
        ),
        "SHA-1": oracle.power(
            encoded_message(b"", k, bytes.fromhex("3021300906052b0e03021a05000414"))[: k - 35]
            + b"\x00" * 15
            + hashlib.sha1(message, usedforsecurity=False).digest()
        ),
    }
    if value + n < 1 << 8 * k:
        cases["s + n"] = (value + n).to_bytes(k)
    return cases


def flipped(signature: bytes) -> list[bytes]:
    """The signature with one bit changed, in every byte."""
    return [signature[:i] + bytes([signature[i] ^ 1 << i % 8]) + signature[i + 1 :] for i in range(len(signature))]
