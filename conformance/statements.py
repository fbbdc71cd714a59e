"""Which statements (S) and policies (P) of docs/statements.md vectors can express, and what shows the others.

``vectors``: a case of a vector file cites the number. ``http``: it is about servers, answers or time, so that only a
check of a running client or server can show it. ``neither``: nothing can be put to an implementation.
"""

from __future__ import annotations

from typing import NamedTuple


class Statement(NamedTuple):
    """What shows a number, and why so."""

    shown_by: str
    reason: str


_Table = dict[int, str | tuple[str, str]]

_S_VECTORS: _Table = {
    2: "data beyond ASCII is sent escaped",
    3: "the same request for both hosts",
    4: "the platform's key as it is served",
    5: "key files, their sizes, keys that are not the merchant's",
    6: "the headers of a built request",
    7: "method, URL and body, and nothing else",
    8: "the short signature over the id alone",
    10: "a response's signature over its body",
    11: "the members of a payment's body survive the encoder",
    18: "the document's body and response",
    20: "the document's card details",
    21: "look-ups of a payment, and their answer",
    22: "a webhook for each status",
    24: "the document's payout body",
    26: "the document's payout response",
    28: "id, first six and last four digits",
    29: "the value alone, decoded",
    35: "the webhooks of a payment's changes",
    36: "a webhook's signature over its body",
    40: "the document's test cards",
    41: "what is signed is what is sent, minified",
    42: "the document's three messages",
    43: "the document's key and its three signatures",
    44: "blanks, line ends, slashes, environments",
    46: "key files as the two openssl commands write them",
}
_S_OTHERS: _Table = {
    1: ("http", "status codes and media types are seen on the wire"),
    9: ("neither", "the sample code is run as harnesses with the same libraries"),
    12: ("http", "the server chooses the page by the payment method"),
    13: ("http", "the server falls back to a preset URL"),
    14: ("http", "expiry needs a clock and a server"),
    15: ("http", "the server checks the payer's age"),
    16: ("http", "the server checks currency and country codes"),
    17: ("http", "the server knows what is enabled for a merchant"),
    19: ("http", "a redirect, or a second request, follows the first"),
    23: ("http", "the server knows the currencies of a merchant"),
    25: ("http", "a second request with the same nonce"),
    27: ("http", "a redirect, or a second request, follows the first"),
    30: ("http", "statuses come from a server"),
    31: ("http", "the server checks the payout's currency"),
    32: ("neither", "how a page is embedded in another"),
    33: ("http", "delivery and acknowledgement of webhooks"),
    34: ("http", "repeated delivery over hours"),
    37: ("http", "status codes come from a server"),
    38: ("http", "error codes come from a server"),
    39: ("http", "what a client does after an error code"),
    45: ("neither", "limits and margins are agreed by contract"),
}
_P_VECTORS: _Table = {
    1: "method, URL and body",
    2: "the scheme, and standard base64 on one line",
    3: "bodies checked as received",
    4: "blanks between tokens go, tokens stay",
    5: "the URL exactly as sent",
    6: "look-ups with and without the slash",
    7: "the payouts' URLs as printed",
    8: "the decoded value of a look-up, once",
    9: "the raw request target",
    10: "what a short signature does not bind",
    11: "12 to 19 digits, no separators",
    12: "which headers each form carries",
    13: "the body alone for responses and webhooks",
    14: "signatures over the decoded body",
    15: "empty, error and key responses are signed",
    16: "the webhook example as an invalid signature",
    17: "non-ASCII data escaped, UTF-8 signed",
    18: "the formats in which the platform's key comes",
    19: "the formats in which keys come",
    24: "amounts as number and as string",
    40: "the document's key never signs for production",
    41: "numbers, depth and integers of built bodies",
    42: "text that is minified is JSON, and stays so",
    43: "URLs that are refused, and URLs that are kept",
    44: "methods that are refused, and methods that are kept",
    45: "the header's value, strictly",
    46: "length, range and the whole encoded message",
}
_P_OTHERS: _Table = {
    20: ("neither", "the samples do not run; own harnesses use the same libraries"),
    21: ("http", "the server reads dates of birth"),
    22: ("http", "the server reads and writes times"),
    23: ("http", "expiry needs a clock and a server"),
    25: ("http", "what the server answers to either case"),
    26: ("http", "which fields a server demands"),
    27: ("http", "which fields a server demands"),
    28: ("http", "which fields a server demands"),
    29: ("http", "the answers to a wrong or missing signature"),
    30: ("http", "how a client reads an error"),
    31: ("http", "how a client reads an error's code"),
    32: ("http", "a second request with the same external id"),
    33: ("http", "a second request with the same nonce"),
    34: ("http", "how webhooks are acknowledged and deduplicated"),
    35: ("http", "repeated delivery over hours"),
    36: ("http", "the order of statuses over time"),
    37: ("http", "what the sandbox answers to test cards"),
    38: ("http", "which paths a server routes"),
    39: ("http", "where a server redirects to"),
    47: ("http", "a client that meets a redirect"),
}

STATEMENTS: dict[str, Statement] = {
    f"{kind}{number}": Statement("vectors", told) if isinstance(told, str) else Statement(*told)
    for kind, table in (("S", _S_VECTORS | _S_OTHERS), ("P", _P_VECTORS | _P_OTHERS))
    for number, told in sorted(table.items())
}
