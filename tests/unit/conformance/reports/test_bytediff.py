"""Two byte strings, aligned at their first difference."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.reports.bytediff import lines


def test_text_with_a_caret() -> None:
    assert lines(b'{"amount":9007199254740993}', b'{"amount":9007199254740992}') == [
        'expected  {"amount":9007199254740993}',
        '  actual  {"amount":9007199254740992}',
        "                                   ^ byte 25",
    ]


def test_long_text_is_windowed_around_the_difference() -> None:
    assert lines(b"a" * 500 + b"X" + b"b" * 500, b"a" * 500 + b"\n" + b"b" * 499) == [
        "expected  ...aaaaaaaaaaaaaaaaaaaaXbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...",
        "  actual  ...aaaaaaaaaaaaaaaaaaaa\\nbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...",
        "                                 ^ byte 500",
        "          expected 1001 bytes, got 1000",
    ]


def test_bytes_that_are_no_text_are_hex() -> None:
    assert lines(bytes(range(40)), bytes(range(20)) + b"\xff" * 20) == [
        "expected  ...0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e...",
        "  actual  ...0e 0f 10 11 12 13 ff ff ff ff ff ff ff ff ff ff ff...",
        "                               ^ byte 20",
    ]


def test_one_side_nothing_and_equals() -> None:
    assert lines(None, b"abc") == ["  actual  abc  (3 bytes)"]
    assert lines(b"", None) == ["expected    (0 bytes)"]
    assert lines(None, None) == lines(b"x", b"x") == []


def test_one_that_ends_early() -> None:
    assert lines(b"abc", b"abc\n") == [
        "expected  abc",
        "  actual  abc\\n",
        "             ^ byte 3",
        "          expected 3 bytes, got 4",
    ]


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=300))
def test_it_fits_is_ascii_and_points_at_the_difference(common: bytes, one: bytes, two: bytes) -> None:
    expected, actual = common + one, common + two
    rows = lines(expected, actual)
    assert all(row.isascii() and row.isprintable() and len(row) <= 80 for row in rows)
    if expected != actual:
        caret = rows[2].index("^")
        assert rows[0][10:caret].rstrip() == rows[1][10:caret].rstrip()
        assert rows[0][caret:] != rows[1][caret:]
