"""Signatures that are wrong as numbers or as encoded messages (RFC 8017 5.2.2, 8.2.2, 9.2; P46).

Most are made with the private key: an encoded message with one defect is put through the raw private operation, so that
a verifier meets exactly that defect after s^e mod n. Known forgeries are built on lenience of these kinds. The defects
are those of ``edgecases``, which users can have made for a key of their own; here stands what needs this key.
"""

from __future__ import annotations

import hashlib
from itertools import count

from .. import document as doc
from ..base import Suite
from ..edgecases import signature_edges
from ..edgecases.rsa import digest_info, encode, frame, sign, sign_encoded
from ..forms import Form, request, webhook
from ..keys import DOC, PLATFORM

FORM = request("GET", doc.LOOKUP_URL)
POSITIVE = "request/get-with-query/doc"

# The smallest external ids whose signatures under the document's key begin, or end, with a zero octet.
ZERO_FIRST = request("GET", f"{doc.SANDBOX}/transactions/?external_id=7")
ZERO_LAST = request("GET", f"{doc.SANDBOX}/transactions/?external_id=666")
ZERO_LAST_WEBHOOK = webhook(b'{"id":"116"}')  # the same under the platform's key


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "signature-defects")
    _zeros(cases)
    for edge in signature_edges(DOC, FORM.message):
        cases.edge(f"signature/{edge.name}", FORM, DOC, edge, differs_from=POSITIVE)
    _half_right(cases)
    _zero_last(cases)
    _digest_as_text(cases)
    return cases


def _half_right(cases: Suite) -> None:
    """A fault in one half of the Chinese remainder theorem, right modulo the other prime: whoever sees one can factor n
    (Boneh, DeMillo, Lipton 1997). Hence it is made for keys that are public only."""
    em = int.from_bytes(encode(FORM.message, DOC.k), "big")
    for name, right, wrong in (("p", DOC.p, DOC.q), ("q", DOC.q, DOC.p)):
        root = pow(em, DOC.d % (right - 1), right)
        faulty = (pow(em, DOC.d % (wrong - 1), wrong) + 1) % wrong
        number = faulty + (root - faulty) * pow(wrong, -1, right) % right * wrong
        cases.verify(
            f"signature/number/right-modulo-{name}-only",
            f"A signature that is right modulo {name} and wrong modulo the other prime, as a faulty computer makes it.",
            "RFC 8017 5.2.2, P46",
            FORM,
            DOC,
            number.to_bytes(DOC.k, "big"),
            valid=False,
            flags="Range",
            differs_from=POSITIVE,
        )


def _zero_last(cases: Suite) -> None:
    """A webhook's signature that ends in a zero octet, with and without it."""
    form = ZERO_LAST_WEBHOOK
    if sign(PLATFORM, form.message)[-1]:
        raise ValueError("a signature that was chosen for its zero octet has none")
    told = "A webhook's signature that ends in a zero octet"
    cases.verify(
        "signature/trailing-zero/webhook",
        f"{told}, which belongs to it.",
        "S36, RFC 8017 8.2.1",
        form,
        PLATFORM,
        valid=True,
        flags="Length",
    )
    cases.verify(
        "signature/trailing-zero/webhook-stripped",
        f"{told}, without that octet.",
        "RFC 8017 8.2.2, P46",
        form,
        PLATFORM,
        sign(PLATFORM, form.message)[:-1],
        valid=False,
        flags="Length",
        differs_from="signature/trailing-zero/webhook",
    )


def _digest_as_text(cases: Suite) -> None:
    """Digests with a zero octet, at which a verifier that compares them as C text stops."""
    first, third = (_with_zero(at) for at in (0, 3))
    for name, number in (("first", 0), ("fourth", 3)):
        cases.verify(
            f"signature/hash/zero-octet-{name}",
            f"A right signature over a message whose digest has a zero as its {name} octet.",
            "RFC 8017 8.2.2, S7",
            (first, third)[number > 0][0],
            DOC,
            valid=True,
            flags="WrongHash",
        )
    digest = hashlib.sha256(third[0].message).digest()
    for name, form, em, told in (
        ("other-digest-with-zero", first[0], encode(first[1].message, DOC.k), "another message whose digest begins so"),
        ("zeros-after-zero", first[0], frame(digest_info(bytes(32)), DOC.k), "a digest of zeros"),
        ("garbage-after-zero", third[0], frame(digest_info(digest[:4] + b"\xa5" * 28), DOC.k),
         "a digest that is right up to its zero octet"),
    ):  # fmt: skip
        cases.verify(
            f"signature/hash/{name}",
            f"A message whose digest has a zero octet, under a signature over {told}: compared as C text, they agree.",
            "RFC 8017 8.2.2, S7",
            form,
            DOC,
            sign_encoded(DOC, em),
            valid=False,
            flags="WrongHash",
            differs_from=f"signature/hash/zero-octet-{'first' if form is first[0] else 'fourth'}",
        )


def _with_zero(at: int) -> tuple[Form, Form]:
    """The first two look-ups whose digests have a zero octet there."""
    forms = (request("GET", f"{doc.SANDBOX}/transactions/?external_id={number}") for number in count(1))
    found = (form for form in forms if hashlib.sha256(form.message).digest()[at] == 0)
    return next(found), next(found)


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
