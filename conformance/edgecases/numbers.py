"""The signature as octets and as a number: as long as the modulus, below it, the right one (RFC 8017 8.2.2; P46)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from . import der
from .edge import Edge, with_octet
from .rsa import Key, encode, sign

LENGTH = "RFC 8017 8.2.2, P46"
RANGE = "RFC 8017 5.2.2, P46"


def edges(key: Key, message: bytes) -> Iterator[Edge]:
    """The edges, in order."""
    for name, comment, signature in _lengths(key.k, sign(key, message), message):
        if len(signature) != key.k:
            yield Edge(f"length/{name}", comment, LENGTH, signature, "Length")
    for name, comment, number in _numbers(key, message):
        if 0 <= number < 1 << 8 * key.k:
            yield Edge(f"number/{name}", comment, RANGE, number.to_bytes(key.k, "big"), "Range")
    for name, comment, signature in _orders(sign(key, message)):
        yield Edge(f"number/{name}", comment, "RFC 8017 4.1", signature, "Range")
    yield from _bit_flips(sign(key, message))


def _lengths(k: int, right: bytes, message: bytes) -> Iterator[tuple[str, str, bytes]]:
    half, digest = k // 2, hashlib.sha256(message).digest()
    yield from (
        ("zero-prefixed", f"{k + 1} octets: a zero octet before the signature.", b"\x00" + right),
        ("zero-appended", f"{k + 1} octets: a zero octet after the signature.", right + b"\x00"),
        ("octet-appended", f"{k + 1} octets: a stray octet after the signature, as where a line end was signed in.",
         right + b"\n"),
        ("octet-prefixed", f"{k + 1} octets: a stray octet before the signature.", b"\x01" + right),
        ("first-octet-cut", f"{k - 1} octets: the first octet is cut off.", right[1:]),
        ("last-octet-cut", f"{k - 1} octets: the last octet is cut off.", right[:-1]),
        ("half", f"The first {half} octets only.", right[:half]),
        ("twice", f"{2 * k} octets: the signature twice over, right for who reads the first or the last {k}.",
         right * 2),
        ("one-octet", "A single zero octet.", b"\x00"),
        ("zeros-before", f"{2 * k} octets: {k} zero octets before the signature.", bytes(k) + right),
        ("two-zeros-prefixed", f"{k + 2} octets: two zero octets before the signature.", b"\x00\x00" + right),
        ("zeros-after", f"{2 * k} octets: {k} zero octets after the signature.", right + bytes(k)),
        ("garbage-after", f"{2 * k} octets: the signature, then as many octets of garbage.", right + b"\xa5" * k),
        ("garbage-before", f"{2 * k} octets: as many octets of garbage, then the signature.", b"\xa5" * k + right),
        ("last-half", f"The last {half} octets only.", right[half:]),
        ("first-and-last-octet-cut", f"{k - 2} octets: one is cut off at each end.", right[1:-1]),
        ("middle-octet-lost", f"{k - 1} octets: one in the middle is lost.", right[:half] + right[half + 1 :]),
        ("middle-octet-twice", f"{k + 1} octets: one in the middle stands twice.", right[:half] + right[half - 1 :]),
        ("first-32", "The first 32 octets, as many as a digest has.", right[:32]),
        ("sixteen-times", f"{16 * k} octets: the signature sixteen times over.", right * 16),
        ("carriage-return-appended", f"{k + 2} octets: CR LF after the signature.", right + b"\r\n"),
        ("nul-and-more", "A NUL and text after the signature, where C stops reading.", right + b"\x00text"),
        ("zeros-only", f"{k - 1} zero octets.", bytes(k - 1)),
        ("ones-only", f"{k + 1} octets FF.", b"\xff" * (k + 1)),
        ("digest-instead", "The digest alone, never signed.", digest),
        ("digest-after", "The digest after the signature.", right + digest),
        ("message-after", "The signature, then the message, as signed-message formats have it.", right + message),
        ("message-before", "The message, then the signature.", message + right),
        ("encoded-message-long", f"{k + 1} octets: the encoded message with a zero octet more.",
         b"\x00" + encode(message, k)),
        ("der-octet-string", "The signature in a DER OCTET STRING.", der.octets(right)),
        ("der-bit-string", "The signature in a DER BIT STRING, as in certificates.", der.bits(right)),
        ("der-integer", "The signature as a DER INTEGER.", der.integer(int.from_bytes(right, "big"))),
        ("der-two-integers", "Two INTEGERs in a SEQUENCE, as ECDSA signs.",
         der.sequence(*(der.integer(int.from_bytes(part, "big")) for part in (right[:half], right[half:])))),
        ("length-prefixed", "Two octets of length before the signature, as TLS has it.",
         k.to_bytes(2, "big") + right),
        ("ssh-blob", "The signature in SSH's frame, with its algorithm's name.",
         b"\x00\x00\x00\x0crsa-sha2-256" + k.to_bytes(4, "big") + right),
    )  # fmt: skip


def _numbers(key: Key, message: bytes) -> Iterator[tuple[str, str, int]]:
    n, k = key.n, key.k
    s = int.from_bytes(sign(key, message), "big")
    em = int.from_bytes(encode(message, k), "big")
    yield from (
        ("s-plus-n", f"s + n: the same number modulo n, in {k} octets, and out of range.", s + n),
        ("n", "The modulus itself.", n),
        ("n-plus-1", "n + 1, which is 1 modulo n.", n + 1),
        ("largest", f"The largest number of {k} octets.", (1 << 8 * k) - 1),
        ("zero", "Zero, whose e-th power is zero.", 0),
        ("one", "One, whose e-th power is one.", 1),
        ("n-minus-1", "n - 1, whose e-th power is n - 1.", n - 1),
        ("n-minus-s", "n - s: the negative of the right signature.", n - s),
        ("encoded-message", "The encoded message itself, not put through the private key.", em),
        ("public-key-used", "The encoded message raised to e: the public key was used to sign.", pow(em, key.e, n)),
        ("two", "The number two.", 2),
        ("exponent", "The public exponent.", key.e),
        ("n-minus-2", "n - 2, close to the modulus.", n - 2),
        ("n-plus-em", "n plus the encoded message, out of range.", n + em),
        ("n-minus-em", "n minus the encoded message.", n - em),
        ("half-of-n", "Half of the modulus.", n // 2),
        ("top-bit", "The highest bit alone.", 1 << (8 * k - 1)),
        ("s-plus-2", "s + 2, a number close by.", s + 2),
        ("s-minus-2", "s - 2, a number close by.", s - 2),
        ("s-doubled", "2s modulo n.", 2 * s % n),
        ("s-squared", "s squared modulo n, a signature of the squared encoded message.", s * s % n),
        ("s-inverted", "The inverse of s modulo n.", pow(s, -1, n)),
        ("s-raised-twice", "s raised to e once more than it should be.", pow(em, key.e * key.e, n)),
        ("signed-twice", "The right signature signed again.", key.raw(s)),
        ("digest", "The digest as a number, not put through the private key.",
         int.from_bytes(hashlib.sha256(message).digest(), "big")),
    )  # fmt: skip


def _orders(right: bytes) -> Iterator[tuple[str, str, bytes]]:
    half = len(right) // 2
    pairs = [right[at : at + 2] for at in range(0, len(right), 2)]
    words = [right[at : at + 4] for at in range(0, len(right), 4)]
    yield from (
        ("octets-reversed", "The octets in little-endian order.", right[::-1]),
        ("pairs-swapped", "The two octets of each pair in the wrong order.", b"".join(p[::-1] for p in pairs)),
        ("words-swapped", "Words of 32 bits in little-endian order.", b"".join(w[::-1] for w in words)),
        ("words-reversed", "The words of 32 bits in the wrong order, each right.", b"".join(words[::-1])),
        ("halves-swapped", "The two halves in the wrong order.", right[half:] + right[:half]),
        ("complement", "Every bit inverted.", bytes(octet ^ 0xFF for octet in right)),
        ("bits-reversed", "The bits of each octet in the wrong order.",
         bytes(int(f"{octet:08b}"[::-1], 2) for octet in right)),
        ("rotated-left", "The first octet moved to the end.", right[1:] + right[:1]),
        ("rotated-right", "The last octet moved to the front.", right[-1:] + right[:-1]),
        ("first-octet-zeroed", "The first octet is zero.", b"\x00" + right[1:]),
        ("last-octet-zeroed", "The last octet is zero.", right[:-1] + b"\x00"),
        ("first-half-zeroed", "The first half is zero.", bytes(half) + right[half:]),
        ("last-half-zeroed", "The last half is zero.", right[:half] + bytes(len(right) - half)),
        ("top-bit-cleared", "The highest bit is cleared, as where a sign is dropped.",
         bytes([right[0] & 0x7F]) + right[1:]),
        ("seven-bits", "The highest bit of every octet is cleared, as in seven-bit mail.",
         bytes(octet & 0x7F for octet in right)),
        ("question-marks", "Octets beyond ASCII became question marks.",
         bytes(octet if octet < 0x80 else 0x3F for octet in right)),
    )  # fmt: skip


def _bit_flips(right: bytes) -> Iterator[Edge]:
    """One flipped bit in every octet, another one each time."""
    clauses, k = "RFC 8017 8.2.2", len(right)
    for name, offset in (("first", 0), ("middle", k // 2), ("last", k - 1)):
        comment = f"One bit of the {name} octet is flipped."
        yield Edge(f"bit-flip/{name}-octet", comment, clauses, with_octet(right, offset, right[offset] ^ 1), "BitFlip")
    for offset in range(k):
        bit = 1 + offset % 7  # never the lowest one, which the three above flip
        yield Edge(
            f"bit-flip/octet-{offset:03}",
            f"Bit {bit} of the octet at {offset} is flipped.",
            clauses,
            with_octet(right, offset, right[offset] ^ 1 << bit),
            "BitFlip, EveryOctet",
        )
