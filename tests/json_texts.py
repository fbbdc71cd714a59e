"""JSON texts for property tests: valid ones, mutated ones, garbage; and a tokenizer of the tests' own."""

from __future__ import annotations

import json

from hypothesis import strategies as st

SPACE = " \t\n\r"

numbers = st.one_of(
    st.integers().map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?", fullmatch=True),
)
characters = st.one_of(
    st.characters(min_codepoint=0x20, exclude_characters='"\\', exclude_categories=["Cs"]),
    st.sampled_from(['\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\uD83D\\uDE00", "\\ud800"]),
)
strings = st.lists(characters, max_size=20).map(lambda parts: '"' + "".join(parts) + '"')
scalars = st.one_of(numbers, strings, st.sampled_from(["true", "false", "null"]))
blanks = st.text(SPACE, max_size=3)


def _array(items: list[tuple[str, str, str]]) -> str:
    return "[" + ",".join(before + item + after for before, item, after in items) + "]"


def _object(members: list[tuple[str, str, str, str, str]]) -> str:
    return "{" + ",".join("".join((a, name, b, ":", value, c)) for a, name, b, value, c in members) + "}"


values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(st.tuples(blanks, inner, blanks), max_size=5).map(_array),
        st.lists(st.tuples(blanks, strings, blanks, inner, blanks), max_size=5).map(_object),
        st.sampled_from(["[ ]", "{\n}"]),
    ),
    max_leaves=20,
)
texts = st.tuples(blanks, values, blanks).map("".join).map(str.encode)
"""Valid JSON in UTF-8, with whitespace wherever it may be."""

_ASCII = (
    b"{ } [ ] , : \" \\ 0 01 - . e E + 1. 1e5 true nul NaN -Infinity \\u12 \\ud800 // ' \x00 \x1f \x7f \x0b abcdefgh"
)
_HIGH = (
    b"\xc3\xa9 \xc3 \xff \xa0 \xed\xa0\x80 \xe2\x82\xac \xf0\x9f\x98\x80 \xf0\x9f \xc0\xaf \xf4\x90\x80 \xef\xbb\xbf"
)
_PIECES = [*_ASCII.split(b" "), *_HIGH.split(b" "), b" ", b"\n", b"\t", b"\r"]
garbage = st.one_of(st.binary(max_size=40), st.lists(st.sampled_from(_PIECES), max_size=15).map(b"".join))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid text with up to three cuts, insertions or overwritten bytes."""
    text = draw(texts)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 4)))
        text = (
            text[:start] + draw(st.one_of(st.just(b""), st.sampled_from(_PIECES), st.binary(max_size=2))) + text[end:]
        )
    return text


def tokenize(text: bytes) -> list[str]:
    """The tokens of a valid JSON text, found character by character."""
    tokens: list[str] = []
    word = ""
    in_string = escaped = False
    for character in text.decode():
        if in_string:
            word += character
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character in SPACE + "{}[]:,":
            tokens += [word] if word else []
            tokens += [] if character in SPACE else [character]
            word = ""
        else:
            in_string = character == '"'
            word += character
    return tokens + ([word] if word else [])


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def is_json(text: bytes) -> bool:
    """Whether Python's json takes the text, its liberties undone.

    It takes NaN and infinities, bytes in UTF-16 and UTF-32 and behind a byte order mark, any nesting up to its own
    recursion limit; and it converts integers, which has a limit of digits. All of that is handled here.
    """
    try:
        json.loads(text.decode(), parse_constant=_refuse_constant, parse_int=str, parse_float=str)
    except ValueError:
        return False
    tokens, depth, deepest = tokenize(text), 0, 0
    for token in tokens:
        depth += (token in "[{") - (token in "]}")
        deepest = max(deepest, depth)
    return deepest <= 100
