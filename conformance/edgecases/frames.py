"""The frame 00 01 FF..FF 00 of the encoded message with a fault (RFC 8017 9.2; P46)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .edge import Edge, encoded, with_octet
from .rsa import Key, digest_info, frame

GARBAGE = b"\xa5"


def edges(key: Key, message: bytes) -> Iterator[Edge]:
    """The edges, in order, their encoded messages not signed yet."""
    digest = hashlib.sha256(message).digest()
    rows = (*_octets(key.k, digest), *_lengths(key.k, digest), *_zeros(key.k, digest), *_places(key.k, digest))
    return encoded(key, "RFC 8017 9.2, P46", "Padding", ((f"padding/{name}", told, em) for name, told, em in rows))


def _octets(k: int, digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """The sound frame with one of its octets replaced, or all of one kind."""
    info = digest_info(digest)
    good = frame(info, k)
    first, last = 2, k - len(info) - 2  # offsets of the first and last padding octet
    padding = last - first + 1
    begin, end = good[:first], good[last + 1 :]
    random = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(k // 32 + 1)).replace(b"\x00", b"\x01")
    yield from (
        ("block-type-0", "Block type 00 instead of 01.", with_octet(good, 1, 0)),
        ("block-type-2", "Block type 02, that of encryption, instead of 01.", with_octet(good, 1, 2)),
        ("first-octet-1", "The first octet is 01 instead of 00.", with_octet(good, 0, 1)),
        ("padding-first-octet", "The first padding octet is FE.", with_octet(good, first, 0xFE)),
        ("padding-middle-octet", "A padding octet in the middle is 00: who looks for the first zero goes wrong.",
         with_octet(good, k // 2, 0)),
        ("padding-last-octet", "The last padding octet is FE.", with_octet(good, last, 0xFE)),
        ("padding-zeros", "Zeros in the place of all padding.", begin + bytes(padding) + end),
        ("separator-1", "The separator is 01 instead of 00.", with_octet(good, last + 1, 1)),
        ("separator-ff", "The separator is FF: padding runs into DigestInfo.", with_octet(good, last + 1, 0xFF)),
        ("block-type-3", "Block type 03, which does not exist.", with_octet(good, 1, 3)),
        ("block-type-81", "Block type 81: the right low bits.", with_octet(good, 1, 0x81)),
        ("block-type-ff", "Block type FF: padding begins at once.", with_octet(good, 1, 0xFF)),
        ("block-type-0-zeros", "Block type 00 as it is padded, with zeros.",
         b"\x00\x00" + bytes(padding) + end),
        ("block-type-2-random", "Block type 02 as it is padded, with random octets: an encryption.",
         b"\x00\x02" + random[:padding] + end),
        ("first-octet-40", "The first octet is 40 instead of 00.", with_octet(good, 0, 0x40)),
        ("first-octets-swapped", "01 00 instead of 00 01.", b"\x01\x00" + good[2:]),
        ("padding-first-zero", "The first padding octet is 00.", with_octet(good, first, 0)),
        ("padding-second-octet", "The second padding octet is 7F.", with_octet(good, first + 1, 0x7F)),
        ("padding-eighth-octet", "The eighth padding octet, the last of the required ones, is FE.",
         with_octet(good, first + 7, 0xFE)),
        ("padding-ninth-octet", "The ninth padding octet is FE: the first that need not be there.",
         with_octet(good, first + 8, 0xFE)),
        ("padding-ninth-zero", "The ninth padding octet is 00, as a separator after the required eight.",
         with_octet(good, first + 8, 0)),
        ("padding-quarter-octet", "A padding octet in the first quarter is 01.", with_octet(good, k // 4, 1)),
        ("padding-three-quarters-octet", "A padding octet near the end is EF.", with_octet(good, last - 20, 0xEF)),
        ("padding-last-but-one", "The last padding octet but one is 00.", with_octet(good, last - 1, 0)),
        ("padding-last-zero", "The last padding octet is 00: two separators.", with_octet(good, last, 0)),
        ("padding-fe", "FE in the place of all padding.", begin + b"\xfe" * padding + end),
        ("padding-ones", "01 in the place of all padding.", begin + b"\x01" * padding + end),
        ("padding-random", "Random octets without a zero in the place of all padding.",
         begin + random[:padding] + end),
        ("padding-ends-in-garbage", "Eight FF, then garbage up to the separator.",
         begin + b"\xff" * 8 + GARBAGE * (padding - 8) + end),
        ("padding-begins-in-garbage", "Garbage, then eight FF before the separator.",
         begin + GARBAGE * (padding - 8) + b"\xff" * 8 + end),
        ("separator-2", "The separator is 02 instead of 00.", with_octet(good, last + 1, 2)),
        ("separator-80", "The separator is 80 instead of 00.", with_octet(good, last + 1, 0x80)),
        ("separator-30", "The separator is 30, DigestInfo's first octet.", with_octet(good, last + 1, 0x30)),
    )  # fmt: skip


def _lengths(k: int, digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Padding too short or too long for the modulus, and what fills the rest."""
    info = digest_info(digest)
    good = frame(info, k)

    def short(padding: int, fill: bytes = GARBAGE) -> bytes:
        return (b"\x00\x01" + b"\xff" * padding + b"\x00" + info).ljust(k, fill)

    yield from (
        ("trailing-garbage", "Eight padding octets, DigestInfo, then garbage to the end.", short(8)),
        ("trailing-zeros", "Eight padding octets, DigestInfo, then zeros to the end.", short(8, b"\x00")),
        ("trailing-octet", "One padding octet fewer, one octet after the digest.", good[:2] + good[3:] + b"\x00"),
        ("no-padding", "No padding octet, DigestInfo, then garbage.", short(0)),
        ("garbage-before", "Garbage after the separator, before DigestInfo.", frame(b"\xa5" * 8 + info, k)),
        ("shifted", "All moved by one octet to the left, the leading zero lost.", good[1:] + b"\x00"),
        ("one-octet-of-padding", "One padding octet, DigestInfo, then garbage.", short(1)),
        ("seven-octets-of-padding", "Seven padding octets, one fewer than required, then garbage at the end.",
         short(7)),
        ("nine-octets-of-padding", "Nine padding octets, DigestInfo, then garbage to the end.", short(9)),
        ("trailing-ff", "Eight padding octets, DigestInfo, then FF to the end.", short(8, b"\xff")),
        ("half-trailing", "Padding of half the length, DigestInfo, then garbage.", short(k // 2 - 30)),
        ("trailing-two-octets", "Two padding octets fewer, two octets after the digest.",
         good[:2] + good[4:] + b"\x05\x00"),
        ("trailing-line-end", "One padding octet fewer, a line end after the digest.", good[:2] + good[3:] + b"\n"),
        ("padding-one-too-long", "One padding octet too many: the digest's last octet is cut off.",
         good[:2] + b"\xff" + good[2:-1]),
        ("padding-four-too-long", "Four padding octets too many: the digest's end is cut off.",
         good[:2] + b"\xff" * 4 + good[2:-4]),
        ("padding-to-the-end", "Padding to the end: neither separator nor DigestInfo.",
         b"\x00\x01" + b"\xff" * (k - 2)),
        ("separator-at-the-end", "The separator is the last octet: nothing follows it.",
         b"\x00\x01" + b"\xff" * (k - 3) + b"\x00"),
        ("shifted-right", "All moved by one octet to the right, one zero more in front.",
         b"\x00" + good[:2] + good[3:]),
        ("textbook", "The bare digest as a number: no frame, no DigestInfo.", bytes(k - 32) + digest),
        ("digest-at-the-front", "The digest first, zeros to the end.", b"\x00" + digest + bytes(k - 33)),
        ("digests-throughout", "The digest over and over.", b"\x00" + (digest * (k // 32 + 1))[: k - 1]),
    )  # fmt: skip


def _zeros(k: int, digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """The frame of a shorter modulus behind zeros, which a number does not show; and as hex text shows the number."""
    info = digest_info(digest)
    shortest = b"\x00\x01\xff\x00" + info
    yield from (
        ("zeros-before-8", "Eight zeros before a frame whose padding is eight octets shorter.",
         bytes(8) + frame(info, k - 8)),
        ("zeros-before-half", "Zeros in the first half, then a frame as for a modulus of half the length.",
         bytes(k // 2) + frame(info, k // 2)),
        ("zeros-before-ten", "Zeros before a frame with ten padding octets, two more than required.",
         bytes(k - 64) + frame(info, 64)),
        ("zeros-before-one", "Zeros before a frame with one padding octet.", shortest.rjust(k, b"\x00")),
        ("zeros-before-none", "Zeros before a frame without a padding octet.",
         (b"\x00\x01\x00" + info).rjust(k, b"\x00")),
        ("joined", "1F instead of 00 01: block type and padding as they stand side by side in a number's hex text.",
         b"\x1f" + frame(info, k)[1:].replace(b"\x01", b"\xff", 1)),
        ("zeros-before-joined", "Zeros, then 1F in the place of block type and padding.",
         (b"\x1f\x00" + info).rjust(k, b"\x00")),
    )  # fmt: skip


def _places(k: int, digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """The right DigestInfo in another place than a search from one end expects."""
    info, other = digest_info(digest), digest_info(hashlib.sha256(b"another message").digest())
    good = frame(info, k)
    for name, told, content in (
        ("other-digest-after", "The right DigestInfo, then one of another message, to the end.", info + other),
        ("other-digest-before", "A DigestInfo of another message, then the right one at the end.", other + info),
        ("frame-in-frame", "A whole second frame after the separator.", b"\x00\x01" + b"\xff" * 8 + b"\x00" + info),
        ("second-separator", "FF and a second separator after the first.", b"\xff" * 8 + b"\x00" + info),
        ("blank-before-digestinfo", "A blank between separator and DigestInfo.", b" " + info),
    ):
        yield name, told, frame(content, k)
    middle = k // 2
    early = good[:middle] + b"\x00" + other + good[middle + 1 + len(other) :]
    yield "other-digest-in-padding", "A DigestInfo of another message in the middle of the padding.", early
    hidden = b"\x00\x01" + b"\xff" * 8 + b"\x00" + info + b"\xff" * (k - 11 - 2 * len(info) - 1) + b"\x00" + other
    yield "right-one-first", "The right DigestInfo after eight octets, another message's at the end.", hidden
