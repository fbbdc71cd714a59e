"""x-short-signature of a payment's card details: the bare transaction UUID (S8, S20; P10, P12)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import header, sign
from ..forms import card_details, request
from ..keys import DOC, PRODUCTION, STRANGER

FORM = card_details(doc.TRANSACTION_ID)
OTHER_ID = "33788af4-8a3d-4806-b546-4e8f1418197d"
POSITIVE = "card/transaction/valid"


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("short_signature", "payment-cards")
    cases.message("card/transaction/message", "The document's sample string: the UUID and nothing else.", "S8", FORM)
    cases.sign("card/transaction/sign", "Signing the document's sample string.", "S8, S20", FORM, DOC)
    cases.verify(POSITIVE, "The short signature of the document's sample string.", "S8, S20", FORM, DOC, valid=True)
    cases.sign("card/production/sign", "The same for production, with its own key.", "S3, S8", FORM, PRODUCTION)
    cases.message(
        "card/upper-case-id/message",
        "An id in upper case is signed as it stands: the id is a string here, not a number.",
        "S8, S41",
        card_details(doc.TRANSACTION_ID.upper()),
        level="should",
    )
    mixed = card_details(doc.TRANSACTION_ID.title())
    told = "An id in mixed case is signed as it stands"
    cases.message("card/mixed-case-id/message", f"{told}.", "S8, S41", mixed, level="should")
    cases.verify("card/mixed-case-id/valid", f"{told}.", "S8, S41", mixed, DOC, valid=True, level="should")
    _wrong_messages(cases)
    _wrong_otherwise(cases)
    return cases


def _wrong_messages(cases: Suite) -> None:
    identifier = doc.TRANSACTION_ID.encode()
    table = (
        ("full-form", "The message of x-signature was signed: method, URL, body.", _full_message()),
        ("body-signed", "The body with the card was signed.", doc.CARD_BODY),
        ("newline-signed", "A line end was signed after the id.", identifier + b"\n"),
        ("upper-case", "The id was signed in upper case.", identifier.upper()),
        ("hyphens-dropped", "The id was signed without its hyphens.", identifier.replace(b"-", b"")),
        ("quoted", "The id was signed in quotation marks, as a JSON string.", b'"' + identifier + b'"'),
        ("payout-form", "The payout's message was signed: id, first 6, last 4 digits.", identifier + b"4242424242"),
        (
            "id-as-octets",
            "The UUID's 16 octets were signed instead of its text.",
            bytes.fromhex(doc.TRANSACTION_ID.replace("-", "")),
        ),
    )
    for name, comment, signed in table:
        cases.verify(
            f"card/transaction/{name}",
            comment,
            "S8, S20",
            FORM,
            DOC,
            sign(DOC, signed),
            valid=False,
            flags="WrongMessage",
            differs_from=POSITIVE,
        )


def _full_message() -> bytes:
    return request("POST", doc.CARD_DETAILS_URL, doc.CARD_BODY).message


def _wrong_otherwise(cases: Suite) -> None:
    cases.verify(
        "card/transaction/other-transaction",
        "A right short signature, sent with another transaction's card.",
        "S8",
        card_details(OTHER_ID),
        DOC,
        sign(DOC, FORM.message),
        valid=False,
        flags="Replay",
        differs_from=POSITIVE,
    )
    cases.verify(
        "card/transaction/wrong-key",
        "A short signature by somebody else's key.",
        "S5, S8",
        FORM,
        DOC,
        sign(STRANGER, FORM.message),
        valid=False,
        flags="WrongKey",
        differs_from=POSITIVE,
    )
    cases.verify(
        "card/transaction/cut-from-x-signature",
        "The first 64 characters of the x-signature, because the header is called short.",
        "S8",
        FORM,
        DOC,
        header(sign(DOC, _full_message()))[:64],
        valid=False,
        flags="NoSignature",
        differs_from=POSITIVE,
    )
