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
    ("one-blank", b'{"a": 1}', b'{"a":1}', "A single blank after a colon"),
    ("blank-before-colon", b'{"a" :1}', b'{"a":1}', "A single blank before a colon"),
    ("blank-before-comma", b'{"a":1 ,"b":2}', b'{"a":1,"b":2}', "A single blank before a comma"),
    ("blank-in-empty-array", b'{"a":[ ]}', b'{"a":[]}', "A blank in an empty array"),
    ("blank-in-empty-object", b'{"a":{ }}', b'{"a":{}}', "A blank in an empty object"),
    ("line-end-after", b'{"a":1}\n', b'{"a":1}', "A line end after the value, as editors leave it"),
    ("crlf", b'{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n', b'{"a":1,"b":2}', "CR LF throughout, as on Windows"),
    ("carriage-returns", b'{\r"a":1\r}\r', b'{"a":1}', "CR alone as line end"),
    ("tabs-indented", b'{\n\t"a": {\n\t\t"b": 1\n\t}\n}', b'{"a":{"b":1}}', "Indented with tabs"),
    ("empty-lines", b'\n\n{\n\n"a":1\n\n}\n\n', b'{"a":1}', "Empty lines"),
    ("long-run-of-blanks", b'{"a":' + b" " * 5000 + b"1}", b'{"a":1}', "5000 blanks in a row"),
    ("python-separators", b'{"a": 1, "b": [1, 2], "c": {"d": null}}', b'{"a":1,"b":[1,2],"c":{"d":null}}',
     "Python's default separators"),
    ("escapes-beside-blanks", b'{ "a\\\\" : "\\"" , "b" : "\\\\" }', b'{"a\\\\":"\\"","b":"\\\\"}',
     "Escaped marks and backslashes beside blanks"),
    ("comment-marks-in-string", b'[ "/* a */ // b" ]', b'["/* a */ // b"]', "Marks of comments inside a string"),
    ("single-quote-in-string", b'[ "O\'Brien , \' x" ]', b'["O\'Brien , \' x"]', "An apostrophe inside a string"),
    ("blanks-in-runs-in-name", b'{ "a  b" : 1 }', b'{"a  b":1}', "A run of blanks inside a name"),
    ("crlf-at-end", b'{"a":1}\r\n', b'{"a":1}', "CR LF after the value"),
    ("escaped-quotes-in-string", b'[ "a \\" , \\" b" ]', b'["a \\" , \\" b"]', "Two escaped marks with blanks between"),
    ("escaped-backslash-in-name", b'{ "a\\\\" : " b" }', b'{"a\\\\":" b"}', "An escaped backslash that ends a name"),
    ("escaped-backslash-in-value", b'{ "a" : "b\\\\" , "c" : " d" }', b'{"a":"b\\\\","c":" d"}',
     "An escaped backslash that ends a value, blanks in the next one"),
)  # fmt: skip

TOKENS = (
    ("empty-containers", b'{ "a" : [ ] , "b" : { } }', b'{"a":[],"b":{}}', "An empty object and an empty array"),
    ("numbers", b"[ 150.20 , 150.0 , 1E+2 , 1e-07 , -0 , 0.10 ]", b"[150.20,150.0,1E+2,1e-07,-0,0.10]",
     "Numbers keep their spelling"),
    ("integer-beyond-double", b"[ 9007199254740993 ]", b"[9007199254740993]", "An integer over 2^53 keeps its digits"),
    ("integer-of-108-digits", b"[ " + BIG + b" ]", b"[" + BIG + b"]", "An integer of 108 digits keeps them"),
    ("exponent-beyond-double", b"[ 1e400 , -1e-400 ]", b"[1e400,-1e-400]", "A number beyond a double's range stays"),
    ("exponent-beyond-double-negative", b"[ -1E400 ]", b"[-1E400]", "A number beyond a double's range, below zero"),
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
    *(
        (f"number-{name}", b"[ " + lexeme + b" ]", b"[" + lexeme + b"]", f"The number {told}")
        for name, lexeme, told in (
            ("zero", b"0", "0"),
            ("minus-one", b"-1", "-1"),
            ("minus-zero", b"-0", "-0"),
            ("point-zero", b"1.0", "1.0"),
            ("minus-zero-point-zero", b"-0.0", "-0.0"),
            ("trailing-zeros", b"150.2000", "150.2000"),
            ("zero-exponent", b"0e0", "0e0"),
            ("exponent-0", b"1e0", "1e0"),
            ("exponent-plus", b"1.5e+3", "1.5e+3"),
            ("exponent-upper-case", b"1.5E3", "1.5E3"),
            ("exponent-zero-padded", b"1e0005", "1e0005"),
            ("exponent-minus-zero", b"1e-0", "1e-0"),
            ("smallest-double", b"5e-324", "5e-324"),
            ("below-smallest-double", b"1e-400", "1e-400"),
            ("largest-double", b"1.7976931348623157e308", "1.7976931348623157e308"),
            ("above-largest-double", b"1.8e308", "1.8e308"),
            ("huge-exponent", b"1e99999999999999999999", "1e99999999999999999999"),
            ("2-to-53", b"9007199254740992", "2^53"),
            ("2-to-63", b"9223372036854775808", "2^63"),
            ("below-int64", b"-9223372036854775809", "-2^63 - 1"),
            ("2-to-64", b"18446744073709551616", "2^64"),
            ("long-fraction", b"0." + BIG, "of 108 decimals"),
            ("java-double", b"12345678.9", "12345678.9, which Java's double writes with an exponent"),
            ("seventeen-digits", b"0.30000000000000004", "0.30000000000000004"),
            ("third", b"33.333333333333336", "33.333333333333336"),
        )
    ),
    *(
        (f"escape-{name}", b'[ "' + lexeme + b'" ]', b'["' + lexeme + b'"]', f"The escape {told}")
        for name, lexeme, told in (
            ("quote", b'\\"', '\\"'),
            ("backslash", b"\\\\", "\\\\"),
            ("slash", b"\\/", "\\/, PHP's"),
            ("backspace", b"\\b", "\\b"),
            ("form-feed", b"\\f", "\\f"),
            ("line-end", b"\\n", "\\n"),
            ("carriage-return", b"\\r", "\\r"),
            ("tab", b"\\t", "\\t"),
            ("letter", b"\\u0041", "\\u0041, a letter that needs none"),
            ("digit", b"\\u0030", "\\u0030, a digit that needs none"),
            ("blank", b"a\\u0020b", "\\u0020, a blank that is no whitespace here"),
            ("quote-in-hex", b"\\u0022 , \\u0022", "\\u0022, which does not end the string"),
            ("backslash-in-hex", b"\\u005c", "\\u005c"),
            ("slash-in-hex", b"\\u002F", "\\u002F"),
            ("ampersand", b"\\u0026", "\\u0026, Go's"),
            ("apostrophe", b"\\u0027", "\\u0027, Gson's"),
            ("less-than", b"\\u003c", "\\u003c, Go's"),
            ("mixed-case-hex", b"\\u00eF\\u00Ef", "\\u00eF in mixed case"),
            ("line-separator", b"\\u2028", "\\u2028"),
            ("byte-order-mark", b"\\ufeff", "\\ufeff"),
            ("delete", b"\\u007f", "\\u007f"),
            ("surrogates-upper-case", b"\\uD83D\\uDE00", "\\uD83D\\uDE00"),
            ("surrogates-swapped", b"\\ude00\\ud83d", "\\ude00\\ud83d, in the wrong order"),
            ("backslash-then-u", b"\\\\u0041", "\\\\ before u0041, which is no escape then"),
            ("four-backslashes", b"\\\\\\\\", "\\\\\\\\"),
        )
    ),
    *(
        (f"raw-{name}", f'[ "{text}" ]'.encode(), f'["{text}"]'.encode(), f"Raw {told} stays as it is")
        for name, text, told in (
            ("latin", "Tromsø", "Latin-1 text"),
            ("decomposed", "Tromso\u0308", "decomposed text"),
            ("composed", "Troms\u00f6", "composed text"),
            ("emoji", "\U0001f600", "emoji"),
            ("joined-emoji", "\U0001f468\u200d\U0001f469", "emoji joined by a zero-width joiner"),
            ("chinese", "北京", "Chinese text"),
            ("arabic", "\u0627\u0644", "Arabic text"),
            ("byte-order-mark", "\ufeffa", "byte order mark inside a string"),
            ("next-line", "a\u0085b", "control character U+0085"),
            ("private-use", "\ue000\U000f0000", "private-use character"),
            ("last-code-point", "\U0010ffff", "last code point"),
            ("ampersand", "a&b", "ampersand"),
            ("angle-brackets", "<b> a </b>", "angle brackets"),
            ("apostrophe-and-equals", "O'Brien = 1", "apostrophe and equals sign"),
            ("em-space", "a \u2003 b", "em space between blanks"),
        )
    ),
    ("nested-empties", b"[ [ ] , { } , [ { } , [ ] ] ]", b"[[],{},[{},[]]]", "Empty containers in each other"),
    ("same-name-spelled-twice", b'{ "a" : 1 , "\\u0061" : 2 }', b'{"a":1,"\\u0061":2}', "One name in two spellings"),
    ("script-names", b'{ "__proto__" : 1 , "constructor" : 2 }', b'{"__proto__":1,"constructor":2}',
     "Names that mean something to JavaScript"),
    ("spaced-names", b'{ " a " : 1 , "\\ta" : 2 }', b'{" a ":1,"\\ta":2}', "Blanks at the ends of names"),
    ("long-name", b'{ "' + b"n" * 4096 + b'" : 1 }', b'{"' + b"n" * 4096 + b'":1}', "A name of 4 KiB"),
    ("literals-as-strings", b'[ "true" , "null" , "NaN" , "1" ]', b'["true","null","NaN","1"]',
     "Strings that look like literals"),
    ("top-level-true", b" true ", b"true", "The literal true alone"),
    ("top-level-zero", b" 0\n", b"0", "The digit 0 alone"),
    ("top-level-empty-string", b' "" ', b'""', "An empty string alone"),
    ("top-level-array", b" [ 1 , 2 ] ", b"[1,2]", "An array alone"),
    ("top-level-empty-object", b" { } ", b"{}", "An empty object alone"),
    ("depth-100-mixed", b'[ { "a" : ' * 50 + b"0" + b" } ]" * 50, b'[{"a":' * 50 + b"0" + b"}]" * 50,
     "A depth of 100, arrays and objects in turn"),
    ("brackets-side-by-side", b"[ " + b" , ".join([b"[ ]"] * 2000) + b" ]", b"[" + b",".join([b"[]"] * 2000) + b"]",
     "2000 arrays side by side"),
    ("many-numbers", b"[ " + b" , ".join(b"%d.%d0" % (i, i) for i in range(2000)) + b" ]",
     b"[" + b",".join(b"%d.%d0" % (i, i) for i in range(2000)) + b"]", "2000 numbers with a trailing zero"),
    ("line-separators-in-name", '{ "a\u2029b" : 1 }'.encode(), '{"a\u2029b":1}'.encode(), "U+2029 inside a name"),
    ("low-surrogate", b'[ "\\udc00" ]', b'["\\udc00"]', "The escape of a low surrogate alone"),
    ("high-surrogate-at-end", b'[ "a\\ud800" ]', b'["a\\ud800"]', "The escape of a high surrogate at the end"),
    ("duplicates-nested", b'{ "a" : { "b" : 1 , "b" : 2 } }', b'{"a":{"b":1,"b":2}}', "Nested duplicates"),
    ("integer-names", b'{ "10" : 1 , "9" : 2 , "a" : 3 }', b'{"10":1,"9":2,"a":3}', "Names like integers stay put"),
    ("url-with-escaped-slashes", b'{ "u" : "https:\\/\\/h\\/a" }', b'{"u":"https:\\/\\/h\\/a"}',
     "A URL with escaped slashes"),
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
