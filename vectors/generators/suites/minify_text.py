"""Minifying JSON text: blanks between tokens go, and nothing else changes (S41, S44; P4, P42; RFC 8259 2)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite

BIG = b"123456789" * 12

BLANKS = (
    ("blanks", b'{ "a" : 1 , "b" : [ 1 , 2 ] }', b'{"a":1,"b":[1,2]}', "Blanks around every token"),
    ("tabs", b'{\t"a":\t1\t}', b'{"a":1}', "Tabs between tokens"),
    ("line-ends", b'{\n"a":\r\n1\r}\n', b'{"a":1}', "LF, CR LF and CR"),
    ("indented", b'{\n  "a": {\n    "b": []\n  }\n}\n', b'{"a":{"b":[]}}', "Indented, as people write it"),
    ("at-ends", b' \n {"a":1} \n ', b'{"a":1}', "Blanks before and after the value"),
    ("minified-already", b'{"a":[1,{"b":null}]}', b'{"a":[1,{"b":null}]}', "Nothing to do"),
    ("blanks-in-string", b'{ "address1" : "Toyengata 53" }', b'{"address1":"Toyengata 53"}',
     "A blank inside a string stays, as in the document's own address"),
    ("many-blanks-in-string", b'[ "  a   b  " ]', b'["  a   b  "]', "Runs of blanks inside a string stay"),
    ("punctuation-in-string", b'[ " { , : [ ] } " ]', b'[" { , : [ ] } "]', "Brackets, commas, colons in a string"),
    ("escaped-quote", b'[ "a\\" , \\"b" , "c" ]', b'["a\\" , \\"b","c"]', "An escaped mark does not end the string"),
    ("escaped-backslash", b'[ "a\\\\" , "b c" ]', b'["a\\\\","b c"]', "An escaped backslash before the closing mark"),
    ("blanks-in-name", b'{ "a b" : 1 }', b'{"a b":1}', "A blank inside a member's name"),
    ("literals", b"[ true , false , null ]", b"[true,false,null]", "Blanks around literals"),
)  # fmt: skip

TOKENS = (
    ("empty-containers", b'{ "a" : [ ] , "b" : { } }', b'{"a":[],"b":{}}', "An empty object and an empty array"),
    ("numbers", b"[ 150.20 , 150.0 , 1E+2 , 1e-07 , -0 , 0.10 ]", b"[150.20,150.0,1E+2,1e-07,-0,0.10]",
     "Numbers keep their spelling"),
    ("integer-beyond-double", b"[ 9007199254740993 ]", b"[9007199254740993]", "An integer over 2^53 keeps its digits"),
    ("integer-of-108-digits", b"[ " + BIG + b" ]", b"[" + BIG + b"]", "An integer of 108 digits keeps them"),
    ("exponent-beyond-double", b"[ 1e400 , -1e-400 ]", b"[1e400,-1e-400]", "A number beyond a double's range stays"),
    ("escapes", b'[ "\\/ \\u00e9 \\u00E9 \\b \\u0008 \\u001F" ]', b'["\\/ \\u00e9 \\u00E9 \\b \\u0008 \\u001F"]',
     "Escapes keep their spelling"),
    ("nul-escape", b'[ "\\u0000" ]', b'["\\u0000"]', "An escaped NUL stays"),
    ("surrogate-pair", b'[ "\\ud83d\\ude00" ]', b'["\\ud83d\\ude00"]', "An escaped surrogate pair stays"),
    ("lone-surrogate", b'[ "\\ud83d" , "\\ude00 \\ud83d" ]', b'["\\ud83d","\\ude00 \\ud83d"]',
     "Escapes of lone surrogates stay"),
    ("utf-8", '[ "Złota 😀" ]'.encode(), '["Złota 😀"]'.encode(), "Characters beyond ASCII stay raw"),
    ("line-separators", '[ "a\u2028b\u2029c" ]'.encode(), '["a\u2028b\u2029c"]'.encode(), "U+2028 and U+2029 stay raw"),
    ("unicode-blanks-in-string", '[ "a\u00a0b\u3000c\ufeff" ]'.encode(), '["a\u00a0b\u3000c\ufeff"]'.encode(),
     "Unicode's blanks inside a string stay"),
    ("delete-in-string", b'[ "a\x7fb" ]', b'["a\x7fb"]', "The character 7F inside a string stays"),
    ("noncharacter", '[ "\uffff\U0010ffff" ]'.encode(), '["\uffff\U0010ffff"]'.encode(), "Noncharacters stay"),
    ("duplicates", b'{ "a" : 1 , "a" : 2 }', b'{"a":1,"a":2}', "Members that stand twice both stay"),
    ("order", b'{ "b" : 1 , "a" : 2 , "10" : 3 , "9" : 4 }', b'{"b":1,"a":2,"10":3,"9":4}', "Members keep their order"),
    ("empty-name", b'{ "" : "" }', b'{"":""}', "An empty name and an empty string"),
    ("top-level-number", b" 150.20 ", b"150.20", "A number alone is JSON text"),
    ("top-level-string", b' " a " ', b'" a "', "A string alone is JSON text"),
    ("top-level-null", b"\nnull\n", b"null", "A literal alone is JSON text"),
    ("depth-100", b"[ " * 100 + b"]" * 100, b"[" * 100 + b"]" * 100, "A depth of 100 is still taken"),
    ("depth-100-objects", b'{ "a" : ' * 99 + b"{ }" + b" }" * 99, b'{"a":' * 99 + b"{}" + b"}" * 99,
     "A depth of 100 objects"),
    ("wide", b"[ " + b", ".join([b'{ "a" : [ 1 ] }'] * 500) + b" ]", b"[" + b",".join([b'{"a":[1]}'] * 500) + b"]",
     "500 members side by side are not deep"),
    ("long-string", b'[ "' + b"a b " * 4096 + b'" ]', b'["' + b"a b " * 4096 + b'"]', "A string of 16 KiB with blanks"),
)  # fmt: skip


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("minify", "minify-text")
    for name, text, minified, told in BLANKS:
        cases.minify(f"minify/{name}", f"{told}.", "S41, S44, P4", text, minified)
    for name, text, level, told in (
        ("payment-status", doc.STATUS_RESPONSE_SPACED, "should", "with URLs, whose slashes stay unescaped"),
        ("payout", doc.PAYOUT_BODY_SPACED, "should", "with a URL and a number of two decimals"),
        ("payout-card", doc.PAYOUT_CARD_BODY_SPACED, "must", "with integers and strings"),
    ):
        comment = f"A body that the document prints with blanks, {told}."
        cases.minify(
            f"minify/doc-{name}", comment, "S41, P4", text, doc.minified(text), level=level, flags="PrintedWithBlanks"
        )
    for name, text, minified, told in TOKENS:
        cases.minify(
            f"minify/{name}",
            f"{told}: minifying never changes a token.",
            "P4, P42",
            text,
            minified,
            level="should",
            flags="TokenKept",
        )
    return cases
