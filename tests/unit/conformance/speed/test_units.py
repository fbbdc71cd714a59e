"""Rates and durations as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.speed import units
from conformance.speed.model import BenchError


@pytest.mark.parametrize(
    ("text", "a_second"),
    [
        ("5000/s", 5000),
        ("300000/min", 5000),
        ("300_000 / min", 5000),
        ("300,000/minute", 5000),
        ("18 000 000/h", 5000),
        ("5k/s", 5000),
        ("0.5M/min", 500_000 / 60),
        ("1e3 per second", 1000),
        ("86400/d", 1),
        (" .5/s ", 0.5),
    ],
)
def test_rates(text: str, a_second: float) -> None:
    assert units.rate(text) == pytest.approx(a_second)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5ms", 0.005),
        ("5 ms", 0.005),
        ("0.005s", 0.005),
        ("800us", 8e-4),
        ("800µs", 8e-4),
        ("1min", 60),
        ("2e-3s", 0.002),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert units.duration(text) == pytest.approx(seconds)


@given(st.floats(1e-3, 1e9))
def test_what_is_written_is_read(number: float) -> None:
    assert units.rate(f"{number!r}/s") == pytest.approx(number)
    assert units.duration(f"{number!r}ms") == pytest.approx(number / 1000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5000",
        "/s",
        "e3/s",
        "5000/fortnight",
        "-5/s",
        "0/s",
        "1e999/s",
        "5.5.5/s",
        "5,5/s",
        "nan/s",
        "5000/s/s",
        "\u0665/s",
    ],
)
def test_a_bad_rate_is_named_and_the_mend(text: str) -> None:
    with pytest.raises(BenchError) as caught:
        units.rate(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["", "5", "ms", "5 lightyears", "-5ms", "0ms", "1e999s", "5,5ms", "5m s"])
def test_a_bad_duration_is_named_and_the_mend(text: str) -> None:
    with pytest.raises(BenchError) as caught:
        units.duration(text)
    assert repr(text) in str(caught.value)


def test_the_mend_is_an_example() -> None:
    with pytest.raises(BenchError, match="write it with its unit, as 5000/s"):
        units.rate("5000")
    with pytest.raises(BenchError, match="write it with its unit, as 5ms"):
        units.duration("5")
