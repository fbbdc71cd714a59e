"""The bytes to sign: the body goes in as it stands, whatever it holds (S7; P1, P3, P4)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..forms import request, response, webhook
from ..keys import DOC

URL = doc.CREATE_URL
SIGNED = (
    "minified", "with-blanks", "blank-at-ends", "line-end", "carriage-returns", "whitespace-only", "utf-8",
    "decomposed", "escapes", "numbers", "duplicates", "byte-order-mark", "nul", "not-utf-8", "not-json", "large",
    "empty-object", "one-blank", "nul-at-end", "pretty-printed", "escaped-slashes", "latin-1", "member-order",
    "empty-containers",
)  # fmt: skip
CHECKED = (
    "with-blanks", "blank-at-ends", "line-end", "whitespace-only", "utf-8", "decomposed", "escapes", "numbers",
    "duplicates", "byte-order-mark", "nul", "not-utf-8", "not-json", "large", "empty-object", "empty-array",
    "one-blank", "nul-at-end", "pretty-printed",
    "escaped-slashes", "latin-1", "member-order", "overlong", "nulls", "big-integers",
    "cut-short", "lone-surrogate", "ligature",
)  # fmt: skip
LARGE = b'{"note":"' + b"0123456789abcdef" * 4095 + b'0123456"}'  # 64 KiB with its frame


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("message", "message-bodies")
    _methods(cases)
    _kept(cases)
    return cases


def _methods(cases: Suite) -> None:
    by_id = doc.STATUS_URL
    table = (
        ("post-without-body", request("POST", URL), "must", "S7", "A POST without a body: method and URL only"),
        (
            "get-with-body",
            request("GET", by_id, b'{"a":1}'),
            "should",
            "S7, P1",
            "A GET with a body: where there is one, it is signed",
        ),
        ("delete", request("DELETE", by_id), "should", "S7, P44", "A method that the document does not use"),
        ("patch", request("PATCH", by_id, b'{"a":1}'), "should", "S7, P44", "Another method with a body"),
        ("m-search", request("M-SEARCH", by_id), "should", "P44, RFC 9110 9.1", "A token with a hyphen is a method"),
        ("put", request("PUT", by_id, b'{"a":1}'), "should", "S7, P44", "PUT, with a body"),
        ("head", request("HEAD", by_id), "should", "S7, P44", "HEAD, which is not signed as GET"),
        ("options", request("OPTIONS", by_id), "should", "S7, P44", "The method OPTIONS"),
        ("trace", request("TRACE", by_id), "should", "S7, P44", "The method TRACE"),
        ("propfind", request("PROPFIND", by_id), "should", "S7, P44", "A method of WebDAV"),
        ("delete-with-body", request("DELETE", by_id, b"{}"), "should", "S7, P1", "A DELETE with a body"),
        ("one-letter", request("X", by_id), "should", "P44, RFC 9110 9.1", "A method of one letter"),
        ("with-digit", request("GET2", by_id), "should", "P44, RFC 9110 9.1", "A method with a digit"),
        ("token-marks", request("A!#$%&'*+.^_`|~9", by_id), "should", "P44, RFC 9110 5.6.2", "Every mark of a token"),
    )
    for name, form, level, clauses, told in table:
        cases.message(f"message/method/{name}", f"{told}.", clauses, form, level=level)
    for name, method in (
        ("lower-case", "post"),
        ("capitalised", "Post"),
        ("empty", ""),
        ("with-blank", "POST "),
        ("with-line-end", "POST\n"),
        ("non-ascii", "POŚT"),
        ("with-colon", "POST:"),
        ("mixed-case", "pOST"),
        ("lower-case-get", "get"),
        ("last-letter-lower", "POSt"),
        ("blank-before", " POST"),
        ("blank-inside", "PO ST"),
        ("tab-after", "POST\t"),
        ("carriage-return", "POST\r"),
        ("nul-after", "POST\0"),
        ("slash", "POST/"),
        ("comma", "GET,POST"),
        ("version-after", "POST HTTP/1.1"),
        ("quoted", '"POST"'),
        ("parenthesis", "(POST)"),
        ("semicolon", "POST;"),
        ("equals", "POST="),
        ("at-sign", "POST@"),
        ("brackets", "[POST]"),
        ("braces", "{POST}"),
        ("backslash", "POST\\"),
        ("delete-character", "POST\x7f"),
        ("full-width", "\uff30\uff2f\uff33\uff34"),
        ("dotted-capital-i", "L\u0130NK"),
        ("byte-order-mark", "\ufeffPOST"),
        ("no-break-space", "POST\u00a0"),
    ):
        cases.message(
            f"message/method-refused/{name}",
            f"{method!r} is no upper-case token: it would be signed one way and sent another.",
            "P44",
            request(method, URL, b"{}"),
            refused=True,
            level="should",
            flags="Method",
        )


def _kept(cases: Suite) -> None:
    """Bodies that a careless implementation trims, re-encodes or serialises again."""
    table = (
        ("minified", b'{"amount":150.23,"currency":"eur"}', "must", "A minified body"),
        ("with-blanks", b'{ "amount": 150.23 }', "must", "A body with blanks is not minified on the way"),
        ("blank-at-ends", b'  {"a":1}  ', "must", "Blanks at both ends are not trimmed"),
        ("line-end", b'{"a":1}\n', "must", "A line end at the end is not trimmed"),
        ("carriage-returns", b'{\r\n"a":1\r\n}\r\n', "must", "CR LF stay as they are"),
        ("whitespace-only", b" \r\n\t", "should", "A body of blanks alone is a body"),
        ("utf-8", '{"city":"Tromsø","name":"Złota 😀"}'.encode(), "must", "UTF-8 goes in as its octets, not escaped"),
        ("decomposed", '{"city":"Tromso\u0308"}'.encode(), "should", "Decomposed characters are not composed"),
        ("escapes", b'{"city":"Troms\\u00f8","url":"https:\\/\\/h"}', "must", "Escapes stay as they are spelled"),
        ("numbers", b'{"a":150.20,"b":1e2,"c":-0,"d":9007199254740993}', "must", "Numbers stay as they are spelled"),
        ("duplicates", b'{"a":1,"a":2}', "should", "Members that stand twice both stay"),
        ("byte-order-mark", b'\xef\xbb\xbf{"a":1}', "should", "A byte order mark belongs to the body"),
        ("nul", b'{"a":"\x00"}', "should", "A NUL octet does not end the message"),
        ("not-utf-8", bytes(range(256)), "should", "All 256 octets, which are no text at all"),
        ("not-json", b"a=1&b=2", "should", "A body that is no JSON"),
        ("large", LARGE, "should", "A body of 64 KiB"),
        ("empty-object", b"{}", "should", "An empty object is a body"),
        ("empty-array", b"[]", "should", "An empty array is a body, and not an empty object"),
        ("null-text", b"null", "should", "The text null is a body"),
        ("zero", b"0", "should", "The digit 0 is a body, though some languages take it for false"),
        ("one-blank", b" ", "should", "One blank is a body"),
        ("line-end-only", b"\n", "should", "A line end alone is a body"),
        ("tab-at-ends", b'\t{"a":1}\t', "should", "Tabs at both ends are not trimmed"),
        ("nul-at-end", b'{"a":1}\x00', "should", "A NUL at the end is not trimmed"),
        ("line-ends-doubled", b'{"a":1}\n\n', "should", "Two line ends at the end both stay"),
        ("carriage-return-at-end", b'{"a":1}\r', "should", "CR at the end is not trimmed"),
        ("pretty-printed", b'{\n  "a": 1,\n  "b": [\n    2\n  ]\n}\n', "must", "A pretty-printed body"),
        ("escaped-slashes", b'{"url":"https:\\/\\/h\\/"}', "must", "Escaped slashes are not unescaped"),
        ("escaped-html", b'{"a":"\\u003cb\\u003e \\u0026"}', "should", "Go's escapes are not unescaped"),
        ("upper-case-escapes", b'{"a":"\\u00E9"}', "should", "Escapes in upper case stay so"),
        ("lone-surrogate", b'{"a":"\\ud83d"}', "should", "An escaped lone surrogate stays"),
        ("composed", '{"city":"Troms\u00f6"}'.encode(), "should", "Composed characters are not decomposed"),
        ("ligature", '{"a":"\ufb01"}'.encode(), "should", "Compatibility characters stay"),
        ("latin-1", b'{"city":"Troms\xf8"}', "should", "Latin-1 is not re-encoded"),
        ("utf-16", '{"a":1}'.encode("utf-16"), "should", "UTF-16 is not re-encoded"),
        ("overlong", b'{"a":"\xc0\xaf"}', "should", "Octets that are no UTF-8 are not replaced"),
        ("member-order", b'{"b":1,"a":2,"10":3,"9":4}', "should", "Members are not reordered"),
        ("empty-containers", b'{"a":{},"b":[]}', "should", "Empty containers stay what they are"),
        ("nulls", b'{"a":null,"b":""}', "should", "Nulls and empty strings are not dropped"),
        ("big-integers", b"[9007199254740993,18446744073709551616]", "should", "Big integers are not rounded"),
        ("exponents", b"[1e2,1E+2,1.0e-7]", "should", "Exponents are not written out"),
        ("cut-short", b'{"a":', "should", "A body that is cut-off JSON"),
        ("invalid-json", b'{"a":NaN,}', "should", "A body that is nearly JSON"),
        ("xml", b'<?xml version="1.0"?><a/>', "should", "A body of XML"),
        ("plus-and-percent", b'{"a":"1+1=2 100% %20"}', "should", "Plus and percent are not decoded"),
        ("backslashes", b'{"a":"\\\\\\\\n"}', "should", "Backslashes are not interpreted"),
        ("quotes-and-dollars", b'{"a":"\'$(x)`y`"}', "should", "Marks of a shell stay as they are"),
    )
    for name, body, level, told in table:
        cases.message(
            f"message/request-body/{name}",
            f"{told}: the body is signed as it is sent.",
            "S7, S41, P3",
            request("POST", URL, body),
            level=level,
        )
    _signed(cases, table)
    octets = bytes(range(255, -1, -1))
    for name, form, clause in (("response", response, "S10"), ("webhook", webhook, "S36")):
        for kind, body, told in (
            ("octets", octets, "All 256 octets"),
            ("spaced", b'{ "a": 1 }\n', "Blanks and a line end"),
            ("decomposed", '{"city":"Cafe\u0301"}'.encode(), "A decomposed letter"),
            ("composed", '{"city":"Caf\u00e9 \u00fc \u00c5"}'.encode(), "Composed letters"),
            ("trailing-blanks", b'{"a":1}  ', "Blanks at the end"),
        ):
            cases.message(
                f"message/{name}-body/{kind}",
                f"{told}: the body alone, as it arrived.",
                f"{clause}, P3",
                form(body),
                level="must" if kind == "spaced" else "should",
            )


def _signed(cases: Suite, table: tuple[tuple[str, bytes, str, str], ...]) -> None:
    """Signing and checking take the same octets as the message does: none is trimmed, decoded or written anew."""
    for name, body, level, told in table:
        if name in SIGNED:
            clauses, form = "S7, S41, P3", request("POST", URL, body)
            cases.sign(f"request/body-signed/{name}", f"{told}: signed as it is sent.", clauses, form, DOC, level=level)
        if name in CHECKED:
            clauses, form = "S7, S41, P3", request("POST", URL, body)
            comment = f"{told}: checked as it arrived."
            cases.verify(f"request/body-checked/{name}", comment, clauses, form, DOC, valid=True, level=level)
    for name, form, clauses, level, told in (
        ("put", request("PUT", URL, b'{"a":1}'), "S7, P44", "should", "A PUT"),
        ("m-search", request("M-SEARCH", doc.STATUS_URL), "P44, S7", "should", "A method with a hyphen"),
        ("post-without-body", request("POST", URL), "S7", "must", "A POST without a body"),
        ("get-with-body", request("GET", doc.STATUS_URL, b'{"a":1}'), "S7, P1", "should", "A GET with a body"),
    ):
        cases.sign(f"request/method-signed/{name}", f"{told}, signed.", clauses, form, DOC, level=level)
        comment = f"{told}, as it came over the wire."
        cases.verify(f"request/method-checked/{name}", comment, clauses, form, DOC, valid=True, level=level)
    for name, method in (("lower-case", "post"), ("empty", ""), ("with-blank", "POST "), ("with-line-end", "POST\n")):
        cases.sign(
            f"request/method-sign-refused/{name}",
            f"{method!r} is no upper-case token: nothing is signed.",
            "P44",
            request(method, URL, b"{}"),
            DOC,
            refused=True,
            level="should",
            flags="Method",
        )
    cases.verify(
        "request/method-checked/lower-case",
        "A method that was signed in lower case and came so: a verifier checks what came.",
        "P9, P44",
        request("post", URL, b"{}"),
        DOC,
        valid=True,
        level="should",
    )
