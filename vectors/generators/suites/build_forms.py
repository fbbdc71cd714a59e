"""Building the other five forms: card details, payout look-ups, responses, webhooks (S8, S10, S20, S28, S29, S36)."""

from __future__ import annotations

from dataclasses import replace

from .. import document as doc
from ..base import Suite, Target
from ..keys import DOC, PLATFORM, PRODUCTION

ID = doc.TRANSACTION_ID.encode()
CARD = Target("card_details", "POST", doc.CARD_DETAILS_URL, DOC)
PAYOUT_CARD = Target("payout_card_details", "POST", f"https://payout-dev.cdnsoftwaretech.com/{doc.TRANSACTION_ID}", DOC)
RESPONSE = Target("response", "POST", doc.CREATE_URL, PLATFORM)
WEBHOOK = Target("webhook", "POST", "https://merchant.example/webhooks/payments", PLATFORM)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("build", "build-forms")
    _cards(cases)
    _payout_cards(cases)
    _lookups(cases)
    _bodies(cases)
    _rewritten_targets(cases)
    _refused_targets(cases)
    return cases


def _cards(cases: Suite) -> None:
    spaced = doc.CARD_BODY.replace(b",", b", ").replace(b'":', b'": ')
    table = (
        ("doc", doc.CARD_BODY, "The document's card: the short signature, the merchant id, no x-signature"),
        ("spaced", spaced, "The same with blanks: what is sent is minified"),
        (
            "csc-with-zero",
            doc.CARD_BODY.replace(b"048", b"007"),
            "A security code that begins with zeros stays a string",
        ),
        (
            "id-last",
            b'{"number":"4761344136141390","exp_month":12,"exp_year":2030,"csc":"123",'
            b'"transaction_id":"33788af4-8a3d-4806-b546-4e8f1418197d"}',
            "The id stands last, another of the document's test cards",
        ),
        ("id-upper-case", doc.CARD_BODY.replace(ID, ID.upper()), "An id in upper case is signed so"),
        ("pretty-printed", spaced.replace(b", ", b",\n  "), "The same over several lines"),
        (
            "number-with-zero",
            doc.CARD_BODY.replace(b"4242424242424242", b"0123456789012345"),
            "A card number that begins with a zero stays a string",
        ),
        (
            "more-members",
            doc.CARD_BODY[:-1] + b',"holder":"E. Munch","ip":"10.10.10.10"}',
            "More members than the five",
        ),
        ("month-12", doc.CARD_BODY.replace(b'"exp_month":6', b'"exp_month":12'), "The month as a number of two digits"),
        (
            "two-ids",
            doc.CARD_BODY[:-1] + b',"id":"33788af4-8a3d-4806-b546-4e8f1418197d"}',
            "Another id beside the one that is signed",
        ),
        ("nested-id", doc.CARD_BODY[:-1] + b',"x":{"transaction_id":"24"}}', "Another transaction_id, nested"),
    )
    for name, text, told in table:
        cases.build(f"build/card/{name}", f"{told}.", "S8, S20, S41, P12", CARD, text)
    production = Target("card_details", "POST", f"https://pay.cdnsoftwaretech.com/{doc.TRANSACTION_ID}", PRODUCTION)
    cases.build("build/card/production", "The card, with production's key.", "S3, S8, S20", production, doc.CARD_BODY)


def _payout_cards(cases: Suite) -> None:
    spaced = doc.PAYOUT_CARD_BODY_SPACED
    plain = doc.minified(spaced)

    def with_number(digits: bytes) -> bytes:
        return plain.replace(doc.CARD_NUMBER.encode(), digits)

    table = (
        ("doc-as-printed", spaced, "The document's payout card, printed with blanks: what is sent is minified"),
        ("doc-minified", plain, "The same, minified"),
        ("test-card", with_number(b"5101081046006034"), "A test card whose first and last digits differ"),
        ("12-digits", with_number(b"510108104600"), "A card number of 12 digits"),
        ("19-digits", with_number(b"5101081046006034123"), "A card number of 19 digits"),
        ("leading-zero", with_number(b"0123456789012345"), "A card number that begins with a zero"),
        ("13-digits", with_number(b"5101081046006"), "A card number of 13 digits"),
        ("15-digits", with_number(b"510108104600603"), "A card number of 15 digits"),
        ("id-upper-case", plain.replace(ID, ID.upper()), "An id in upper case is signed so"),
        ("number-first", plain.replace(b'"transaction_id":"' + ID + b'",', b"")[:-1] + b',"transaction_id":"' + ID
         + b'"}', "The id stands last: the order of what is signed is not the body's"),
        ("more-members", plain[:-1] + b',"first_name":"Edvard"}', "More members than the four"),
    )  # fmt: skip
    for name, text, told in table:
        cases.build(f"build/payout-card/{name}", f"{told}.", "S28, S41, P12", PAYOUT_CARD, text)
    for name, digits in (
        ("11-digits", b"51010810460"),
        ("20-digits", b"51010810460060341234"),
        ("with-blanks", b"5101 0810 4600 6034"),
        ("with-hyphens", b"5101-0810-4600-6034"),
        ("masked", b"510108******6034"),
        ("empty", b""),
        ("with-letter", b"510108104600603O"),
    ):
        cases.build(
            f"build/payout-card/{name}",
            "A card number that is not 12 to 19 digits.",
            "P11",
            PAYOUT_CARD,
            with_number(digits),
            refused=True,
            level="should",
            flags="BuildRefused, CardNumber",
        )


def _lookups(cases: Suite) -> None:
    base = f"{doc.SANDBOX}/payouts"
    table = (
        ("uuid", f"?uuid={doc.TRANSACTION_ID}", "must", "S29", "By uuid: the value alone is signed, the URL is sent"),
        ("external-id", "?external_id=24", "must", "S29", "By external id"),
        ("encoded-value", "?external_id=order%207", "should", "P8, S29", "A blank as %20: the decoded value is signed"),
        ("encoded-slash", "?external_id=a%2Fb", "should", "P8, S29", "%2F: the decoded value is signed, %2F is sent"),
        ("encoded-percent", "?external_id=24%252F7", "should", "P8, S29", "%25: decoded once, not twice"),
        ("encoded-ampersand", "?external_id=a%26uuid%3Db", "should", "P8, S29", "%26 does not begin another parameter"),
        ("encoded-plus", "?external_id=a%2Bb", "should", "P8, S29", "%2B: a plus is signed, not a blank"),
        ("encoded-utf-8", "?external_id=Troms%C3%B8", "should", "P8, S29", "UTF-8: the decoded letter is signed"),
        ("encoded-emoji", "?external_id=%F0%9F%98%80", "should", "P8, S29", "An emoji: four octets are signed"),
        ("encoded-colon", "?external_id=a%3Ab", "should", "P8, S29", "%3A: a colon is signed, %3A is sent"),
        ("encoded-equals", "?external_id=a%3Db", "should", "P8, S29", "%3D: an equals sign is signed"),
        ("encoded-question-mark", "?external_id=a%3Fb", "should", "P8, S29", "%3F: a question mark is signed"),
        ("encoded-hash", "?external_id=a%23b", "should", "P8, S29", "%23: a hash is signed, and begins no fragment"),
        ("encoded-quote", "?external_id=O%27Brien", "should", "P8, S29", "%27: an apostrophe is signed"),
        ("encoded-line-end", "?external_id=24%0A", "should", "P8, S29", "%0A: the line end is signed too"),
        ("zeros-before", "?external_id=007", "must", "S29", "An id that begins with zeros"),
        ("upper-case-uuid", f"?uuid={doc.TRANSACTION_ID.upper()}", "should", "S29", "A UUID in upper case"),
        ("hyphens", "?external_id=a-b_c.d~e", "must", "S29", "Marks that are never escaped"),
    )
    for name, query, level, clauses, told in table:
        target = Target("payout_lookup", "GET", base + query, DOC)
        flags = "" if level == "must" else "DecodedValue"
        cases.build(f"build/payout-lookup/{name}", f"{told}.", clauses, target, None, level=level, flags=flags)
    production = Target("payout_lookup", "GET", f"{doc.PRODUCTION}/payouts?uuid={doc.TRANSACTION_ID}", PRODUCTION)
    cases.build("build/payout-lookup/production", "By uuid, for production.", "S3, S29", production, None)
    for name, query, told in (
        ("neither", "", "Neither uuid nor external_id"),
        ("both", f"?uuid={doc.TRANSACTION_ID}&external_id=24", "Both uuid and external_id"),
        ("other-parameter", "?id=24", "A parameter that the document does not have"),
        ("twice", "?uuid=a&uuid=b", "The uuid twice"),
        ("external-id-twice", "?external_id=24&external_id=25", "Two external ids"),
        ("upper-case-name", "?UUID=24", "The parameter's name in upper case"),
    ):
        cases.build(
            f"build/payout-lookup/{name}",
            f"{told}: it cannot be told which value to sign.",
            "P8",
            Target("payout_lookup", "GET", base + query, DOC),
            None,
            refused=True,
            level="should",
            flags="BuildRefused",
        )


def _bodies(cases: Suite) -> None:
    table = (
        ("response/created", RESPONSE, doc.CREATE_RESPONSE, "S10, S18, P13", "The answer to a new payment"),
        ("response/doc-status", RESPONSE, doc.STATUS_RESPONSE_SPACED, "S10, S21, P13", "An answer printed with blanks"),
        ("response/doc-payout", RESPONSE, doc.PAYOUT_RESPONSE_SPACED, "S10, S26, P13", "An answer with nulls"),
        ("webhook/executed", WEBHOOK, doc.WEBHOOK_BODY, "S36, S35, P13", "The document's webhook"),
        ("webhook/doc-as-printed", WEBHOOK, doc.WEBHOOK_BODY_SPACED, "S36, S35, P13", "The same, printed with blanks"),
    )  # fmt: skip
    for name, text, told in (
        ("error", b'{"error_code": 100102, "error_message": "Wrong Merchant\'s signature"}', "An error"),
        ("amounts", b'{"amount":"150.20","merchant_currency_amount":150.20}', "Amounts as string and as number"),
        ("slashes", b'{"payment_url":"https://pay.example/a/b"}', "A URL"),
        ("empty-containers", b'{"a":{},"b":[]}', "Empty containers"),
        ("nulls", b'{"error_code":null,"error_message":null}', "Nulls alone"),
        ("big-id", b'{"id":9007199254740993}', "An id over 2^53"),
        ("empty-object", b"{}", "An empty object"),
        ("array", b'[{"id":"1"},{"id":"2"}]', "An array of payments"),
        ("non-ascii", '{"city":"Troms\u00f8"}'.encode(), "Data beyond ASCII, sent escaped"),
    ):
        for prefix, target, clause in (("response", RESPONSE, "S10"), ("webhook", WEBHOOK, "S36")):
            cases.build(
                f"build/{prefix}/{name}",
                f"{told}: minified, the body alone signed, x-signature and no merchant id.",
                f"{clause}, {'P17' if name == 'non-ascii' else 'P13'}, S41",
                target,
                text,
                level="should",
                flags="NonAscii" if name == "non-ascii" else "",
            )
    for name, target, text, clauses, told in table:
        comment = f"{told}: minified, the body alone signed, x-signature and no merchant id."
        cases.build(f"build/{name}", comment, clauses, target, text)


REWRITTEN = (
    ("default-port", "https://sandbox.example:443/t/", "The default port, which clients leave out"),
    ("empty-path", "https://sandbox.example", "An empty path, for which clients write /"),
    ("dot-segments", "https://sandbox.example/a/../t/", "Dot segments, which clients take out"),
    ("upper-case-host", "https://Sandbox.EXAMPLE/t/", "A host in upper case, which clients lower"),
    ("bare-question-mark", "https://sandbox.example/t/?", "A bare question mark, which clients leave out"),
    ("apostrophe", "https://sandbox.example/t/?name=O'Brien", "An apostrophe, which clients write %27"),
    ("brackets", "https://sandbox.example/t/?a[]=1", "Brackets, which clients escape"),
    ("escaped-letter", "https://sandbox.example/%74/", "An escaped letter, which clients decode"),
    ("lower-case-escapes", "https://sandbox.example/t/?q=a%2fb", "An escape in lower case, which clients raise"),
)


def _rewritten_targets(cases: Suite) -> None:
    """Where the URL is not signed it is still the one that was asked for: a callback or a card's address (P5, P43)."""
    payout = doc.minified(doc.PAYOUT_CARD_BODY_SPACED)
    for prefix, target, text in (
        ("card", CARD, doc.CARD_BODY),
        ("payout-card", PAYOUT_CARD, payout),
        ("webhook", WEBHOOK, doc.WEBHOOK_BODY),
    ):
        for name, url, told in REWRITTEN:
            cases.build(
                f"build/{prefix}/url-{name}",
                f"{told}: this form does not sign the URL, and still it is the one asked for that is sent.",
                "P5, P43",
                replace(target, url=url),
                text,
                level="should",
                flags="RewrittenUrl",
            )
    for name, url, told in (
        ("default-port", "https://sandbox.example:443/payouts?external_id=24", "The default port"),
        ("dot-segments", "https://sandbox.example/a/../payouts?external_id=24", "Dot segments"),
        ("upper-case-host", "https://Sandbox.EXAMPLE/payouts?external_id=24", "A host in upper case"),
        ("apostrophe", "https://sandbox.example/payouts?external_id=O'Brien", "An apostrophe in the value"),
    ):
        cases.build(
            f"build/payout-lookup/url-{name}",
            f"{told}: the value alone is signed, and still the URL asked for is sent.",
            "P5, P43, P8",
            Target("payout_lookup", "GET", url, DOC),
            None,
            level="should",
            flags="RewrittenUrl",
        )


def _refused_targets(cases: Suite) -> None:
    """What no request may be sent to, or by (P43, P44), holds for the forms that do not sign the URL, too."""
    payouts = f"{doc.SANDBOX}/payouts?uuid={doc.TRANSACTION_ID}"
    for name, target, text, clauses, told in (
        ("card-fragment", replace(CARD, url=f"{CARD.url}#top"), doc.CARD_BODY, "P43", "A fragment"),
        ("card-lower-case-method", replace(CARD, method="post"), doc.CARD_BODY, "P44", "A method in lower case"),
        ("payout-card-fragment", replace(PAYOUT_CARD, url=f"{PAYOUT_CARD.url}#top"),
         doc.minified(doc.PAYOUT_CARD_BODY_SPACED), "P43", "A fragment"),
        ("payout-lookup-fragment", Target("payout_lookup", "GET", f"{payouts}#top", DOC), None, "P43", "A fragment"),
        ("payout-lookup-lower-case-method", Target("payout_lookup", "get", payouts, DOC), None, "P44",
         "A method in lower case"),
        ("webhook-fragment", replace(WEBHOOK, url=f"{WEBHOOK.url}#top"), doc.WEBHOOK_BODY, "P43", "A fragment"),
        ("webhook-blank", replace(WEBHOOK, url=f"{WEBHOOK.url}?q=a b"), doc.WEBHOOK_BODY, "P43", "A raw blank"),
        ("card-no-scheme", replace(CARD, url=CARD.url.removeprefix("https://")), doc.CARD_BODY, "P43",
         "No scheme, which clients add"),
        ("payout-card-empty-userinfo", replace(PAYOUT_CARD, url="https://@sandbox.example/t/"),
         doc.minified(doc.PAYOUT_CARD_BODY_SPACED), "P43", "An @ with nothing before it, which clients leave out"),
        ("webhook-one-slash", replace(WEBHOOK, url="https:/merchant.example/"), doc.WEBHOOK_BODY, "P43",
         "One slash after the scheme, which clients double"),
        ("webhook-line-end-in-query", replace(WEBHOOK, url=f"{WEBHOOK.url}?a=1\n"), doc.WEBHOOK_BODY, "P43",
         "A line end after the query, which clients trim"),
    ):  # fmt: skip
        cases.build(
            f"build/refused-target/{name}",
            f"{told}, which is refused for every form, whether it signs the URL or not.",
            clauses,
            target,
            text,
            refused=True,
            level="should",
            flags="BuildRefused",
        )
