"""The mistakes that merchants make with a message: tables of (phrase, function).

To teach the kit another one, add a row. A phrase completes a sentence that begins with "the implementation".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, urlsplit

from conformance import tokens


@dataclass(frozen=True, slots=True)
class Subject:
    """What was to be signed: the form, and whatever is known of the request around it.

    ``asked`` holds the URL and body that a build case asked for, where they may differ from those answered.
    """

    form: str
    method: str = ""
    url: str = ""
    body: bytes = field(default=b"", repr=False)  # may hold a card number
    transaction_id: str = ""
    card_number: str = field(default="", repr=False)
    value: str = ""
    merchant_id: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False)


Row = tuple[str, Callable[[Subject], str | bytes | None]]
Text = tuple[str, Callable[[str], str]]

MEND_SHAPE = "sign method + full URL + body, nothing between or around them (S7)"
MEND_METHOD = "sign the method in upper case, the one that is sent (P44)"
MEND_URL = "sign the URL exactly as the client sends it, read back from the prepared request (P5, P9)"
MEND_BODY = "serialise once, minified, and sign the very bytes that are sent (S41)"
MEND_HASH = "hand the message itself to the signing call, which does the hashing (S7)"
MEND_UTF8 = "encode the message in UTF-8, without a byte order mark (S7)"
MEND_EXACT = "sign the message's bytes as they are, nothing added, dropped or rewritten (S7)"
MENDS = {
    "request": MEND_SHAPE,
    "card_details": "x-short-signature signs the transaction's id alone (S8)",
    "payout_card_details": "sign transaction id + first 6 digits + last 4 digits of the card, no separators (S28)",
    "payout_lookup": "a payout look-up signs the decoded value of uuid or external_id alone (S29, P8)",
    "response": "a response signs its body alone, as received (S10, P13)",
    "webhook": "a webhook signs its body alone, as received (S36, P13)",
}

# How the three parts are put together: {m} method, {u} URL, {b} body, {i} merchant id.
SHAPES: tuple[tuple[str, str], ...] = (
    ("signed the body alone", "{b}"),
    ("signed the URL alone", "{u}"),
    ("signed method and URL without the body", "{m}{u}"),
    ("signed URL and body without the method", "{u}{b}"),
    ("signed method and body without the URL", "{m}{b}"),
    ("put a blank between method and URL", "{m} {u}{b}"),
    ("put blanks between method, URL and body", "{m} {u} {b}"),
    ("put a newline between method, URL and body", "{m}\n{u}\n{b}"),
    ("put a newline before the body", "{m}{u}\n{b}"),
    ("put | between method, URL and body", "{m}|{u}|{b}"),
    ("put : between method, URL and body", "{m}:{u}:{b}"),
    ("put + between method, URL and body", "{m}+{u}+{b}"),
    ("signed URL, method, body", "{u}{m}{b}"),
    ("signed body, method, URL", "{b}{m}{u}"),
    ("signed method, body, URL", "{m}{b}{u}"),
    ("signed the method alone", "{m}"),
    ("put the merchant id before the message", "{i}{m}{u}{b}"),
    ("put the merchant id after the message", "{m}{u}{b}{i}"),
)

METHODS: tuple[Text, ...] = (
    ("wrote the method in lower case", str.lower),
    ("wrote the method capitalised", str.capitalize),
    ("wrote the method in upper case", str.upper),
    *((f"signed for the method {name}", lambda _, name=name: name) for name in ("POST", "GET", "PUT")),
)


def _toggle_slash(url: str) -> str:
    path, mark, query = url.partition("?")
    return (path[:-1] if path.endswith("/") else path + "/") + mark + query


def _swap_host(url: str) -> str:
    return url.replace("//api-dev.", "//api.", 1) if "//api-dev." in url else url.replace("//api.", "//api-dev.", 1)


def _path(url: str) -> str:
    return urlsplit(url).path


def path_and_query(url: str) -> str:
    return url.partition("//")[2].partition("/")[1] + url.partition("//")[2].partition("/")[2]


def _host_lower(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme.lower() + mark + host.lower() + slash + path


_PATH = re.compile(r"((?:[^/?#]*//)?[^/?#]*)([^?#]*)(.*)", re.DOTALL)  # what is before the path, the path, the rest


def _in_path(function: Callable[[str], str]) -> Callable[[str], str]:
    return lambda url: _PATH.sub(lambda m: m[1] + function(m[2]) + m[3], url, count=1)


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4: dot segments go, slashes in a row stay."""
    kept: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            kept[1:] = kept[1:-1]
        elif part != ".":
            kept.append(part)
    return "/".join([*kept, ""] if parts[-1] in (".", "..") else kept)


def _without_escaped_dots(path: str) -> str:
    return _without_dots(re.sub("%2e", ".", path, flags=re.IGNORECASE))


def _merged(path: str) -> str:
    return re.sub("//+", "/", path)


def _sort_query(url: str) -> str:
    head, mark, query = url.partition("?")
    return head + mark + "&".join(sorted(query.split("&")))


def _in_query(function: Callable[[str], str]) -> Callable[[str], str]:
    def rewrite(url: str) -> str:
        head, mark, query = url.partition("?")
        return head + mark + function(query)

    return rewrite


def _escapes(function: Callable[[str], str]) -> Callable[[str], str]:
    return lambda url: re.sub(r"%[0-9A-Fa-f]{2}", lambda m: function(m[0]), url)


def _unreserved(url: str) -> str:
    return re.sub(
        r"%[0-9A-Fa-f]{2}",
        lambda m: c if re.fullmatch(r"[A-Za-z0-9._~-]", c := unquote(m[0], "latin-1")) else m[0],
        url,
    )


URLS: tuple[Text, ...] = (
    ("wrote / for the empty path", lambda url: re.sub(r"^([a-z]+://[^/?#]+)(?=$|[?#])", r"\1/", url)),
    ("toggled the slash at the end of the URL's path", _toggle_slash),
    ("dropped the bare ?", lambda url: url.removesuffix("?")),
    ("dropped the URL's query string", lambda url: url.partition("?")[0]),
    ("swapped the sandbox's and the production's host", _swap_host),
    ("decoded the URL's query", _in_query(unquote)),
    ("decoded the URL's query, + to blanks too", _in_query(unquote_plus)),
    ("decoded the URL", unquote),
    ("decoded the escapes of unreserved characters in the URL", _unreserved),
    ("wrote + for %20 in the URL", lambda url: url.replace("%20", "+")),
    ("wrote %20 for + in the URL", lambda url: url.replace("+", "%20")),
    ("wrote the URL's escapes in upper case", _escapes(str.upper)),
    ("wrote the URL's escapes in lower case", _escapes(str.lower)),
    ("wrote ' as %27 in the URL", lambda url: url.replace("'", "%27")),
    ("percent-encoded [ ] | in the URL", lambda url: re.sub(r"[][|]", lambda m: quote(m[0]), url)),
    ("percent-encoded characters that the URL holds as they are", lambda url: quote(url, safe="%:/?#@!$&'()*+,;=~")),
    ("percent-encoded characters that the URL holds as they are", lambda url: quote(url, safe="%:/?#@!$&*+,;=~")),
    ("percent-encoded the URL twice", lambda url: url.replace("%", "%25")),
    ("percent-encoded the reserved characters of the query", _in_query(lambda query: quote(query, safe="=&+%"))),
    ("signed the path without the host and the query", _path),
    ("signed the path and query without the host", path_and_query),
    ("left out the scheme", lambda url: url.partition("://")[2]),
    ("signed for http instead of https", lambda url: url.replace("https://", "http://", 1)),
    ("signed for https instead of http", lambda url: url.replace("http://", "https://", 1)),
    ("wrote the host in lower case", _host_lower),
    ("wrote the URL in lower case", str.lower),
    ("dropped the port", lambda url: re.sub(r"^([a-z]+://[^/?#]+?):\d+", r"\1", url)),
    ("added the port :443", lambda url: re.sub(r"^([a-z]+://[^/?#:]+)", r"\1:443", url)),
    ("collapsed dots in the path", _in_path(_without_dots)),
    ("collapsed escaped dots in the path", _in_path(_without_escaped_dots)),
    ("merged slashes in the path", _in_path(_merged)),
    ("collapsed dots and merged slashes in the path", _in_path(lambda path: _merged(_without_dots(path)))),
    ("added a ?", lambda url: url + "?"),
    ("dropped the fragment", lambda url: url.partition("#")[0]),
    ("sorted the query's parameters", _sort_query),
    ("escaped / as \\/ in the URL", lambda url: url.replace("/", "\\/")),
    ("escaped & as \\u0026 in the URL", lambda url: url.replace("&", "\\u0026")),
    ("escaped & as &amp; in the URL", lambda url: url.replace("&", "&amp;")),
    ("put the URL in quotes", lambda url: f'"{url}"'),
    ("put blanks or a newline after the URL", lambda url: url + "\n"),
    ("percent-encoded the whole URL", quote_plus),
)

# What is done to a whole message, right or wrong: phrase, function, mend.
FINISHES: tuple[tuple[str, Callable[[bytes], bytes | None], str], ...] = (
    ("signed nothing at all: an empty message", lambda _: b"", MEND_EXACT),
    ("added a newline at the end", lambda m: m + b"\n", MEND_EXACT),
    ("added CR LF at the end", lambda m: m + b"\r\n", MEND_EXACT),
    ("trimmed the message", lambda m: m.strip(), MEND_EXACT),
    ("signed the SHA-256 of the message in hex", lambda m: sha256(m).hexdigest().encode(), MEND_HASH),
    ("signed the SHA-256 in upper-case hex", lambda m: sha256(m).hexdigest().upper().encode(), MEND_HASH),
    ("hashed twice: signed the SHA-256 of the message", lambda m: sha256(m).digest(), MEND_HASH),
    ("signed the SHA-256 in base64", lambda m: base64.b64encode(sha256(m).digest()), MEND_HASH),
    ("signed what sha256sum prints", lambda m: sha256(m).hexdigest().encode() + b"  -\n", MEND_HASH),
    ("signed the message in base64", base64.b64encode, MEND_EXACT),
    ("signed the message in hex", lambda m: m.hex().encode(), MEND_EXACT),
    ("signed UTF-16 (little-endian)", lambda m: m.decode().encode("utf-16-le"), MEND_UTF8),
    ("signed UTF-16 (big-endian)", lambda m: m.decode().encode("utf-16-be"), MEND_UTF8),
    ("signed UTF-16 with a mark", lambda m: b"\xff\xfe" + m.decode().encode("utf-16-le"), MEND_UTF8),
    ("signed Latin-1", lambda m: m.decode().encode("latin-1"), MEND_UTF8),
    ("signed Windows-1252", lambda m: m.decode().encode("cp1252"), MEND_UTF8),
    ("put ? for characters beyond ASCII", lambda m: m.decode().encode("ascii", "replace"), MEND_UTF8),
    ("encoded to UTF-8 twice", lambda m: m.decode("latin-1").encode(), MEND_UTF8),
    ("put a byte order mark before the message", lambda m: b"\xef\xbb\xbf" + m, MEND_UTF8),
    ("signed the message as a JSON string", lambda m: tokens.quote(m.decode()).encode(), MEND_EXACT),
    ("put the message in quotes", lambda m: b'"' + m + b'"', MEND_EXACT),
    ("signed the message as Python prints bytes, b'...'", lambda m: repr(m).encode(), MEND_EXACT),
    ("removed every blank of the message", lambda m: re.sub(rb"[ \t\r\n]", b"", m), MEND_EXACT),
    ("turned line ends into CR LF", lambda m: re.sub(rb"\r?\n", b"\r\n", m), MEND_EXACT),
    ("wrote the message in lower case", lambda m: m.lower(), MEND_EXACT),
    ("wrote the message in upper case", lambda m: m.upper(), MEND_EXACT),
    ("percent-encoded the message", lambda m: quote(m, safe="").encode(), MEND_EXACT),
    ("percent-decoded the message", lambda m: unquote(m.decode()).encode(), MEND_EXACT),
    ("added a NUL at the end", lambda m: m + b"\0", MEND_EXACT),
    ("signed the text 'undefined'", lambda _: b"undefined", MEND_EXACT),
    ("signed the text 'null'", lambda _: b"null", MEND_EXACT),
    ("signed the text '[object Object]'", lambda _: b"[object Object]", MEND_EXACT),
)


def _request(subject: Subject) -> bytes:
    return (subject.method + subject.url).encode() + subject.body


def _uuid(text: str) -> str | None:
    found = re.search(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text)
    return found[0] if found else None


def _lookup_value(url: str) -> str | None:
    pairs = parse_qsl(url.partition("?")[2], keep_blank_values=True)
    return next((value for name, value in pairs if name in ("uuid", "external_id")), None)


def _member(body: bytes, name: str) -> str | None:
    value = tokens.parse(body)
    found = value.get(name) if isinstance(value, tokens.Object) else None
    return found if isinstance(found, str) else None


# The short forms: alternatives for the whole message. {t} transaction id, {n} card number.
SHORT: tuple[Row, ...] = (
    ("signed the transaction id alone", lambda s: s.transaction_id),
    ("signed transaction id + full card number", lambda s: s.transaction_id + s.card_number),
    ("left out the BIN (first 6 digits)", lambda s: s.transaction_id + s.card_number[-4:]),
    ("left out the last 4 digits", lambda s: s.transaction_id + s.card_number[:6]),
    ("put the last 4 digits before the BIN", lambda s: s.transaction_id + s.card_number[-4:] + s.card_number[:6]),
    ("put the digits before the transaction id", lambda s: s.card_number[:6] + s.card_number[-4:] + s.transaction_id),
    ("put BIN, transaction id, last 4 digits", lambda s: s.card_number[:6] + s.transaction_id + s.card_number[-4:]),
    ("left out the transaction id", lambda s: s.card_number[:6] + s.card_number[-4:]),
    ("took a BIN of 8 digits", lambda s: s.transaction_id + s.card_number[:8] + s.card_number[-4:]),
    ("took a BIN of 4 digits", lambda s: s.transaction_id + s.card_number[:4] + s.card_number[-4:]),
    (
        "masked the card number",
        lambda s: s.transaction_id + s.card_number[:6] + "*" * (len(s.card_number) - 10) + s.card_number[-4:],
    ),
    *(
        (
            f"put {name} between the parts",
            lambda s, mark=mark: mark.join((s.transaction_id, s.card_number[:6], s.card_number[-4:])),
        )
        for name, mark in (("+", "+"), ("-", "-"), ("blanks", " "), ("|", "|"), (":", ":"), (" + ", " + "))
    ),
    ("signed the transaction id without its hyphens", lambda s: s.transaction_id.replace("-", "")),
    ("signed the transaction id in upper case", lambda s: s.transaction_id.upper()),
    ("signed the transaction id in lower case", lambda s: s.transaction_id.lower()),
    ("signed JSON instead of the bare id", lambda s: f'{{"transaction_id":"{s.transaction_id}"}}'),
    ("put the merchant id before the transaction id", lambda s: s.merchant_id + s.transaction_id),
    ("signed the whole request, as x-signature does", _request),
    ("signed method and URL", lambda s: s.method + s.url),
    ("signed the URL", lambda s: s.url),
    ("signed the body", lambda s: s.body),
)

LOOKUP: tuple[Row, ...] = (
    ("signed the whole request, as other GETs do", lambda s: s.method + s.url),
    ("signed the URL", lambda s: s.url),
    ("signed the query string", lambda s: urlsplit(s.url).query),
    ("signed the path and query", lambda s: path_and_query(s.url)),
    ("signed the value before percent-decoding", lambda s: quote(s.value, safe="")),
    ("signed the value with + for blanks", lambda s: quote_plus(s.value)),
    ("percent-decoded the value once more", lambda s: unquote(s.value)),
    ("turned + into blanks", lambda s: s.value.replace("+", " ")),
    ("signed external_id=value", lambda s: f"external_id={s.value}"),
    ("signed uuid=value", lambda s: f"uuid={s.value}"),
    ("signed ?external_id=value", lambda s: f"?external_id={s.value}"),
    ("signed ?uuid=value", lambda s: f"?uuid={s.value}"),
    ("signed the value in upper case", lambda s: s.value.upper()),
    ("signed the value in lower case", lambda s: s.value.lower()),
    ("signed the value without its hyphens", lambda s: s.value.replace("-", "")),
    ("signed JSON instead of the bare value", lambda s: f'{{"external_id":"{s.value}"}}'),
    ("signed JSON instead of the bare value", lambda s: f'{{"uuid":"{s.value}"}}'),
    ("put the method before the value", lambda s: f"GET{s.value}"),
)

BODY_FORMS: tuple[Row, ...] = (
    ("signed method, URL and body", _request),
    ("signed URL and body", lambda s: s.url.encode() + s.body),
    ("put POST before the body", lambda s: b"POST" + s.body),
    ("signed the transaction's id alone", lambda s: _member(s.body, "id")),
    ("signed the payout's uuid alone", lambda s: _member(s.body, "uuid")),
)
REQUEST: tuple[Row, ...] = (
    ("signed the id alone, as x-short-signature does", lambda s: _uuid(s.url)),
    ("signed the id alone, as x-short-signature does", lambda s: _uuid(s.body.decode())),
    ("signed the query's value alone, as a payout look-up does", lambda s: _lookup_value(s.url)),
    ("signed external_id alone", lambda s: _member(s.body, "external_id")),
)
FORM_TABLES: dict[str, tuple[Row, ...]] = {
    "request": REQUEST,
    "card_details": SHORT,
    "payout_card_details": SHORT,
    "payout_lookup": LOOKUP,
    "response": BODY_FORMS,
    "webhook": BODY_FORMS,
}
