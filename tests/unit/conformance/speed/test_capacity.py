"""Capacity from made-up times whose answer is known: by utilisation's definition, by limits, and by its neighbours."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from conformance.speed import capacity
from conformance.speed.capacity import Prediction, answer, beside, predict
from conformance.speed.model import BenchError
from conformance.speed.service import MOST, Service
from tests.fakes import benches

EACH = 0.001
SERVICE = Service(
    {size: [size * EACH] for size in range(1, MOST + 1)}, 1, 0.0, 0.0, (0.0,), (0.0,), 2, 2048, "openssl", "made up"
)
GOALS = {"99": 0.005}


@pytest.fixture(autouse=True)
def fewer_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "CALLS", 12_000)
    monkeypatch.setattr(capacity, "SEEDS", (1,))


@pytest.mark.parametrize("rate", [100.0, 3000.0, 20_000.0])
def test_the_cores_are_the_fewest_that_meet_the_goal(rate: float) -> None:
    found = answer(SERVICE, rate, GOALS)
    assert found.found is not None
    cores = found.found.cores
    assert rate * EACH <= cores <= rate * EACH + 8 + 0.2 * rate * EACH
    assert found.found.utilisation == pytest.approx(rate * EACH / cores, rel=0.05)
    assert found.found.latencies["99"] <= 0.005
    if cores > max(1, rate * EACH):
        assert cores == 1 or predict(SERVICE, rate, cores - 1).latencies["99"] > 0.005
    assert found.reason == ""


def test_more_is_asked_more_is_needed() -> None:
    needed = [answer(SERVICE, rate, GOALS).found for rate in (500.0, 2000.0, 4000.0)]
    assert all(before.cores <= after.cores for before, after in pairwise(n for n in needed if n))
    strict, loose = (answer(SERVICE, 3000.0, {"99": most}).found for most in (0.0025, 0.02))
    assert strict is not None
    assert loose is not None
    assert strict.cores > loose.cores >= 3


def test_the_same_cores_carry_more_but_not_more_than_their_time() -> None:
    found = answer(SERVICE, 1200.0, GOALS)
    assert found.found is not None
    assert 1200 <= found.most <= found.found.cores / EACH
    assert predict(SERVICE, found.most, found.found.cores).meets(GOALS)


def test_what_a_lone_call_misses_no_core_meets() -> None:
    found = answer(SERVICE, 10.0, {"99": 0.0009})
    assert (found.found, found.most) == (None, 0)
    assert found.reason.startswith("a call that is alone takes 1.00 ms at p99 (its signature 1.00 ms), and 0.9 ms are")
    assert "quiet" not in found.reason


def test_a_signature_that_others_hold_up_is_told_as_such() -> None:
    noisy = replace(SERVICE, batches={**SERVICE.batches, 1: [EACH] * 95 + [0.02] * 5})
    assert "half of all signatures take 1.00 ms, so others had the processors" in answer(noisy, 10.0, GOALS).reason


def test_where_more_cores_do_not_help_the_search_ends_and_says_so() -> None:
    """A loop that wakes late now and then: alone a call meets it twice at most, in a crowd whoever comes meanwhile."""
    late = replace(SERVICE, wakes=[0.0] * 997 + [0.02] * 3, wakes_busy=[0.0] * 997 + [0.02] * 3)
    found = answer(late, 2000.0, GOALS)
    assert found.found is None
    told = re.search(
        r"^with ([\d,]+) cores p99 is ([\d.]+) ms, 5 ms are asked for, and more cores do not", found.reason
    )
    assert told
    assert 4 <= int(told[1].replace(",", "")) <= 256
    assert float(told[2]) > 5


def test_more_than_a_machine_has_is_not_met() -> None:
    found = answer(SERVICE, 5e6, GOALS)
    assert found.found is None
    assert "5,000,000 calls a second take the whole time of 5,000 cores" in found.reason


def test_one_event_loop_carries_so_much_and_more_take_processes() -> None:
    busy = replace(SERVICE, batches={n: [n * 1e-5] for n in range(1, MOST + 1)}, handling=1e-4)
    found = answer(busy, 20_000.0, GOALS)
    assert found.found is not None
    assert found.found.processes == 4  # 20 000 times 0.1 ms are two seconds a second; up to 0.6 of a loop's time
    assert found.found.cores % 4 == 0
    assert found.found.utilisation == pytest.approx(20_000 * 1.1e-4 / found.found.cores, rel=0.05)
    assert any("the event loop takes 100 µs of a core" in line for line in found.assumptions)


def test_waits_and_latencies_are_told_at_what_was_asked() -> None:
    found = answer(SERVICE, 1500.0, {"90": 0.01, "99.5": 0.05}).found
    assert found is not None
    assert set(found.latencies) == {"50", "90", "99", "99.5", "99.9"}
    assert set(found.waits) == {"mean", *found.latencies}
    for name, wait in found.waits.items():
        if name != "mean":
            assert wait <= found.latencies[name]


@pytest.mark.parametrize("goals", [{}, {"99.99": 1.0}, {"100": 1.0}, {"0": 1.0}])
def test_goals_that_cannot_be_told_are_refused(goals: dict[str, float]) -> None:
    with pytest.raises(BenchError):
        answer(SERVICE, 10.0, goals)


def test_the_assumptions_say_where_the_times_are_from() -> None:
    lines = answer(SERVICE, 10.0, GOALS).assumptions
    assert lines[0] == "times: made up"
    assert not any("not measured" in line for line in lines)
    few = replace(SERVICE, batches={1: [EACH], 16: [16 * EACH]}, assumptions=["and more"])
    told = answer(few, 10.0, GOALS).assumptions
    assert "a batch of a size that was not measured takes its share of the next larger one" in told
    assert "and more" in told


def test_predicted_stands_beside_measured() -> None:
    predicted = Prediction(800.0, 2, 1, 0.4, 1.0, {"mean": 0.1}, {"50": 0.001, "99": 0.004, "99.5": 0.005})
    latency = benches.bench().latencies[1]
    assert beside(predicted, latency) == [
        ("50", 0.001, latency.percentiles["50"]),
        ("99", 0.004, latency.percentiles["99"]),
    ]


def test_it_tells_how_far_it_has_come() -> None:
    told: list[float] = []
    answer(SERVICE, 3000.0, GOALS, told.append)
    assert told == sorted(told)
    assert told[-1] == 1
