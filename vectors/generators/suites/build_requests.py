"""Building a whole request: values and URLs that encoders and clients spell their own way (S7, S41; P5, P17, P41)."""

from __future__ import annotations

import json

from .. import document as doc
from ..base import Suite, Target
from ..keys import DOC, PRODUCTION

CREATE = Target("request", "POST", doc.CREATE_URL, DOC)
BASE = doc.SANDBOX

# Members of the body, as JSON text, and who spells them otherwise.
DOCUMENTED = (
    ("blank-in-string", b'"address1":"Toyengata 53"', "S41, P4", "A blank inside a string stays"),
    ("amount-two-digits", b'"amount":150.23', "S41, S11", "An amount as a number"),
    ("amount-trailing-zero", b'"amount":150.20', "S41, P41", "150.20, which most encoders write 150.2"),
    ("amount-point-zero", b'"amount":150.0', "S41, P41", "150.0, which some encoders write 150"),
    ("amount-integer", b'"amount":150', "S41, S11", "An amount without decimals"),
    ("amount-cent", b'"amount":0.01', "S41, S11", "The smallest amount in cents"),
    ("amount-tenth", b'"amount":0.1', "S41, P41", "0.1, which no binary fraction holds exactly"),
    ("amount-large", b'"amount":12345678.90', "S41, P41", "Eight digits, where Java turns to exponents"),
    ("amount-as-string", b'"amount":"150.20"', "S41, P24", "An amount as a string keeps its zero"),
    ("null", b'"notification_url":null', "S41, S24", "A null stays: some encoders drop it"),
    ("booleans", b'"sending_card_details":false,"x":true', "S41, S24", "Booleans"),
    ("empty-string", b'"state":""', "S41, S11", "An empty string stays"),
    ("slashes", b'"redirect_url_success":"https://m.example/a/b/"', "S41, S11", "Slashes: PHP writes \\/"),
    ("query-in-value", b'"notification_url":"https://m.example/n?a=1&b=2"', "S41, S11", "An &: Go writes \\u0026"),
    ("angle-brackets", b'"last_name":"<Munch> & Sons"', "S41, S11", "< > & in a name"),
    ("apostrophe", b'"last_name":"O\'Brien"', "S41, S11", "An apostrophe: Gson writes \\u0027"),
    ("equals-sign", b'"notification_url":"https://m.example/?t=abc=="', "S41, S11", "= signs: Gson escapes them"),
    ("plus-sign", b'"phone":"+4723493500"', "S41, S11", "A plus sign"),
    ("quote-and-backslash", b'"address2":"\\"A\\" \\\\ B"', "S41, S11", "Quotation marks and a backslash"),
    ("digits-as-string", b'"zip":"0578"', "S41, S11", "A string of digits keeps its zero"),
    ("nested", b'"payer_details":{"address1":"x","extra":{"list":[1,{"a":"b"}]}}', "S41, S11", "Nested objects"),
)  # fmt: skip

UNUSUAL = (
    ("empty-object", b'"metadata":{}', "EmptyContainer", "S41, P41", "An empty object: PHP's arrays make [] of it"),
    ("empty-array", b'"items":[]', "EmptyContainer", "S41, P41", "An empty array"),
    ("id-beyond-double", b'"id":9007199254740993', "BigInteger", "P41", "An id over 2^53: doubles round it"),
    ("id-beyond-int64", b'"id":9223372036854775809', "BigInteger", "P41", "An id over 2^63: PHP makes a float of it"),
    ("id-largest", b'"id":18446744073709551615', "BigInteger", "P41", "The largest unsigned 64-bit integer"),
    ("id-smallest", b'"id":-9223372036854775808', "BigInteger", "P41", "The smallest signed 64-bit integer"),
    ("many-decimals", b'"rate":1234567890123456.78', "Precision", "P41, P24", "18 digits: doubles lose the last"),
    ("seventeen-digits", b'"rate":0.30000000000000004', "Precision", "P41", "17 digits, which doubles do hold"),
    ("small-number", b'"rate":0.00000001', "Precision", "P41", "1e-8 in plain notation: encoders turn to exponents"),
    ("integer-like-names", b'"10":1,"9":2,"a":3', "MemberNames", "S41", "Names like integers, which Node moves first"),
    ("odd-names", b'"":1,"a b":2,"a/b":3', "MemberNames", "S41", "An empty name, a blank and a slash in names"),
    ("control-escapes", b'"note":"a\\nb\\tc\\u0001\\u001f"', "Escapes", "S41", "Escaped control characters"),
    ("delete-character", b'"note":"a\x7fb"', "Escapes", "S41", "The character 7F, which is ASCII"),
    ("nul-escape", b'"note":"a\\u0000b"', "Escapes", "S41", "An escaped NUL"),
    ("blanks-at-ends", b'"note":"  a  "', "Escapes", "S41", "Blanks at the ends of a string"),
    ("long-string", b'"note":"' + b"lorem ipsum " * 2048 + b'"', "Large", "S41", "A string of 24 KiB"),
    ("many-members", b",".join(b'"k%03d":%d' % (i, i) for i in range(300)), "Large", "S41", "300 members"),
    ("deep", b'"a":' + b'{"a":' * 40 + b"1" + b"}" * 40, "Large", "S41", "A depth of 41"),
)  # fmt: skip

NON_ASCII = (
    ("latin", '"city":"Tromsø"', "A letter of Latin-1"),
    ("polish", '"name":"Złota"', "A letter beyond Latin-1"),
    ("emoji", '"note":"😀"', "A character beyond the basic plane, two \\u escapes"),
    ("line-separator", '"note":"a\u2028b"', "U+2028, which some encoders escape on their own"),
    ("escaped-already", '"city":"Troms\\u00f8"', "The same data, spelled with an escape: still not ASCII data"),
    ("in-name", '"straße":1', "In a member's name"),
)

SENT = "S7, S41, P43"  # clients rewrite these (P43), and then what was signed is not what is sent

URLS = (
    ("get-with-query", doc.LOOKUP_URL, "must", "S7, S42", "The document's look-up: no body at all"),
    ("get-by-id", doc.STATUS_URL, "must", "S7, S42", "The document's look-up by id"),
    ("query-without-slash", f"{BASE}/transactions?external_id=24", "must", "S7, P6", "No slash before the query"),
    ("trailing-slash", f"{BASE}/transactions/", "must", "S7, S44", "A trailing slash stays"),
    ("no-trailing-slash", f"{BASE}/transactions", "must", "S7, S44", "No trailing slash is added"),
    ("blank-as-percent-20", f"{BASE}/t/?q=a%20b", "must", "S7, S41", "%20 stays %20"),
    ("blank-as-plus", f"{BASE}/t/?q=a+b", "must", "S7, S41", "+ stays +"),
    ("two-parameters", f"{BASE}/t/?b=2&a=1", "must", "S7, S41", "The order of parameters stays"),
    ("escaped-slash", f"{BASE}/t/?q=a%2Fb", "must", SENT, "%2F in the query, which aiohttp decodes"),
    ("escaped-colon", f"{BASE}/t/?at=10%3A30", "must", SENT, "%3A in the query"),
    ("callback", f"{BASE}/t/?url=https%3A%2F%2Fm.example%2Fok%3Fa%3D1%26b%3D2", "must", SENT, "A callback URL"),
    ("escaped-plus", f"{BASE}/t/?q=a%2Bb", "must", SENT, "%2B in the query"),
    ("escaped-apostrophe", f"{BASE}/t/?name=O%27Brien", "must", SENT, "%27 in the query"),
    ("apostrophe", f"{BASE}/t/?name=O'Brien", "must", SENT, "An apostrophe, which WHATWG clients write %27"),
    ("lower-case-escapes", f"{BASE}/t/?q=a%2fb", "must", SENT, "Escapes in lower case, which clients rewrite"),
    ("escaped-unreserved", f"{BASE}/t/?q=%7Ea", "must", SENT, "%7E, which clients decode to ~"),
    ("escaped-utf-8", f"{BASE}/t/?q=Troms%C3%B8", "must", SENT, "An escaped letter beyond ASCII"),
    ("brackets", f"{BASE}/t/?a[]=1", "must", SENT, "Brackets, which requests escapes"),
    ("repeated-parameter", f"{BASE}/t/?a=2&a=1", "must", "S7, S41", "A parameter that stands twice"),
    ("empty-value", f"{BASE}/t/?a=&b", "must", "S7, S41", "A parameter without value, one without ="),
    ("dot-segments", f"{BASE}/a/../t/", "must", SENT, "Dot segments, which many clients remove"),
    ("default-port", "https://sandbox.example:443/t/", "must", SENT, "The default port, which clients drop"),
    ("other-port", "https://sandbox.example:8443/t/", "must", "S7, S41", "Another port stays"),
)  # fmt: skip

REFUSED_TEXTS = (
    ("nan", b'{"amount":NaN}', "P41, P42", "NaN: some encoders write null and sign it"),
    ("infinity", b'{"amount":Infinity}', "P41, P42", "Infinity, which some encoders write null"),
    ("cut-short", b'{"amount":150.23', "P42", "JSON cut short"),
    ("trailing-comma", b'{"amount":150.23,}', "P42", "A comma before the closing brace"),
    ("empty", b"", "P42", "An empty text, which is not the same as no body"),
    ("not-utf-8", b'{"city":"Troms\xf8"}', "P42", "Octets that are no UTF-8"),
    ("integer-beyond-64-bits", b'{"id":18446744073709551616}', "P41", "An integer beyond 64 bits"),
    ("depth-101", b'{"a":' * 100 + b"[]" + b"}" * 100, "P41", "A depth of 101"),
)  # fmt: skip

REFUSED_TARGETS = (
    ("fragment", "POST", f"{BASE}/t/#top", "P43", "A fragment, which is signed and not sent"),
    ("blank-in-url", "POST", f"{BASE}/t/?q=a b", "P43", "A raw blank"),
    ("userinfo", "POST", "https://user:pass@sandbox.example/t/", "P43", "Userinfo, which is signed and not sent"),
    ("non-ascii-url", "POST", f"{BASE}/t/ø", "P43", "A raw letter beyond ASCII"),
    ("no-host", "POST", "/api/v1/merchant/transactions/", "P43", "A path without host"),
    ("line-end-in-url", "POST", f"{BASE}/t/\n", "P43", "A line end"),
    ("stray-percent", "POST", f"{BASE}/t/?q=100%", "P43", "A % that begins no escape"),
    ("lower-case-method", "post", doc.CREATE_URL, "P44", "A method in lower case, which clients raise after signing"),
)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("build", "build-requests")
    _bodies(cases)
    _members(cases)
    _urls(cases)
    _refused(cases)
    return cases


def _bodies(cases: Suite) -> None:
    body = doc.CREATE_BODY
    pretty = json.dumps(json.loads(body), indent=4).encode() + b"\n"
    table = (
        ("doc-create", CREATE, body, "S42, S41, S6", "The document's create request"),
        (
            "doc-create-example",
            CREATE,
            doc.CREATE_EXAMPLE_BODY,
            "S18, S41",
            "The other body the document prints for it",
        ),
        ("pretty-printed", CREATE, pretty, "S41, S42", "The same, pretty-printed: what is sent is minified"),
        (
            "doc-payout",
            Target("request", "POST", f"{BASE}/payouts/", DOC),
            doc.PAYOUT_BODY_SPACED,
            "S24, S41, P7",
            "The document's payout, printed with blanks: what is sent is minified",
        ),
        (
            "production-create",
            Target("request", "POST", f"{doc.PRODUCTION}/transactions/", PRODUCTION),
            body,
            "S3, S41, P40",
            "The create request for production, with production's own key",
        ),
        (
            "put-with-body",
            Target("request", "PUT", f"{BASE}/t/", DOC),
            b'{"a":1}',
            "S7, S41",
            "A PUT with a body, which the document does not have",
        ),
    )
    for name, target, text, clauses, told in table:
        cases.build(
            f"build/request/{name}", f"{told}.", clauses, target, text, level="should" if "put" in name else "must"
        )
    cases.build("build/request/post-without-body", "A POST without a body.", "S7", CREATE, None, level="should")


def _members(cases: Suite) -> None:
    for name, member, clauses, told in DOCUMENTED:
        text = b'{"external_id":"24",' + member + b"}"
        cases.build(f"build/value/{name}", f"{told}; signed is what is sent.", clauses, CREATE, text)
    for name, member, flag, clauses, told in UNUSUAL:
        text = b'{"external_id":"24",' + member + b"}"
        cases.build(
            f"build/value/{name}",
            f"{told}; the document's own data never has it.",
            clauses,
            CREATE,
            text,
            level="should",
            flags=flag,
        )
    for name, pair, told in NON_ASCII:
        cases.build(
            f"build/non-ascii/{name}",
            f"{told}: all data is ASCII, so it is sent escaped.",
            "S2, P17",
            CREATE,
            f'{{"external_id":"24",{pair}}}'.encode(),
            level="should",
            flags="NonAscii",
        )


def _urls(cases: Suite) -> None:
    for name, url, level, clauses, told in URLS:
        cases.build(
            f"build/url/{name}",
            f"{told}: the URL signed is the URL sent, and the one asked for.",
            clauses,
            Target("request", "GET", url, DOC),
            None,
            level=level,
            flags="" if level == "must" else "RewrittenUrl",
        )


def _refused(cases: Suite) -> None:
    rest = {"level": "should", "flags": "BuildRefused"}
    for name, text, clauses, told in REFUSED_TEXTS:
        cases.build(f"build/refused/{name}", f"{told}.", clauses, CREATE, text, refused=True, **rest)
    for name, method, url, clauses, told in REFUSED_TARGETS:
        target = Target("request", method, url, DOC)
        cases.build(f"build/refused/{name}", f"{told}.", clauses, target, b'{"a":1}', refused=True, **rest)
