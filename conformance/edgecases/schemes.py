"""Sound signatures of other schemes over the same message (S43, P2; RFC 8017 8.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from . import pss
from .edge import Edge, encoded
from .rsa import Key


def edges(key: Key, message: bytes) -> Iterator[Edge]:
    """The edges, in order, their encoded messages not signed yet."""
    return encoded(key, "S43, P2, RFC 8017 8.2.2", "Scheme", _rows(key, message))


def _rows(key: Key, message: bytes) -> Iterator[tuple[str, str, bytes]]:
    salt, digest = hashlib.sha256(b"salt").digest(), hashlib.sha256(message).digest()
    for name, octets, told in (
        ("pss", salt, "a salt of 32 octets"),
        ("pss-without-salt", b"", "an empty salt"),
        ("pss-salt-20", salt[:20], "a salt of 20 octets"),
        ("pss-longest-salt", (salt * (key.k // 32))[: (key.bits + 6) // 8 - 34], "the longest salt there is room for"),
    ):  # fmt: skip
        em = pss.encode(message, key.bits - 1, octets)
        yield f"scheme/{name}", f"RSASSA-PSS with SHA-256 and {told}.", em
    x931 = b"\x6b" + b"\xbb" * (key.k - 36) + b"\xba" + digest + b"\x34\xcc"
    yield "scheme/x9.31", "The encoding of ANSI X9.31 with SHA-256.", x931
