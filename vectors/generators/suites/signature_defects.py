"""Signatures that are wrong as numbers or as encoded messages (RFC 8017 5.2.2, 8.2.2, 9.2; P46).

Most are made with the private key: an encoded message with one defect is put through the raw private operation, so that
a verifier meets exactly that defect after s^e mod n. Known forgeries are built on lenience of these kinds.
"""

from __future__ import annotations

import hashlib

from .. import der, pss
from .. import document as doc
from ..base import Suite
from ..forms import request
from ..keys import DOC
from ..rsa import HASH_OIDS, digest_info, encode, frame, sign, sign_encoded

FORM = request("GET", doc.LOOKUP_URL)
POSITIVE = "request/get-with-query/doc"
DIGEST = hashlib.sha256(FORM.message).digest()
INFO = digest_info(DIGEST)
K = DOC.k
SIGNATURE = sign(DOC, FORM.message)
S = int.from_bytes(SIGNATURE, "big")

# The smallest external ids whose signatures under the document's key begin, or end, with a zero octet.
ZERO_FIRST = request("GET", f"{doc.SANDBOX}/transactions/?external_id=7")
ZERO_LAST = request("GET", f"{doc.SANDBOX}/transactions/?external_id=666")


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "signature-defects")
    _zeros(cases)
    _lengths(cases)
    _numbers(cases)
    for name, comment, clauses, em, flags in (*_hashes(), *_digest_infos(), *_frames()):
        _defect(cases, name, comment, clauses, sign_encoded(DOC, em), flags)
    _missing_null(cases)
    _other_schemes(cases)
    _bit_flips(cases)
    return cases


def _defect(cases: Suite, name: str, comment: str, clauses: str, signature: bytes, flags: str) -> None:
    cases.verify(
        f"signature/{name}",
        comment,
        clauses,
        FORM,
        DOC,
        signature,
        valid=False,
        flags=flags,
        differs_from=POSITIVE,
    )


def _zeros(cases: Suite) -> None:
    zero_first, zero_last = sign(DOC, ZERO_FIRST.message), sign(DOC, ZERO_LAST.message)
    if zero_first[0] or zero_last[-1]:
        raise ValueError("a signature that was chosen for its zero octet has none")
    cases.verify(
        "signature/leading-zero/valid",
        "A right signature whose first octet happens to be zero: the octet belongs to it, one in 150 has it.",
        "RFC 8017 8.2.1, RFC 8017 4.1",
        ZERO_FIRST,
        DOC,
        valid=True,
        flags="Length",
    )
    cases.sign(
        "signature/leading-zero/sign",
        "Making a signature whose first octet is zero: a signer that writes the number, not k octets, drops it.",
        "RFC 8017 8.2.1, RFC 8017 4.1",
        ZERO_FIRST,
        DOC,
        flags="Length",
    )
    cases.verify(
        "signature/leading-zero/stripped",
        "The same signature without its leading zero: 255 octets, the right number, the wrong length.",
        "RFC 8017 8.2.2, P46",
        ZERO_FIRST,
        DOC,
        zero_first[1:],
        valid=False,
        flags="Length",
        differs_from="signature/leading-zero/valid",
    )
    cases.verify(
        "signature/trailing-zero/valid",
        "A right signature whose last octet happens to be zero.",
        "RFC 8017 8.2.1",
        ZERO_LAST,
        DOC,
        valid=True,
        flags="Length",
    )
    cases.verify(
        "signature/trailing-zero/stripped",
        "The same signature without its last octet: right again for who fills short ones up with zeros.",
        "RFC 8017 8.2.2, P46",
        ZERO_LAST,
        DOC,
        zero_last[:-1],
        valid=False,
        flags="Length",
        differs_from="signature/trailing-zero/valid",
    )


def _lengths(cases: Suite) -> None:
    clauses = "RFC 8017 8.2.2, P46"
    table = (
        ("zero-prefixed", "257 octets: a zero octet before the signature.", b"\x00" + SIGNATURE),
        ("zero-appended", "257 octets: a zero octet after the signature.", SIGNATURE + b"\x00"),
        (
            "octet-appended",
            "257 octets: a stray octet after the signature, as where a line end was signed in.",
            SIGNATURE + b"\n",
        ),
        ("octet-prefixed", "257 octets: a stray octet before the signature.", b"\x01" + SIGNATURE),
        ("first-octet-cut", "255 octets: the first octet is cut off.", SIGNATURE[1:]),
        ("last-octet-cut", "255 octets: the last octet is cut off.", SIGNATURE[:-1]),
        ("half", "The first 128 octets only.", SIGNATURE[: K // 2]),
        (
            "twice",
            "512 octets: the signature twice over, right for who reads the first or the last 256.",
            SIGNATURE * 2,
        ),
        ("one-octet", "A single zero octet.", b"\x00"),
        ("zeros-before", "512 octets: 256 zero octets before the signature.", bytes(K) + SIGNATURE),
    )
    for name, comment, signature in table:
        _defect(cases, f"length/{name}", comment, clauses, signature, "Length")


def _numbers(cases: Suite) -> None:
    clauses = "RFC 8017 5.2.2, P46"
    n = DOC.n
    table = (
        ("s-plus-n", "s + n: the same number modulo n, in 256 octets, and out of range.", S + n),
        ("n", "The modulus itself.", n),
        ("n-plus-1", "n + 1, which is 1 modulo n.", n + 1),
        ("largest", "The largest number of 256 octets.", (1 << 8 * K) - 1),
        ("zero", "Zero, whose e-th power is zero.", 0),
        ("one", "One, whose e-th power is one.", 1),
        ("n-minus-1", "n - 1, whose e-th power is n - 1.", n - 1),
        ("n-minus-s", "n - s: the negative of the right signature.", n - S),
        (
            "encoded-message",
            "The encoded message itself, not put through the private key.",
            _number(encode(FORM.message, K)),
        ),
        ("public-key-used", "The encoded message raised to e: the public key was used to sign.", _encrypted()),
    )
    for name, comment, number in table:
        _defect(cases, f"number/{name}", comment, clauses, number.to_bytes(K, "big"), "Range")
    _defect(
        cases, "number/octets-reversed", "The octets in little-endian order.", "RFC 8017 4.1", SIGNATURE[::-1], "Range"
    )


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def _encrypted() -> int:
    return pow(_number(encode(FORM.message, K)), DOC.e, DOC.n)


def _hashes() -> list[tuple[str, str, str, bytes, str]]:
    hexed = DIGEST.hex().encode()
    clauses, flags = "S7, RFC 8017 9.2", "WrongHash"
    rows = [
        (f"hash/{name}", f"Signed with {told} instead of SHA-256.", clauses, encode(FORM.message, K, name), flags)
        for name, told in (
            ("sha1", "SHA-1, PHP's default,"),
            ("sha512", "SHA-512"),
            ("sha384", "SHA-384"),
            ("sha224", "SHA-224"),
            ("md5", "MD5"),
        )
    ]
    sha1 = hashlib.sha1(FORM.message, usedforsecurity=False).digest()
    return [
        *rows,
        ("hash/double", "The digest was hashed again: hash, then SHA256withRSA.", clauses, encode(DIGEST, K), flags),
        ("hash/hex-digest", "The digest's hex text was handed to SHA256withRSA.", clauses, encode(hexed, K), flags),
        (
            "hash/hex-in-digestinfo",
            "The hex text stands in the place of the digest.",
            clauses,
            frame(digest_info(hexed), K),
            flags,
        ),
        ("hash/sha1-named-sha256", "A SHA-1 digest under SHA-256's name.", clauses, frame(digest_info(sha1), K), flags),
        (
            "hash/sha256-named-sha512",
            "The right digest under SHA-512's name.",
            clauses,
            frame(digest_info(DIGEST, "sha512"), K),
            flags,
        ),
    ]


def _digest_infos() -> list[tuple[str, str, str, bytes, str]]:
    clauses, flags = "RFC 8017 9.2, RFC 8017 A.2.4, P46", "DigestInfo"
    algorithm = der.sequence(der.oid(HASH_OIDS["sha256"]), der.NULL)
    foreign = der.sequence(der.oid(bytes.fromhex("608648016503040206")), der.NULL)  # SHA-512/256, also 32 octets
    noted = der.sequence(der.oid(HASH_OIDS["sha256"]), der.NULL, der.octets(b"free"))
    table = (
        ("foreign-oid", "The right digest under an object identifier of the same length that is not SHA-256's.",
         der.sequence(foreign, der.octets(DIGEST))),
        ("long-length", "The outer length in BER's long form, 81 31 for 31: not DER.", b"\x30\x81" + INFO[1:]),
        ("indefinite-length", "The outer SEQUENCE with BER's indefinite length.", b"\x30\x80" + INFO[2:] + b"\x00\x00"),
        ("parameters-garbage", "Octets hidden in the algorithm's parameters, behind NULL.",
         der.sequence(noted, der.octets(DIGEST))),
        ("parameters-octets", "An OCTET STRING in the place of NULL: room for a forger's garbage.",
         digest_info(DIGEST, parameters=der.octets(b"free"))),
        ("trailing-member", "A member after the digest, inside the outer SEQUENCE.",
         der.sequence(algorithm, der.octets(DIGEST), der.octets(b"free"))),
        ("digest-cut", "The digest is one octet short, all lengths agreeing.", digest_info(DIGEST[:-1])),
        ("digest-lengthened", "The digest is one octet long, all lengths agreeing.", digest_info(DIGEST + b"\x00")),
        ("digest-empty", "An empty digest.", digest_info(b"")),
        ("none", "The bare digest without DigestInfo.", DIGEST),
        ("message-instead", "The message itself, neither hashed nor wrapped.", FORM.message),
    )  # fmt: skip
    return [(f"digestinfo/{name}", told, clauses, frame(content, K), flags) for name, told, content in table]


def _frames() -> list[tuple[str, str, str, bytes, str]]:
    clauses, flags = "RFC 8017 9.2, P46", "Padding"
    good = frame(INFO, K)
    first, last = 2, K - len(INFO) - 2  # offsets of the first and last padding octet
    short = b"\x00\x01" + b"\xff" * 8 + b"\x00" + INFO
    table = (
        ("block-type-0", "Block type 00 instead of 01.", _with(good, 1, 0)),
        ("block-type-2", "Block type 02, that of encryption, instead of 01.", _with(good, 1, 2)),
        ("first-octet-1", "The first octet is 01 instead of 00.", _with(good, 0, 1)),
        ("padding-first-octet", "The first padding octet is FE.", _with(good, first, 0xFE)),
        ("padding-middle-octet", "A padding octet in the middle is 00: who looks for the first zero goes wrong.",
         _with(good, K // 2, 0)),
        ("padding-last-octet", "The last padding octet is FE.", _with(good, last, 0xFE)),
        ("padding-zeros", "Zeros in the place of all padding.", b"\x00\x01" + bytes(K - 2 - len(INFO)) + INFO),
        ("separator-1", "The separator is 01 instead of 00.", _with(good, last + 1, 1)),
        ("separator-ff", "The separator is FF: padding runs into DigestInfo.", _with(good, last + 1, 0xFF)),
        ("trailing-garbage", "Eight padding octets, DigestInfo, then garbage to the end.", short.ljust(K, b"\xa5")),
        ("trailing-zeros", "Eight padding octets, DigestInfo, then zeros to the end.", short.ljust(K, b"\x00")),
        ("trailing-octet", "One padding octet fewer, one octet after the digest.", good[:2] + good[3:] + b"\x00"),
        ("no-padding", "No padding octet, DigestInfo, then garbage.", (b"\x00\x01\x00" + INFO).ljust(K, b"\xa5")),
        ("garbage-before", "Garbage after the separator, before DigestInfo.", frame(b"\xa5" * 8 + INFO, K)),
        ("shifted", "All moved by one octet to the left, the leading zero lost.", good[1:] + b"\x00"),
    )  # fmt: skip
    return [(f"padding/{name}", told, clauses, em, flags) for name, told, em in table]


def _with(octets: bytes, offset: int, value: int) -> bytes:
    changed = bytearray(octets)
    changed[offset] = value
    return bytes(changed)


def _missing_null(cases: Suite) -> None:
    cases.verify(
        "signature/digestinfo/missing-null",
        "DigestInfo without the NULL parameters, which some signers write and some verifiers take: no way to forge is"
        " known, but the encoded message is not the one that RFC 8017 makes.",
        "P46, RFC 8017 A.2.4",
        FORM,
        DOC,
        sign_encoded(DOC, frame(digest_info(DIGEST, parameters=b""), K)),
        valid=False,
        level="should",
        flags="strict, MissingNull",
        differs_from=POSITIVE,
    )


def _other_schemes(cases: Suite) -> None:
    for name, salt, told in (
        ("pss", hashlib.sha256(b"salt").digest(), "a salt of 32 octets"),
        ("pss-without-salt", b"", "an empty salt"),
    ):
        signature = sign_encoded(DOC, pss.encode(FORM.message, DOC.bits - 1, salt))
        _defect(
            cases,
            f"scheme/{name}",
            f"RSASSA-PSS with SHA-256 and {told}.",
            "S43, P2, RFC 8017 8.2.2",
            signature,
            "Scheme",
        )


def _bit_flips(cases: Suite) -> None:
    for name, offset in (("first", 0), ("middle", K // 2), ("last", K - 1)):
        flipped = _with(SIGNATURE, offset, SIGNATURE[offset] ^ 1)
        _defect(
            cases,
            f"bit-flip/{name}-octet",
            f"One bit of the {name} octet is flipped.",
            "RFC 8017 8.2.2",
            flipped,
            "BitFlip",
        )
