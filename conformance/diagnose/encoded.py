"""Reads the encoded message EM that a signature opens to (RFC 8017, 8.2.2 and 9.2): what was hashed, how it was padded.

Lax on purpose: it tells what a wrong EM is, it decides nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

# DigestInfo up to the digest (RFC 8017, 9.2 note 1, and NIST's registered OIDs), by hashlib's names.
PREFIXES = {
    "md5": bytes.fromhex("3020300c06082a864886f70d020505000410"),
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha224": bytes.fromhex("302d300d06096086480165030402040500041c"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
    "sha512_256": bytes.fromhex("3031300d060960864801650304020605000420"),
    "sha3_256": bytes.fromhex("3031300d060960864801650304020805000420"),
    "sha3_512": bytes.fromhex("3051300d060960864801650304020a05000440"),
    "ripemd160": bytes.fromhex("3021300906052b2403020105000414"),
}
TITLES = {
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha224": "SHA-224",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
    "sha512_256": "SHA-512/256",
    "sha3_256": "SHA3-256",
    "sha3_512": "SHA3-512",
    "ripemd160": "RIPEMD-160",
}
_RAW_LENGTHS = {16: "md5", 20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
_SHORTEST_PADDING = 8
_NO_DIGEST_INFO = "what follows the padding is not SHA-256's DigestInfo, byte for byte (RFC 8017, 9.2)"


def digest(name: str, message: bytes) -> bytes:
    """The message's digest by hashlib's name of the hash; empty where this Python's OpenSSL lacks it."""
    try:
        return hashlib.new(name, message, usedforsecurity=False).digest()
    except ValueError:
        return b""


def encode(hash_name: str, hashed: bytes, k: int) -> bytes:
    """EMSA-PKCS1-v1_5 of a digest, k bytes (RFC 8017, 9.2)."""
    info = PREFIXES[hash_name] + hashed
    return b"\x00\x01" + b"\xff" * (k - len(info) - 3) + b"\x00" + info


@dataclass(frozen=True, slots=True)
class Reading:
    """What an EM says: the hash, a test whether it is over a given message, the digest where EM shows it, and what is
    wrong with the encoding itself (None for a well-formed one)."""

    hash_name: str
    fits: Callable[[bytes], bool]
    digest: bytes | None
    flaw: str | None


def read(em: bytes, bits: int) -> Reading | None:
    """What ``em`` (k bytes, of a modulus of ``bits`` bits) says, or None for one that looks random: another key's."""
    for reader in (_pkcs1, _pss, _bare, _embedded):
        reading = reader(em, bits)
        if reading is not None:
            return reading
    return None


def _over(name: str, hashed: bytes) -> Callable[[bytes], bool]:
    return lambda message: digest(name, message) == hashed


def _of_digest(name: str, hashed: bytes, flaw: str | None) -> Reading:
    return Reading(name, _over(name, hashed), hashed, flaw)


def _pkcs1(em: bytes, bits: int) -> Reading | None:
    if em[:2] not in (b"\x00\x01", b"\x00\x02", b"\x00\x00"):
        return None
    if em[:2] == b"\x00\x00":
        shorter = em.lstrip(b"\x00")
        rest = shorter[1:].lstrip(b"\xff")
        if shorter[:1] == b"\x01" and rest[:1] == b"\x00":
            return _payload(rest[1:], "zeros before 00 01: padded for a shorter modulus (RFC 8017, 9.2)")
        return None if em[2:3] == b"\x00" else _padded(em, "block type 0 in place of 1")
    if em[:2] == b"\x00\x02":
        return _padded(em, "padded as for encryption (block type 2); sign with the private key, do not encrypt")
    ones = len(em) - 2 - len(em[2:].lstrip(b"\xff"))
    rest = em[2 + ones :]
    if rest[:1] != b"\x00":
        return _padded(em, "the padding is not FF bytes up to a 00 byte")
    flaw = f"only {ones} bytes of padding" if ones < _SHORTEST_PADDING else None
    return _payload(rest[1:], flaw)


def _padded(em: bytes, flaw: str) -> Reading | None:
    """The payload behind the last 00 byte that is followed by something known; None where there is nothing."""
    for name, prefix in PREFIXES.items():
        at = em.find(prefix)
        if at > 0:
            return _of_digest(name, em[at + len(prefix) :], flaw)
    end = em.find(b"\x00", 2)
    return _payload(em[end + 1 :], flaw) if end > 0 else None


def _payload(payload: bytes, flaw: str | None) -> Reading:
    size = len(payload)
    for name, prefix in PREFIXES.items():
        hashed = payload[len(prefix) :]
        length = prefix[-1]
        if payload.startswith(prefix) and len(hashed) == 32 != length:
            return _of_digest(
                "sha256", hashed, "DigestInfo of another hash and of its length, before a digest of 32 bytes"
            )
        if payload.startswith(prefix) and len(hashed) >= length:
            if len(hashed) > length:
                extra = len(hashed) - length
                flaw = f"{extra} byte{'s' * (extra > 1)} after the digest, where EM must end"
            return _of_digest(name, hashed[:length], flaw)
        if size > length and _without_null(prefix) == payload[:-length]:
            return _of_digest(name, payload[-length:], "DigestInfo without its NULL parameter (RFC 8017, 9.2)")
    hexadecimal = _from_hex(payload)
    if len(hexadecimal) in _RAW_LENGTHS:
        flaw = "the digest as hex text without DigestInfo; hand the message itself to the SHA256withRSA call"
        return _of_digest(_RAW_LENGTHS[len(hexadecimal)], hexadecimal, flaw)
    if size in _RAW_LENGTHS:
        flaw = "the bare digest without DigestInfo; sign the message with SHA256withRSA, or wrap the digest first"
        return _of_digest(_RAW_LENGTHS[size], payload, flaw)
    info = _nearly(payload)
    if info is not None:
        return info
    if _is_text(payload):
        flaw = "the message padded without being hashed, as private-key encryption does; sign with SHA256withRSA"
        return Reading("sha256", lambda message: message == payload, None, flaw)
    return Reading("sha256", lambda _: True, None, _NO_DIGEST_INFO)  # which message it is over cannot be told


def _nearly(payload: bytes) -> Reading | None:
    """A DER-like frame around a digest that no prefix above begins."""
    name = _RAW_LENGTHS.get(payload[-33]) if len(payload) > 33 else None
    if payload[:1] != b"\x30" or name != "sha256":
        return None
    return _of_digest("sha256", payload[-32:], _NO_DIGEST_INFO)


def _is_text(payload: bytes) -> bool:
    try:
        return payload.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _without_null(prefix: bytes) -> bytes:
    """The same DigestInfo without the two bytes of NULL, its two outer lengths less by 2."""
    at = prefix.rindex(b"\x05\x00")
    return bytes([0x30, prefix[1] - 2, 0x30, prefix[3] - 2]) + prefix[4:at] + prefix[at + 2 :]


def _from_hex(payload: bytes) -> bytes:
    try:
        return bytes.fromhex(payload.decode("ascii").strip())
    except ValueError:
        return b""


def _mgf1(seed: bytes, length: int, name: str) -> bytes:
    blocks = -(-length // hashlib.new(name, usedforsecurity=False).digest_size)
    return b"".join(digest(name, seed + i.to_bytes(4, "big")) for i in range(blocks))[:length]


def _pss(em: bytes, bits: int) -> Reading | None:
    """EMSA-PSS (RFC 8017, 9.1): told by its unmasked padding, which no random EM has."""
    length = -(-(bits - 1) // 8)
    em = em[-length:]
    if em[-1:] != b"\xbc":
        return None
    for name in ("sha256", "sha1", "sha512", "sha384"):
        size = len(digest(name, b""))
        split = length - size - 1
        if split <= 0:
            continue
        for mask in dict.fromkeys((name, "sha1")):
            reading = _unmask(em[:split], em[split:-1], bits, name, mask)
            if reading is not None:
                return reading
    return None


def _unmask(masked: bytes, hashed: bytes, bits: int, name: str, mask: str) -> Reading | None:
    block = bytearray(a ^ b for a, b in zip(masked, _mgf1(hashed, len(masked), mask), strict=True))
    block[0] &= 0xFF >> (8 * len(masked) + 8 * len(hashed) + 8 - (bits - 1))
    body = bytes(block).lstrip(b"\x00")
    if body[:1] != b"\x01":
        return None
    salt = body[1:]
    longest = len(masked) - 1 if name == mask == "sha256" else 0  # its padding is one byte: it could be met by chance
    if len(salt) not in {0, 20, 32, 48, 64, longest}:
        return None

    def fits(message: bytes) -> bool:
        return digest(name, bytes(8) + digest(name, message) + salt) == hashed

    flaw = "PSS padding in place of PKCS#1 v1.5; choose RSASSA-PKCS1-v1_5 (P2)"
    return Reading(name, fits, None, flaw)


def _bare(em: bytes, bits: int) -> Reading | None:
    """Textbook RSA: zeros up to the digest or the message."""
    payload = em.lstrip(b"\x00")
    if not payload or len(em) - len(payload) < _SHORTEST_PADDING:
        return None
    reading = _payload(payload, None)
    return Reading(
        reading.hash_name, reading.fits, reading.digest, "no padding at all (textbook RSA); sign with PKCS#1 v1.5"
    )


def _embedded(em: bytes, bits: int) -> Reading | None:
    """A known DigestInfo somewhere in what is else no encoded message."""
    for name, prefix in PREFIXES.items():
        at = em.find(prefix)
        if at >= 0:
            hashed = em[at + len(prefix) :][: prefix[-1]]
            return _of_digest(name, hashed, "EM is not 00 01, FF bytes, 00 and DigestInfo (RFC 8017, 9.2)")
    return None
