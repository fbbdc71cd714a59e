"""The edge cases of signatures and header values as a vector file for a user's own test key.

The faults are those of ``edgecases``, as in the shipped corpus; Python's int makes them and says by RFC 8017 8.2.2
whether each is valid. signing_core only reads the key and finds messages whose signatures have a wanted form.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from conformance.edgecases import header_edges, rsa, signature_edges
from conformance.edgecases.edge import Edge
from conformance.edgecases.notes import NOTES
from signing_core import KeyFormatError, PrivateKey, messages

NAME = "own"
SUITE = "own-key"
MAX_BITS = 4096  # beyond, Python's int needs minutes for a thousand private operations
URL = "https://sandbox.example/api/v1/merchant/transactions/?external_id={}"
CHUNK, LAST = 64, 4096  # messages tried at once, and at most


def make(key: PrivateKey, *, include_private: bool = False) -> bytes:
    """The vector file, ready to be run with ``--vectors``; the same key makes the same bytes.

    The private key stays out unless ``include_private``; with it, cases that ask for a signature are added. The file
    holds signatures over malformed messages, so the key must be one that protects nothing. Raises KeyFormatError for a
    key of more than 4096 bits.
    """
    if key.bits > MAX_BITS:
        raise KeyFormatError(f"the key has {key.bits} bits; edge cases are made for keys of up to {MAX_BITS}")
    numbers = _numbers(key)
    plain = _first(key, lambda signature: _fits(numbers, signature)) or 1
    zero = _first(key, lambda signature: signature[0] == 0)
    cases = list(_cases(numbers, plain, zero, include_private))
    used = {flag for case in cases for flag in case["flags"]}
    document = {
        "schema": "vector.schema.json",
        "suite": SUITE,
        "version": 1,
        "source": {"name": "signkit vectors generate", "version": version("signkit")},
        "notes": {flag: NOTES[flag] for flag in sorted(used)},
        "keys": {
            NAME: {
                "bits": key.bits,
                "e": numbers.e,
                "private_pem": key.to_pem().decode("ascii") if include_private else None,
                "public_pem": key.public_key.to_pem().decode("ascii"),
                "source": "a user's own test key",
            }
        },
        "cases": cases,
    }
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


def _numbers(key: PrivateKey) -> rsa.Key:
    loaded = load_pem_private_key(key.to_pem(), None)
    if not isinstance(loaded, RSAPrivateKey):
        raise KeyFormatError("the key is no RSA key; make one with: signkit keys generate --out my-private-key.pem")
    found = loaded.private_numbers()
    return rsa.Key(NAME, found.p, found.q, found.public_numbers.e, "a user's own test key")


def _message(number: int) -> bytes:
    return messages.request("GET", URL.format(number))


def _first(key: PrivateKey, wanted: Callable[[bytes], bool]) -> int | None:
    """The smallest external id whose signature is as wanted; None where the first few thousand have none."""
    for start in range(1, LAST, CHUNK):
        signatures = key.sign_many([_message(number) for number in range(start, start + CHUNK)])
        for number, signature in enumerate(signatures, start):
            if wanted(signature):
                return number
    return None


def _fits(key: rsa.Key, signature: bytes) -> bool:
    """Whether s + n still has the modulus's length, so that the case about it can be made; and whether s begins with
    no zero octet, which has cases of its own."""
    return signature[0] != 0 and int.from_bytes(signature, "big") + key.n < 1 << 8 * key.k


def _cases(key: rsa.Key, plain: int, zero: int | None, include_private: bool) -> Iterator[dict[str, Any]]:
    right = Edge("valid", "A right signature by this key.", "S7, RFC 8017 8.2.1", b"", "", valid=True)
    yield _verify(key, plain, right, None)
    if include_private:
        yield _sign(key, plain, "sign", "Signing a look-up with this key.", "S7, RFC 8017 8.2.1", "")
    if zero is not None:
        clauses, first = "RFC 8017 8.2.1, RFC 8017 4.1", "leading-zero/valid"
        told = "A right signature that begins with a zero octet, which belongs to it."
        yield _verify(key, zero, Edge(first, told, clauses, b"", "Length", valid=True), None)
        told = "The same signature without its leading zero: one octet too short."
        short = rsa.sign(key, _message(zero))[1:]
        yield _verify(key, zero, Edge("leading-zero/stripped", told, "RFC 8017 8.2.2, P46", short, "Length"), first)
        if include_private:
            told = "Making a signature that begins with a zero octet."
            yield _sign(key, zero, "leading-zero/sign", told, clauses, "Length")
    message = _message(plain)
    for edge in signature_edges(key, message):
        yield _verify(key, plain, edge, "valid")
    for edge in header_edges(key, message):
        yield _verify(key, plain, edge, None if edge.valid else "valid", prefix="header/")


def _verify(key: rsa.Key, number: int, edge: Edge, neighbour: str | None, prefix: str = "") -> dict[str, Any]:
    """A verify case; an edge that brings no signature has the right one. What it expects is what RFC 8017 says."""
    octets = edge.signature or (rsa.sign(key, _message(number)) if edge.valid else edge.signature)
    text = octets if isinstance(octets, str) else rsa.header(octets)
    decoded = rsa.decode_header(text)
    valid = decoded is not None and rsa.verifies(key, _message(number), decoded)
    if valid is not edge.valid:
        raise AssertionError(f"{edge.name}: stated valid={edge.valid}, which RFC 8017 8.2.2 contradicts")
    input_ = {**_fields(number), "signature": text}
    told = (edge.comment, edge.clauses, edge.flags, edge.level)
    return _case(prefix + edge.name, *told, neighbour, "verify", input_, {"valid": valid})


def _sign(key: rsa.Key, number: int, name: str, comment: str, clauses: str, flags: str) -> dict[str, Any]:
    expect = {"signature": rsa.header(rsa.sign(key, _message(number)))}
    return _case(name, comment, clauses, flags, "must", None, "sign", _fields(number), expect)


def _fields(number: int) -> dict[str, Any]:
    body = base64.b64encode(b"").decode("ascii")
    return {"form": "request", "method": "GET", "url": URL.format(number), "body": body, "key": NAME}


def _case(
    name: str,
    comment: str,
    clauses: str,
    flags: str,
    level: str,
    neighbour: str | None,
    op: str,
    input_: dict[str, Any],
    expect: dict[str, Any],
) -> dict[str, Any]:
    return {
        "id": f"{SUITE}/{name}",
        "comment": comment,
        "level": level,
        "clauses": clauses.split(", "),
        "flags": flags.split(", ") if flags else [],
        "differs_from": neighbour and f"{SUITE}/{neighbour}",
        "op": op,
        "input": input_,
        "expect": expect,
    }
