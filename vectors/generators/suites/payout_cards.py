"""x-short-signature of a payout's card details: transaction id, first 6, last 4 digits (S28; P10, P11, P12)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import sign
from ..forms import payout_card_details
from ..keys import DOC, STRANGER

FORM = payout_card_details(doc.TRANSACTION_ID, doc.CARD_NUMBER)

# A test card of S40 whose first and last digits differ, so that their order shows.
TEST_CARD = "5101081046006034"
TEST_FORM = payout_card_details(doc.TRANSACTION_ID, TEST_CARD)
TEST_POSITIVE = "payout-card/test-card/valid"


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("payout", "payout-cards")
    told = "The document's example: id 3a5f04af..., card 424242...4242"
    cases.message("payout-card/document-example/message", f"{told}; no separators.", "S28, P11", FORM)
    cases.sign("payout-card/document-example/sign", f"{told}; signed.", "S28", FORM, DOC)
    cases.verify("payout-card/document-example/valid", f"{told}; its short signature.", "S28", FORM, DOC, valid=True)
    _lengths(cases)
    _refused_numbers(cases)
    cases.verify(TEST_POSITIVE, "One of the document's test cards.", "S28, S40", TEST_FORM, DOC, valid=True)
    _wrong_messages(cases)
    _bound_digits(cases)
    return cases


def _lengths(cases: Suite) -> None:
    """ISO/IEC 7812 allows 12 to 19 digits; the first six and the last four never overlap."""
    digits = "5101081046006034123"
    for length in range(12, 20):
        cases.message(
            f"payout-card/{length}-digits/message",
            f"A card number of {length} digits: its first six and last four.",
            "S28, P11",
            payout_card_details(doc.TRANSACTION_ID, digits[:length]),
        )
    cases.message(
        "payout-card/leading-zero/message",
        "A card number that begins with a zero: it is text, and a number type would drop the zero.",
        "S28",
        payout_card_details(doc.TRANSACTION_ID, "0123456789012345"),
    )


def _refused_numbers(cases: Suite) -> None:
    table = (
        ("11-digits", "51010810460", "11 digits"),
        ("20-digits", "51010810460060341234", "20 digits"),
        ("empty", "", "an empty card number"),
        ("with-blanks", "4242 4242 4242 4242", "a card number in groups, as printed on the card"),
        ("with-hyphens", "4242-4242-4242-4242", "a card number with hyphens"),
        ("masked", "424242******4242", "a masked card number"),
        ("with-letter", "42424242424242O2", "the letter O for a zero"),
        ("signed", "+4242424242424242", "a plus sign"),
        ("with-newline", "4242424242424242\n", "a line end after the digits, which a pattern with $ lets pass"),
        ("12-digits-newline", "510108104600\n", "12 digits and a line end"),
        ("19-digits-newline", "5101081046006034123\n", "19 digits and a line end"),
        ("arabic-digits", "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "digits of another script, which isdigit and \\d let pass"),
        ("full-width-digits", "４２４２４２４２４２４２４２４２", "full-width digits"),  # noqa: RUF001 - meant
    )  # fmt: skip
    for name, number, told in table:
        cases.message(
            f"payout-card/{name}/message",
            f"Not 12 to 19 digits: {told}. Signing it would only hide the mistake.",
            "P11",
            payout_card_details(doc.TRANSACTION_ID, number),
            refused=True,
            level="should",
            flags="CardNumber",
        )


def _wrong_messages(cases: Suite) -> None:
    identifier, first, last = doc.TRANSACTION_ID, TEST_CARD[:6], TEST_CARD[-4:]
    table = (
        ("id-only", "The payment's short form was signed, the id alone.", identifier),
        ("full-number", "The whole card number was signed.", identifier + TEST_CARD),
        (
            "separated",
            "Plus signs stand between the parts, as in the document's formula.",
            f"{identifier}+{first}+{last}",
        ),
        ("blanks-between", "Blanks stand between the parts.", f"{identifier} {first} {last}"),
        ("last-before-first", "The last four digits come before the first six.", identifier + last + first),
        ("id-at-end", "The id comes after the digits.", first + last + identifier),
        ("first-eight", "A bin of eight digits was signed.", identifier + TEST_CARD[:8] + last),
        ("first-four", "The first four digits were signed instead of six.", identifier + TEST_CARD[:4] + last),
        ("last-four-missing", "The last four digits are missing.", identifier + first),
    )
    for name, comment, signed in table:
        cases.verify(
            f"payout-card/test-card/{name}",
            comment,
            "S28, P11",
            TEST_FORM,
            DOC,
            sign(DOC, signed.encode()),
            valid=False,
            flags="WrongMessage",
            differs_from=TEST_POSITIVE,
        )
    cases.verify(
        "payout-card/test-card/wrong-key",
        "A short signature by somebody else's key.",
        "S5, S28",
        TEST_FORM,
        DOC,
        sign(STRANGER, TEST_FORM.message),
        valid=False,
        flags="WrongKey",
        differs_from=TEST_POSITIVE,
    )


def _bound_digits(cases: Suite) -> None:
    """Which digits of the number the signature binds."""
    signature = sign(DOC, TEST_FORM.message)
    table = (
        ("middle-digits", "5101089999996034", True, "Other middle digits: a short signature does not bind them."),
        ("first-digit", "4101081046006034", False, "Another first digit."),
        ("sixth-digit", "5101091046006034", False, "Another sixth digit."),
        ("last-digit", "5101081046006035", False, "Another last digit."),
        ("swapped-parts", "6034081046005101", False, "First and last four digits change places."),
    )  # fmt: skip
    for name, number, valid, comment in table:
        cases.verify(
            f"payout-card/test-card/{name}",
            comment,
            "S28, P10",
            payout_card_details(doc.TRANSACTION_ID, number),
            DOC,
            signature,
            valid=valid,
            flags="BoundDigits",
            differs_from=TEST_POSITIVE,
        )
