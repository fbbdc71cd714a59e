"""Keys other than the document's 2048 bits and exponent 65537, and signatures that begin with a zero octet.

Taking such keys is a policy (P19, P46), so positive cases are ``should``. Where they are taken, accepting a forgery is
against RFC 8017 whatever the key: those cases are ``must``. Exponents beyond 32 bits are beyond some libraries
altogether, so that nothing about them is a ``must``.
"""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases import signature_edges
from ..edgecases.rsa import Key, sign
from ..forms import Form, request
from ..keys import DOC, EXPONENT_3, EXPONENT_17, EXPONENT_33_BITS, PLATFORM, PRODUCTION, RSA_3072, RSA_4096, STRANGER

FORM = request("GET", doc.STATUS_URL)
TABLE = (
    (RSA_3072, "P19", "a 3072-bit key"),
    (RSA_4096, "P19", "a 4096-bit key"),
    (EXPONENT_3, "P46", "a key with public exponent 3"),
    (EXPONENT_17, "P46", "a key with public exponent 17"),
    (EXPONENT_33_BITS, "P46", "a key with public exponent 2^32 + 1"),
)
# The smallest external ids whose signatures under each key begin with a zero octet.
ZERO_FIRST = (
    (PRODUCTION, 63, "production's key"),
    (PLATFORM, 216, "the platform's key"),
    (STRANGER, 21, "somebody's key of 2048 bits"),
    (RSA_3072, 179, "a 3072-bit key"),
    (RSA_4096, 13, "a 4096-bit key"),
    (EXPONENT_3, 164, "a key with public exponent 3"),
    (EXPONENT_17, 110, "a key with public exponent 17"),
    (EXPONENT_33_BITS, 11, "a key with public exponent 2^32 + 1"),
)
# What every verifier is asked again with every other key: code for one size or exponent is code of its own.
DEFECTS = (
    "length/zero-prefixed", "length/zero-appended", "length/last-octet-cut", "length/twice",
    "length/half", "number/s-plus-n", "number/n-minus-s", "number/zero", "number/one", "number/n-minus-1",
    "number/encoded-message", "number/octets-reversed", "hash/sha1", "hash/sha512", "hash/double",
    "digestinfo/none", "digestinfo/parameters-garbage", "digestinfo/long-length", "digestinfo/missing-null",
    "digestinfo/trailing-garbage-outside", "padding/block-type-2", "padding/separator-1", "padding/trailing-garbage",
    "padding/padding-middle-octet", "padding/padding-ninth-zero", "padding/one-octet-of-padding", "scheme/pss",
    "bit-flip/first-octet", "bit-flip/last-octet",
)  # fmt: skip


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "key-sizes")
    for key, policy, told in TABLE:
        _one_key(cases, key, policy, told)
    for key, number, told in ZERO_FIRST:
        _leading_zero(cases, key, number, told)
    return cases


def flag(key: Key) -> str:
    """The flag of cases that use this key."""
    return f"Key{key.name.title().replace('-', '')}"


def _negative(key: Key) -> str:
    return "should" if key.e >> 32 else "must"


def zero_first(key: Key) -> Form:
    """The request whose signature by this key begins with a zero octet."""
    base = doc.PRODUCTION if key is PRODUCTION else doc.SANDBOX
    number = next(number for other, number, _ in ZERO_FIRST if other is key)
    form = request("GET", f"{base}/transactions/?external_id={number}")
    if sign(key, form.message)[0]:
        raise ValueError(f"the signature by {key.name} that was chosen for its zero octet has none")
    return form


def _one_key(cases: Suite, key: Key, policy: str, told: str) -> None:
    positive = f"request/{key.name}/valid"
    clauses = f"{policy}, RFC 8017 8.2.1"
    cases.sign(f"request/{key.name}/sign", f"Signing with {told}.", clauses, FORM, key, level="should", flags=flag(key))
    cases.verify(
        positive, f"A right signature by {told}.", clauses, FORM, key, valid=True, level="should", flags=flag(key)
    )
    rest = {"flags": flag(key), "level": _negative(key), "differs_from": positive}
    cases.verify(
        f"request/{key.name}/other-message",
        f"A signature by {told} over another request.",
        "RFC 8017 8.2.2",
        FORM,
        key,
        sign(key, request("GET", doc.LOOKUP_URL).message),
        valid=False,
        **rest,
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
            **rest,
        )
    # Over a message whose s begins with a zero octet, s + n has the modulus's length for every key.
    form = zero_first(key)
    for edge in signature_edges(key, form.message, DEFECTS):
        level = edge.level if edge.level == "should" else _negative(key)
        cases.edge(
            f"request/{key.name}/{edge.name.replace('/', '-')}",
            form,
            key,
            edge,
            level=level,
            flags=f"{edge.flags}, {flag(key)}, Defects{flag(key)}",
            differs_from=f"request/{key.name}/leading-zero",
        )


def _leading_zero(cases: Suite, key: Key, number: int, told: str) -> None:
    form = zero_first(key)
    positive, name = f"request/{key.name}/leading-zero", "RFC 8017 8.2.1, RFC 8017 4.1"
    ours = key in (PRODUCTION, PLATFORM, STRANGER)
    level, flags = "must" if ours else "should", "Length, ZeroFirst"
    clauses = name if ours else f"{'P46' if key.e != DOC.e else 'P19'}, {name}"
    cases.verify(
        positive,
        f"A right signature by {told} that begins with a zero octet, which belongs to it.",
        clauses,
        form,
        key,
        valid=True,
        level=level,
        flags=flags,
    )
    cases.sign(
        f"{positive}-sign",
        f"Signing with {told} where the signature begins with a zero octet, external id {number}.",
        clauses,
        form,
        key,
        level=level,
        flags=flags,
    )
    cases.verify(
        f"{positive}-stripped",
        f"The signature by {told} without its leading zero: one octet too short.",
        "RFC 8017 8.2.2, P46",
        form,
        key,
        sign(key, form.message)[1:],
        valid=False,
        level=_negative(key),
        flags=flags,
        differs_from=positive,
    )
