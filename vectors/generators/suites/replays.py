"""Signatures and bodies that belong to something else: replayed, swapped, cut short (S7, S10, S36, S41; P3, P10)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import sign
from ..forms import Form, card_details, payout_card_details, payout_lookup, request, response, webhook
from ..keys import DOC, PLATFORM, PRODUCTION

CREATE = request("POST", doc.CREATE_URL, doc.CREATE_BODY)
POSITIVE = "request/post-with-body/doc"
PAYOUT = request("POST", f"{doc.SANDBOX}/payouts/", doc.minified(doc.PAYOUT_BODY_SPACED))
OTHER_ID = "33788af4-8a3d-4806-b546-4e8f1418197d"
RETRYING = doc.WEBHOOK_BODY.replace(b'"executed"', b'"retrying"')


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("request", "replays")
    _replayed(cases)
    _cut(cases)
    _changed(cases)
    return cases


def _reject(
    cases: Suite, name: str, comment: str, clauses: str, received: Form, signed: Form, flags: str, positive: str
) -> None:
    key = PLATFORM if received.fields["form"] in ("response", "webhook") else DOC
    cases.verify(
        f"replay/{name}",
        f"{comment}.",
        clauses,
        received,
        key,
        sign(key, signed.message),
        valid=False,
        flags=flags,
        differs_from=positive,
    )


def _replayed(cases: Suite) -> None:
    """A right signature of one message, sent with another."""
    by_id = request("GET", doc.STATUS_URL)
    other = request("GET", doc.STATUS_URL.replace(doc.TRANSACTION_ID, OTHER_ID))
    delete = request("DELETE", doc.STATUS_URL)
    look_up = request("GET", doc.LOOKUP_URL)
    body = doc.CREATE_BODY
    table = (
        ("other-transaction", "The signature of one payment's look-up, sent with another's id", "S7, S21", other, by_id,
         "request/get-by-id/doc"),
        ("get-as-delete", "The signature of a look-up, sent with DELETE on the same URL", "S7", delete, by_id,
         "request/get-by-id/doc"),
        ("payment-as-payout", "The signature and body of a payment, sent to the payouts' URL", "S7, S24",
         request("POST", f"{doc.SANDBOX}/payouts/", body), CREATE, POSITIVE),
        ("payout-as-payment", "The body of a payout under the signature of a payment", "S7, S24",
         request("POST", doc.CREATE_URL, doc.minified(doc.PAYOUT_BODY_SPACED)), CREATE, POSITIVE),
        ("payout-signature", "The signature of a payout under a payment", "S7, S24", CREATE, PAYOUT, POSITIVE),
        ("look-up-signature", "The signature of a look-up under a payment", "S7", CREATE, look_up, POSITIVE),
        ("older-external-id", "The signature of the payment before, under the next external id", "S7, S18",
         request("POST", doc.CREATE_URL, body.replace(b'"24"', b'"25"')), CREATE, POSITIVE),
        ("body-moved-to-look-up", "A body added to a look-up that was signed without one", "S7, P1",
         request("GET", doc.STATUS_URL, b'{"status":"executed"}'), by_id, "request/get-by-id/doc"),
        ("empty-object-added", "An empty object sent with a request that was signed without a body", "S7, S41",
         request("GET", doc.STATUS_URL, b"{}"), by_id, "request/get-by-id/doc"),
        ("null-added", "The text null sent with a request that was signed without a body", "S7, S41",
         request("GET", doc.STATUS_URL, b"null"), by_id, "request/get-by-id/doc"),
    )  # fmt: skip
    for name, comment, clauses, received, signed, positive in table:
        _reject(cases, name, comment, clauses, received, signed, "Replay", positive)
    for name, comment, clauses, received, signed, positive in (
        ("card/payout-card", "The short signature of a payout's other card, sent with a payment's card", "S8, S28",
         card_details(doc.TRANSACTION_ID), payout_card_details(doc.TRANSACTION_ID, "5101081046006034"),
         "card/transaction/valid"),
        ("payout-card/other-transaction", "A payout card's short signature, sent with another payout", "S28",
         payout_card_details(OTHER_ID, doc.CARD_NUMBER), payout_card_details(doc.TRANSACTION_ID, doc.CARD_NUMBER),
         "payout-card/document-example/valid"),
        ("payout-card/other-card", "A payout card's short signature, sent with another card", "S28",
         payout_card_details(doc.TRANSACTION_ID, "5101081046006034"),
         payout_card_details(doc.TRANSACTION_ID, doc.CARD_NUMBER), "payout-card/document-example/valid"),
        ("payout-lookup/longer-value", "The signature over a look-up's value, sent with a longer one", "S29",
         payout_lookup("240"), payout_lookup("24"), "payout-lookup/external-id/valid"),
        ("payout-lookup/shorter-value", "The signature over a look-up's value, sent with a shorter one", "S29",
         payout_lookup("2"), payout_lookup("24"), "payout-lookup/external-id/valid"),
        ("response/of-another-payment", "The signature of another payment's response", "S10",
         response(doc.CREATE_RESPONSE), response(doc.CREATE_RESPONSE.replace(b'"24"', b'"25"')),
         "response/minified/valid"),
        ("response/of-the-request", "The signature of the request's own message, sent back with the response", "S10",
         response(doc.CREATE_RESPONSE), CREATE, "response/minified/valid"),
        ("webhook/of-the-status-before", "The signature of the webhook before, under the next status", "S36, S35",
         webhook(RETRYING), webhook(doc.CREATE_RESPONSE), "webhook/minified/valid"),
        ("webhook/of-the-response", "The signature of the response to a look-up, sent with a webhook", "S36, S10",
         webhook(RETRYING), response(doc.STATUS_RESPONSE_SPACED), "webhook/minified/valid"),
    ):  # fmt: skip
        _reject(cases, name, comment, clauses, received, signed, "Replay", positive)
    cases.verify(
        "replay/response/of-the-other-environment",
        "A response signed by the key of another environment.",
        "S3, S4, S10",
        response(doc.STATUS_RESPONSE_SPACED),
        PLATFORM,
        sign(PRODUCTION, doc.STATUS_RESPONSE_SPACED),
        valid=False,
        flags="Replay",
        differs_from="response/payment-status/doc-as-printed",
    )


def _cut(cases: Suite) -> None:
    """Bodies cut short or run on, under the signature of the whole."""
    for form, name, body, clauses, positive in (
        ("request", "request", doc.CREATE_BODY, "S7, S41", POSITIVE),
        ("response", "response", doc.CREATE_RESPONSE, "S10, P3", "response/minified/valid"),
        ("webhook", "webhook", RETRYING, "S36, P3", "webhook/minified/valid"),
    ):

        def make(octets: bytes, form: str = form) -> Form:
            if form == "request":
                return request("POST", doc.CREATE_URL, octets)
            return response(octets) if form == "response" else webhook(octets)

        for cut, octets, told in (
            ("last-octet", body[:-1], "The body lost its last octet"),
            ("first-octet", body[1:], "The body lost its first octet"),
            ("half", body[: len(body) // 2], "Only the first half of the body arrived"),
            ("first-64", body[:64], "Only the first 64 octets of the body arrived"),
            ("last-64", body[-64:], "Only the last 64 octets of the body arrived"),
            ("twice", body * 2, "The body arrived twice, as after a retry on one connection"),
            ("nul-appended", body + b"\0", "A NUL follows the body"),
            ("nul-and-more", body + b'\0{"amount":1}', "A NUL and another body follow"),
            ("member-appended", body[:-1] + b',"amount":950.23}', "A second amount was added at the end"),
            ("empty-object", b"{}", "An empty object arrived in its place"),
        ):
            _reject(cases, f"cut/{name}/{cut}", told, clauses, make(octets), make(body), "Cut, ChangedBody", positive)


def _changed(cases: Suite) -> None:
    """One value of the signed body changed on the way."""
    body = doc.CREATE_BODY
    for name, old, new, told in (
        ("amount-first-digit", b"150.23", b"250.23", "The amount's first digit was changed"),
        ("amount-point-moved", b"150.23", b"1502.3", "The decimal point was moved"),
        ("amount-negative", b"150.23", b"-150.23", "The amount became negative"),
        ("amount-exponent", b"150.23", b"1.5023e2", "The amount was written with an exponent"),
        ("amount-rounded", b"150.23", b"150.2", "The amount was rounded"),
        ("amount-from-float", b"150.23", b"150.22999999999999", "The amount went through a double, 17 digits written"),
        ("currency", b'"eur"', b'"usd"', "The currency was changed"),
        ("currency-case", b'"eur"', b'"EUR"', "The currency was put in upper case"),
        ("redirect", b"https://example.com/successful", b"https://example.org/successful", "A redirect was changed"),
        ("email", b"ed.munch@gmail.com", b"ed.munch@example.com", "The payer's e-mail was changed"),
        ("name-case", b"Munch", b"MUNCH", "The payer's name was put in upper case"),
        ("name-swapped", b'"first_name":"Edvard","last_name":"Munch"', b'"first_name":"Munch","last_name":"Edvard"',
         "First and last name changed places"),
        ("string-as-number", b'"24"', b"24", "The external id became a number"),
        ("payer-id-as-number", b'"32556"', b"32556", "The payer's id became a number"),
        ("zip-as-number", b'"0578"', b"578", "The zip became a number and lost its zero"),
        ("empty-as-null", b'"state":""', b'"state":null', "An empty string became null"),
        ("plus-as-blank", b"+4723493500", b" 4723493500", "The phone's plus became a blank"),
        ("date-respelled", b"14:15:22Z", b"14:15:22+00:00", "A time was spelled another way"),
        ("date-microseconds", b"17:56.323", b"17:56.323000", "A time was written with microseconds"),
        ("escaped-letter", b"Oslo", b"\\u004fslo", "A letter was spelled as an escape"),
        ("escaped-digits", b"Toyengata 53", b"Toyengata \\u0035\\u0033", "Digits were spelled as escapes"),
        ("name-added", b'"currency"', b'"amount":150.23,"currency"', "A member stands twice"),
        ("blank-before-colon", b'"amount":', b'"amount" :', "A blank before one colon"),
        ("tab-for-blank", b"Toyengata 53", b"Toyengata\\t53", "A blank in a string became a tab"),
        ("no-break-space", b"Toyengata 53", b"Toyengata\xc2\xa053", "A blank in a string became a no-break space"),
        ("html-escaped", b"/failed", b"&#x2F;failed", "A slash was escaped as in HTML"),
    ):  # fmt: skip
        received = request("POST", doc.CREATE_URL, body.replace(old, new, 1))
        _reject(cases, f"changed/{name}", f"{told} after signing", "S7, S41", received, CREATE, "ChangedBody", POSITIVE)
