"""Percentiles beside the definition, counted out, and beside the standard library's inclusive median and quantiles."""

from __future__ import annotations

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.speed.percentiles import SHOWN, percentile, percentiles

VALUES = st.lists(st.floats(0, 1e6), min_size=1, max_size=120)


def counted(values: list[float], wanted: str) -> float:
    """The smallest value that at least so many percent of all do not exceed."""
    enough = Decimal(wanted) * len(values) / 100
    return min(v for v in values if sum(other <= v for other in values) >= enough)


@given(VALUES, st.sampled_from(("0.1", "1", "25", "33.3", *SHOWN)))
def test_each_is_what_the_definition_says(values: list[float], wanted: str) -> None:
    assert percentile(values, wanted) == counted(values, wanted)


@given(VALUES.filter(lambda values: len(values) % 2 == 1))
def test_half_of_an_odd_number_is_the_median(values: list[float]) -> None:
    assert percentile(values, "50") == statistics.median(values)


@given(st.lists(st.floats(0, 1e6), min_size=101, max_size=101))
def test_of_101_values_they_are_the_librarys_inclusive_quantiles(values: list[float]) -> None:
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    assert percentile(values, "90") == pytest.approx(cuts[89])
    assert percentile(values, "99") == pytest.approx(cuts[98])


@pytest.mark.parametrize(
    ("wanted", "count", "rank"),
    [("99.9", 1000, 999), ("99.9", 1001, 1000), ("99", 100, 99), ("50", 4, 2), ("100", 7, 7), ("0.1", 1000, 1)],
)
def test_ranks_are_exact_where_binary_fractions_are_not(wanted: str, count: int, rank: int) -> None:
    assert percentile([float(n) for n in range(count, 0, -1)], wanted) == rank


def test_what_so_few_values_cannot_tell_is_left_out() -> None:
    assert list(percentiles([1.0])) == ["100"]
    assert list(percentiles([1.0] * 99)) == ["50", "75", "90", "95", "100"]
    assert list(percentiles([1.0] * 999)) == ["50", "75", "90", "95", "99", "99.5", "100"]
    assert list(percentiles([1.0] * 1000)) == list(SHOWN)
    assert percentiles([]) == {}


@pytest.mark.parametrize("wanted", ["0", "-1", "100.1", "nan", "p99"])
def test_there_is_no_such_percentile(wanted: str) -> None:
    with pytest.raises(ValueError, match=r"percentile|Invalid|Cannot"):
        percentile([1.0], wanted)


def test_no_values_have_none() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], "50")
