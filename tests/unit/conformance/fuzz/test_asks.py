"""Questions: spelling, order, fields."""

from __future__ import annotations

from conformance.fuzz.asks import Ask


def test_bytes_travel_as_base64_and_none_is_left_out() -> None:
    ask = Ask.of("build", form="request", json_text=b"{}", url="u", password=None)
    assert ask.input == {"form": "request", "json_text": "e30=", "url": "u"}
    assert ask.fields == {"form": "request", "json_text": b"{}", "url": "u"}
    assert ask.form == "request"
    assert Ask.of("minify", text=b"").form is None


def test_equal_questions_are_spelled_alike_and_small_ones_come_first() -> None:
    one, other = Ask("minify", {"text": "e30=", "a": "b"}), Ask("minify", {"a": "b", "text": "e30="})
    assert one.spelled == other.spelled
    assert Ask.of("minify", text=b"[]").size < Ask.of("minify", text=b"[1,2,3]").size
