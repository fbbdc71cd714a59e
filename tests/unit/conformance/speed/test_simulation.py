"""The simulation beside the formulas of queueing theory, in the special cases that have one."""

from __future__ import annotations

import random
from math import exp, factorial, log
from statistics import fmean

import pytest

from conformance.speed.percentiles import percentile
from conformance.speed.simulation import Costs, simulate, taken
from signing_core._crew import portion

CALLS = 80_000
SERVICE = 0.001


def exponential(_size: int, draw: random.Random) -> float:
    return draw.expovariate(1 / SERVICE)


def constant(_size: int, _draw: random.Random) -> float:
    return SERVICE


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_thread_and_exponential_times_are_m_m_1(load: float) -> None:
    rate = load / SERVICE
    found = simulate(lambda draw: draw.expovariate(rate), 1, Costs(exponential, most=1), calls=CALLS)
    spare = 1 / SERVICE - rate
    assert fmean(found.latencies) == pytest.approx(1 / spare, rel=0.06)
    assert fmean(found.waits) == pytest.approx(load / spare, rel=0.08)
    for name, beyond in (("50", 0.5), ("90", 0.1), ("99", 0.01)):
        assert percentile(found.latencies, name) == pytest.approx(-log(beyond) / spare, rel=0.1)
    assert found.busy == pytest.approx(load, rel=0.02)
    assert found.batch == 1


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_thread_and_constant_times_are_m_d_1(load: float) -> None:
    rate = load / SERVICE
    found = simulate(lambda draw: draw.expovariate(rate), 1, Costs(constant, most=1), calls=CALLS)
    assert fmean(found.waits) == pytest.approx(load * SERVICE / (2 * (1 - load)), rel=0.05)
    nobody = sum(wait == pytest.approx(0, abs=1e-12) for wait in found.waits) / len(found.waits)
    assert nobody == pytest.approx(1 - load, abs=0.01)
    assert min(found.latencies) == pytest.approx(SERVICE)


@pytest.mark.parametrize(("workers", "load"), [(2, 0.7), (4, 0.8)])
def test_several_threads_are_m_m_c(workers: int, load: float) -> None:
    rate = workers * load / SERVICE
    found = simulate(lambda draw: draw.expovariate(rate), workers, Costs(exponential, most=1), calls=CALLS)
    offered = workers * load
    last = offered**workers / factorial(workers) / (1 - load)
    waits = last / (sum(offered**n / factorial(n) for n in range(workers)) + last)  # Erlang C
    assert fmean(found.waits) == pytest.approx(waits * SERVICE / (workers * (1 - load)), rel=0.08)
    beyond = sum(wait > SERVICE for wait in found.waits) / len(found.waits)
    assert beyond == pytest.approx(waits * exp(-workers * (1 - load)), rel=0.1)


def test_a_lone_call_takes_the_sum_of_what_it_meets() -> None:
    costs = Costs(constant, handling=0.0002, start=0.00003, wakes=(0.00001,), wakes_busy=(0.00005,))
    found = simulate(lambda draw: 1.0, 2, costs, calls=50)
    assert found.latencies == pytest.approx([0.00001 + 0.0001 + 0.00003 + SERVICE + 0.00001 + 0.0001] * 45)
    assert found.waits == pytest.approx([0.00001 + 0.0001 + 0.00003] * 45)
    alone = simulate(lambda draw: 1.0, 1, costs, calls=50)  # its one thread is done before the loop wakes
    assert alone.latencies == pytest.approx(found.latencies)


def test_the_loop_wakes_late_where_all_threads_sign() -> None:
    gaps = iter([100.0, 0.0002] * 5)  # pairs: the second comes while the first is signed, and waits for it
    costs = Costs(lambda size, draw: 0.001, wakes=(0.0,), wakes_busy=(0.0001,))
    found = simulate(lambda draw: next(gaps), 1, costs, calls=10)
    first, second = found.latencies[1::2], found.latencies[0::2]  # the very first call is not told
    assert first == pytest.approx([0.0011] * 4)
    assert second == pytest.approx([0.0018] * 5)
    assert found.waits[0::2] == pytest.approx([0.0008] * 5)


def test_calls_that_come_at_once_are_taken_in_shares() -> None:
    sizes: list[int] = []

    def batch(size: int, _draw: random.Random) -> float:
        sizes.append(size)
        return SERVICE

    gaps = iter([0.0] * 40)
    simulate(lambda draw: next(gaps), 2, Costs(batch, lanes=8, most=16, wakes=(0.001,)), calls=40)
    assert sizes == [16, 16, 4, 4]  # a fair half of 40 is 20, of the 24 left 12, of the last 8 four


@pytest.mark.parametrize("lanes", [1, 8])
def test_threads_take_as_many_as_those_of_async_signer(lanes: int) -> None:
    for waiting in range(1, 80):
        for workers in (1, 2, 3, 8):
            assert taken(waiting, workers, lanes, 16) == portion(waiting, workers, lanes, 16)


def test_the_same_seed_simulates_the_same() -> None:
    runs = [simulate(lambda draw: draw.expovariate(500), 1, Costs(exponential), calls=2000, seed=n) for n in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_larger_batches_carry_more_than_one_by_one() -> None:
    """A batch that takes no longer than a single call: twice the load that one by one could be carried."""
    found = simulate(lambda draw: draw.expovariate(2 / SERVICE), 1, Costs(constant, lanes=8), calls=20_000)
    assert percentile(found.latencies, "99") < 4 * SERVICE
    assert found.batch > 2
