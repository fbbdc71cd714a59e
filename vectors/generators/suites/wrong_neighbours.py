"""The message of one form under the header of another: every pair (S7, S8, S10, S28, S29, S36; P8, P10, P12, P13).

Each form is sent with a right signature over another form's message, about the same payment. Two pairs of forms have
the same message wherever their fields agree: a signature binds no form, which is a known weakness (P10).
"""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import sign
from ..forms import Form, card_details, payout_card_details, payout_lookup, request, response, webhook
from ..keys import DOC, PLATFORM

OTHER_ID = "33788af4-8a3d-4806-b546-4e8f1418197d"
THIRD_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
CARD = "5101081046006034"
BODY = f'{{"transaction_id":"{OTHER_ID}","number":"{CARD}","exp_month":6,"exp_year":2030}}'.encode()

FORMS: dict[str, tuple[Form, str, str]] = {
    "request": (request("POST", f"{doc.SANDBOX}/payouts/", BODY), "S7", "method, URL and body"),
    "card-details": (card_details(OTHER_ID), "S8", "the transaction id"),
    "payout-card-details": (payout_card_details(OTHER_ID, CARD), "S28", "transaction id, first six and last four"),
    "payout-lookup": (payout_lookup("order-24"), "S29", "the value looked up"),
    "response": (response(b'{"status":"pending"}'), "S10", "the response's body"),
    "webhook": (webhook(b'{"status":"executed"}'), "S36", "the webhook's body"),
}


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "wrong-neighbours")
    for name, (form, clause, signed) in FORMS.items():
        cases.verify(
            f"neighbours/{name}/valid",
            f"A signature over {signed}, as this form has it.",
            clause,
            form,
            DOC,
            valid=True,
        )
        for other, (theirs, their_clause, their_signed) in FORMS.items():
            if other != name:
                cases.verify(
                    f"neighbours/{name}/{other}-signed",
                    f"A right signature over {their_signed}, where {signed} should be signed.",
                    f"{clause}, {their_clause}",
                    form,
                    DOC,
                    sign(DOC, theirs.message),
                    valid=False,
                    flags="WrongMessage, EveryPair",
                    differs_from=f"neighbours/{name}/valid",
                )
    _same_message(cases)
    return cases


def _same_message(cases: Suite) -> None:
    body = b'{"status":"retrying"}'
    for name, comment, clauses, form, key in (
        ("card-details/lookup-of-the-same-id", "The signature of a payout look-up by uuid, sent as a card's short"
         " signature: the same message, so that it holds", "S8, S29, P10", card_details(THIRD_ID), DOC),
        ("payout-lookup/card-of-the-same-id", "A card's short signature, sent with a look-up of that uuid: the same"
         " message, so that it holds", "S29, S8, P10", payout_lookup(THIRD_ID), DOC),
        ("response/webhook-of-the-same-body", "A webhook's signature over a response of the same body: the same"
         " message, so that it holds", "S10, S36, P13", response(body), PLATFORM),
        ("webhook/response-of-the-same-body", "A response's signature over a webhook of the same body: the same"
         " message, so that it holds", "S36, S10, P13", webhook(body), PLATFORM),
        ("request/url-ends-in-the-body", "A URL that ends in what was signed as the body: nothing separates them, so"
         " that the signature holds", "S7, P1, P10", request("POST", f"{doc.SANDBOX}/payouts/24"), DOC),
        ("request/body-begins-in-the-url", "A body that begins with what was signed as the URL's end: nothing"
         " separates them, so that the signature holds", "S7, P1, P10", request("POST", f"{doc.SANDBOX}/payouts/",
                                                                             b"24"), DOC),
    ):  # fmt: skip
        cases.verify(
            f"neighbours/{name}", f"{comment}.", clauses, form, key, valid=True, level="should", flags="SameMessage"
        )
