"""Strategies for JSON texts: valid, nearly valid and hostile ones, and the payloads that merchants build."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from conformance.fuzz.choice import below, pick
from conformance.fuzz.json_slips import slips

_integers = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.sampled_from(
        [2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1, 2**64, 10**21]
    ).flatmap(lambda n: st.sampled_from([str(n), f"-{n}"])),
    st.integers(-(2**70), 2**70).map(str),
)
_decimals = st.one_of(
    st.integers(-(10**7), 10**7).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
    st.builds("{}.{}".format, st.integers(-9, 10**9), st.integers(0, 10**20)),
    st.sampled_from(["-0", "-0.0", "0.0", "1.0", "150.20", "0.30000000000000004", "9999999999.99", "0.1", "1e0"]),
)
_exponents = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["1", "-1", "0", "1.5", "123456789.5"]),
    st.sampled_from("eE"),
    st.sampled_from(["", "+", "-"]),
    st.sampled_from(["0", "1", "2", "07", "16", "22", "40", "308", "400"]),
)
numbers = st.one_of(_decimals, _integers, _exponents)

_escapes = ['\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00e9", "\\u001f", "\\uD83D\\uDE00"]
_awkward = [
    "é",
    "日",
    "😀",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "e\u0301",
    "\x7f",
    "/",
    "<",
    ">",
    "&",
    "'",
    "=",
    "+",
    "%2F",
    "\\u2028",
]
_pieces = st.one_of(
    st.sampled_from(["a", "24", "Oslo 5", " x", "A-b_c.d:e", "true", "0"]),
    st.sampled_from(_escapes),
    st.sampled_from(_awkward),
    st.characters(min_codepoint=0x20, exclude_characters='"\\', exclude_categories=["Cs"]),
)
strings = st.lists(_pieces, max_size=4).map(lambda parts: f'"{"".join(parts)}"')
_odd_strings = st.one_of(strings, st.sampled_from(['"\\ud800"', '"\\udc00x"', '"\\u0000"', '"  x  "', '"0578"', '""']))
_names = st.one_of(strings, st.sampled_from(['"a"', '"b"', '"10"', '"9"', '"__proto__"', '""', '"a"']))
_words = st.sampled_from(["true", "false", "null", "{}", "[]"])
scalars = st.one_of(numbers, _odd_strings, _words, _words, _words)
_blanks = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n  "])


def _array(space: str, items: list[str]) -> str:
    return f"[{space}" + f"{space},".join(items) + f"{space}]"


def _object(space: str, members: list[tuple[str, str]]) -> str:
    return f"{{{space}" + f",{space}".join(f"{name}{space}:{value}" for name, value in members) + f"{space}}}"


values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.builds(_array, _blanks, st.lists(inner, max_size=4)),
        st.builds(_object, _blanks, st.lists(st.tuples(_names, inner), max_size=4)),
    ),
    max_leaves=8,
)
valid = st.builds("{}{}{}".format, _blanks, values, _blanks).map(str.encode)
"""JSON in UTF-8, with blanks wherever they may be."""

_SCRAPS = [
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"0", b"-", b".", b"e", b"+", b" ", b"\n", b"//", b"/**/", b"'"),
    *(b"NaN", b"Infinity", b"nul", b"True", b"undefined", b"0x1F", b"01", b"1.", b".5", b"1_0", b"\\x41", b"\\u12"),
    *(b"\x00", b"\x1f", b"\x0b", b"\x0c", b"\x7f", b"\xff", b"\xc3", b"\xa0", b"\xc0\xaf", b"\xed\xa0\x80"),
    *(b"\xef\xbb\xbf", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xf4\x90\x80\x80", b"\xf0\x9f", b"\xc3\xa9"),
]


@st.composite
def nearly_valid(draw: st.DrawFn) -> bytes:
    """A valid text with one or two cuts, insertions or replacements."""
    text: bytes = draw(valid)
    for _ in range(1 + draw(below(2))):
        start = draw(below(len(text) + 1))
        text = text[:start] + pick(draw, [b"", *_SCRAPS]) + text[start + draw(below(3)) :]
    return text


def _nest(depth: int, brackets: tuple[str, str], core: str) -> bytes:
    return (brackets[0] * depth + core + brackets[1] * depth).encode()


_deep = st.builds(
    _nest,
    st.sampled_from([33, 64, 99, 100, 101, 127, 128, 129, 512, 513, 1025]),
    st.sampled_from([("[", "]"), ('{"a":', "}")]),
    st.sampled_from(["", "1", "[]", "{}"]),
).filter(lambda text: b":}" not in text)
_transcoded = st.builds(
    lambda text, codec: text.decode("utf-8", "replace").encode(codec, "surrogatepass"),
    valid,
    st.sampled_from(["utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-8-sig", "utf-8-sig"]),
)
_long = st.one_of(
    st.integers(17, 400).map(lambda n: b"[" + b"9" * n + b"]"),
    st.integers(17, 400).map(lambda n: b"[0." + b"3" * n + b"]"),
    st.integers(200, 3000).map(lambda n: b'["' + b"a" * n + b'"]'),
    st.sampled_from([4096, 8192, 16384, 65536]).map(lambda n: b'["' + b"a" * n + b'"]'),
)
hostile = st.one_of(_deep, _deep, _transcoded, _long, st.lists(st.sampled_from(_SCRAPS), max_size=8).map(b"".join))


_nearly_valid, _slips = nearly_valid(), slips(valid)


@st.composite
def any_text(draw: st.DrawFn) -> bytes:
    """Two fifths of them valid, most others nearly so."""
    kind = draw(below(10))
    text: bytes = draw(valid if kind < 4 else _slips if kind < 7 else _nearly_valid if kind < 9 else hostile)
    return text


texts = any_text()

# --- what merchants build -------------------------------------------------------------------------------------------

_UUID = "3a5f04af-fb52-41ce-b9bc-283e72207cd5"
_urls = ["https://shop.example/cb?a=1&b=2", "https://shop.example/return/", "https://shop.example/?q=O'Brien"]
_merchant_values = {
    "external_id": st.sampled_from(['"24"', '"order-7/1"', "24", '"0024"']),
    "amount": st.one_of(st.sampled_from(["150.23", "150.20", "150", '"150.20"', "0.01", "1000000.00"]), numbers),
    "currency": st.sampled_from(['"eur"', '"KZT"', '"usd"']),
    "payment_method": st.sampled_from(['"card"', '"all"']),
    "notification_url": st.sampled_from([json.dumps(url) for url in _urls]),
    "success_redirect_url": st.sampled_from([json.dumps(url) for url in _urls]),
    "sending_card_details": st.sampled_from(["true", "false"]),
    "nonce": st.just('"5d41402abc4b2a76b9719d911017c592"'),
    "expires_at": st.just('"2025-01-10T12:00:00.000Z"'),
    "city": st.one_of(
        st.sampled_from(['"Toyengata 53"', '"Zürich"', '"O\'Brien"', '"A \\/ B"', f'"{"x" * 300}"']), strings
    ),
    "metadata": st.one_of(values, st.sampled_from(["{}", "[]", "null", '{"a":{}}', "[{}]"])),
}


_subsets = st.integers(0, 2 ** len(_merchant_values) - 1)


@st.composite
def payloads(draw: st.DrawFn, fixed: tuple[tuple[str, str], ...] = ()) -> bytes:
    """The text of a request's body; ``fixed`` are members that must be there (name and JSON)."""
    chosen = draw(_subsets) & draw(_subsets)  # a quarter of the members, and fewer as it shrinks
    members = [
        (f'"{name}"', draw(made)) for at, (name, made) in enumerate(_merchant_values.items()) if chosen >> at & 1
    ]
    members += [(json.dumps(name), value) for name, value in fixed]
    if draw(below(4)) == 3:
        members.append((draw(_names), draw(values)))
    if draw(below(8)) == 7:
        members.append(('"payer_details"', _object("", members[:2])))
    return _object(draw(_blanks), members).encode()


_payloads = payloads()


_rarely = st.one_of(
    texts,
    _slips,
    _slips,
    _deep.filter(lambda text: len(text) < 1000),
    st.sampled_from([b"", b" ", b"null", b"{}", b"[]", b'""', b"0"]),
)


@st.composite
def bodies_to_build(draw: st.DrawFn) -> bytes:
    """What is put to ``build``: mostly a merchant's payload, now and then any JSON, or what is none."""
    kind = draw(below(10))
    text: bytes = draw(_payloads if kind < 5 else valid if kind < 7 else _rarely)
    return text


@st.composite
def card_payloads(draw: st.DrawFn, number: str) -> bytes:
    """The body of a card form, with its transaction id and the number given."""
    fixed = (("transaction_id", json.dumps(_UUID)), ("number", json.dumps(number)), ("csc", '"012"'))
    return draw(payloads(fixed))
