"""What response and webhook suites share: both sign the body alone (P13), and go wrong in the same ways."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from ..base import Suite
from ..edgecases.rsa import sign
from ..forms import Form
from ..keys import DOC, PLATFORM, PRODUCTION, STRANGER

UTF_8_BODY = '{"city":"Tromsø","name":"Złota 😀"}'.encode()


def positives(cases: Suite, form: Callable[[bytes], Form], prefix: str, clause: str, body: bytes) -> None:
    """Bodies whose signature holds: minified, spaced, empty, UTF-8, with a line end, no JSON at all."""
    table = (
        ("minified", body, f"{clause}, P13", "must", "The body alone is signed"),
        ("empty", b"", f"{clause}, P15", "should", "An empty body is signed too"),
        ("utf-8", UTF_8_BODY, f"{clause}, P17", "should", "A body in UTF-8 is signed as its octets"),
        ("line-end", body + b"\n", f"{clause}, P3", "must", "The body ends in a line end, which belongs to it"),
        ("not-json", b"Bad Gateway", f"{clause}, P15", "should", "A body that is no JSON is signed all the same"),
        ("latin-1", '{"city":"Tromsø"}'.encode("latin-1"), f"{clause}, P3", "should", "Octets that are no UTF-8"),
    )
    for name, octets, clauses, level, told in table:
        cases.message(f"{prefix}/{name}/message", f"{told}.", clauses, form(octets), level=level)
        if name in ("minified", "empty", "utf-8"):
            cases.sign(f"{prefix}/{name}/sign", f"{told}.", clauses, form(octets), PLATFORM, level=level)
        cases.verify(f"{prefix}/{name}/valid", f"{told}.", clauses, form(octets), PLATFORM, valid=True, level=level)


def near_misses(
    cases: Suite, form: Callable[[bytes], Form], prefix: str, clause: str, body: bytes, method: str, url: str
) -> None:
    """The body that arrived, or the message that was signed, is nearly the right one."""
    positive = f"{prefix}/minified/valid"
    spaced = body.replace(b'":', b'": ').replace(b",", b", ")
    status = b'"status":"'
    received = (
        ("blanks-added", spaced, f"{clause}, P3", "A receiver parsed the body and serialised it again with blanks"),
        ("newline-added", body + b"\n", f"{clause}, P3", "A line end was added"),
        ("newline-before", b"\n" + body, f"{clause}, P3", "A line end stands before the body"),
        ("slashes-escaped", body.replace(b"/", b"\\/"), f"{clause}, P3", "A receiver serialised it again with \\/"),
        ("amount-changed", body.replace(b"150.23", b"1150.23"), clause, "The amount was changed on the way"),
        ("status-changed", body.replace(status, status + b"x-"), clause, "The status was changed on the way"),
        ("null-dropped", body.replace(b'"error_code":null,', b""), f"{clause}, P3", "A null was dropped"),
        ("body-lost", b"", clause, "The body got lost"),
    )
    for name, octets, clauses, told in received:
        cases.verify(
            f"{prefix}/minified/{name}",
            f"{told}; the signature is over the octets as they were sent.",
            clauses,
            form(octets),
            PLATFORM,
            sign(PLATFORM, body),
            valid=False,
            flags="ChangedBody",
            differs_from=positive,
        )
    signed = (
        (
            "method-url-body",
            f"{clause}, P13",
            "Method, URL and body were signed, as for requests",
            method.encode() + url.encode() + body,
        ),
        ("method-body", f"{clause}, P13", "Method and body were signed", method.encode() + body),
        ("url-body", f"{clause}, P13", "URL and body were signed", url.encode() + body),
        ("spaced-signed", f"{clause}, P3", "The body was signed with blanks and sent minified", spaced),
    )
    for name, clauses, told, message in signed:
        cases.verify(
            f"{prefix}/minified/{name}",
            f"{told}: only the body as sent is the message.",
            clauses,
            form(body),
            PLATFORM,
            sign(PLATFORM, message),
            valid=False,
            flags="WrongMessage",
            differs_from=positive,
        )
    cases.verify(
        f"{prefix}/minified/compressed-signed",
        "The gzip octets were signed; the message is the decoded body.",
        f"P14, {clause}",
        form(body),
        PLATFORM,
        sign(PLATFORM, _gzip(body)),
        valid=False,
        level="should",
        flags="WrongMessage",
        differs_from=positive,
    )
    for key, told in (
        (DOC, "the merchant's own"),
        (PRODUCTION, "another environment's"),
        (STRANGER, "somebody else's"),
    ):
        cases.verify(
            f"{prefix}/minified/signed-by-{key.name}",
            f"A sound signature over the body by {told} key.",
            f"S4, {clause}",
            form(body),
            PLATFORM,
            sign(key, body),
            valid=False,
            flags="WrongKey",
            differs_from=positive,
        )


def _gzip(data: bytes) -> bytes:
    """gzip with one stored block (RFC 1951, 1952), so that no compressor's version matters."""
    block = b"\x01" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data
    return b"\x1f\x8b\x08\x00" + bytes(4) + b"\x00\xff" + block + struct.pack("<II", zlib.crc32(data), len(data))
