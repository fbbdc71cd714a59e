"""RSASSA-PKCS1-v1_5 by Python's int: the oracle that makes every signature of the corpus (RFC 8017).

Names are the RFC's: message M, encoded message EM, signature representative s, modulus n of k octets.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property

from . import der

HASH_OIDS = {
    "md5": bytes.fromhex("2a864886f70d0205"),
    "sha1": bytes.fromhex("2b0e03021a"),
    "sha224": bytes.fromhex("608648016503040204"),
    "sha256": bytes.fromhex("608648016503040201"),
    "sha384": bytes.fromhex("608648016503040202"),
    "sha512": bytes.fromhex("608648016503040203"),
}


@dataclass(frozen=True)
class Key:
    """A private RSA key with two primes; ``source`` says where it comes from."""

    name: str
    p: int = field(repr=False)
    q: int = field(repr=False)
    e: int
    source: str

    @cached_property
    def n(self) -> int:
        """The modulus."""
        return self.p * self.q

    @cached_property
    def d(self) -> int:
        """The private exponent, modulo (p - 1)(q - 1)."""
        return pow(self.e, -1, (self.p - 1) * (self.q - 1))

    @property
    def bits(self) -> int:
        """Length of the modulus in bits."""
        return self.n.bit_length()

    @property
    def k(self) -> int:
        """Length of the modulus in octets."""
        return (self.bits + 7) // 8

    @cached_property
    def crt(self) -> tuple[int, int, int]:
        """d modulo p - 1, d modulo q - 1, the inverse of q modulo p."""
        return self.d % (self.p - 1), self.d % (self.q - 1), pow(self.q, -1, self.p)

    def raw(self, representative: int) -> int:
        """RSASP1 by the Chinese remainder theorem (RFC 8017 5.2.1), over any number below n."""
        if not 0 <= representative < self.n:
            raise ValueError("the message representative is out of range")
        dp, dq, q_inverse = self.crt
        m1, m2 = pow(representative, dp, self.p), pow(representative, dq, self.q)
        return m2 + (m1 - m2) * q_inverse % self.p * self.q


def digest_info(digest: bytes, hash_name: str = "sha256", parameters: bytes = der.NULL) -> bytes:
    """DigestInfo (RFC 8017 A.2.4); ``parameters`` other than NULL make a defect."""
    return der.sequence(der.sequence(der.oid(HASH_OIDS[hash_name]), parameters), der.octets(digest))


def frame(content: bytes, k: int) -> bytes:
    """00 01 FF..FF 00 content: the frame of EMSA-PKCS1-v1_5 (RFC 8017 9.2), filling k octets."""
    if len(content) > k - 11:
        raise ValueError("the content leaves no room for eight padding octets")
    return b"\x00\x01" + b"\xff" * (k - 3 - len(content)) + b"\x00" + content


def encode(message: bytes, k: int, hash_name: str = "sha256") -> bytes:
    """The encoded message EM of EMSA-PKCS1-v1_5 (RFC 8017 9.2)."""
    digest = hashlib.new(hash_name, message, usedforsecurity=False).digest()
    return frame(digest_info(digest, hash_name), k)


def sign_encoded(key: Key, em: bytes) -> bytes:
    """The k octets of the signature over an encoded message, sound or not."""
    return key.raw(int.from_bytes(em, "big")).to_bytes(key.k, "big")


@cache
def sign(key: Key, message: bytes) -> bytes:
    """RSASSA-PKCS1-V1_5-SIGN with SHA-256 (RFC 8017 8.2.1)."""
    return sign_encoded(key, encode(message, key.k))


def header(signature: bytes) -> str:
    """The header's text: standard base64 on one line (P2)."""
    return base64.b64encode(signature).decode("ascii")


def decode_header(text: str) -> bytes | None:
    """The signature in a header's text, or None where the text is not strict base64 (P2, P45)."""
    stripped = text.strip(" \t")
    try:
        signature = base64.b64decode(stripped, validate=True)
    except ValueError:
        return None
    return signature if header(signature) == stripped else None


def verifies(key: Key, message: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-V1_5-VERIFY with SHA-256: length, range, then the whole encoded message (RFC 8017 8.2.2, P46)."""
    s = int.from_bytes(signature, "big")
    if len(signature) != key.k or s >= key.n:
        return False
    return pow(s, key.e, key.n).to_bytes(key.k, "big") == encode(message, key.k)
