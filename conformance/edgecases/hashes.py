"""Another hash, or the hash of something else, in a sound frame (S7; RFC 8017 9.2)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from . import der
from .edge import Edge, encoded
from .rsa import HASH_OIDS, Key, digest_info, encode, frame

SHA512_256 = bytes.fromhex("608648016503040206")
SHA3_256 = bytes.fromhex("608648016503040208")


def edges(key: Key, message: bytes) -> Iterator[Edge]:
    """The edges, in order, their encoded messages not signed yet."""
    return encoded(key, "S7, RFC 8017 9.2", "WrongHash", _rows(key.k, message))


def _digest(name: str, message: bytes) -> bytes:
    return hashlib.new(name, message, usedforsecurity=False).digest()


def _prefix(name: str) -> bytes:
    """What stands before a digest of this hash (RFC 8017 9.2, note 1)."""
    digest = _digest(name, b"")
    return digest_info(digest, name).removesuffix(digest)


def _rows(k: int, message: bytes) -> Iterator[tuple[str, str, bytes]]:
    digest = _digest("sha256", message)
    hexed = digest.hex().encode()

    def row(name: str, comment: str, content: bytes) -> tuple[str, str, bytes]:
        return f"hash/{name}", comment, frame(content, k)

    for name, told in (
        ("sha1", "SHA-1, PHP's default,"),
        ("sha512", "SHA-512"),
        ("sha384", "SHA-384"),
        ("sha224", "SHA-224"),
        ("md5", "MD5"),
    ):
        yield f"hash/{name}", f"Signed with {told} instead of SHA-256.", encode(message, k, name)
    yield "hash/double", "The digest was hashed again: hash, then SHA256withRSA.", encode(digest, k)
    yield "hash/hex-digest", "The digest's hex text was handed to SHA256withRSA.", encode(hexed, k)
    yield row("hex-in-digestinfo", "The hex text stands in the place of the digest.", digest_info(hexed))
    yield row("sha1-named-sha256", "A SHA-1 digest under SHA-256's name.", digest_info(_digest("sha1", message)))
    yield row("sha256-named-sha512", "The right digest under SHA-512's name.", digest_info(digest, "sha512"))

    for name in ("md5", "sha224", "sha384", "sha512"):
        comment = f"A digest of {name.upper()} under SHA-256's name, its own length told."
        yield row(f"{name}-named-sha256", comment, digest_info(_digest(name, message)))
    for name in ("md5", "sha1", "sha224", "sha384"):
        comment = f"The right digest under the name of {name.upper()}, whose digests have another length."
        yield row(f"sha256-named-{name}", comment, digest_info(digest, name))
    for name in ("md5", "sha1", "sha224", "sha384", "sha512"):
        comment = f"The right digest after the DigestInfo prefix of {name.upper()}, which tells that hash's length."
        yield row(f"sha256-after-{name}-prefix", comment, _prefix(name) + digest)
    for name, algorithm, oid in (("sha512-256", "sha512", SHA512_256), ("sha3-256", "sha3_256", SHA3_256)):
        other = _digest(algorithm, message)[:32]
        content = der.sequence(der.sequence(der.oid(oid), der.NULL), der.octets(other))
        yield row(name, f"Signed with {name.upper()}, whose digests have 32 octets too.", content)
    other = _digest("sha3_256", message)
    yield row("sha3-256-named-sha256", "A SHA3-256 digest under SHA-256's name.", digest_info(other))
    yield row("sha512-cut-named-sha256", "A SHA-512 digest cut to 32 octets under SHA-256's name.",
              digest_info(_digest("sha512", message)[:32]))  # fmt: skip

    for name, told, hashed in (
        ("hex-digest-upper-case", "The digest's hex text in upper case was handed to SHA256withRSA.",
         hexed.upper()),
        ("base64-digest", "The digest's base64 text was handed to SHA256withRSA.", base64.b64encode(digest)),
        ("base64-message", "The message was encoded in base64 before it was hashed.", base64.b64encode(message)),
        ("hex-message", "The message was written in hex before it was hashed.", message.hex().encode()),
        ("utf-16", "The message was hashed as UTF-16, a platform's own text.",
         message.decode("latin-1").encode("utf-16-le")),
        ("byte-order-mark", "A UTF-8 byte order mark was hashed before the message.", b"\xef\xbb\xbf" + message),
        ("nul-terminated", "The message was hashed with the NUL that ends it in C.", message + b"\x00"),
        ("empty-message", "Nothing was hashed.", b""),
        ("last-octet-lost", "The message was hashed without its last octet.", message[:-1]),
        ("first-octet-lost", "The message was hashed without its first octet.", message[1:]),
        ("upper-cased", "The message was hashed in upper case.", message.swapcase()),
    ):  # fmt: skip
        yield f"hash/{name}", told, encode(hashed, k)

    for name, told, content in (
        ("base64-in-digestinfo", "The digest's base64 text stands in its place.", base64.b64encode(digest)),
        ("digest-reversed", "The digest's octets are in the wrong order.", digest[::-1]),
        ("digest-zeros", "A digest of zeros, as where hashing failed unnoticed.", bytes(32)),
        ("digest-first-bit", "The first bit of the digest is flipped.", bytes([digest[0] ^ 128]) + digest[1:]),
        ("digest-last-bit", "The last bit of the digest is flipped.", digest[:-1] + bytes([digest[-1] ^ 1])),
        ("digest-first-half", "Only the digest's first half is right.", digest[:16] + bytes(16)),
        ("digest-last-half", "Only the digest's last half is right.", bytes(16) + digest[16:]),
    ):
        yield row(name, told, digest_info(content))
    md5_sha1 = _digest("md5", message) + _digest("sha1", message)
    yield row("md5-sha1", "MD5 and SHA-1 side by side without DigestInfo, as TLS 1.0 signs.", md5_sha1)
    yield row("sha1-bare", "A bare SHA-1 digest without DigestInfo.", _digest("sha1", message))
    wrong = der.sequence(der.oid(HASH_OIDS["sha256"]), der.NULL)
    hmac = hashlib.sha256(b"key" + message).digest()
    yield row("keyed", "A hash over a secret and the message.", der.sequence(wrong, der.octets(hmac)))
