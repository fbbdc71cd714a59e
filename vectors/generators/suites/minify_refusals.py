"""Texts that are no JSON and must not be minified into something that is signed (P42; RFC 8259)."""

from __future__ import annotations

from ..base import Suite

SYNTAX = (
    ("empty", b"", "nothing at all"),
    ("blanks-only", b" \n\t", "blanks alone"),
    ("two-values", b"1 2", "two values"),
    ("two-objects", b'{"a":1}\n{"b":2}', "two objects, as JSON lines have them"),
    ("trailing-comma-object", b'{"a":1,}', "a comma before the closing brace"),
    ("trailing-comma-array", b"[1,]", "a comma before the closing bracket"),
    ("leading-comma", b"[,1]", "a comma before the first element"),
    ("double-comma", b"[1,,2]", "two commas"),
    ("missing-comma", b'{"a":1 "b":2}', "no comma between members: without blanks it would look right"),
    ("missing-comma-array", b"[1 2]", "no comma between numbers: without blanks they would join to 12"),
    ("missing-colon", b'{"a" 1}', "no colon after the name"),
    ("missing-value", b'{"a":}', "no value after the colon"),
    ("unclosed-object", b'{"a":1', "a brace that is never closed"),
    ("unclosed-array", b"[1", "a bracket that is never closed"),
    ("unclosed-string", b'["a', "a string that is never closed"),
    ("mismatched", b"[1}", "a bracket closed by a brace"),
    ("closing-only", b"]", "a closing bracket alone"),
    ("extra-closing", b'{"a":1}}', "a brace too many"),
    ("single-quotes", b"{'a':1}", "single quotation marks"),
    ("bare-name", b"{a:1}", "a name without quotation marks"),
    ("number-as-name", b"{1:2}", "a number as a name"),
    ("line-comment", b'{"a":1} // done', "a line comment"),
    ("block-comment", b'{/* x */"a":1}', "a block comment"),
    ("bare-word", b"[yes]", "a bare word"),
    ("python-literal", b"[True, None]", "Python's literals"),
    ("split-literal", b"[tr ue]", "a literal with a blank inside: without it, it would look right"),
    ("undefined", b"[undefined]", "JavaScript's undefined"),
)
NUMBERS = (
    ("nan", b"[NaN]", "NaN"),
    ("infinity", b"[Infinity]", "Infinity"),
    ("minus-infinity", b"[-Infinity]", "-Infinity"),
    ("leading-zero", b"[01]", "a leading zero"),
    ("minus-leading-zero", b"[-01]", "a leading zero behind a minus"),
    ("plus-sign", b"[+1]", "a plus sign"),
    ("no-integer-part", b"[.5]", "no digit before the point"),
    ("no-fraction", b"[5.]", "no digit after the point"),
    ("no-exponent", b"[1e]", "no digit in the exponent"),
    ("hex", b"[0x10]", "a hex number"),
    ("underscore", b"[1_000]", "an underscore between digits"),
    ("lone-minus", b"[-]", "a minus alone"),
    ("split-number", b"[1 .5]", "a blank inside a number"),
)
STRINGS = (
    ("raw-line-end", b'["a\nb"]', "a raw line end in a string"),
    ("raw-tab", b'["a\tb"]', "a raw tab in a string"),
    ("raw-nul", b'["a\x00b"]', "a raw NUL in a string"),
    ("raw-1f", b'["a\x1fb"]', "the raw control character 1F in a string"),
    ("escape-x", b'["\\x41"]', "the escape \\x"),
    ("escape-quote", b'["\\\'"]', "the escape \\'"),
    ("escape-short", b'["\\u12"]', "a \\u escape of two digits"),
    ("escape-braces", b'["\\u{1F600}"]', "an escape in braces"),
    ("escape-upper-u", b'["\\U0041"]', "the escape \\U"),
    ("escape-at-end", b'["\\"]', "an escape that swallows the closing mark"),
)
OCTETS = (
    ("byte-order-mark", b'\xef\xbb\xbf{"a":1}', "a byte order mark before the text"),
    ("invalid-utf-8", b'["a\xffb"]', "the octet FF"),
    ("latin-1", b'["Troms\xf8"]', "Latin-1 text"),
    ("lone-continuation", b'["\x80"]', "a continuation octet alone"),
    ("overlong", b'["\xc0\xaf"]', "an overlong spelling of the slash"),
    ("overlong-nul", b'["\xc0\x80"]', "Java's modified NUL"),
    ("surrogate-octets", b'["\xed\xa0\x80"]', "a surrogate spelled in UTF-8"),
    ("beyond-unicode", b'["\xf4\x90\x80\x80"]', "a code point beyond U+10FFFF"),
    ("cut-utf-8", b'["\xe2\x82"]', "a character cut short"),
    ("utf-16", '{"a":1}'.encode("utf-16"), "UTF-16 with its byte order mark"),
    ("utf-16-le", '{"a":1}'.encode("utf-16-le"), "UTF-16 without a mark"),
    ("nul-after", b'{"a":1}\x00', "a NUL after the value"),
    ("form-feed", b'{"a":\x0c1}', "a form feed, which is no JSON blank"),
    ("no-break-space", '{"a":\u00a01}'.encode(), "a no-break space between tokens"),
    ("line-separator", '{"a":\u20281}'.encode(), "U+2028 between tokens"),
)
DEPTHS = (
    ("depth-101", b"[" * 101 + b"]" * 101, "a depth of 101"),
    ("depth-101-objects", b'{"a":' * 100 + b"{}" + b"}" * 100, "a depth of 101 objects"),
    ("depth-100000", b"[" * 100_000 + b"]" * 100_000, "a depth of 100 000, which recursion does not survive"),
)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("minify", "minify-refusals")
    for flag, clauses, table in (
        ("NotJson", "P42, RFC 8259 2", SYNTAX),
        ("NotJson", "P42, RFC 8259 6", NUMBERS),
        ("NotJson", "P42, RFC 8259 7", STRINGS),
        ("NotUtf8Json", "P42, RFC 8259 8.1", OCTETS),
        ("Depth", "P41, P42", DEPTHS),
    ):
        for name, text, told in table:
            cases.minify(
                f"minify-refused/{name}", f"Not to be signed: {told}.", clauses, text, None, level="should", flags=flag
            )
    return cases
