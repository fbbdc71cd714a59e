"""DigestInfo in encodings that are not the one DER encoding RFC 8017 makes (9.2, A.2.4; P46).

Lenient parsers take many of these, and room for garbage in them is what forgeries for small exponents are made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from . import der
from .edge import Edge, encoded, with_octet
from .rsa import HASH_OIDS, Key, digest_info, frame

CLAUSES = "RFC 8017 9.2, RFC 8017 A.2.4, P46"
OID = HASH_OIDS["sha256"]
SHA256_WITH_RSA = bytes.fromhex("2a864886f70d01010b")
# Offsets into the sound DigestInfo: 30 31 30 0d 06 09 oid 05 00 04 20 digest.
OUTER, INNER, NAME, PARAMETERS, DIGEST = 0, 2, 4, 15, 17
NAMES = {OUTER: "outer", INNER: "algorithm", NAME: "oid", PARAMETERS: "null", DIGEST: "digest"}


def edges(key: Key, message: bytes) -> Iterator[Edge]:
    """The edges, in order, their encoded messages not signed yet."""
    digest = hashlib.sha256(message).digest()
    rows = (*_members(digest, message), *_lengths(digest), *_tags(digest), *_names(digest), *_digests(digest))
    framed = [(f"digestinfo/{name}", told, frame(content, key.k)) for name, told, content in rows]
    yield from encoded(key, CLAUSES, "DigestInfo", framed)
    yield Edge(
        "digestinfo/missing-null",
        "DigestInfo without the NULL parameters, which some signers write and some verifiers take: no way to forge is"
        " known, but the encoded message is not the one that RFC 8017 makes.",
        "P46, RFC 8017 A.2.4",
        frame(digest_info(digest, parameters=b""), key.k),
        "strict, MissingNull",
        "should",
    )


def _members(digest: bytes, message: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Members that are surplus, missing, replaced or out of order."""
    info, free, octets = digest_info(digest), der.octets(b"free"), der.octets(digest)
    name = der.oid(OID)
    algorithm = der.sequence(name, der.NULL)
    yield from (
        ("foreign-oid", "The right digest under an object identifier of the same length that is not SHA-256's.",
         der.sequence(der.sequence(der.oid(OID[:-1] + b"\x06"), der.NULL), octets)),
        ("long-length", "The outer length in BER's long form, 81 31 for 31: not DER.", b"\x30\x81" + info[1:]),
        ("indefinite-length", "The outer SEQUENCE with BER's indefinite length.",
         b"\x30\x80" + info[2:] + b"\x00\x00"),
        ("parameters-garbage", "Octets hidden in the algorithm's parameters, behind NULL.",
         der.sequence(der.sequence(name, der.NULL, free), octets)),
        ("parameters-octets", "An OCTET STRING in the place of NULL: room for a forger's garbage.",
         digest_info(digest, parameters=free)),
        ("trailing-member", "A member after the digest, inside the outer SEQUENCE.",
         der.sequence(algorithm, octets, free)),
        ("digest-cut", "The digest is one octet short, all lengths agreeing.", digest_info(digest[:-1])),
        ("digest-lengthened", "The digest is one octet long, all lengths agreeing.", digest_info(digest + b"\x00")),
        ("digest-empty", "An empty digest.", digest_info(b"")),
        ("none", "The bare digest without DigestInfo.", digest),
        ("message-instead", "The message itself, neither hashed nor wrapped.", message[:200]),
        ("null-twice", "NULL stands twice.", digest_info(digest, parameters=der.NULL * 2)),
        ("null-with-content", "A NULL of one octet, 05 01 00.", digest_info(digest, parameters=b"\x05\x01\x00")),
        ("null-with-garbage", "A NULL that holds four octets of garbage.",
         digest_info(digest, parameters=b"\x05\x04free")),
        ("parameters-integer", "INTEGER 0 in the place of NULL.", digest_info(digest, parameters=der.integer(0))),
        ("parameters-boolean", "BOOLEAN in the place of NULL.", digest_info(digest, parameters=b"\x01\x01\x00")),
        ("parameters-sequence", "An empty SEQUENCE in the place of NULL.",
         digest_info(digest, parameters=der.sequence())),
        ("parameters-empty-octets", "An empty OCTET STRING in the place of NULL.",
         digest_info(digest, parameters=der.octets(b""))),
        ("parameters-end-of-contents", "00 00 in the place of NULL.", digest_info(digest, parameters=b"\x00\x00")),
        ("parameters-long-garbage", "64 octets of garbage in an OCTET STRING in the place of NULL.",
         digest_info(digest, parameters=der.octets(b"\xa5" * 64))),
        ("missing-null-trailing-octet", "NULL is missing, and two octets after the digest fill its place.",
         digest_info(digest, parameters=b"") + b"\x00\x00"),
        ("missing-null-wrong-length", "NULL is missing, and the lengths still count it.",
         with_octet(with_octet(digest_info(digest, parameters=b""), 1, 0x31), 3, 0x0D)),
        ("null-outside", "NULL stands behind the AlgorithmIdentifier instead of in it.",
         der.sequence(der.sequence(name), der.NULL, octets)),
        ("algorithm-missing", "No AlgorithmIdentifier: the digest alone in its SEQUENCE.", der.sequence(octets)),
        ("algorithm-empty", "An empty AlgorithmIdentifier.", der.sequence(der.sequence(), octets)),
        ("algorithm-twice", "The AlgorithmIdentifier stands twice.", der.sequence(algorithm, algorithm, octets)),
        ("algorithm-flattened", "Name and NULL stand in the outer SEQUENCE, without their own.",
         der.sequence(name, der.NULL, octets)),
        ("members-swapped", "The digest comes before its algorithm.", der.sequence(octets, algorithm)),
        ("name-and-null-swapped", "NULL comes before the name.",
         der.sequence(der.sequence(der.NULL, name), octets)),
        ("digest-twice", "The digest stands twice.", der.sequence(algorithm, octets, octets)),
        ("digest-missing", "The algorithm without a digest.", der.sequence(algorithm)),
        ("trailing-null", "A NULL after the digest, inside the outer SEQUENCE.",
         der.sequence(algorithm, octets, der.NULL)),
        ("version-before", "An INTEGER before the AlgorithmIdentifier.",
         der.sequence(der.integer(0), algorithm, octets)),
        ("wrapped-twice", "A SEQUENCE around the DigestInfo.", der.sequence(info)),
        ("in-octets", "DigestInfo in an OCTET STRING.", der.octets(info)),
        ("digest-in-octets", "The digest wrapped in two OCTET STRINGs.", digest_info(octets)),
        ("digest-wrapped", "A whole DigestInfo in the place of the digest.", digest_info(info)),
        ("outer-missing", "The members without the outer SEQUENCE.", algorithm + octets),
        ("octets-only", "The digest in its OCTET STRING, nothing else.", octets),
        ("hex", "DigestInfo as hex text.", info.hex().encode()),
        ("trailing-garbage-outside", "Eight octets of garbage after the DigestInfo.", info + b"\xa5" * 8),
        ("twice", "DigestInfo stands twice.", info * 2),
    )  # fmt: skip


def _lengths(digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Lengths that lie, and lengths spelled in BER's long form, the enclosing ones agreeing."""
    info = digest_info(digest)
    for offset, field in NAMES.items():
        for step, told in ((1, "large"), (-1, "small")):
            if info[offset + 1] + step >= 0:
                content = with_octet(info, offset + 1, info[offset + 1] + step)
                yield f"{field}-length-too-{told}", f"The length of the {field} field is one too {told}.", content

    def ber(tag: int, content: bytes, extra: int) -> bytes:
        return bytes([tag, 0x80 | extra]) + len(content).to_bytes(extra, "big") + content

    name, octets = der.oid(OID), der.octets(digest)
    algorithm = der.sequence(name, der.NULL)
    for size in (2, 4, 8):
        told = f"The outer length in the long form with {size} octets."
        yield f"long-length-{size}", told, ber(0x30, algorithm + octets, size)
    yield from (
        ("long-length-algorithm", "The AlgorithmIdentifier's length in the long form.",
         der.sequence(ber(0x30, name + der.NULL, 1), octets)),
        ("long-length-oid", "The name's length in the long form.",
         der.sequence(der.sequence(ber(0x06, OID, 1), der.NULL), octets)),
        ("long-length-null", "NULL's length in the long form, 05 81 00.",
         der.sequence(der.sequence(name, b"\x05\x81\x00"), octets)),
        ("long-length-digest", "The digest's length in the long form.",
         der.sequence(algorithm, ber(0x04, digest, 1))),
        ("long-length-everywhere", "Every length in the long form.",
         ber(0x30, ber(0x30, ber(0x06, OID, 1) + b"\x05\x81\x00", 1) + ber(0x04, digest, 1), 1)),
        ("length-huge", "An outer length of 2^32 - 1.", b"\x30\x84\xff\xff\xff\xff" + info[2:]),
        ("length-overflow", "An outer length of nine octets, whose last ones are right.",
         b"\x30\x89" + b"\x01" + (len(info) - 2).to_bytes(8, "big") + info[2:]),
        ("indefinite-algorithm", "The AlgorithmIdentifier with BER's indefinite length.",
         der.sequence(b"\x30\x80" + name + der.NULL + b"\x00\x00", octets)),
    )  # fmt: skip


def _tags(digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Other tags over the same octets."""
    info = digest_info(digest)
    for name, offset, tag, told in (
        ("outer-set", OUTER, 0x31, "SET instead of the outer SEQUENCE"),
        ("outer-primitive", OUTER, 0x10, "The outer SEQUENCE not marked as constructed"),
        ("outer-context", OUTER, 0xA0, "A context tag instead of the outer SEQUENCE"),
        ("algorithm-set", INNER, 0x31, "SET instead of the AlgorithmIdentifier's SEQUENCE"),
        ("oid-relative", NAME, 0x0D, "RELATIVE-OID instead of OBJECT IDENTIFIER"),
        ("oid-octets", NAME, 0x04, "OCTET STRING instead of OBJECT IDENTIFIER"),
        ("null-context", PARAMETERS, 0x80, "An empty context tag where NULL's octets were"),
        ("digest-bits", DIGEST, 0x03, "BIT STRING instead of OCTET STRING"),
        ("digest-text", DIGEST, 0x0C, "UTF8String instead of OCTET STRING"),
        ("digest-constructed", DIGEST, 0x24, "The OCTET STRING marked as constructed"),
        ("digest-context", DIGEST, 0x80, "A context tag instead of OCTET STRING"),
    ):
        yield f"tag/{name}", f"{told}, all other octets right.", with_octet(info, offset, tag)
    algorithm = der.sequence(der.oid(OID), der.NULL)
    parts = b"".join(der.octets(part) for part in (digest[:16], digest[16:]))
    yield (
        "tag/digest-in-parts",
        "The digest as a constructed OCTET STRING of two parts, as BER allows.",
        der.sequence(algorithm, der.tlv(0x24, parts)),
    )
    bits = der.sequence(algorithm, der.bits(digest))
    yield "tag/digest-bit-string", "The digest as a sound BIT STRING.", bits


def _names(digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Object identifiers that are not SHA-256's."""
    for name, oid, told in (
        ("signature-algorithm", SHA256_WITH_RSA, "the name of SHA256withRSA, which is no hash"),
        ("parent-arc", OID[:-1], "SHA-256's name without its last arc"),
        ("child-arc", OID + b"\x01", "SHA-256's name with one arc more"),
        ("last-arc-0", OID[:-1] + b"\x00", "SHA-256's name with another last arc, 0"),
        ("last-arc-in-two-octets", OID[:-1] + b"\x80\x01", "SHA-256's name, its last arc with a needless octet"),
        ("text", b"2.16.840.1.101.3.4.2.1", "SHA-256's name as dotted text"),
        ("empty", b"", "an empty name"),
        ("zeros", bytes(9), "a name of zeros"),
        ("rsa", der.OID_RSA, "the name of RSA encryption"),
    ):
        content = der.sequence(der.sequence(der.oid(oid), der.NULL), der.octets(digest))
        yield f"oid/{name}", f"The right digest under {told}.", content


def _digests(digest: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Digests of other lengths, all lengths agreeing."""
    for name, content, told in (
        ("first-20", digest[:20], "The first 20 octets of the digest, as many as SHA-1 has"),
        ("first-16", digest[:16], "The first 16 octets of the digest"),
        ("first-8", digest[:8], "The first 8 octets of the digest"),
        ("last-31", digest[1:], "The digest without its first octet"),
        ("zero-prefixed", b"\x00" + digest, "A zero octet before the digest"),
        ("garbage-after", digest + b"free", "Four octets after the digest, in its OCTET STRING"),
        ("garbage-before", b"free" + digest, "Four octets before the digest, in its OCTET STRING"),
        ("twice-inside", digest * 2, "The digest twice in one OCTET STRING"),
    ):
        yield f"digest/{name}", f"{told}, all lengths agreeing.", digest_info(content)
