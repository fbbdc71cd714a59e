"""The text of the x-signature header: strict base64 on one line, blanks at the ends stripped (P2, P45; RFC 4648).

``signature`` holds one code point per octet of the header as it arrived.
"""

from __future__ import annotations

import base64
import textwrap

from .. import document as doc
from ..base import Suite
from ..forms import request
from ..keys import DOC
from ..rsa import header, sign

FORM = request("GET", doc.LOOKUP_URL)
POSITIVE = "request/get-with-query/doc"
OCTETS = sign(DOC, FORM.message)
TEXT = header(OCTETS)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("header", "header-values")
    _stripped(cases)
    _not_strict(cases)
    _not_the_signature(cases)
    return cases


def _stripped(cases: Suite) -> None:
    table = (
        ("blank-before", f" {TEXT}", "A blank before the value"),
        ("blanks-after", f"{TEXT}  ", "Two blanks after the value"),
        ("tab-after", f"{TEXT}\t", "A tab after the value"),
        ("blanks-and-tabs-around", f" \t{TEXT}\t ", "Blanks and tabs on both sides"),
    )
    for name, text, comment in table:
        cases.verify(
            f"header/{name}",
            f"{comment}: optional white space of HTTP, stripped before decoding.",
            "P45, RFC 9110 5.5",
            FORM,
            DOC,
            text,
            valid=True,
            level="should",
            flags="HeaderBlanks",
        )


def _not_strict(cases: Suite) -> None:
    """Texts that a lenient decoder turns into the right octets."""
    lines_76 = textwrap.wrap(TEXT, 76)
    next_letter = {"w": "x", "A": "B", "Q": "R", "g": "h"}[TEXT[-3]]
    table = (
        ("base64url", TEXT.replace("+", "-").replace("/", "_"), "The alphabet of base64url", "P2, RFC 4648 5"),
        ("one-letter-of-base64url", TEXT.replace("+", "-", 1), "One letter of base64url among others", "P2, P45"),
        ("padding-missing", TEXT.rstrip("="), "The padding is missing", "P2, RFC 4648 3.2"),
        ("padding-half-missing", TEXT[:-1], "One of the two padding characters is missing", "P2, RFC 4648 3.2"),
        ("padding-surplus", TEXT + "=", "A third padding character", "P2, P45"),
        ("padding-surplus-group", TEXT + "====", "A whole group of padding characters", "P2, P45"),
        ("padding-first", "====" + TEXT, "Padding characters before the value", "P2, P45"),
        ("trailing-bits", TEXT[:-3] + next_letter + "==", "Unused bits of the last letter set", "P2, RFC 4648 3.5"),
        ("lines-of-76", "\n".join(lines_76), "Wrapped into lines of 76, as MIME encoders do", "P2, RFC 4648 3.1"),
        ("lines-of-64-crlf", "\r\n".join(textwrap.wrap(TEXT, 64)), "Wrapped with CR LF, as PEM is", "P2, RFC 4648 3.1"),
        ("folded", "\r\n ".join(lines_76), "Folded over several header lines", "P2, RFC 9112 5.2"),
        ("newline-after", TEXT + "\n", "A line end after the value: it is no blank of HTTP", "P2, P45"),
        ("blank-inside", TEXT[:100] + " " + TEXT[100:], "A blank inside the value", "P2, P45"),
        ("tab-inside", TEXT[:100] + "\t" + TEXT[100:], "A tab inside the value", "P2, P45"),
        ("nul-after", TEXT + "\0", "A NUL octet after the value", "P2, P45"),
        ("nul-inside", TEXT[:100] + "\0" + TEXT[100:], "A NUL octet inside the value", "P2, P45"),
        ("non-ascii-inside", TEXT[:100] + "\xe9" + TEXT[100:], "An octet beyond ASCII inside the value", "P2, P45"),
        ("no-break-space-after", TEXT + "\xa0", "A no-break space (A0) after the value", "P2, P45"),
        ("vertical-tab-after", TEXT + "\x0b", "A vertical tab after the value", "P2, P45"),
        ("byte-order-mark", "\xef\xbb\xbf" + TEXT, "A UTF-8 byte order mark before the value", "P2, P45"),
        ("exclamation-mark", TEXT[:100] + "!" + TEXT[100:], "A character outside the alphabet", "P2, RFC 4648 3.3"),
        ("quoted", f'"{TEXT}"', "The value in quotation marks", "P2, P45"),
        ("repeated", f"{TEXT}, {TEXT}", "Two equal headers joined by the server with a comma", "P45, RFC 9110 5.2"),
        ("repeated-other-second", f"{TEXT}, AAAA", "Two headers joined, the first one right", "P45, RFC 9110 5.2"),
        ("repeated-other-first", f"AAAA, {TEXT}", "Two headers joined, the last one right", "P45, RFC 9110 5.2"),
        ("comma-after", f"{TEXT},", "A comma after the value, from an empty second header", "P45, RFC 9110 5.2"),
    )  # fmt: skip
    for name, text, comment, clauses in table:
        cases.verify(
            f"header/{name}",
            f"{comment}; some decoder or server still finds the right signature in it, and it is refused.",
            clauses,
            FORM,
            DOC,
            text,
            valid=False,
            level="should",
            flags="StrictBase64",
            differs_from=POSITIVE,
        )


def _not_the_signature(cases: Suite) -> None:
    """Texts that are no encoding of the signature at all."""
    table = (
        ("empty", "", "An empty header, as sent where signing failed unnoticed"),
        ("blanks-only", "  \t", "A header of blanks"),
        ("hex", OCTETS.hex(), "The signature in hex: letters of base64 too, but other octets"),
        ("encoded-twice", base64.b64encode(TEXT.encode()).decode(), "base64 of the base64"),
        ("first-64-characters", TEXT[:64], "The first 64 characters, once sent as a short signature"),
        ("upper-cased", TEXT.upper(), "The value in upper case"),
        ("percent-encoded", TEXT.replace("+", "%2B").replace("=", "%3D"), "Percent-encoded as in a form"),
        ("plus-as-blank", TEXT.replace("+", " "), "Every + became a blank, as decoding a form does"),
        ("word", "signature", "The header's own name for a value"),
        ("raw-octets", OCTETS.decode("latin-1"), "The signature's octets, not encoded"),
    )
    for name, text, comment in table:
        cases.verify(
            f"header/{name}",
            f"{comment}.",
            "S7, S43",
            FORM,
            DOC,
            text,
            valid=False,
            flags="NoSignature",
            differs_from=POSITIVE,
        )
