"""The header's text: strict base64 on one line, blanks at its ends stripped (P2, P45; RFC 4648).

One code point stands for one octet of the header as it arrives.
"""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator

from .edge import Edge
from .rsa import header

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
Rows = Iterator[tuple[str, str, str, str]]  # name, text, comment, clauses


def edges(signature: bytes) -> Iterator[Edge]:
    """The edges of one right signature, in order. A text that happens to be the right one is left out."""
    text = header(signature)
    for name, value, comment in _stripped(text):
        told = f"{comment}: optional white space of HTTP, stripped before decoding."
        yield Edge(name, told, "P45, RFC 9110 5.5", value, "HeaderBlanks", "should", valid=True)
    told = "some decoder or server still finds the right signature in it, and it is refused"
    for table in (_spellings(text), _padding(text), _framed(text), _repeated(text)):
        for name, value, comment, clauses in table:
            if value != text:
                yield Edge(name, f"{comment}; {told}.", clauses, value, "StrictBase64", "should")
    for name, value, comment in _not_the_signature(signature, text):
        if value != text:
            yield Edge(name, f"{comment}.", "S7, S43", value, "NoSignature")


def _stripped(text: str) -> Iterator[tuple[str, str, str]]:
    yield from (
        ("blank-before", f" {text}", "A blank before the value"),
        ("blanks-after", f"{text}  ", "Two blanks after the value"),
        ("tab-after", f"{text}\t", "A tab after the value"),
        ("blanks-and-tabs-around", f" \t{text}\t ", "Blanks and tabs on both sides"),
        ("tab-before", f"\t{text}", "A tab before the value"),
        ("many-blanks-around", f"{' ' * 40}{text}{' ' * 40}", "Forty blanks on each side"),
    )


def _spellings(text: str) -> Rows:
    """Other alphabets, line ends and strange characters in the text."""
    lines_76, half = textwrap.wrap(text, 76), 100
    start, rest = text[:half], text[half:]
    yield from (
        ("base64url", text.replace("+", "-").replace("/", "_"), "The alphabet of base64url", "P2, RFC 4648 5"),
        ("one-letter-of-base64url", text.replace("+", "-", 1), "One letter of base64url among others", "P2, P45"),
        ("base64url-without-padding", text.replace("+", "-").replace("/", "_").rstrip("="),
         "base64url without padding, as in a JWT", "P2, RFC 4648 5"),
        ("imap-alphabet", text.replace("/", ","), "The alphabet of IMAP's mailbox names, a comma for the slash",
         "P2, P45"),
        ("lines-of-76", "\n".join(lines_76), "Wrapped into lines of 76, as MIME encoders do", "P2, RFC 4648 3.1"),
        ("lines-of-64-crlf", "\r\n".join(textwrap.wrap(text, 64)), "Wrapped with CR LF, as PEM is",
         "P2, RFC 4648 3.1"),
        ("folded", "\r\n ".join(lines_76), "Folded over several header lines", "P2, RFC 9112 5.2"),
        ("lines-joined-by-blanks", " ".join(lines_76), "Wrapped, the line ends turned into blanks",
         "P2, RFC 9112 5.2"),
        ("newline-after", text + "\n", "A line end after the value: it is no blank of HTTP", "P2, P45"),
        ("newline-before", "\n" + text, "A line end before the value", "P2, P45"),
        ("crlf-after", text + "\r\n", "CR LF after the value", "P2, P45"),
        ("carriage-return-after", text + "\r", "CR after the value", "P2, P45"),
        ("form-feed-after", text + "\x0c", "A form feed after the value", "P2, P45"),
        ("form-feed-before", "\x0c" + text, "A form feed before the value", "P2, P45"),
        ("vertical-tab-before", "\x0b" + text, "A vertical tab before the value", "P2, P45"),
        ("file-separator-after", text + "\x1c", "The control character 1C after the value, a blank to Python",
         "P2, P45"),
        ("next-line-after", text + "\x85", "The control character 85 after the value, a blank to Unicode",
         "P2, P45"),
        ("no-break-space-before", "\xa0" + text, "A no-break space (A0) before the value", "P2, P45"),
        ("nul-before", "\0" + text, "A NUL octet before the value", "P2, P45"),
        ("nul-and-more", text + "\0text", "A NUL octet and text after the value", "P2, P45"),
        ("delete-after", text + "\x7f", "The character 7F after the value", "P2, P45"),
        ("blank-inside", f"{start} {rest}", "A blank inside the value", "P2, P45"),
        ("tab-inside", f"{start}\t{rest}", "A tab inside the value", "P2, P45"),
        ("line-end-inside", f"{start}\n{rest}", "A line end inside the value", "P2, RFC 4648 3.1"),
        ("carriage-return-inside", f"{start}\r{rest}", "CR inside the value", "P2, RFC 4648 3.1"),
        ("nul-after", text + "\0", "A NUL octet after the value", "P2, P45"),
        ("nul-inside", f"{start}\0{rest}", "A NUL octet inside the value", "P2, P45"),
        ("non-ascii-inside", f"{start}\xe9{rest}", "An octet beyond ASCII inside the value", "P2, P45"),
        ("no-break-space-after", text + "\xa0", "A no-break space (A0) after the value", "P2, P45"),
        ("vertical-tab-after", text + "\x0b", "A vertical tab after the value", "P2, P45"),
        ("byte-order-mark", "\xef\xbb\xbf" + text, "A UTF-8 byte order mark before the value", "P2, P45"),
        ("utf-16", text.encode("utf-16-le").decode("latin-1"), "The value in UTF-16, full of NULs", "P2, P45"),
        ("zero-width-space", f"{start}\xe2\x80\x8b{rest}", "A zero-width space in UTF-8 inside the value",
         "P2, P45"),
        ("exclamation-mark", f"{start}!{rest}", "A character outside the alphabet", "P2, RFC 4648 3.3"),
        ("hyphen-inside", f"{start}-{rest}", "A hyphen inside the value, which lenient decoders skip",
         "P2, RFC 4648 3.3"),
        ("soft-line-break", f"{start}=\r\n{rest}", "A soft line break of quoted-printable inside the value",
         "P2, P45"),
        ("escaped-slashes", text.replace("/", "\\/"), "The slashes escaped, as PHP's JSON has them", "P2, P45"),
        ("escaped-line-end", text + "\\n", "A line end spelled \\n after the value", "P2, P45"),
    )  # fmt: skip


def _padding(text: str) -> Rows:
    """Padding, and the bits that it leaves unused. A key of 3072 bits has no padding at all."""
    digits = text.rstrip("=")
    padding = text[len(digits) :]
    if padding:
        unused = {"==": 4, "=": 2}[padding]
        value = ALPHABET.index(digits[-1])
        lowest, all_bits = (digits[:-1] + ALPHABET[value | bits] + padding for bits in (1, (1 << unused) - 1))
        yield "padding-missing", digits, "The padding is missing", "P2, RFC 4648 3.2"
        yield "trailing-bits", lowest, "Unused bits of the last letter set", "P2, RFC 4648 3.5"
        yield "trailing-bits-all", all_bits, "All unused bits of the last letter set", "P2, RFC 4648 3.5"
        yield (
            "padding-before-last-letter",
            digits[:-1] + padding + digits[-1],
            "The padding one letter early",
            "P2, P45",
        )
        yield "padding-after-blank", f"{digits} {padding}", "A blank before the padding", "P2, P45"
        yield "padding-as-dots", digits + "." * len(padding), "Dots instead of the padding", "P2, P45"
        yield "padding-as-zeros", digits + "A" * len(padding), "Letters A instead of the padding", "P2, P45"
        yield "letters-after-padding", text + "AAAA", "Four letters after the padding", "P2, P45"
    if padding == "==":
        yield "padding-half-missing", text[:-1], "One of the two padding characters is missing", "P2, RFC 4648 3.2"
        yield "padding-apart", digits + "= =", "A blank between the padding characters", "P2, P45"
        yield "padding-line-end-between", digits + "=\n=", "A line end between the padding characters", "P2, P45"
    yield "padding-surplus", text + "=", "A third padding character", "P2, P45"
    yield "padding-surplus-group", text + "====", "A whole group of padding characters", "P2, P45"
    yield "padding-first", "====" + text, "Padding characters before the value", "P2, P45"
    yield "padding-one-first", "=" + text, "One padding character before the value", "P2, P45"
    yield "padding-inside", f"{text[:100]}={text[100:]}", "A padding character inside the value", "P2, P45"
    yield "padding-group-inside", f"{text[:100]}===={text[100:]}", "A group of padding inside the value", "P2, P45"
    yield "letter-after", text + "A", "A letter after the value", "P2, P45"


def _framed(text: str) -> Rows:
    """The right text in the dress of some other format."""
    for name, value, told in (
        ("quoted", f'"{text}"', "The value in quotation marks"),
        ("single-quoted", f"'{text}'", "The value in single quotation marks"),
        ("python-bytes", f"b'{text}'", "The text of a Python bytes object"),
        ("angle-brackets", f"<{text}>", "The value in angle brackets"),
        ("colons", f":{text}:", "A byte sequence of HTTP's structured fields"),
        ("bearer", f"Bearer {text}", "An authorization scheme before the value"),
        ("algorithm-before", f"sha256={text}", "The algorithm's name before the value, as other webhooks have it"),
        ("algorithm-with-colon", f"RSA-SHA256:{text}", "The algorithm's name and a colon before the value"),
        ("version-before", f"v1,{text}", "A version and a comma before the value"),
        ("parameter", f'signature="{text}"', "The value as a parameter, as HTTP message signatures had it"),
        ("parameter-after", f"{text}; alg=rs256", "A parameter after the value"),
        ("semicolon-after", f"{text};", "A semicolon after the value"),
        ("data-url", f"data:;base64,{text}", "The value in a data URL"),
        ("encoded-word", f"=?us-ascii?Q?{text}?=", "The value as an encoded word of mail"),
        ("armour", f"-----BEGIN SIGNATURE-----{text}-----END SIGNATURE-----", "The value in armour, on one line"),
        ("header-name", f"x-signature: {text}", "The header's name in its own value"),
        ("json-array", f'["{text}"]', "The value in a JSON array"),
        ("jws-detached", f"..{text}", "The third part of a detached JWS"),
        ("comment-after", f"{text} (merchant)", "A comment after the value"),
    ):
        yield name, value, told, "P2, P45"


def _repeated(text: str) -> Rows:
    """More than one value, as servers join equal headers."""
    for name, value, told in (
        ("repeated", f"{text}, {text}", "Two equal headers joined by the server with a comma"),
        ("repeated-other-second", f"{text}, AAAA", "Two headers joined, the first one right"),
        ("repeated-other-first", f"AAAA, {text}", "Two headers joined, the last one right"),
        ("comma-after", f"{text},", "A comma after the value, from an empty second header"),
        ("comma-before", f",{text}", "A comma before the value, from an empty first header"),
        ("repeated-without-blank", f"{text},{text}", "Two equal headers joined without a blank"),
        ("repeated-by-semicolon", f"{text}; {text}", "Two equal headers joined with a semicolon"),
        ("repeated-by-blank", f"{text} {text}", "Two equal headers joined with a blank"),
        ("repeated-by-line-end", f"{text}\n{text}", "Two equal headers joined with a line end"),
        ("repeated-by-nul", f"{text}\0{text}", "Two equal headers joined with a NUL"),
        ("repeated-three-times", f"{text}, {text}, {text}", "Three equal headers joined"),
        ("repeated-at-once", f"{text}{text}", "The value twice, nothing between"),
        ("repeated-empty-second", f"{text}, ", "A second header that is empty, joined with comma and blank"),
    ):
        yield name, value, told, "P45, RFC 9110 5.2"


def _not_the_signature(signature: bytes, text: str) -> Iterator[tuple[str, str, str]]:
    """Texts that no decoder of base64 turns into the signature."""
    yield from (
        ("empty", "", "An empty header, as sent where signing failed unnoticed"),
        ("blanks-only", "  \t", "A header of blanks"),
        ("hex", signature.hex(), "The signature in hex: letters of base64 too, but other octets"),
        ("encoded-twice", base64.b64encode(text.encode()).decode(), "base64 of the base64"),
        ("first-64-characters", text[:64], "The first 64 characters, once sent as a short signature"),
        ("upper-cased", text.upper(), "The value in upper case"),
        ("percent-encoded", text.replace("+", "%2B").replace("=", "%3D"), "Percent-encoded as in a form"),
        ("plus-percent-encoded", text.replace("+", "%2B"), "Every + percent-encoded"),
        ("padding-percent-encoded", text.replace("=", "%3D"), "The padding percent-encoded"),
        ("slash-percent-encoded", text.replace("/", "%2F"), "Every slash percent-encoded"),
        ("one-plus-as-blank", text.replace("+", " ", 1), "One + became a blank"),
        ("plus-as-blank", text.replace("+", " "), "Every + became a blank, as decoding a form does"),
        ("word", "signature", "The header's own name for a value"),
        ("raw-octets", signature.decode("latin-1"), "The signature's octets, not encoded"),
        ("lower-cased", text.lower(), "The value in lower case"),
        ("case-swapped", text.swapcase(), "Upper and lower case swapped"),
        ("reversed", text[::-1], "The value backwards"),
        ("hex-upper-case", signature.hex().upper(), "The signature in hex, in upper case"),
        ("hex-prefixed", "0x" + signature.hex(), "The signature in hex, 0x before it"),
        ("hex-with-colons", signature.hex(":"), "The signature in hex with colons, as openssl prints it"),
        ("base64-of-hex", base64.b64encode(signature.hex().encode()).decode(), "base64 of the hex text"),
        ("base32", base64.b32encode(signature).decode(), "The signature in base32"),
        ("base85", base64.b85encode(signature).decode(), "The signature in base85"),
        ("decimal", str(int.from_bytes(signature, "big")), "The signature as a decimal number"),
        ("html-escaped", text.replace("+", "&#43;").replace("/", "&#47;"), "Escaped as in HTML"),
        ("quoted-printable", text.replace("=", "=3D").replace("+", "=2B"), "Escaped as in quoted-printable"),
        ("utf-8-of-octets", signature.decode("latin-1").encode().decode("latin-1"),
         "The signature's octets, taken for Latin-1 and written in UTF-8"),
        ("first-character-lost", text[1:], "The first character is lost"),
        ("last-eight-lost", text[:-8], "The last eight characters are lost"),
        ("first-half", text[: len(text) // 8 * 4], "The first half of the text"),
        ("cut-at-255", text[:255], "The first 255 characters, as a narrow database column keeps them"),
        ("null", "null", "The word null, from a signature that was never made"),
        ("undefined", "undefined", "The word undefined, from JavaScript"),
        ("none", "None", "The word None, from Python"),
        ("false", "false", "The word false"),
        ("zero", "0", "The digit 0"),
        ("padding-only", "====", "Padding alone"),
        ("one-letter", "A", "A single letter"),
        ("object", "[object Promise]", "The text of a JavaScript promise that nobody awaited"),
        ("php-array", "Array", "The text of a PHP array"),
        ("asterisk", "*", "An asterisk"),
        ("true", "true", "The word true"),
    )  # fmt: skip
