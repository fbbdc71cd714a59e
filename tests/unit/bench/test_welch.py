"""The t-test of ct-time, against numbers worked out by hand and Python's own statistics."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from bench.welch import BOUND, CROPS, crops, welch


def test_by_hand() -> None:
    """Means 2 and 5, variances 1 and 4, three values each: 3 / sqrt(1/3 + 4/3)."""
    found = welch([1, 2, 3], [3, 5, 7])
    assert found.counts == (3, 3)
    assert found.means == (2, 5)
    assert found.difference == 3
    assert found.error == pytest.approx(math.sqrt(5 / 3))
    assert found.t == pytest.approx(3 / math.sqrt(5 / 3))


def test_unequal_samples() -> None:
    source = random.Random(1)  # noqa: S311 - the same input each time
    a, b = [source.gauss(1e6, 10) for _ in range(50)], [source.gauss(1e6, 200) for _ in range(300)]
    error = math.sqrt(statistics.variance(a) / 50 + statistics.variance(b) / 300)
    assert welch(a, b).t == pytest.approx((statistics.mean(b) - statistics.mean(a)) / error)


def test_no_spread() -> None:
    assert welch([1, 1], [1, 1]).t == 0
    assert welch([1, 1], [2, 2]).t == math.inf
    with pytest.raises(ValueError, match="1 measurements"):
        welch([1], [1, 2])


def test_crops_find_a_small_shift_under_rare_disturbances() -> None:
    source = random.Random(2)  # noqa: S311 - the same input each time

    def times(shift: float) -> list[float]:
        return [
            source.gauss(500 + shift, 10) + (source.expovariate(1e-5) if source.random() < 0.2 else 0)
            for _ in range(2000)
        ]

    shifted, same = crops(times(0), times(5)), crops(times(0), times(0))
    assert [crop.percent for crop in shifted] == list(CROPS)
    assert abs(shifted[0].t) < BOUND < max(abs(crop.t) for crop in shifted)
    assert max(abs(crop.t) for crop in same) < BOUND
    assert sum(shifted[-1].counts) == 400
