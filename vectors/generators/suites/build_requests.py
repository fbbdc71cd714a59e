"""Building a whole request: values and URLs that encoders and clients spell their own way (S7, S41; P5, P17, P41)."""

from __future__ import annotations

import json

from .. import document as doc
from ..base import Suite, Target
from ..keys import DOC, PRODUCTION

CREATE = Target("request", "POST", doc.CREATE_URL, DOC)
BASE = doc.SANDBOX

# Members of the body, as JSON text, and who spells them otherwise.
DOCUMENTED = (
    ("blank-in-string", b'"address1":"Toyengata 53"', "S41, P4", "A blank inside a string stays"),
    ("amount-two-digits", b'"amount":150.23', "S41, S11", "An amount as a number"),
    ("amount-trailing-zero", b'"amount":150.20', "S41, P41", "150.20, which most encoders write 150.2"),
    ("amount-point-zero", b'"amount":150.0', "S41, P41", "150.0, which some encoders write 150"),
    ("amount-integer", b'"amount":150', "S41, S11", "An amount without decimals"),
    ("amount-cent", b'"amount":0.01', "S41, S11", "The smallest amount in cents"),
    ("amount-tenth", b'"amount":0.1', "S41, P41", "0.1, which no binary fraction holds exactly"),
    ("amount-large", b'"amount":12345678.90', "S41, P41", "Eight digits, where Java turns to exponents"),
    ("amount-as-string", b'"amount":"150.20"', "S41, P24", "An amount as a string keeps its zero"),
    ("null", b'"notification_url":null', "S41, S24", "A null stays: some encoders drop it"),
    ("booleans", b'"sending_card_details":false,"x":true', "S41, S24", "Booleans"),
    ("empty-string", b'"state":""', "S41, S11", "An empty string stays"),
    ("slashes", b'"redirect_url_success":"https://m.example/a/b/"', "S41, S11", "Slashes: PHP writes \\/"),
    ("query-in-value", b'"notification_url":"https://m.example/n?a=1&b=2"', "S41, S11", "An &: Go writes \\u0026"),
    ("angle-brackets", b'"last_name":"<Munch> & Sons"', "S41, S11", "< > & in a name"),
    ("apostrophe", b'"last_name":"O\'Brien"', "S41, S11", "An apostrophe: Gson writes \\u0027"),
    ("equals-sign", b'"notification_url":"https://m.example/?t=abc=="', "S41, S11", "= signs: Gson escapes them"),
    ("plus-sign", b'"phone":"+4723493500"', "S41, S11", "A plus sign"),
    ("quote-and-backslash", b'"address2":"\\"A\\" \\\\ B"', "S41, S11", "Quotation marks and a backslash"),
    ("digits-as-string", b'"zip":"0578"', "S41, S11", "A string of digits keeps its zero"),
    ("nested", b'"payer_details":{"address1":"x","extra":{"list":[1,{"a":"b"}]}}', "S41, S11", "Nested objects"),
    ("amount-zero", b'"amount":0', "S41, S11", "An amount of nothing"),
    ("amount-one-decimal", b'"amount":99.9', "S41, S11", "An amount of one decimal"),
    ("amount-two-zeros", b'"amount":150.00', "S41, P41", "150.00, which most encoders write 150 or 150.0"),
    ("amount-million", b'"amount":1000000.00', "S41, P41", "A million and two zeros"),
    ("amount-ten-million", b'"amount":10000000.01', "S41, P41", "Ten million: Java's doubles turn to exponents"),
    ("amount-1.10", b'"amount":1.10', "S41, P41", "1.10, which no double holds exactly"),
    ("amount-0.29", b'"amount":0.29', "S41, P41", "0.29, which times 100 is no 29 in doubles"),
    ("amount-1.005", b'"amount":1.005', "S41, P41", "1.005, which rounds both ways"),
    ("amount-negative", b'"amount":-5.50', "S41, S11", "A negative amount: not the encoder's to judge"),
    ("amount-string-integer", b'"amount":"150"', "S41, P24", "An amount as a string without decimals"),
    ("amount-string-comma", b'"amount":"1,500.00"', "S41, P24", "An amount as a string with a comma"),
    ("integers", b'"exp_month":6,"exp_year":2030', "S41, S20", "Small integers stay integers"),
    ("true-and-false", b'"a":true,"b":false,"c":[true,false]', "S41, S24", "Literals in members and arrays"),
    ("null-among-others", b'"a":1,"b":null,"c":"x"', "S41, S26", "A null between other members"),
    ("null-in-array", b'"a":[null,1,null]', "S41, S26", "Nulls in an array: dropped, others would move"),
    ("null-nested", b'"payer_details":{"state":null}', "S41, S11", "A null in a nested object"),
    ("blank-string", b'"state":" "', "S41, S11", "A string of one blank"),
    ("leading-blank", b'"first_name":" Edvard"', "S41, S11, P4", "A blank before a name"),
    ("trailing-blank", b'"first_name":"Edvard "', "S41, S11, P4", "A blank after a name"),
    ("double-blank", b'"address1":"Toyengata  53"', "S41, S11, P4", "Two blanks inside a string"),
    ("colon-and-comma", b'"note":"a, b: c , d"', "S41, S11, P4", "Commas and colons with blanks in a string"),
    ("json-in-string", b'"note":"{ \\"a\\": 1 }"', "S41, S11, P4", "JSON text with blanks in a string"),
    ("html", b'"note":"<b>A &amp; B</b>"', "S41, S11", "HTML in a string"),
    ("script", b'"note":"</script><!-- x -->"', "S41, S11", "A closing script tag: encoders for pages escape it"),
    ("backslash", b'"note":"C:\\\\dir\\\\file"', "S41, S11", "Backslashes"),
    ("quotes", b'"note":"say \\"yes\\""', "S41, S11", "Quotation marks"),
    ("percent", b'"note":"100% off"', "S41, S11", "A percent sign"),
    ("dollar-and-braces", b'"note":"${amount} {{x}} #{y}"', "S41, S11", "Marks of templates"),
    ("callback-url", b'"notification_url":"https://m.example/n?u=https%3A%2F%2Fx%2F&t=a+b"', "S41, S11, S13",
     "A callback URL with escapes, which stay as they are"),
    ("url-with-fragment", b'"redirect_url_fail":"https://m.example/#/fail?x=1"', "S41, S11", "A URL with a fragment"),
    ("email-with-plus", b'"email":"ed.munch+test@gmail.com"', "S41, S11", "An e-mail with a plus"),
    ("timestamp", b'"expires_at":"2021-12-22T05:17:56.323"', "S41, S14, P22", "A time that some types would respell"),
    ("timestamp-with-zone", b'"date_of_birth":"2019-08-24T14:15:22Z"', "S41, S11, P21, P22", "A time with a zone"),
    ("date", b'"date_of_birth":"2019-08-24"', "S41, S18, P21", "A date that some types would lengthen"),
    ("nonce", b'"nonce":"5qDYsAnMz32fULl81YpGqvK9e4nCfvrU"', "S41, S25", "A nonce of 32 characters"),
    ("base64-value", b'"token":"a+b/c=="', "S41, S11", "base64 with plus, slash and equals signs"),
    ("currency-upper-case", b'"currency":"EUR"', "S41, S16, P25", "A currency in upper case stays so"),
    ("digits-with-letters", b'"a":"0x24","b":"1e5","c":"007"', "S41, S11", "Strings that look like numbers"),
    ("literal-strings", b'"a":"true","b":"null","c":"NaN"', "S41, S11", "Strings that look like literals"),
    ("uuid-upper-case", b'"id":"3A5F04AF-FB52-41CE-B9BC-283E72207CD5"', "S41, S21", "A UUID in upper case"),
    ("array-of-numbers", b'"a":[1,1.50,2.00,-3]', "S41, P41", "Numbers in an array"),
    ("array-of-objects", b'"items":[{"id":"1","amount":1.10},{"id":"2","amount":2.20}]', "S41, S11",
     "Objects in an array keep their order"),
    ("names-in-reverse", b'"z":1,"m":2,"a":3', "S41, S11", "Names not in alphabetical order"),
    ("payout-body", doc.minified(doc.PAYOUT_BODY_SPACED)[1:-1].replace(b'"external_id"', b'"payout_id"'), "S41, S24",
     "The members of the document's payout"),
    ("long-string-300", b'"note":"' + b"abcdefghij" * 30 + b'"', "S41, S11", "A string of 300 characters"),
)  # fmt: skip

UNUSUAL = (
    ("empty-object", b'"metadata":{}', "EmptyContainer", "S41, P41", "An empty object: PHP's arrays make [] of it"),
    ("empty-array", b'"items":[]', "EmptyContainer", "S41, P41", "An empty array"),
    ("id-beyond-double", b'"id":9007199254740993', "BigInteger", "P41", "An id over 2^53: doubles round it"),
    ("id-beyond-int64", b'"id":9223372036854775809', "BigInteger", "P41", "An id over 2^63: PHP makes a float of it"),
    ("id-largest", b'"id":18446744073709551615', "BigInteger", "P41", "The largest unsigned 64-bit integer"),
    ("id-smallest", b'"id":-9223372036854775808', "BigInteger", "P41", "The smallest signed 64-bit integer"),
    ("many-decimals", b'"rate":1234567890123456.78', "Precision", "P41, P24", "18 digits: doubles lose the last"),
    ("seventeen-digits", b'"rate":0.30000000000000004', "Precision", "P41", "17 digits, which doubles do hold"),
    ("small-number", b'"rate":0.00000001', "Precision", "P41", "1e-8 in plain notation: encoders turn to exponents"),
    ("integer-like-names", b'"10":1,"9":2,"a":3', "MemberNames", "S41", "Names like integers, which Node moves first"),
    ("odd-names", b'"":1,"a b":2,"a/b":3', "MemberNames", "S41", "An empty name, a blank and a slash in names"),
    ("control-escapes", b'"note":"a\\nb\\tc\\u0001\\u001f"', "Escapes", "S41", "Escaped control characters"),
    ("delete-character", b'"note":"a\x7fb"', "Escapes", "S41", "The character 7F, which is ASCII"),
    ("nul-escape", b'"note":"a\\u0000b"', "Escapes", "S41", "An escaped NUL"),
    ("blanks-at-ends", b'"note":"  a  "', "Escapes", "S41", "Blanks at the ends of a string"),
    ("long-string", b'"note":"' + b"lorem ipsum " * 2048 + b'"', "Large", "S41", "A string of 24 KiB"),
    ("many-members", b",".join(b'"k%03d":%d' % (i, i) for i in range(300)), "Large", "S41", "300 members"),
    ("deep", b'"a":' + b'{"a":' * 40 + b"1" + b"}" * 40, "Large", "S41", "A depth of 41"),
    ("empty-object-nested", b'"payer_details":{"extra":{}}', "EmptyContainer", "S41, P41", "A nested empty object"),
    ("empty-objects-in-array", b'"items":[{},{}]', "EmptyContainer", "S41, P41", "Empty objects in an array"),
    ("empty-array-nested", b'"items":[[]]', "EmptyContainer", "S41, P41", "An empty array in an array"),
    ("empty-of-both-kinds", b'"a":{},"b":[],"c":{"d":[]},"e":[{}]', "EmptyContainer", "S41, P41",
     "Empty objects and arrays side by side"),
    ("id-2-to-53", b'"id":9007199254740992', "BigInteger", "P41", "2^53, which doubles still hold"),
    ("id-below-2-to-53", b'"id":9007199254740991', "BigInteger", "P41", "2^53 - 1, the last safe integer"),
    ("id-17-digits", b'"id":12345678901234567', "BigInteger", "P41", "An id of 17 digits"),
    ("id-all-nines", b'"id":9999999999999999', "BigInteger", "P41", "Sixteen nines: doubles make 10^16 of them"),
    ("id-negative-beyond-double", b'"id":-9007199254740993', "BigInteger", "P41", "A negative id over 2^53"),
    ("id-int64-largest", b'"id":9223372036854775807', "BigInteger", "P41", "The largest signed 64-bit integer"),
    ("id-2-to-63", b'"id":9223372036854775808', "BigInteger", "P41", "2^63, the first beyond signed 64 bits"),
    ("id-beyond-double-in-array", b'"ids":[9007199254740993,9007199254740995]', "BigInteger", "P41",
     "Ids over 2^53 in an array"),
    ("id-beyond-double-nested", b'"payer_details":{"id":9007199254740993}', "BigInteger", "P41",
     "A nested id over 2^53"),
    ("exponent", b'"rate":1e2', "Precision", "P41", "1e2: the same value in plain notation"),
    ("exponent-negative", b'"rate":15e-1', "Precision", "P41", "15e-1: the same value in plain notation"),
    ("exponent-upper-case", b'"rate":1.5E3', "Precision", "P41", "1.5E3: the same value in plain notation"),
    ("minus-zero", b'"rate":-0', "Precision", "P41", "-0, which has the value 0"),
    ("twenty-digits", b'"rate":1.2345678901234567891', "Precision", "P41, P24", "20 digits: doubles lose three"),
    ("sixty-four-digits", b'"rate":1.' + b"1" * 63, "Precision", "P41", "64 digits, as many as are taken"),
    ("tiny", b'"rate":0.0000001', "Precision", "P41", "1e-7 in plain notation: JavaScript turns to exponents"),
    ("ten-to-21", b'"rate":1000000000000000000000.5', "Precision", "P41",
     "10^21 and a half: JavaScript turns to exponents"),
    ("float-beyond-double", b'"rate":9007199254740993.5', "Precision", "P41", "A fraction beyond 2^53"),
    ("cents-large", b'"rate":99999999999999.99', "Precision", "P41, P24", "16 digits with cents"),
    ("names-by-case", b'"a":1,"A":2', "MemberNames", "S41", "Names that differ in case alone"),
    ("names-reversed-integers", b'"3":1,"2":2,"1":3', "MemberNames", "S41", "Integers as names, in falling order"),
    ("name-integer-zero-padded", b'"01":1,"1":2', "MemberNames", "S41", "The names 01 and 1"),
    ("name-proto", b'"__proto__":{"a":1},"constructor":2', "MemberNames", "S41", "Names that JavaScript treats apart"),
    ("name-with-dots", b'"a.b":1,"$c":2,"@d":3', "MemberNames", "S41", "Names with dots, $ and @"),
    ("name-with-marks", b'"a\\"b":1,"c\\\\d":2', "MemberNames", "S41", "Names with a quotation mark and a backslash"),
    ("name-with-blanks-at-ends", b'" a ":1', "MemberNames", "S41", "A name with blanks at its ends"),
    ("name-literal", b'"true":1,"null":2', "MemberNames", "S41", "Names that look like literals"),
    ("name-with-html", b'"<b>":1,"a&b":2', "MemberNames", "S41", "Names with < > and &"),
    ("name-long", b'"' + b"n" * 300 + b'":1', "MemberNames", "S41", "A name of 300 characters"),
    ("escaped-letters", b'"note":"\\u0041\\u0042"', "Escapes", "S41", "Letters spelled as escapes"),
    ("escaped-slash", b'"note":"a\\/b"', "Escapes", "S41", "A slash spelled \\/"),
    ("short-escapes", b'"note":"\\b\\f\\n\\r\\t"', "Escapes", "S41", "The five short escapes: Go writes \\u0008"),
    ("all-controls", b'"note":"' + b"".join(b"\\u%04x" % i for i in range(32)) + b'"', "Escapes", "S41",
     "All 32 control characters"),
    ("crlf", b'"note":"line 1\\r\\nline 2"', "Escapes", "S41", "A line end inside a string"),
    ("tab", b'"note":"a\\tb"', "Escapes", "S41", "A tab inside a string"),
    ("backslash-u", b'"note":"\\\\u0041"', "Escapes", "S41", "A backslash before u0041, which is no escape"),
    ("trailing-backslash", b'"note":"a\\\\"', "Escapes", "S41", "A string that ends in a backslash"),
    ("all-ascii", b'"note":"' + bytes(i for i in range(32, 127) if i not in (34, 92)) + b'"', "Escapes", "S41",
     "Every printable character of ASCII"),
    ("long-array", b'"a":[' + b",".join(b"%d" % i for i in range(2000)) + b"]", "Large", "S41", "2000 numbers"),
    ("depth-60", b'"a":' + b"[" * 59 + b"1" + b"]" * 59, "Large", "S41", "A depth of 60 arrays"),
    ("many-long-strings", b",".join(b'"k%02d":"%s"' % (i, b"lorem ipsum " * 20) for i in range(50)), "Large", "S41",
     "50 strings of 240 characters"),
    ("nul-escape-first", b'"note":"\\u0000a"', "Escapes", "S41", "An escaped NUL at the start of a string"),
    ("depth-100", b'"a":' + b"[" * 99 + b"1" + b"]" * 99, "Large", "S41, P41", "A depth of 100, as deep as is taken"),
    ("nineteen-decimals", b'"rate":0.1234567890123456789', "Precision", "P41", "19 decimals, more than doubles hold"),
)  # fmt: skip

NON_ASCII = (
    ("latin", '"city":"Tromsø"', "A letter of Latin-1"),
    ("polish", '"name":"Złota"', "A letter beyond Latin-1"),
    ("emoji", '"note":"😀"', "A character beyond the basic plane, two \\u escapes"),
    ("line-separator", '"note":"a\u2028b"', "U+2028, which some encoders escape on their own"),
    ("escaped-already", '"city":"Troms\\u00f8"', "The same data, spelled with an escape: still not ASCII data"),
    ("in-name", '"straße":1', "In a member's name"),
    ("german", '"city":"Köln","street":"Hauptstraße"', "Umlauts and a sharp s"),
    ("decomposed", '"city":"Tromso\u0308"', "A decomposed character, which is not composed on the way"),
    ("chinese", '"city":"北京"', "Chinese characters"),
    ("arabic", '"city":"القاهرة"', "Text from right to left"),
    ("euro", '"note":"10 €"', "The euro sign"),
    ("no-break-space", '"note":"a\u00a0b"', "A no-break space, which trimming and minifying may take for a blank"),
    ("next-line", '"note":"a\u0085b"', "The control character U+0085"),
    ("paragraph-separator", '"note":"a\u2029b"', "U+2029"),
    ("zero-width-space", '"note":"a\u200bb"', "A zero-width space"),
    ("byte-order-mark", '"note":"\ufeffa"', "A byte order mark inside a string"),
    ("joined-emoji", '"note":"\U0001f468\u200d\U0001f469"', "Emoji joined by a zero-width joiner"),
    ("last-code-point", '"note":"\U0010ffff"', "The last code point"),
    ("noncharacter", '"note":"\uffff"', "A noncharacter"),
    ("escaped-pair", '"note":"\\ud83d\\ude00"', "An emoji spelled as two escapes"),
    ("escaped-upper-case", '"city":"K\\u00F6ln"', "An escape in upper case"),
    ("in-nested-name", '"payer_details":{"prénom":"A"}', "In the name of a nested member"),
    ("in-array", '"names":["Zoë","Åse"]', "In the strings of an array"),
    ("typographic", '"note":"“Brien” 5…"', "Typographic marks, as word processors write them"),
)

SENT = "S7, S41, P43"  # clients rewrite these (P43), and then what was signed is not what is sent

URLS = (
    ("get-with-query", doc.LOOKUP_URL, "must", "S7, S42", "The document's look-up: no body at all"),
    ("get-by-id", doc.STATUS_URL, "must", "S7, S42", "The document's look-up by id"),
    ("query-without-slash", f"{BASE}/transactions?external_id=24", "must", "S7, P6", "No slash before the query"),
    ("trailing-slash", f"{BASE}/transactions/", "must", "S7, S44", "A trailing slash stays"),
    ("no-trailing-slash", f"{BASE}/transactions", "must", "S7, S44", "No trailing slash is added"),
    ("blank-as-percent-20", f"{BASE}/t/?q=a%20b", "must", "S7, S41", "%20 stays %20"),
    ("blank-as-plus", f"{BASE}/t/?q=a+b", "must", "S7, S41", "+ stays +"),
    ("two-parameters", f"{BASE}/t/?b=2&a=1", "must", "S7, S41", "The order of parameters stays"),
    ("escaped-slash", f"{BASE}/t/?q=a%2Fb", "must", SENT, "%2F in the query, which aiohttp decodes"),
    ("escaped-colon", f"{BASE}/t/?at=10%3A30", "must", SENT, "%3A in the query"),
    ("callback", f"{BASE}/t/?url=https%3A%2F%2Fm.example%2Fok%3Fa%3D1%26b%3D2", "must", SENT, "A callback URL"),
    ("escaped-plus", f"{BASE}/t/?q=a%2Bb", "must", SENT, "%2B in the query"),
    ("escaped-apostrophe", f"{BASE}/t/?name=O%27Brien", "must", SENT, "%27 in the query"),
    ("apostrophe", f"{BASE}/t/?name=O'Brien", "must", SENT, "An apostrophe, which WHATWG clients write %27"),
    ("lower-case-escapes", f"{BASE}/t/?q=a%2fb", "must", SENT, "Escapes in lower case, which clients rewrite"),
    ("escaped-unreserved", f"{BASE}/t/?q=%7Ea", "must", SENT, "%7E, which clients decode to ~"),
    ("escaped-utf-8", f"{BASE}/t/?q=Troms%C3%B8", "must", SENT, "An escaped letter beyond ASCII"),
    ("brackets", f"{BASE}/t/?a[]=1", "must", SENT, "Brackets, which requests escapes"),
    ("repeated-parameter", f"{BASE}/t/?a=2&a=1", "must", "S7, S41", "A parameter that stands twice"),
    ("empty-value", f"{BASE}/t/?a=&b", "must", "S7, S41", "A parameter without value, one without ="),
    ("dot-segments", f"{BASE}/a/../t/", "must", SENT, "Dot segments, which many clients remove"),
    ("default-port", "https://sandbox.example:443/t/", "must", SENT, "The default port, which clients drop"),
    ("other-port", "https://sandbox.example:8443/t/", "must", "S7, S41", "Another port stays"),
    ("post-trailing-slash", f"{BASE}/payouts/", "must", "S7, S24, P7", "POST's URL with its slash"),
    ("ipv4", "https://192.0.2.7/t/", "should", "S7, S41", "An IPv4 address"),
    ("ipv6", "https://[2001:db8::1]:8443/t/", "should", SENT, "An IPv6 address"),
    ("plain-http", "http://sandbox.example/t/", "should", "S7, S41", "Plain HTTP"),
    ("default-port-http", "http://sandbox.example:80/t/", "should", SENT, "HTTP's default port"),
    ("upper-case-host", "https://Sandbox.EXAMPLE/t/", "should", SENT, "A host in upper case"),
    ("upper-case-scheme", "HTTPS://sandbox.example/t/", "should", SENT, "A scheme in upper case"),
    ("upper-case-path", f"{BASE}/Transactions/", "should", "S7, S41", "A path in mixed case stays"),
    ("empty-path", "https://sandbox.example", "should", SENT, "An empty path, sent as / by all"),
    ("empty-path-with-query", "https://sandbox.example?a=1", "should", SENT, "A query right after the host"),
    ("bare-question-mark", f"{BASE}/t/?", "should", SENT, "A bare question mark, which clients drop"),
    ("double-slash", f"{BASE}//t//x", "should", "S7, S41, P5", "Doubled slashes"),
    ("trailing-slashes", f"{BASE}/t//", "should", "S7, S44, P5", "Two trailing slashes"),
    ("single-dot", f"{BASE}/./t/", "should", SENT, "A single dot"),
    ("double-dot-at-end", f"{BASE}/t/..", "should", SENT, "Two dots at the end"),
    ("escaped-dot-segment", f"{BASE}/a/%2e%2e/t/", "should", SENT, "Dot segments, escaped"),
    ("escaped-slash-in-path", f"{BASE}/a%2Fb/", "should", SENT, "An escaped slash in the path"),
    ("lower-case-escape-in-path", f"{BASE}/a%2db/", "should", SENT, "An escape in lower case in the path"),
    ("escaped-letter", f"{BASE}/%74ransactions/", "should", SENT, "An escaped letter in the path"),
    ("escaped-underscore", f"{BASE}/t/?external%5Fid=1", "should", SENT, "An escaped underscore in a name"),
    ("escaped-hyphen", f"{BASE}/t/?q=a%2Db", "should", SENT, "An escaped hyphen"),
    ("escaped-brackets", f"{BASE}/t/?a%5B%5D=1", "must", SENT, "Escaped brackets, which aiohttp decodes"),
    ("brackets-in-path", f"{BASE}/t[1]/", "should", SENT, "Brackets in the path"),
    ("apostrophe-in-path", f"{BASE}/o'brien/", "should", SENT, "An apostrophe in the path"),
    ("escaped-at", f"{BASE}/t/?email=ed%40example.com", "must", SENT, "%40 in the query, which aiohttp decodes"),
    ("escaped-comma", f"{BASE}/t/?ids=1%2C2", "must", SENT, "%2C in the query, which aiohttp decodes"),
    ("escaped-ampersand", f"{BASE}/t/?q=a%26b", "must", SENT, "%26 in the query"),
    ("escaped-equals", f"{BASE}/t/?q=a%3Db", "must", SENT, "%3D in the query"),
    ("escaped-percent", f"{BASE}/t/?q=100%25", "must", SENT, "%25 in the query"),
    ("escaped-twice", f"{BASE}/t/?q=a%252Fb", "must", SENT, "A value escaped twice stays escaped twice"),
    ("escaped-hash", f"{BASE}/t/?q=a%23b", "must", SENT, "%23 in the query, which begins no fragment"),
    ("escaped-latin-1", f"{BASE}/t/?q=Troms%F8", "should", SENT, "An escape that is no UTF-8"),
    ("escaped-line-end", f"{BASE}/t/?q=a%0D%0Ab", "should", SENT, "Escaped line ends"),
    ("colon-in-query", f"{BASE}/t/?at=10:30", "should", "S7, S41, P5", "A colon in the query"),
    ("slash-in-query", f"{BASE}/t/?path=/a/b", "should", "S7, S41, P5", "Slashes in the query"),
    ("question-mark-in-query", f"{BASE}/t/?a=1?b=2", "should", "S7, S41, P5", "A second question mark"),
    ("comma-in-query", f"{BASE}/t/?ids=1,2", "should", "S7, S41, P5", "A comma in the query"),
    ("semicolon-in-query", f"{BASE}/t/?a=1;b=2", "should", "S7, S41, P5", "A semicolon in the query"),
    ("reserved-in-query", f"{BASE}/t/?q=!$()*,;:@", "should", "S7, S41, P5", "Marks that need no escape"),
    ("reserved-in-path", f"{BASE}/t/;v=1/(a),b:c@d!$*/", "should", "S7, S41, P5", "Such marks in the path"),
    ("plus-in-path", f"{BASE}/a+b/", "should", "S7, S41, P5", "A plus in the path, which is no blank"),
    ("blank-in-path", f"{BASE}/a%20b/", "should", "S7, S41", "%20 in the path"),
    ("tilde", f"{BASE}/~user/", "should", "S7, S41", "A tilde in the path"),
    ("backtick", f"{BASE}/t/?q=a`b", "should", SENT, "A backtick, which clients escape"),
    ("leading-ampersand", f"{BASE}/t/?&a=1", "should", "S7, S41, P5", "An ampersand before the first parameter"),
    ("trailing-ampersand", f"{BASE}/t/?a=1&", "should", "S7, S41, P5", "An ampersand after the last parameter"),
    ("equals-only", f"{BASE}/t/?=", "should", "S7, S41, P5", "A query of an equals sign"),
    ("long-query", f"{BASE}/t/?q=" + "a" * 2000, "should", "S7, S41", "A query of 2000 characters"),
    ("many-parameters", f"{BASE}/t/?" + "&".join(f"p{i}={i}" for i in range(100)), "should", "S7, S41",
     "100 parameters in order"),
    ("bare-question-mark-after-file", f"{BASE}/transactions?", "should", SENT, "A bare question mark, no slash"),
    ("blanks-as-plus", f"{BASE}/t/?q=a+b+c", "must", "S7, S41", "Two blanks spelled +"),
    ("lower-case-utf-8", f"{BASE}/t/?q=troms%c3%b8", "should", SENT, "UTF-8 in lower-case escapes"),
    ("apostrophes", f"{BASE}/t/?q='a'", "should", SENT, "Apostrophes around a value"),
    ("brackets-nested", f"{BASE}/t/?a[0][b]=1", "should", SENT, "Two pairs of brackets"),
    ("brackets-repeated", f"{BASE}/t/?a[]=1&a[]=2", "should", SENT, "Brackets in a parameter that stands twice"),
    ("repeated-pair", f"{BASE}/t/?x=1&x=1", "should", "S7, S41", "The same parameter with the same value twice"),
    ("default-port-with-query", "https://sandbox.example:443/t/?a=1", "should", SENT, "The default port and a query"),
    ("empty-external-id", f"{BASE}/transactions/?external_id=", "should", "S7, S41", "A parameter without value"),
    ("name-only-first", f"{BASE}/t/?a&b=1", "should", "S7, S41", "A parameter without = before another"),
)  # fmt: skip

REFUSED_TEXTS = (
    ("nan", b'{"amount":NaN}', "P41, P42", "NaN: some encoders write null and sign it"),
    ("infinity", b'{"amount":Infinity}', "P41, P42", "Infinity, which some encoders write null"),
    ("cut-short", b'{"amount":150.23', "P42", "JSON cut short"),
    ("trailing-comma", b'{"amount":150.23,}', "P42", "A comma before the closing brace"),
    ("empty", b"", "P42", "An empty text, which is not the same as no body"),
    ("not-utf-8", b'{"city":"Troms\xf8"}', "P42", "Octets that are no UTF-8"),
    ("integer-beyond-64-bits", b'{"id":18446744073709551616}', "P41", "An integer beyond 64 bits"),
    ("depth-101", b'{"a":' * 100 + b"[]" + b"}" * 100, "P41", "A depth of 101"),
    ("minus-infinity", b'{"amount":-Infinity}', "P41, P42", "-Infinity, which some encoders write null"),
    ("nan-in-array", b'{"a":[1,NaN]}', "P41, P42", "NaN in an array"),
    ("decimal-of-65-digits", b'{"rate":1.' + b"1" * 64 + b"}", "P41", "A number of 65 digits"),
    ("integer-below-64-bits", b'{"id":-9223372036854775809}', "P41", "An integer below 64 bits"),
    ("integer-of-30-digits", b'{"id":123456789012345678901234567890}', "P41", "An integer of 30 digits"),
    ("depth-101-arrays", b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "P41", "A depth of 101, arrays"),
    ("byte-order-mark", b'\xef\xbb\xbf{"a":1}', "P42", "A byte order mark before the text"),
    ("single-quotes", b"{'a':1}", "P42", "Single quotation marks"),
    ("comment", b'{"a":1} // x', "P42", "A comment after the value"),
    ("two-values", b'{"a":1}{"b":2}', "P42", "Two values"),
    ("trailing-text", b'{"a":1}x', "P42", "A letter after the value"),
    ("leading-zero", b'{"a":007}', "P42", "A number with leading zeros"),
    ("plus-sign", b'{"a":+1}', "P42", "A number with a plus"),
    ("hex-number", b'{"a":0x10}', "P42", "A hex number"),
    ("no-fraction", b'{"a":1.}', "P42", "A number that ends in its point"),
    ("raw-line-end", b'{"a":"b\nc"}', "P42", "A raw line end in a string"),
    ("raw-tab", b'{"a":"b\tc"}', "P42", "A raw tab in a string"),
    ("bad-escape", b'{"a":"\\x41"}', "P42", "An escape that JSON does not have"),
    ("unclosed-string", b'{"a":"b}', "P42", "A string that is never closed"),
    ("missing-comma", b'{"a":1 "b":2}', "P42", "No comma between members"),
    ("bare-name", b"{a:1}", "P42", "A name without quotation marks"),
    ("blanks-only", b"  \n", "P42", "Blanks alone"),
    ("utf-16", '{"a":1}'.encode("utf-16-le"), "P42", "Text in UTF-16"),
    ("surrogate-octets", b'{"a":"\xed\xa0\x80"}', "P42", "A surrogate spelled in UTF-8"),
    ("python-literals", b'{"a":True,"b":None}', "P42", "Python's literals"),
    ("duplicate-name", b'{"amount":1,"amount":2}', "S41, P42", "A name that stands twice: parsers keep one value"),
    ("duplicate-name-nested", b'{"a":{"b":1,"b":1}}', "S41, P42", "A name that stands twice in a nested object"),
)  # fmt: skip

REFUSED_TARGETS = (
    ("fragment", "POST", f"{BASE}/t/#top", "P43", "A fragment, which is signed and not sent"),
    ("blank-in-url", "POST", f"{BASE}/t/?q=a b", "P43", "A raw blank"),
    ("userinfo", "POST", "https://user:pass@sandbox.example/t/", "P43", "Userinfo, which is signed and not sent"),
    ("non-ascii-url", "POST", f"{BASE}/t/ø", "P43", "A raw letter beyond ASCII"),
    ("no-host", "POST", "/api/v1/merchant/transactions/", "P43", "A path without host"),
    ("line-end-in-url", "POST", f"{BASE}/t/\n", "P43", "A line end"),
    ("stray-percent", "POST", f"{BASE}/t/?q=100%", "P43", "A % that begins no escape"),
    ("lower-case-method", "post", doc.CREATE_URL, "P44", "A method in lower case, which clients raise after signing"),
    ("empty-fragment", "POST", f"{BASE}/t/#", "P43", "An empty fragment"),
    ("user-name", "POST", "https://user@sandbox.example/t/", "P43", "A user name"),
    ("empty-host", "POST", "https:///t/", "P43", "An empty host"),
    ("empty-url", "POST", "", "P43", "An empty URL"),
    ("non-ascii-query", "POST", f"{BASE}/t/?q=ø", "P43", "A raw letter beyond ASCII in the query"),
    ("non-ascii-host", "POST", "https://sändbox.example/t/", "P43", "A raw letter beyond ASCII in the host"),
    ("blank-in-path", "POST", f"{BASE}/a b/", "P43", "A raw blank in the path"),
    ("blank-at-end", "POST", f"{BASE}/t/ ", "P43", "A blank at the end, which clients trim"),
    ("tab-in-url", "POST", f"{BASE}/t/\tx", "P43", "A tab, which WHATWG parsers drop"),
    ("nul-in-url", "POST", f"{BASE}/t/\0", "P43", "A NUL in the path"),
    ("percent-not-hex", "POST", f"{BASE}/t/?q=%zz", "P43", "An escape that is not hex"),
    ("backslash-in-url", "POST", f"{BASE}\\t\\", "P43", "Backslashes, which WHATWG parsers take for slashes"),
    ("quotation-mark-in-url", "POST", f'{BASE}/t/?q="a"', "P43", "Quotation marks, which clients escape"),
    ("less-than-in-url", "POST", f"{BASE}/t/?q=<a>", "P43", "Angle brackets, which clients escape"),
    ("caret-in-url", "POST", f"{BASE}/t/?q=a^b", "P43", "A raw caret in the query"),
    ("braces-in-url", "POST", f"{BASE}/t/{{id}}/", "P43", "A template that was never filled in"),
    ("bar-in-url", "POST", f"{BASE}/t/?q=a|b", "P43", "A raw bar in the query"),
    ("capitalised-method", "Post", doc.CREATE_URL, "P44", "A method with a capital"),
    ("empty-method", "", doc.CREATE_URL, "P44", "An empty method"),
    ("method-with-blank", "POST ", doc.CREATE_URL, "P44", "A method with a blank"),
    ("method-with-line-end", "POST\n", doc.CREATE_URL, "P44", "A method with a line end"),
    ("non-ascii-method", "POŚT", doc.CREATE_URL, "P44", "A method beyond ASCII"),
    ("lower-case-patch", "patch", doc.CREATE_URL, "P44", "A method that clients do not raise, in lower case"),
)


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("build", "build-requests")
    _bodies(cases)
    _members(cases)
    _urls(cases)
    _refused(cases)
    return cases


def _bodies(cases: Suite) -> None:
    body = doc.CREATE_BODY
    pretty = json.dumps(json.loads(body), indent=4).encode() + b"\n"
    table = (
        ("doc-create", CREATE, body, "S42, S41, S6", "The document's create request"),
        (
            "doc-create-example",
            CREATE,
            doc.CREATE_EXAMPLE_BODY,
            "S18, S41",
            "The other body the document prints for it",
        ),
        ("pretty-printed", CREATE, pretty, "S41, S42", "The same, pretty-printed: what is sent is minified"),
        (
            "doc-payout",
            Target("request", "POST", f"{BASE}/payouts/", DOC),
            doc.PAYOUT_BODY_SPACED,
            "S24, S41, P7",
            "The document's payout, printed with blanks: what is sent is minified",
        ),
        (
            "production-create",
            Target("request", "POST", f"{doc.PRODUCTION}/transactions/", PRODUCTION),
            body,
            "S3, S41, P40",
            "The create request for production, with production's own key",
        ),
        (
            "put-with-body",
            Target("request", "PUT", f"{BASE}/t/", DOC),
            b'{"a":1}',
            "S7, S41",
            "A PUT with a body, which the document does not have",
        ),
    )
    for name, target, text, clauses, told in table:
        cases.build(
            f"build/request/{name}", f"{told}.", clauses, target, text, level="should" if "put" in name else "must"
        )
    for method, given in (("PATCH", True), ("DELETE", True), ("GET", True), ("PUT", False), ("DELETE", False)):
        cases.build(
            f"build/request/{method.lower()}-{'with' if given else 'without'}-body",
            f"A {method} {'with' if given else 'without'} a body: what is sent is what is signed.",
            "S7, S41, P1",
            Target("request", method, f"{BASE}/t/", DOC),
            b'{"a":1}' if given else None,
            level="should",
        )
    for name, text, told in (
        ("empty-object", b"{ }", "An empty object alone"),
        ("array", b"[ 1, 2 ]", "An array alone"),
        ("array-of-one", b"[ 1 ]", "An array of one number alone"),
        ("string", b'"x"', "A string alone"),
        ("null-member", b'{ "a": null }', "A null as the only member"),
        ("integer-names", b'{ "2": "b", "1": "a" }', "Two integers as names, the larger one first"),
        ("empty-array", b"[ ]", "An empty array alone"),
    ):
        flags = "EmptyContainer" if name.startswith("empty") else "MemberNames" if name == "integer-names" else ""
        comment = f"{told} as the body: what is sent is minified."
        cases.build(f"build/body/{name}", comment, "S41, S7", CREATE, text, level="should", flags=flags)
    for name, url, told in (
        ("lookup", f"{doc.PRODUCTION}/transactions/?external_id=24", "A look-up"),
        ("get-by-id", f"{doc.PRODUCTION}/transactions/{doc.TRANSACTION_ID}", "A look-up by id"),
    ):
        target = Target("request", "GET", url, PRODUCTION)
        cases.build(f"build/request/production-{name}", f"{told} for production.", "S3, S7, S21", target, None)
    cases.build("build/request/post-without-body", "A POST without a body.", "S7", CREATE, None, level="should")


def _members(cases: Suite) -> None:
    for name, member, clauses, told in DOCUMENTED:
        text = b'{"external_id":"24",' + member + b"}"
        cases.build(f"build/value/{name}", f"{told}; signed is what is sent.", clauses, CREATE, text)
    for name, member, flag, clauses, told in UNUSUAL:
        text = b'{"external_id":"24",' + member + b"}"
        cases.build(
            f"build/value/{name}",
            f"{told}; the document's own data never has it.",
            clauses,
            CREATE,
            text,
            level="should",
            flags=flag,
        )
    for name, pair, told in NON_ASCII:
        cases.build(
            f"build/non-ascii/{name}",
            f"{told}: all data is ASCII, so it is sent escaped.",
            "S2, P17",
            CREATE,
            f'{{"external_id":"24",{pair}}}'.encode(),
            level="should",
            flags="NonAscii",
        )


def _urls(cases: Suite) -> None:
    for name, url, level, clauses, told in URLS:
        cases.build(
            f"build/url/{name}",
            f"{told}: the URL signed is the URL sent, and the one asked for.",
            clauses,
            Target("request", "GET", url, DOC),
            None,
            level=level,
            flags="" if level == "must" else "RewrittenUrl",
        )


def _refused(cases: Suite) -> None:
    rest = {"level": "should", "flags": "BuildRefused"}
    for name, text, clauses, told in REFUSED_TEXTS:
        cases.build(f"build/refused/{name}", f"{told}.", clauses, CREATE, text, refused=True, **rest)
    for name, method, url, clauses, told in REFUSED_TARGETS:
        target = Target("request", method, url, DOC)
        cases.build(f"build/refused/{name}", f"{told}.", clauses, target, b'{"a":1}', refused=True, **rest)
