"""The bytes to sign: the body goes in as it stands, whatever it holds (S7; P1, P3, P4)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..forms import request, response, webhook

URL = doc.CREATE_URL
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
    )
    for name, body, level, told in table:
        cases.message(
            f"message/request-body/{name}",
            f"{told}: the body is signed as it is sent.",
            "S7, S41, P3",
            request("POST", URL, body),
            level=level,
        )
    octets = bytes(range(255, -1, -1))
    for name, form, clause in (("response", response, "S10"), ("webhook", webhook, "S36")):
        for kind, body, told in (
            ("octets", octets, "All 256 octets"),
            ("spaced", b'{ "a": 1 }\n', "Blanks and a line end"),
        ):
            cases.message(
                f"message/{name}-body/{kind}",
                f"{told}: the body alone, as it arrived.",
                f"{clause}, P3",
                form(body),
                level="must" if kind == "spaced" else "should",
            )
