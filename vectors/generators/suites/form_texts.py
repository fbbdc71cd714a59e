"""Texts that the card, look-up and body forms sign: taken as they stand (S8, S28, S29, S10, S36; P3, P8, P11).

Ids are text, not numbers or UUIDs; what arrives is signed and checked, nothing is trimmed, normalised or decoded.
"""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import sign
from ..forms import card_details, payout_card_details, payout_lookup, response, webhook
from ..keys import DOC, PLATFORM

CARD = "5101081046006034"
TEXTS = (
    ("short", "1", "An id of one digit"),
    ("zeros-before", "007", "An id that begins with zeros"),
    ("like-a-float", "1e3", "An id that looks like a number"),
    ("with-decimals", "150.20", "An id with a trailing zero behind a point"),
    ("plus", "a+b", "A plus, which is no blank here"),
    ("percent", "a%20b", "A percent sign, which begins no escape here"),
    ("blank-inside", "order 7", "A blank inside"),
    ("blanks-at-ends", " 24 ", "Blanks at both ends are not trimmed"),
    ("line-end", "24\n", "A line end is not trimmed"),
    ("tab", "a\tb", "A tab inside"),
    ("nul", "a\0b", "A NUL does not end the text"),
    ("quotes", "a\"b'c", "Quotation marks"),
    ("backslash", "a\\b", "A backslash"),
    ("slash", "a/b", "A slash"),
    ("ampersand", "a&b=c", "Marks of a query"),
    ("literal", "null", "The text null"),
    ("latin", "Troms\u00f8", "A letter beyond ASCII, in UTF-8"),
    ("polish", "Z\u0142ota", "A letter beyond Latin-1, in UTF-8"),
    ("decomposed", "Tromso\u0308", "A decomposed letter is not composed"),
    ("composed", "Troms\u00f6", "A composed letter is not decomposed"),
    ("emoji", "\U0001f600", "A character beyond the basic plane, in UTF-8"),
    ("full-width", "\uff12\uff14", "Full-width digits are not made ASCII"),
    ("long", "x" * 1000, "A text of 1000 characters"),
    ("mixed-case", "AbC", "Upper and lower case stay"),
)
SIGNED = ("zeros-before", "plus", "percent", "blanks-at-ends", "line-end", "latin", "polish", "decomposed", "emoji",
          "nul", "mixed-case")  # fmt: skip


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("short_signature", "form-texts")
    for form, prefix, clauses in ((payout_lookup, "payout-lookup", "S29, P8"), (card_details, "card", "S8, S41")):
        for name, text, told in TEXTS:
            if form is card_details and name not in SIGNED:
                continue
            told = f"{told}: signed as it stands"
            cases.message(f"{prefix}/text-{name}/message", f"{told}.", clauses, form(text), level="should")
            if name in SIGNED:
                cases.sign(f"{prefix}/text-{name}/sign", f"{told}, signed.", clauses, form(text), DOC, level="should")
                comment = f"{told}, and checked so."
                cases.verify(
                    f"{prefix}/text-{name}/valid", comment, clauses, form(text), DOC, valid=True, level="should"
                )
    _payout_cards(cases)
    _bodies(cases)
    _nearly(cases)
    return cases


def _payout_cards(cases: Suite) -> None:
    for name, identifier, number, level, told in (
        ("test-card", doc.TRANSACTION_ID, CARD, "must", "A test card whose first and last digits differ"),
        ("12-digits", doc.TRANSACTION_ID, CARD[:12], "must", "A card number of 12 digits"),
        ("19-digits", doc.TRANSACTION_ID, CARD + "123", "must", "A card number of 19 digits"),
        ("leading-zero", doc.TRANSACTION_ID, "0123456789012345", "must", "A card number that begins with a zero"),
        ("all-zeros", doc.TRANSACTION_ID, "0" * 16, "should", "A card number of zeros"),
        ("upper-case-id", doc.TRANSACTION_ID.upper(), CARD, "should", "An id in upper case"),
        ("latin-id", "Troms\u00f8", CARD, "should", "An id with a letter beyond ASCII"),
        ("id-of-digits", "123456", CARD, "should", "An id of digits, which runs into the card's"),
    ):
        form = payout_card_details(identifier, number)
        if name in ("all-zeros", "upper-case-id", "latin-id", "id-of-digits"):
            comment = f"{told}: the parts are joined as they stand."
            cases.message(f"payout-card/text-{name}/message", comment, "S28, P11", form, level=level)
        cases.sign(f"payout-card/text-{name}/sign", f"{told}, signed.", "S28, P11", form, DOC, level=level)
        if name != "test-card":
            comment = f"{told}, and its short signature."
            cases.verify(f"payout-card/text-{name}/valid", comment, "S28", form, DOC, valid=True, level=level)
    for name, number, told in (
        ("11-digits", CARD[:11], "11 digits"),
        ("20-digits", CARD + "1234", "20 digits"),
        ("with-blanks", "5101 0810 4600 6034", "digits in groups"),
        ("empty", "", "no card number"),
        ("masked", "510108******6034", "a masked card number"),
    ):
        cases.sign(
            f"payout-card/text-{name}/sign-refused",
            f"Not 12 to 19 digits: {told}. Nothing is signed.",
            "P11",
            payout_card_details(doc.TRANSACTION_ID, number),
            DOC,
            refused=True,
            level="should",
            flags="CardNumber",
        )


def _bodies(cases: Suite) -> None:
    """Bodies that a framework parses, trims or decodes before its handler sees them."""
    for name, body, told in (
        ("spaced", b'{ "status": "executed" }', "Blanks inside"),
        ("blanks-at-ends", b'  {"status":"executed"}  ', "Blanks at both ends"),
        ("crlf", b'{\r\n"status":"executed"\r\n}\r\n', "CR LF"),
        ("escapes", b'{"city":"Troms\\u00f8","url":"https:\\/\\/h"}', "Escapes that a serialiser would write anew"),
        ("decomposed", '{"city":"Tromso\u0308"}'.encode(), "A decomposed letter"),
        (
            "numbers",
            b'{"amount":150.20,"b":1e2,"c":-0,"d":9007199254740993}',
            "Numbers that a serialiser would respell",
        ),
        ("duplicates", b'{"status":"pending","status":"executed"}', "A member that stands twice"),
        ("byte-order-mark", b'\xef\xbb\xbf{"status":"executed"}', "A byte order mark before the text"),
        ("nul", b'{"a":"\x00"}', "A NUL octet"),
        ("empty-object", b"{}", "An empty object"),
        ("one-blank", b" ", "One blank"),
        ("member-order", b'{"b":1,"a":2,"10":3}', "Members out of order"),
        ("form-data", b"a=1&b=a+b%20c", "Form data"),
        ("large", b'{"note":"' + b"0123456789abcdef" * 2048 + b'"}', "A body of 32 KiB"),
    ):
        for form, prefix, clauses in ((response, "response", "S10, P3"), (webhook, "webhook", "S36, P3")):
            comment = f"{told}: what arrives is what is checked."
            cases.verify(
                f"{prefix}/text-{name}/valid", comment, clauses, form(body), PLATFORM, valid=True, level="should"
            )
            if name in ("spaced", "crlf", "decomposed", "byte-order-mark", "one-blank"):
                comment = f"{told}: signed as it is sent."
                cases.sign(f"{prefix}/text-{name}/sign", comment, clauses, form(body), PLATFORM, level="should")


def _nearly(cases: Suite) -> None:
    """A text under the signature of one that only looks the same."""
    for name, received, signed, told in (
        ("composed", "Troms\u00f6", "Tromso\u0308", "A decomposed letter was signed, a composed one arrived"),
        ("latin-1", "Troms\u00f8", b"Troms\xf8", "The text was signed in Latin-1, a platform's own charset"),
        ("utf-16", "Troms\u00f8", "Troms\u00f8".encode("utf-16-le"), "The text was signed in UTF-16"),
        ("question-mark", "Troms\u00f8", b"Troms?", "A letter beyond ASCII was signed as a question mark"),
        ("trimmed", " 24 ", b"24", "The blanks at the ends were trimmed before signing"),
        ("zero-dropped", "007", b"7", "The id was signed as a number"),
        ("decoded-again", "a%20b", b"a b", "The value was percent-decoded once more before signing"),
        ("plus-decoded", "a+b", b"a b", "The plus was decoded to a blank before signing"),
        ("lower-cased", "AbC", b"abc", "The value was put in lower case before signing"),
        ("cut-at-nul", "a\0b", b"a", "The value was cut at its NUL before signing"),
    ):
        message = signed if isinstance(signed, bytes) else signed.encode()
        text = {"composed": "latin", "latin-1": "latin", "utf-16": "latin", "question-mark": "latin",
                "trimmed": "blanks-at-ends", "zero-dropped": "zeros-before", "decoded-again": "percent",
                "plus-decoded": "plus", "lower-cased": "mixed-case", "cut-at-nul": "nul"}[name]  # fmt: skip
        for form, prefix, clauses in ((payout_lookup, "payout-lookup", "S29, P8"), (card_details, "card", "S8, S41")):
            cases.verify(
                f"{prefix}/nearly-{name}/rejected",
                f"{told}.",
                clauses,
                form(received),
                DOC,
                sign(DOC, message),
                valid=False,
                level="should",
                flags="WrongMessage, EveryText",
                differs_from=f"{prefix}/text-{text}/valid",
            )
