"""The suite's settings, and how it shares out its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.speed.model import BenchError
from conformance.speed.plan import FULL, QUICK, Budget, Plan, Settings, Unmeasured


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def budget(pairs: int, *, limit: bool, seconds: float = 10.0) -> tuple[Budget, Clock]:
    clock = Clock()
    return Budget(Plan(least=0.1, rounds=(5, 9), seconds=seconds, limit=limit), pairs, clock), clock


def test_settings_of_nothing() -> None:
    assert Settings.of({}) == Settings(quick=False, record=None, groups=frozenset(), seconds=None)
    assert (
        Settings.of({"SIGNKIT_BENCH_QUICK": "", "SIGNKIT_BENCH_GROUPS": "", "SIGNKIT_BENCH_SECONDS": ""}) == Settings()
    )
    assert not Settings.of({"SIGNKIT_BENCH_QUICK": "0"}).quick


def test_settings() -> None:
    told = {
        "SIGNKIT_BENCH_QUICK": "1",
        "SIGNKIT_BENCH_RECORD": "/r.jsonl",
        "SIGNKIT_BENCH_GROUPS": "texts,peers",
        "SIGNKIT_BENCH_SECONDS": "2.5",
    }
    settings = Settings.of(told)
    assert settings == Settings(quick=True, record=Path("/r.jsonl"), groups=frozenset({"texts", "peers"}), seconds=2.5)
    assert settings.plan == Plan(QUICK.least, QUICK.rounds, 2.5, limit=True)


def test_seconds_that_are_no_number() -> None:
    with pytest.raises(BenchError, match="SIGNKIT_BENCH_SECONDS='soon'"):
        Settings.of({"SIGNKIT_BENCH_SECONDS": "soon"})


def test_the_plans() -> None:
    assert Settings(quick=True).plan is QUICK
    assert Settings().plan is FULL
    assert QUICK.seconds < 50
    assert FULL.rounds[0] >= 9
    assert QUICK.rounds[0] >= 5


def test_time_is_shared_fairly() -> None:
    some, clock = budget(pairs=10, limit=True)
    some.next()
    assert some.rounds(cost=0.01) == 9  # a second is its share; no more than the most
    assert some.rounds(cost=0.125) == 8
    assert some.rounds(cost=0.5) == 5  # no fewer than the fewest
    clock.now += 9.5
    assert some.rounds(cost=0.05) == 5


def test_who_weighs_more_has_a_larger_share() -> None:
    some, _ = budget(pairs=10, limit=True)
    some.next(weight=8)
    assert some.rounds(cost=1.0) == 8
    some.next()
    assert some.rounds(cost=1.0) == 5


def test_what_cheap_ones_leave_is_for_the_others() -> None:
    some, _ = budget(pairs=2, limit=True)
    some.next()
    some.next()
    assert some.rounds(cost=1.25) == 8


def test_a_quick_run_ends_in_time() -> None:
    some, clock = budget(pairs=3, limit=True)
    some.next()
    with pytest.raises(Unmeasured, match="no time left: a quick run measures for 10 s"):
        some.rounds(cost=2.0)
    clock.now += 10.0
    with pytest.raises(Unmeasured, match="no time left"):
        some.next()
    assert some.left == 0.0


def test_a_full_run_takes_the_time_it_needs() -> None:
    some, clock = budget(pairs=2, limit=False)
    clock.now += 100.0
    some.next()
    assert some.rounds(cost=60.0) == 5
