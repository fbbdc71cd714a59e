"""The document's own examples: three requests (S42, S43), the webhook that does not verify (S36), bodies as printed."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..forms import request, response, webhook
from ..keys import DOC, PLATFORM

REQUESTS = (
    (
        "post-with-body",
        request("POST", doc.CREATE_URL, doc.CREATE_BODY),
        doc.CREATE_SIGNATURE,
        "creating a payment: method, URL and minified body joined without separators",
    ),
    (
        "get-with-query",
        request("GET", doc.LOOKUP_URL),
        doc.LOOKUP_SIGNATURE,
        "looking a payment up by its external id: the query string belongs to the URL that is signed",
    ),
    (
        "get-by-id",
        request("GET", doc.STATUS_URL),
        doc.STATUS_SIGNATURE,
        "asking for a payment by its id: no body, no trailing slash",
    ),
)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "documented-examples")
    _requests(cases)
    _webhook_erratum(cases)
    _printed_bodies(cases)
    return cases


def _requests(cases: Suite) -> None:
    for name, form, signature, told in REQUESTS:
        cases.message(
            f"request/{name}/doc-message", f"The document's example of {told}.", "S42, S7", form, flags="DocExample"
        )
        cases.sign(
            f"request/{name}/doc-sign",
            f"Signing the document's example of {told}.",
            "S43, S7",
            form,
            DOC,
            flags="DocExample",
        )
        cases.verify(
            f"request/{name}/doc",
            f"The document's signature of {told}.",
            "S43, S7",
            form,
            DOC,
            signature,
            valid=True,
            flags="DocExample",
        )


def _webhook_erratum(cases: Suite) -> None:
    cases.verify(
        "webhook/executed/example-key",
        "The document's webhook body with the signature that its example key does make over it.",
        "S36",
        webhook(doc.WEBHOOK_BODY),
        DOC,
        valid=True,
    )
    cases.verify(
        "webhook/executed/doc-erratum",
        "The document's webhook signature does not fit the body printed with it: the note tells what was tried.",
        "S36, P16",
        webhook(doc.WEBHOOK_BODY),
        DOC,
        doc.WEBHOOK_SIGNATURE,
        valid=False,
        flags="DocErratum",
        differs_from="webhook/executed/example-key",
    )


def _printed_bodies(cases: Suite) -> None:
    """Bodies that the document prints with blanks, signed over the octets as printed, each with its minified twin."""
    payouts = f"{doc.SANDBOX}/payouts/"
    table = (
        (
            "response/payment-status",
            response,
            doc.STATUS_RESPONSE_SPACED,
            "S10, S21, P3",
            "answer to a payment look-up",
        ),
        ("response/payout-created", response, doc.PAYOUT_RESPONSE_SPACED, "S10, S26, P3", "answer to a new payout"),
        (
            "response/payout-card",
            response,
            doc.PAYOUT_CARD_RESPONSE_SPACED,
            "S10, S28, P3",
            "answer to a payout's card",
        ),
        (
            "response/payout-status",
            response,
            doc.PAYOUT_STATUS_RESPONSE_SPACED,
            "S10, S29, P3",
            "answer to a payout look-up",
        ),
        ("webhook/executed", webhook, doc.WEBHOOK_BODY_SPACED, "S36, S35, P3", "webhook payload"),
        (
            "request/payout",
            lambda body: request("POST", payouts, body),
            doc.PAYOUT_BODY_SPACED,
            "S7, S24, P3",
            "payout",
        ),
    )
    for name, form, printed, clauses, told in table:
        key = DOC if name.startswith("request/") else PLATFORM
        cases.verify(
            f"{name}/doc-as-printed",
            f"The document's {told}, signed as printed, blanks and all: what arrives is what is checked.",
            clauses,
            form(printed),
            key,
            valid=True,
            flags="PrintedWithBlanks",
            differs_from=f"{name}/doc-minified",
        )
        cases.verify(
            f"{name}/doc-minified",
            f"The document's {told}, minified: the same JSON value, other octets, another signature.",
            clauses,
            form(doc.minified(printed)),
            key,
            valid=True,
            flags="PrintedWithBlanks",
            differs_from=f"{name}/doc-as-printed",
        )
