"""Keys written down by hand: DER of any numbers, PEM of any label."""

from __future__ import annotations

import base64

from tests.rsa_oracle import IntKey

PASSWORD = "correct horse"


def tlv(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | octets]) + size.to_bytes(octets) + body


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


RSA_OID = sequence(tlv(0x06, bytes.fromhex("2a864886f70d010101")), b"\x05\x00")


def pkcs1(n: int, e: int, d: int, p: int, q: int) -> bytes:
    crt = [d % (p - 1), d % (q - 1), pow(q, -1, p)] if p > 1 and q > 1 and p != q else [1, 1, 1]
    return sequence(*map(integer, [0, n, e, d, p, q, *crt]))


def spki(n: int, e: int) -> bytes:
    return sequence(RSA_OID, tlv(0x03, b"\x00" + sequence(integer(n), integer(e))))


def pem(label: str, der: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n".encode() + base64.encodebytes(der) + f"-----END {label}-----\n".encode()


def private(oracle: IntKey, **changes: int) -> bytes:
    """The oracle's key as PKCS#1, with some of its numbers changed."""
    numbers = {"n": oracle.n, "e": oracle.e, "d": oracle.d, "p": oracle.p, "q": oracle.q} | changes
    return pem("RSA PRIVATE KEY", pkcs1(**numbers))


def raw(text: bytes) -> bytes:
    """The DER of a plain PEM text."""
    return base64.b64decode(b"".join(text.splitlines()[1:-1]))
