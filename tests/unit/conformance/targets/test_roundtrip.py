"""Round trips to fakes: how many, and what of a target that does not answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.targets import TargetError, roundtrip
from conformance.targets.roundtrip import COUNT, round_trips
from tests.fakes.runs import alive

FAKE = Path(__file__).parents[3] / "fakes" / "harness.py"


def spec(behaviour: str, word: str = "") -> str:
    return f"cmd:{sys.executable} -S -E {FAKE} {behaviour} 1 {word}"


def test_each_trip_is_timed_and_no_process_is_left() -> None:
    found = round_trips(spec("right", "round-trip-fake"), 5.0, 30.0)
    assert len(found) == COUNT
    assert min(found) > 0
    assert alive("round-trip-fake") == []


def test_a_python_target_takes_trips_too() -> None:
    assert len(round_trips("python:conformance.reference:Reference", 5.0, 30.0)) == COUNT


def test_a_slow_target_is_asked_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roundtrip, "_ENOUGH", 0.0)
    assert round_trips(spec("right"), 5.0, 30.0) == []


@pytest.mark.parametrize("behaviour", ["dies-at-start", "hangs-at-start", "cannot", "banner", "one-shot"])
def test_a_target_that_does_not_answer_has_none(behaviour: str) -> None:
    assert round_trips(spec(behaviour, "round-trip-bad"), 1.0, 1.0) == []
    assert alive("round-trip-bad") == []


def test_a_spec_that_is_none_is_refused() -> None:
    with pytest.raises(TargetError):
        round_trips("nonsense", 1.0, 1.0)
