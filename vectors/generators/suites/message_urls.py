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
    ("payouts-with-slash", f"{BASE}/payouts/", "must", "S7, P7", "POST /payouts/, as printed with a slash"),
    ("plain-http", "http://sandbox.example/t/", "should", "S7", "Plain HTTP, as behind a proxy"),
    ("ipv4", "https://192.0.2.7/t/", "should", "S7", "An IPv4 address"),
    ("localhost", "http://localhost:8000/t/", "should", "S7", "A host without dots, with a port"),
    ("ipv6-without-port", "https://[2001:db8::1]/t/", "should", "S7, P43", "An IPv6 address without a port"),
    ("host-with-final-dot", "https://sandbox.example./t/", "should", "P5", "A host with a final dot"),
    ("punycode", "https://xn--sndbox-bua.example/t/", "should", "S7", "A host in Punycode"),
    ("highest-port", "https://sandbox.example:65535/t/", "should", "S7", "The highest port"),
    ("default-port-http", "http://sandbox.example:80/t/", "should", "P5, P43", "HTTP's default port, written out"),
    ("other-schemes-port", "https://sandbox.example:80/t/", "should", "S7", "HTTP's port with HTTPS: not a default"),
    ("empty-port", "https://sandbox.example:/t/", "should", "P5, P43", "A colon without a port"),
    ("upper-case-path", f"{BASE}/Transactions/", "should", "S7, P5", "A path in mixed case"),
    ("upper-case-host-and-path", "https://SANDBOX.example/T/", "should", "P5, P43", "Host and path in upper case"),
    ("empty-path-with-query", "https://sandbox.example?a=1", "should", "P5, P43", "A query right after the host"),
    ("root-path", "https://sandbox.example/", "should", "S7", "The path / alone"),
    ("lower-case-escape-in-path", f"{BASE}/a%2db/", "should", "P5, P43", "An escape in lower case in the path"),
    ("mixed-case-escape", f"{BASE}/t/?q=%c3%B8", "should", "P5, P43", "Escapes in lower and upper case"),
    ("escaped-letter", f"{BASE}/%74ransactions/", "should", "P5, P43", "An escaped letter in the path"),
    ("escaped-digit", f"{BASE}/t/?external_id=%324", "should", "P5, P43", "An escaped digit in the query"),
    ("escaped-tilde", f"{BASE}/%7Euser/", "should", "P5, P43", "An escaped tilde"),
    ("escaped-underscore", f"{BASE}/t/?external%5Fid=1", "should", "P5, P43", "An escaped underscore in a name"),
    ("escaped-dot", f"{BASE}/t/?q=a%2Eb", "should", "P5, P43", "An escaped dot in the query"),
    ("bracket-pair-value", f"{BASE}/t/?a=[1]", "should", "P5, P43", "Brackets around a value"),
    ("brackets-in-path", f"{BASE}/t[1]/", "should", "P5, P43", "Brackets in the path"),
    ("escaped-brackets", f"{BASE}/t/?a%5B%5D=1", "must", "S7, P43", "Escaped brackets"),
    ("apostrophe-in-path", f"{BASE}/o'brien/", "should", "P5, P43", "An apostrophe in the path"),
    ("escaped-apostrophe", f"{BASE}/t/?name=O%27Brien", "must", "S7, P43", "An escaped apostrophe"),
    ("escaped-slash-in-path", f"{BASE}/a%2Fb/", "should", "P5, P43", "An escaped slash in the path"),
    ("lower-case-escaped-slash", f"{BASE}/a%2fb/", "should", "P5, P43", "An escaped slash in lower case in the path"),
    ("escaped-backslash", f"{BASE}/a%5Cb/", "should", "P5", "An escaped backslash in the path"),
    ("dot-segment-at-end", f"{BASE}/t/.", "should", "P5, P43", "A dot segment at the end"),
    ("double-dot-at-end", f"{BASE}/t/..", "should", "P5, P43", "Two dots at the end"),
    ("double-dot-beyond-root", "https://sandbox.example/../t/", "should", "P5, P43", "Dots that lead beyond the root"),
    ("escaped-dot-segment", f"{BASE}/a/%2e%2e/t/", "should", "P5, P43", "Dot segments, escaped"),
    ("three-dots", f"{BASE}/.../t/", "should", "P5", "Three dots, which are no dot segment"),
    ("dots-in-query", f"{BASE}/t/?q=/../a", "should", "P5", "Dots in the query, which are no segment"),
    ("bare-question-mark-after-file", f"{BASE}/t?", "should", "P5, P43", "A bare question mark without a slash"),
    ("ampersand-only", f"{BASE}/t/?&", "should", "P5", "A query of an ampersand"),
    ("equals-only", f"{BASE}/t/?=", "should", "P5", "A query of an equals sign"),
    ("leading-ampersand", f"{BASE}/t/?&a=1", "should", "P5", "An ampersand before the first parameter"),
    ("trailing-ampersand", f"{BASE}/t/?a=1&", "should", "P5", "An ampersand after the last parameter"),
    ("double-ampersand", f"{BASE}/t/?a=1&&b=2", "should", "P5", "Two ampersands"),
    ("semicolon-separator", f"{BASE}/t/?a=1;b=2", "should", "P5", "A semicolon between parameters"),
    ("slash-in-query", f"{BASE}/t/?path=/a/b", "should", "S7, P5", "Slashes in the query"),
    ("colon-in-query", f"{BASE}/t/?at=10:30", "should", "S7, P5", "A colon in the query"),
    ("escaped-colon", f"{BASE}/t/?at=10%3A30", "must", "S7", "An escaped colon"),
    ("escaped-at", f"{BASE}/t/?email=ed%40example.com", "must", "S7", "An escaped @"),
    ("escaped-comma", f"{BASE}/t/?ids=1%2C2", "must", "S7", "An escaped comma"),
    ("escaped-ampersand", f"{BASE}/t/?q=a%26b", "must", "S7", "An escaped ampersand"),
    ("escaped-percent", f"{BASE}/t/?q=100%25", "must", "S7", "An escaped percent sign"),
    ("escaped-twice", f"{BASE}/t/?q=a%252Fb", "must", "S7", "A value escaped twice"),
    ("escaped-plus", f"{BASE}/t/?q=a%2Bb", "must", "S7", "An escaped plus"),
    ("plus-in-path", f"{BASE}/a+b/", "should", "S7, P5", "A plus in the path"),
    ("blank-in-path", f"{BASE}/a%20b/", "should", "S7, P5", "An escaped blank in the path"),
    ("escaped-utf-8-path", f"{BASE}/Troms%C3%B8/", "should", "S7", "An escaped letter beyond ASCII in the path"),
    ("escaped-latin-1", f"{BASE}/t/?q=Troms%F8", "should", "S7, P5", "An escape that is no UTF-8"),
    ("escaped-nul", f"{BASE}/t/?q=a%00b", "should", "S7, P5", "An escaped NUL"),
    ("escaped-line-end", f"{BASE}/t/?q=a%0D%0Ab", "should", "S7, P5", "Escaped line ends"),
    ("tilde", f"{BASE}/~user/", "should", "S7", "A tilde"),
    ("at-in-path", f"{BASE}/@user/", "should", "S7, P5", "An @ in the path, which begins no userinfo"),
    ("colon-in-path", f"{BASE}/a:b/", "should", "S7, P5", "A colon in the path"),
    ("backtick", f"{BASE}/t/?q=a`b", "should", "P5, P43", "A backtick, which clients escape"),
    ("long-query", f"{BASE}/t/?q=" + "a" * 2000, "should", "S7", "A query of 2000 characters"),
    ("many-parameters", f"{BASE}/t/?" + "&".join(f"p{i}={i}" for i in range(100)), "should", "S7", "100 parameters"),
    ("url-in-path", f"{BASE}/t/https://m.example/", "should", "S7, P5", "A URL in the path: doubled slashes stay"),
    ("trailing-slashes", f"{BASE}/t//", "should", "S44, P5", "Two trailing slashes"),
    ("slash-before-query-twice", f"{BASE}/t//?a=1", "should", "S44, P5", "Two slashes before the query"),
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
    ("scheme-only", "https://", "a scheme and nothing else"),
    ("scheme-relative", "//sandbox.example/t/", "no scheme before the slashes"),
    ("one-slash", "https:/sandbox.example/t/", "one slash after the scheme"),
    ("port-without-host", "https://:8443/t/", "a port without a host"),
    ("query-without-host", "https://?a=1", "a query in the place of the host"),
    ("other-scheme", "ftp://sandbox.example/t/", "a scheme that is neither https nor http"),
    ("mail", "mailto:ed@example.com", "an address that is no URL with a host"),
    ("asterisk", "*", "the target of OPTIONS *"),
    ("authority-form", "sandbox.example:443", "the target of CONNECT"),
    ("query-only", "?external_id=24", "a query alone"),
    ("empty-userinfo", "https://@sandbox.example/t/", "an @ with nothing before it"),
    ("empty-user-and-password", "https://:@sandbox.example/t/", "an empty user name and password"),
    ("user-with-escape", "https://a%40b@sandbox.example/t/", "a user name with an escaped @"),
    ("fragment-after-query", f"{BASE}/t/?a=1#b", "a fragment after the query"),
    ("fragment-before-query", f"{BASE}/t/#a?b=1", "a fragment that looks like a query"),
    ("fragment-after-host", "https://sandbox.example#a", "a fragment right after the host"),
    ("two-fragments", f"{BASE}/t/#a#b", "two fragments"),
    ("emoji", f"{BASE}/t/?q=😀", "a raw emoji"),
    ("no-break-space", f"{BASE}/t/?q=a\u00a0b", "a raw no-break space"),
    ("zero-width-space", f"{BASE}/t/\u200b", "a raw zero-width space"),
    ("byte-order-mark", f"\ufeff{BASE}/t/", "a byte order mark before the URL"),
    ("ideographic-full-stop", "https://sandbox\u3002example/t/", "an ideographic full stop in the host"),
    ("full-width-host", "https://\uff53andbox.example/t/", "a full-width letter in the host"),
    ("decomposed", f"{BASE}/t/?q=o\u0308", "a raw combining mark"),
    ("line-separator", f"{BASE}/t/\u2028", "a raw U+2028"),
    ("latin-1-control", f"{BASE}/t/\u0085", "a raw U+0085"),
    ("carriage-return", f"{BASE}/t/\r", "CR"),
    ("header-injection", f"{BASE}/t/\r\nx-merchant-id: 1", "a line end and another header"),
    ("tab-at-start", f"\t{BASE}/t/", "a tab at the start"),
    ("line-end-in-host", "https://sandbox\n.example/t/", "a line end in the host"),
    ("blank-in-host", "https://sand box.example/t/", "a blank in the host"),
    ("blank-in-path", f"{BASE}/a b/", "a raw blank in the path"),
    ("percent-at-end-of-path", f"{BASE}/t%", "a % at the end of the path"),
    ("percent-twice", f"{BASE}/t/?q=%%20", "a % before an escape"),
    ("percent-second-digit", f"{BASE}/t/?q=%4G", "an escape whose second digit is not hex"),
    ("percent-u", f"{BASE}/t/?q=%u00e9", "JavaScript's escape %u"),
    ("percent-blank", f"{BASE}/t/?q=100%+off", "a % before a plus"),
    ("backslashes", "https:\\\\sandbox.example\\t\\", "backslashes for slashes"),
    ("backslash-after-host", "https://sandbox.example\\t/", "a backslash after the host"),
    ("template", f"{BASE}/t/{{id}}/", "a template that was never filled in"),
    ("quoted", f'"{BASE}/t/"', "quotation marks around the URL"),
    ("angle-brackets", f"<{BASE}/t/>", "angle brackets around the URL"),
)
WIRE = (
    "no-slash-before-query", "blank-as-plus", "callback", "lower-case-escapes", "dot-segments", "empty-path",
    "escaped-unreserved", "brackets", "apostrophe", "escaped-slash", "default-port", "upper-case-host",
    "bare-question-mark", "double-slash", "upper-case-scheme", "empty-value", "repeated-parameter", "escaped-utf-8",
    "lower-case-escape-in-path", "escaped-letter", "escaped-slash-in-path", "dot-segment-at-end", "escaped-dot-segment",
    "empty-path-with-query", "default-port-http", "empty-port", "escaped-percent", "escaped-twice", "escaped-plus",
    "semicolon-separator", "trailing-ampersand", "escaped-latin-1", "backtick", "trailing-slashes",
)  # fmt: skip
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
    for name, url, level, clauses, told in KEPT:
        if name not in WIRE:
            continue
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
    _signed(cases)
    _received(cases)
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
    for octet in (*range(1, 32), 0x80, 0xFF):
        cases.message(
            f"message/url-refused/octet-{octet:02x}",
            f"No URL to sign: the raw character {octet:02X} in the query. Clients send it changed, or not at all.",
            "P43",
            request("GET", f"{BASE}/t/?q=a{chr(octet)}b"),
            refused=True,
            level="should",
            flags="UrlRefused, EveryControl",
        )
    return cases


def _signed(cases: Suite) -> None:
    """Signing takes a URL as it stands, and refuses what message refuses."""
    kept = {name: (url, level, clauses, told) for name, url, level, clauses, told in KEPT}
    for name in ("trailing-slash", "two-parameters", "blank-as-plus", "blank-as-percent-20", "callback", "port",
                 "lower-case-escapes", "escaped-unreserved", "dot-segments", "default-port", "upper-case-host",
                 "bare-question-mark", "empty-path", "escaped-utf-8", "apostrophe", "brackets"):  # fmt: skip
        url, level, clauses, told = kept[name]
        cases.sign(
            f"request/url-signed/{name}",
            f"{told}: signed exactly as it is sent.",
            clauses,
            request("GET", url),
            DOC,
            level=level,
            flags="" if level == "must" else "RewrittenUrl",
        )
    refused = {name: (url, told) for name, url, told in REFUSED}
    for name in (
        *("no-host", "fragment", "user-and-password", "non-ascii-path", "blank", "line-end", "stray-percent"),
        *("empty", "no-scheme", "one-slash", "template", "angle-brackets", "percent-twice", "other-scheme"),
    ):
        url, told = refused[name]
        cases.sign(
            f"request/url-sign-refused/{name}",
            f"No URL to sign: {told}. Nothing is signed.",
            "P43",
            request("GET", url),
            DOC,
            refused=True,
            level="should",
            flags="UrlRefused",
        )


def _received(cases: Suite) -> None:
    """What a signer refuses may still come over the wire: a verifier checks what came."""
    for name, url, told in (
        ("raw-utf-8", f"{BASE}/t/?q=Troms\u00f8", "Raw UTF-8 in the query"),
        ("raw-utf-8-path", f"{BASE}/Troms\u00f8/", "Raw UTF-8 in the path"),
        *((name, f"{BASE}/t/?q=a{mark}b", f"A raw {mark} in the query") for mark, name in MARKS.items()),
        ("stray-percent", f"{BASE}/t/?q=100%", "A % that begins no escape"),
        ("percent-not-hex", f"{BASE}/t/?q=%zz", "An escape that is not hex"),
    ):
        cases.verify(
            f"request/url-received/{name}",
            f"{told}: some clients send it, and what came over the wire is what was signed.",
            "P9, P43",
            request("GET", url),
            DOC,
            valid=True,
            level="should",
            flags="RewrittenUrl",
        )
