"""One edge case, and what the tables share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .rsa import Key


@dataclass(frozen=True, slots=True)
class Edge:
    """A signature with one fault: its octets, or the header's text. ``name`` is the end of a case id.

    ``clauses`` and ``flags`` are comma-separated, as generators write them; ``flags`` are described in ``notes``.
    """

    name: str
    comment: str
    clauses: str
    signature: bytes | str
    flags: str
    level: str = "must"
    valid: bool = False


def encoded(key: Key, clauses: str, flags: str, rows: Iterable[tuple[str, str, bytes]]) -> Iterator[Edge]:
    """Edges of encoded messages (name, comment, EM), not signed yet: ``signature`` is the number to sign, as octets.

    One that is no number below n, or longer than the modulus, cannot be signed and is left out.
    """
    for name, comment, em in rows:
        if len(em) <= key.k and int.from_bytes(em, "big") < key.n:
            yield Edge(name, comment, clauses, em, flags)


def with_octet(octets: bytes, offset: int, value: int) -> bytes:
    """The octets with one of them replaced."""
    return octets[:offset] + bytes([value]) + octets[offset + 1 :]
