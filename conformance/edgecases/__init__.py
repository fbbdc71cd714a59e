"""Signatures that must fail, for any RSA key and message: encoded messages, numbers and header texts with one fault.

Stated once and used twice: the corpus's generators make vectors of them for the test keys, ``signkit vectors generate``
for a user's own key. Hence the standard library alone, Python's int for RSA, and no import from the rest of the kit;
generators take this folder in by its path. What is stated here is never its own judge: whoever makes a vector of an
edge asks ``rsa.verifies`` (RFC 8017 8.2.2), and the corpus's tests ask pyca/cryptography and the openssl command.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from . import digest_infos, frames, hashes, header_values, numbers, schemes
from .edge import Edge
from .rsa import Key, sign, sign_encoded

__all__ = ["Edge", "edges", "header_edges", "signature_edges"]


def signature_edges(key: Key, message: bytes, names: Container[str] | None = None) -> Iterator[Edge]:
    """Wrong octets: lengths, numbers, hashes, DigestInfos, frames, schemes; of these names only, where they are given.

    Encoded messages are put through the raw private operation, so that a verifier meets exactly their fault after
    s^e mod n. What a key's size does not allow is left out, and so is what happens to be the right signature.
    """
    right = sign(key, message)
    for edge in numbers.edges(key, message):
        if edge.signature != right and (names is None or edge.name in names):
            yield edge
    for module in (hashes, digest_infos, frames, schemes):
        for edge in module.edges(key, message):
            if isinstance(edge.signature, bytes) and (names is None or edge.name in names):
                signature = sign_encoded(key, edge.signature)
                if signature != right:
                    yield replace(edge, signature=signature)


def header_edges(key: Key, message: bytes) -> Iterator[Edge]:
    """Header texts: the right signature with blanks around it, in lenient spellings, and no signature at all."""
    return header_values.edges(sign(key, message))


def edges(key: Key, message: bytes) -> Iterator[Edge]:
    """All of them."""
    yield from signature_edges(key, message)
    yield from header_edges(key, message)
