"""Framing: what is one line, and what is no line at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.targets.lines import MAX_LINE, LineBuffer, LineError, decode, encode


def test_a_line_is_compact_ascii_json() -> None:
    line = encode({"id": "1", "value": "é\u2028\N{GRINNING FACE}"})
    assert line == b'{"id":"1","value":"\\u00e9\\u2028\\ud83d\\ude00"}\n'
    assert json.loads(line)["value"] == "é\u2028\N{GRINNING FACE}"


def test_the_limit_is_16_mib_without_the_line_end() -> None:
    frame = len('{"v":""}')
    assert len(encode({"v": "x" * (MAX_LINE - frame)})) == MAX_LINE + 1
    with pytest.raises(LineError, match="16777217 bytes long"):
        encode({"v": "x" * (MAX_LINE - frame + 1)})


@pytest.mark.parametrize("line", [b'{"id":"1"}', b'{"id":"1"}\r', b' {"id" : "1"} \t'])
def test_blanks_around_an_answer_are_json(line: bytes) -> None:
    assert decode(line) == {"id": "1"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"", "an empty line"),
        (b" \r", "an empty line"),
        (b"Hello", "the line 'Hello' is not a JSON object: write nothing but answers"),
        (b'{"id":"1"', "is not a JSON object"),
        (b'{"id":"1"}{"id":"2"}', "is not a JSON object"),
        (b"[1]", "is JSON, but no object"),
        (b"null", "is JSON, but no object"),
        (b'{"id":"a\x01"}', "is not a JSON object"),
        (b"[" * 100_000, "is not a JSON object"),
    ],
)
def test_what_cannot_be_read(line: bytes, told: str) -> None:
    with pytest.raises(LineError) as caught:
        decode(line)
    assert told in str(caught.value)
    assert caught.value.answer is None
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id":"1","refused":"café"}'.encode(), "byte 0xC3 at offset 24"),
        ('{"id":"1","refused":"café"}'.encode("latin-1"), "byte 0xE9 at offset 24"),
        (b'{"id":"1","refused":"\\ud800"}', "is not strict JSON"),
        (b'{"id":"1","value":NaN}', "is not strict JSON"),
    ],
)
def test_what_breaks_the_rules_can_still_be_laid_to_its_command(line: bytes, told: str) -> None:
    with pytest.raises(LineError) as caught:
        decode(line)
    assert told in str(caught.value)
    assert caught.value.answer is not None
    assert caught.value.answer["id"] == "1"


@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=8), st.data())
def test_lines_come_out_however_they_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines) + b"rest"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    buffer = LineBuffer()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += list(buffer.feed(stream[start:end]))
    assert found == lines
    assert buffer.rest == b"rest"


def test_the_buffer_takes_a_line_of_the_limit_and_none_longer() -> None:
    assert list(LineBuffer(limit=4).feed(b"1234\n12\n")) == [b"1234", b"12"]
    for chunks in ([b"12345\n"], [b"12345"], [b"123", b"45"], [b"1\n123", b"45\n"]):
        buffer = LineBuffer(limit=4)
        for chunk in chunks[:-1]:
            list(buffer.feed(chunk))
        with pytest.raises(LineError, match="longer than 4 bytes"):
            list(buffer.feed(chunks[-1]))
        assert buffer.rest == b""


def test_lines_before_an_over_long_one_are_not_lost() -> None:
    lines = LineBuffer(limit=4).feed(b"12\n123456")
    assert next(lines) == b"12"
    with pytest.raises(LineError):
        next(lines)
