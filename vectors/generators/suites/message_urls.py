"""URLs in the bytes to sign: kept exactly as sent, or refused (S7, S41, S44; P5, P6, P7, P9, P43)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..forms import request
from ..keys import DOC

HOST = "https://api-dev.cdnsoftwaretech.com"
BASE = doc.SANDBOX

KEPT = (
    ("trailing-slash", f"{BASE}/transactions/", "must", "S7, S44, P5", "A trailing slash"),
    ("no-trailing-slash", f"{BASE}/transactions", "must", "S7, S44, P6", "No trailing slash"),
    ("no-slash-before-query", f"{BASE}/transactions?external_id=24", "must", "S7, P6", "No slash before the query"),
    ("payouts-without-slash", f"{BASE}/payouts", "must", "S7, P7", "GET /payouts, as printed without a slash"),
    ("two-parameters", f"{BASE}/t/?b=2&a=1", "must", "S7", "Two parameters, not in alphabetical order"),
    ("repeated-parameter", f"{BASE}/t/?a=2&a=1", "should", "S7, P5", "A parameter that stands twice"),
    ("blank-as-plus", f"{BASE}/t/?q=a+b", "must", "S7", "A blank spelled +"),
    ("blank-as-percent-20", f"{BASE}/t/?q=a%20b", "must", "S7", "A blank spelled %20"),
    ("escaped-slash", f"{BASE}/t/?q=a%2Fb", "must", "S7", "An escaped slash in the query"),
    ("escaped-utf-8", f"{BASE}/t/?q=Troms%C3%B8", "must", "S7", "An escaped letter beyond ASCII"),
    ("callback", f"{BASE}/t/?url=https%3A%2F%2Fm.example%2Fok%3Fa%3D1%26b%3D2", "must", "S7", "A callback URL"),
    ("port", "https://sandbox.example:8443/api/t/", "must", "S7", "A port"),
    ("ipv6", "https://[2001:db8::1]:8443/t/", "should", "S7, P43", "An IPv6 address in brackets"),
    ("lower-case-escapes", f"{BASE}/t/?q=a%2fb", "should", "P5, P43", "Escapes in lower case"),
    ("escaped-unreserved", f"{BASE}/t/?q=%61%2D%7E", "should", "P5, P43", "Escapes of letters that need none"),
    ("brackets", f"{BASE}/t/?a[]=1", "should", "P5, P43", "Brackets in the query"),
    ("apostrophe", f"{BASE}/t/?name=O'Brien", "should", "P5, P43", "An apostrophe in the query"),
    ("dot-segments", f"{BASE}/a/../t/./x", "should", "P5, P43", "Dot segments"),
    ("double-slash", f"{BASE}//t//x", "should", "P5", "Doubled slashes"),
    ("default-port", "https://sandbox.example:443/t/", "should", "P5, P43", "The default port, written out"),
    ("upper-case-host", "https://Sandbox.EXAMPLE/t/", "should", "P5, P43", "A host in upper case"),
    ("upper-case-scheme", "HTTPS://sandbox.example/t/", "should", "P5", "A scheme in upper case"),
    ("bare-question-mark", f"{BASE}/t/?", "should", "P5, P43", "A bare question mark"),
    ("empty-path", "https://sandbox.example", "should", "P5, P43", "An empty path"),
    ("question-mark-in-query", f"{BASE}/t/?a=1?b=2", "should", "P5", "A second question mark"),
    ("empty-value", f"{BASE}/t/?a=&b", "should", "P5", "A parameter without value, one without ="),
    ("reserved-marks", f"{BASE}/t/;v=1/(a),b:c@d!$*?x=a,b;c:d@e", "should", "P5", "Marks that need no escape"),
)  # fmt: skip

REFUSED = (
    ("empty", "", "the empty string"),
    ("relative", "/api/v1/merchant/transactions/", "a path without host"),
    ("no-scheme", "api-dev.cdnsoftwaretech.com/t/", "no scheme, so that no host can be told"),
    ("no-host", "https:///api/v1/merchant/transactions/", "an empty host"),
    ("fragment", f"{BASE}/t/#top", "a fragment, which no client sends"),
    ("empty-fragment", f"{BASE}/t/#", "an empty fragment"),
    ("user-and-password", "https://user:pass@sandbox.example/t/", "userinfo, which clients turn into a header"),
    ("user", "https://user@sandbox.example/t/", "a user name"),
    ("non-ascii-path", f"{BASE}/t/ø", "a raw letter beyond ASCII in the path"),
    ("non-ascii-query", f"{BASE}/t/?q=ø", "a raw letter beyond ASCII in the query"),
    ("non-ascii-host", "https://sändbox.example/t/", "a raw letter beyond ASCII in the host"),
    ("blank", f"{BASE}/t/?q=a b", "a raw blank"),
    ("blank-at-end", f"{BASE}/t/ ", "a blank at the end"),
    ("blank-at-start", f" {BASE}/t/", "a blank at the start"),
    ("tab", f"{BASE}/t/\tx", "a tab, which WHATWG parsers drop"),
    ("line-end", f"{BASE}/t/\n", "a line end"),
    ("nul", f"{BASE}/t/\0", "a NUL"),
    ("delete", f"{BASE}/t/\x7f", "the control character 7F"),
    ("stray-percent", f"{BASE}/t/?q=100%", "a % that begins no escape"),
    ("percent-one-digit", f"{BASE}/t/?q=%4", "an escape cut short"),
    ("percent-not-hex", f"{BASE}/t/?q=%zz", "an escape that is not hex"),
)
MARKS = {
    '"': "quotation-mark",
    "<": "less-than",
    ">": "greater-than",
    "\\": "backslash",
    "^": "caret",
    "{": "left-brace",
    "|": "bar",
    "}": "right-brace",
}


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("message", "message-urls")
    for name, url, level, clauses, told in KEPT:
        form = request("GET", url)
        comment = f"{told}: the URL is signed exactly as it is sent."
        flags = "" if level == "must" else "RewrittenUrl"
        cases.message(f"message/url-kept/{name}", comment, clauses, form, level=level, flags=flags)
    for name in (
        "no-slash-before-query",
        "blank-as-plus",
        "callback",
        "lower-case-escapes",
        "dot-segments",
        "empty-path",
    ):
        url, level, clauses, told = next(row[1:] for row in KEPT if row[0] == name)
        comment = f"{told}, as it came over the wire: a verifier takes the raw request target."
        flags = "" if level == "must" else "RewrittenUrl"
        cases.verify(
            f"request/url-kept/{name}",
            comment,
            f"{clauses}, P9",
            request("GET", url),
            DOC,
            valid=True,
            level=level,
            flags=flags,
        )
    marks = tuple((name, f"{BASE}/t/?q=a{mark}b", f"a raw {mark}") for mark, name in MARKS.items())
    for name, url, told in (*REFUSED, *marks):
        cases.message(
            f"message/url-refused/{name}",
            f"No URL to sign: {told}. Clients send it changed, or not at all.",
            "P43",
            request("GET", url),
            refused=True,
            level="should",
            flags="UrlRefused",
        )
    return cases
