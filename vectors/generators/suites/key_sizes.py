"""Keys other than the document's 2048 bits and exponent 65537.

Taking such keys is a policy (P19, P46), so positive cases are ``should``. Where they are taken, accepting a forgery is
against RFC 8017 whatever the key: those cases are ``must``.
"""

from __future__ import annotations

import hashlib

from .. import document as doc
from ..base import Suite
from ..forms import request
from ..keys import DOC, EXPONENT_3, RSA_3072, RSA_4096
from ..rsa import Key, digest_info, sign

FORM = request("GET", doc.STATUS_URL)
TABLE = (
    (RSA_3072, "P19", "a 3072-bit key"),
    (RSA_4096, "P19", "a 4096-bit key"),
    (EXPONENT_3, "P46", "a key with public exponent 3"),
)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "key-sizes")
    for key, policy, told in TABLE:
        positive = f"request/{key.name}/valid"
        clauses = f"{policy}, RFC 8017 8.2.1"
        flags = f"Key{key.name.title().replace('-', '')}"
        cases.sign(f"request/{key.name}/sign", f"Signing with {told}.", clauses, FORM, key, level="should", flags=flags)
        cases.verify(
            positive, f"A right signature by {told}.", clauses, FORM, key, valid=True, level="should", flags=flags
        )
        cases.verify(
            f"request/{key.name}/other-message",
            f"A signature by {told} over another request.",
            "RFC 8017 8.2.2",
            FORM,
            key,
            sign(key, request("GET", doc.LOOKUP_URL).message),
            valid=False,
            flags=flags,
            differs_from=positive,
        )
        if key.k != DOC.k:
            cases.verify(
                f"request/{key.name}/signature-of-256-octets",
                f"A signature of 256 octets, made by a 2048-bit key, shown to {told}.",
                "RFC 8017 8.2.2",
                FORM,
                key,
                sign(DOC, FORM.message),
                valid=False,
                flags=flags,
                differs_from=positive,
            )
    cases.verify(
        "request/exponent-3/forged-without-private-key",
        "A cube root whose cube begins like an encoded message and ends in garbage: anyone can make it without the"
        " private key, and a verifier that does not compare the whole encoded message takes it.",
        "RFC 8017 8.2.2, P46",
        FORM,
        EXPONENT_3,
        _forged(EXPONENT_3, FORM.message, padding=8),
        valid=False,
        flags="KeyExponent3, Forgery",
        differs_from="request/exponent-3/valid",
    )
    cases.verify(
        "request/exponent-3/forged-without-padding",
        "The same forgery with no padding octet at all before the separator.",
        "RFC 8017 9.2, P46",
        FORM,
        EXPONENT_3,
        _forged(EXPONENT_3, FORM.message, padding=0),
        valid=False,
        flags="KeyExponent3, Forgery",
        differs_from="request/exponent-3/valid",
    )
    return cases


def _forged(key: Key, message: bytes, padding: int) -> bytes:
    """The cube root of 00 01 FF.. 00 DigestInfo garbage: the garbage takes up what the root's rounding spoils."""
    begin = b"\x00\x01" + b"\xff" * padding + b"\x00" + digest_info(hashlib.sha256(message).digest())
    lowest = int.from_bytes(begin.ljust(key.k, b"\x00"), "big")
    root = _cube_root(lowest)
    if not (root**3).to_bytes(key.k, "big").startswith(begin):
        raise ValueError("the forgery does not fit this key's length")
    return root.to_bytes(key.k, "big")


def _cube_root(number: int) -> int:
    """The smallest integer whose cube is not below the number."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low
