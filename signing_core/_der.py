"""Tell what a DER structure is, as far as key files go; OpenSSL parses keys, this only names what it was given.

Every structure of interest is a SEQUENCE whose children's tags give it away::

    INTEGER x 2                             RSAPublicKey (PKCS#1)          RFC 8017, A.1.1
    INTEGER x 9                             RSAPrivateKey (PKCS#1)         RFC 8017, A.1.2
    INTEGER x 9, SEQUENCE                   the same with more than two primes
    INTEGER x 6                             DSA private key, OpenSSL's own
    INTEGER, OCTET STRING, …                EC private key (SEC 1)         RFC 5915
    INTEGER, SEQUENCE, OCTET STRING, …      PrivateKeyInfo (PKCS#8)        RFC 5208, 5958
    SEQUENCE, OCTET STRING                  EncryptedPrivateKeyInfo        RFC 5208
    SEQUENCE, BIT STRING                    SubjectPublicKeyInfo           RFC 5280
    SEQUENCE, SEQUENCE, BIT STRING          a certificate, or a request for one
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

__all__ = ["Found", "Kind", "Malformed", "identify", "integers"]


class Malformed(ValueError):  # noqa: N818 - the state it reports
    """Not one whole DER structure; the text says how, without any of its bytes."""


class Kind(Enum):
    """What a structure is; the value is its name in messages."""

    PKCS1_PUBLIC = "a PKCS#1 public key"
    PKCS1_PRIVATE = "a PKCS#1 private key"
    MULTI_PRIME = "an RSA private key of more than two primes"
    DSA_PRIVATE = "a DSA private key"
    EC_PRIVATE = "an EC private key"
    PKCS8 = "a PKCS#8 private key"
    PKCS8_ENCRYPTED = "an encrypted PKCS#8 private key"
    SPKI = "a SubjectPublicKeyInfo"
    CERTIFICATE = "a certificate or a request for one"
    OTHER = "no structure of a key"


class Found(NamedTuple):
    """``algorithm``: name (else hex) of the key's OID; ``inner``: the RSA structure inside, where there is one."""

    kind: Kind
    algorithm: str
    inner: memoryview


_TAGS = (
    (rb"\x02{2}", Kind.PKCS1_PUBLIC),
    (rb"\x02{9}", Kind.PKCS1_PRIVATE),
    (rb"\x02{9}\x30", Kind.MULTI_PRIME),
    (rb"\x02{6}", Kind.DSA_PRIVATE),
    (rb"\x02\x04[\xa0\xa1]*", Kind.EC_PRIVATE),
    (rb"\x02\x30\x04[\xa0\x81\xa1]*", Kind.PKCS8),
    (rb"\x30\x04", Kind.PKCS8_ENCRYPTED),
    (rb"\x30\x03", Kind.SPKI),
    (rb"\x30\x30\x03", Kind.CERTIFICATE),
)

_RSA = "2a864886f70d010101"
_ALGORITHMS = {
    _RSA: "RSA",
    "2a864886f70d01010a": "RSA-PSS",
    "2a8648ce3d0201": "EC",
    "2a8648ce380401": "DSA",
    "2a864886f70d010301": "DH",
    "2b656e": "X25519",
    "2b656f": "X448",
    "2b6570": "Ed25519",
    "2b6571": "Ed448",
}


def _element(data: memoryview, at: int) -> tuple[int, memoryview, int]:
    """The tag and body of the element at ``at``, and where the next one begins."""
    if at + 2 > len(data):
        raise Malformed("truncated: it ends inside a tag")
    tag, size, body = data[at], data[at + 1], at + 2
    if size == 0x80 or size > 0x84:
        raise Malformed("not DER: a length is indefinite or absurd")
    if size > 0x80:
        octets = size - 0x80
        size, body = int.from_bytes(data[body : body + octets]), body + octets
    if body + size > len(data):
        raise Malformed(f"truncated: a structure of {size} bytes has only {max(0, len(data) - body)} left")
    return tag, data[body : body + size], body + size


def _children(body: memoryview) -> Iterator[tuple[int, memoryview]]:
    at = 0
    while at < len(body):
        tag, child, at = _element(body, at)
        yield tag, child


def _sequence(data: memoryview) -> list[tuple[int, memoryview]]:
    """The children of the one SEQUENCE that ``data`` is."""
    tag, body, end = _element(data, 0)
    if tag != 0x30:
        raise Malformed("not DER of a key: it does not begin with a SEQUENCE")
    if end != len(data):
        raise Malformed(f"{len(data) - end} surplus bytes follow the key")
    return list(_children(body))


def identify(der: bytes | bytearray | memoryview) -> Found:
    """What ``der`` is. Raises Malformed if it is not exactly one SEQUENCE of whole elements."""
    parts = _sequence(memoryview(der))
    tags = bytes(tag for tag, _ in parts)
    kind = next((kind for pattern, kind in _TAGS if re.fullmatch(pattern, tags)), Kind.OTHER)
    inner, algorithm = memoryview(b""), ""
    if kind in (Kind.PKCS1_PUBLIC, Kind.PKCS1_PRIVATE):
        inner, algorithm = memoryview(der), "RSA"
    elif kind in (Kind.PKCS8, Kind.SPKI):
        identifier = next(_children(parts[tags.index(0x30)][1]), (0, memoryview(b"")))[1].hex()
        algorithm = _ALGORITHMS.get(identifier, f"OID {identifier}")
        if identifier == _RSA:
            # a BIT STRING begins with the number of its unused bits
            inner = parts[1][1][1:] if kind is Kind.SPKI else parts[2][1]
    return Found(kind, algorithm, inner)


def integers(inner: memoryview) -> list[int]:
    """The integers of an RSAPublicKey or RSAPrivateKey, in their order. Raises Malformed."""
    return [int.from_bytes(body, signed=True) for tag, body in _sequence(inner) if tag == 0x02]
