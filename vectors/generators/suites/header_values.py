"""The text of the x-signature header: strict base64 on one line, blanks at the ends stripped (P2, P45; RFC 4648).

``signature`` holds one code point per octet of the header as it arrived. The texts are those of ``edgecases``, which
users can have made for a key of their own.
"""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases import header_edges
from ..forms import card_details, payout_card_details, payout_lookup, request, response, webhook
from ..keys import DOC, PLATFORM, RSA_3072

FORM = request("GET", doc.LOOKUP_URL)
POSITIVE = "request/get-with-query/doc"

# The other forms' headers: each is read by code of its own, so each is asked for the likeliest slips.
OTHERS = (
    ("card", card_details(doc.TRANSACTION_ID), DOC, "card/transaction/valid", "S8"),
    ("payout-card", payout_card_details(doc.TRANSACTION_ID, doc.CARD_NUMBER), DOC,
     "payout-card/document-example/valid", "S28"),
    ("payout-lookup", payout_lookup(doc.TRANSACTION_ID), DOC, "payout-lookup/uuid/valid", "S29"),
    ("response", response(doc.CREATE_RESPONSE), PLATFORM, "response/minified/valid", "S10"),
    ("webhook", webhook(doc.WEBHOOK_BODY.replace(b'"executed"', b'"retrying"')), PLATFORM, "webhook/minified/valid",
     "S36"),
)  # fmt: skip
SLIPS = ("blanks-after", "base64url", "padding-missing", "trailing-bits", "lines-of-76", "newline-after", "repeated",
         "first-64-characters", "empty", "hex", "quoted", "encoded-twice")  # fmt: skip
WITHOUT_PADDING = ("base64url", "padding-surplus", "padding-surplus-group", "padding-first", "letter-after",
                   "lines-of-76", "newline-after", "repeated-at-once")  # fmt: skip


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("header", "header-values")
    for edge in header_edges(DOC, FORM.message):
        cases.edge(f"header/{edge.name}", FORM, DOC, edge, differs_from=None if edge.valid else POSITIVE)
    for name, form, key, positive, clause in OTHERS:
        for edge in header_edges(key, form.message):
            if edge.name in SLIPS:
                cases.edge(
                    f"header/{name}/{edge.name}",
                    form,
                    key,
                    edge,
                    differs_from=None if edge.valid else positive,
                    clauses=f"{clause}, {edge.clauses}",
                    flags=f"{edge.flags}, EveryForm",
                )
    _without_padding(cases)
    return cases


def _without_padding(cases: Suite) -> None:
    """A 3072-bit key's signature has 384 octets, 512 letters, and no padding at all."""
    form = request("GET", doc.STATUS_URL)
    for edge in header_edges(RSA_3072, form.message):
        if edge.name in WITHOUT_PADDING:
            cases.edge(
                f"header/rsa-3072/{edge.name}",
                form,
                RSA_3072,
                edge,
                differs_from="request/rsa-3072/valid",
                flags=f"{edge.flags}, KeyRsa3072",
            )
