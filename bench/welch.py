"""Welch's t-test on times of two classes, cropped at several percentiles (Reparaz, Balasch, Verbauwhede: dudect, 2017).

A machine that does other work lengthens some measurements by far more than any leak could; so the test is also made on
those below a percentile of all measurements of both classes together, which is the same limit for both. The largest
|t| of all crops is what counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["BOUND", "CROPS", "Crop", "crops", "welch"]

BOUND = 4.5  # |t| above it: the classes differ, with less than one chance in 100 000 to be wrong
CROPS = (100, 99, 95, 90, 75, 50, 25, 10)  # per cent of the measurements that are kept


class Crop(NamedTuple):
    """One test. Times are in the unit of the measurements."""

    percent: int
    counts: tuple[int, int]
    means: tuple[float, float]
    difference: float  # mean of the second class less that of the first
    error: float  # standard error of the difference
    t: float


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """Mean, and variance of the mean."""
    mean = math.fsum(values) / len(values)
    return mean, math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)


def welch(first: Sequence[float], second: Sequence[float], percent: int = 100) -> Crop:
    """Compare the means of two samples of unequal variance. ValueError for a class of fewer than two values."""
    if min(len(first), len(second)) < 2:
        raise ValueError(f"a class has {min(len(first), len(second))} measurements; two are needed")
    (mean_1, square_1), (mean_2, square_2) = _moments(first), _moments(second)
    difference, error = mean_2 - mean_1, math.sqrt(square_1 + square_2)
    t = difference / error if error else math.copysign(math.inf, difference) if difference else 0.0
    return Crop(percent, (len(first), len(second)), (mean_1, mean_2), difference, error, t)


def crops(first: Sequence[float], second: Sequence[float]) -> list[Crop]:
    """The test on all measurements, and on the fastest of both classes together."""
    pooled = sorted([*first, *second])
    found = []
    for percent in CROPS:
        limit = pooled[max(math.ceil(len(pooled) * percent / 100) - 1, 0)]
        kept = [[value for value in values if value <= limit] for values in (first, second)]
        if min(map(len, kept)) >= 2:
            found.append(welch(kept[0], kept[1], percent))
    return found
