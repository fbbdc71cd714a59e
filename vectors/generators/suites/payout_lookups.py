"""x-signature of a payout look-up: over the uuid or external id alone, decoded (S29; P7, P8)."""

from __future__ import annotations

from typing import Any

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import sign
from ..forms import payout_lookup, request
from ..keys import DOC, PRODUCTION, STRANGER

UUID = payout_lookup(doc.TRANSACTION_ID)
EXTERNAL = payout_lookup("24")
ENCODED = payout_lookup("order 7/b&c")
UUID_URL = f"{doc.SANDBOX}/payouts?uuid={doc.TRANSACTION_ID}"


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("payout", "payout-lookups")
    for name, form, told in (
        ("uuid", UUID, "Looking a payout up by its uuid"),
        ("external-id", EXTERNAL, "Looking a payout up by its external id"),
    ):
        cases.message(f"payout-lookup/{name}/message", f"{told}: the value alone is the message.", "S29, P8", form)
        cases.sign(f"payout-lookup/{name}/sign", f"{told}: signing the value alone.", "S29", form, DOC)
        cases.verify(
            f"payout-lookup/{name}/valid", f"{told}: a signature over the value.", "S29", form, DOC, valid=True
        )
    cases.sign(
        "payout-lookup/production/sign", "The same for production, with its own key.", "S3, S29", UUID, PRODUCTION
    )
    _encoded(cases)
    _wrong(cases)
    return cases


def _encoded(cases: Suite) -> None:
    told = "An external id that must be percent-encoded in the query; the decoded value is signed"
    rest: dict[str, Any] = {"level": "should", "flags": "DecodedValue"}
    cases.message("payout-lookup/encoded-value/message", f"{told}.", "P8, S29", ENCODED, **rest)
    cases.verify("payout-lookup/encoded-value/valid", f"{told}.", "P8, S29", ENCODED, DOC, valid=True, **rest)
    cases.verify(
        "payout-lookup/encoded-value/signed-encoded",
        "The value was signed in its percent-encoded form.",
        "P8, S29",
        ENCODED,
        DOC,
        sign(DOC, b"order%207%2Fb%26c"),
        valid=False,
        differs_from="payout-lookup/encoded-value/valid",
        **rest,
    )
    for name, value, told in (
        ("blanks-at-ends", "  order-24  ", "A value with blanks at its ends is not trimmed"),
        ("upper-case", "ORDER-24", "A value in upper case stays so"),
        ("plus-in-value", "a+b+c", "A plus is no blank after decoding"),
    ):
        cases.message(f"payout-lookup/{name}/message", f"{told}.", "P8, S29", payout_lookup(value), **rest)
        cases.verify(
            f"payout-lookup/{name}/valid", f"{told}.", "P8, S29", payout_lookup(value), DOC, valid=True, **rest
        )
    cases.message(
        "payout-lookup/percent-in-value/message",
        "A value that looks percent-encoded after decoding is not decoded again.",
        "P8",
        payout_lookup("24%2F7"),
        **rest,
    )


def _wrong(cases: Suite) -> None:
    full = request("GET", UUID_URL).message
    table = (
        ("full-url", "Method and full URL were signed, as every other request is: here the value alone counts.", full),
        ("url-without-method", "The URL was signed without the method.", UUID_URL.encode()),
        ("name-and-value", "The query string was signed, name and value.", f"uuid={doc.TRANSACTION_ID}".encode()),
        ("method-and-value", "The method was put before the value.", f"GET{doc.TRANSACTION_ID}".encode()),
        ("other-value", "The external id was signed, the uuid is asked for.", b"24"),
        ("newline-signed", "A line end was signed after the value.", UUID.message + b"\n"),
    )
    for name, comment, signed in table:
        cases.verify(
            f"payout-lookup/uuid/{name}",
            comment,
            "S29, P8",
            UUID,
            DOC,
            sign(DOC, signed),
            valid=False,
            flags="WrongMessage",
            differs_from="payout-lookup/uuid/valid",
        )
    cases.verify(
        "payout-lookup/external-id/other-value",
        "A right signature over one external id, sent with another.",
        "S29",
        payout_lookup("25"),
        DOC,
        sign(DOC, EXTERNAL.message),
        valid=False,
        flags="Replay",
        differs_from="payout-lookup/external-id/valid",
    )
    cases.verify(
        "payout-lookup/uuid/wrong-key",
        "A signature over the value by somebody else's key.",
        "S5, S29",
        UUID,
        DOC,
        sign(STRANGER, UUID.message),
        valid=False,
        flags="WrongKey",
        differs_from="payout-lookup/uuid/valid",
    )
