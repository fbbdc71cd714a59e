"""Signatures that are wrong as numbers or as encoded messages (RFC 8017 5.2.2, 8.2.2, 9.2; P46).

Most are made with the private key: an encoded message with one defect is put through the raw private operation, so that
a verifier meets exactly that defect after s^e mod n. Known forgeries are built on lenience of these kinds. The defects
are those of ``edgecases``, which users can have made for a key of their own; here stands what needs this key.
"""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases import signature_edges
from ..edgecases.rsa import encode, sign
from ..forms import request
from ..keys import DOC

FORM = request("GET", doc.LOOKUP_URL)
POSITIVE = "request/get-with-query/doc"

# The smallest external ids whose signatures under the document's key begin, or end, with a zero octet.
ZERO_FIRST = request("GET", f"{doc.SANDBOX}/transactions/?external_id=7")
ZERO_LAST = request("GET", f"{doc.SANDBOX}/transactions/?external_id=666")


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "signature-defects")
    _zeros(cases)
    for edge in signature_edges(DOC, FORM.message):
        cases.edge(f"signature/{edge.name}", FORM, DOC, edge, differs_from=POSITIVE)
    _half_right(cases)
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
