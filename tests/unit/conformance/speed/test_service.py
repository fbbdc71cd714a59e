"""Service times: measured on this machine, or read from a run's file."""

from __future__ import annotations

import random
from dataclasses import replace
from statistics import median

import pytest

from conformance.speed import service
from conformance.speed.model import Bench, BenchError
from conformance.speed.service import MOST, Service
from signing_core import PrivateKey, backends
from tests.fakes import benches

DRAW = random.Random(1)  # noqa: S311 - chance, not secrecy


def made(lanes: int = 1, **batches: float) -> Service:
    times = {int(name.removeprefix("of")): [seconds] for name, seconds in batches.items()}
    return Service(times, lanes, 0.0, 0.0, (0.0,), (0.0,), 2, 2048, "openssl", "made up")


def test_it_is_measured_in_all_batch_sizes() -> None:
    told: list[float] = []
    found = service.measured(PrivateKey.generate(), 0.2, told.append)
    assert sorted(found.batches) == list(range(1, MOST + 1))
    assert all(len(times) >= 5 and min(times) > 0 for times in found.batches.values())
    assert found.handling > 0
    assert found.start >= 0
    assert min(*found.wakes, *found.wakes_busy) >= 0
    assert found.cores == backends.info().cpus
    assert told == sorted(told)
    assert told[-1] == 1
    assert found.each < median(found.batches[MOST])
    twice = service.both(found, found)
    assert {size: len(times) for size, times in twice.batches.items()} == {
        size: 2 * len(times) for size, times in found.batches.items()
    }
    assert twice.each == pytest.approx(found.each)


def test_a_size_that_was_not_measured_takes_as_long_as_the_next_where_lanes_are_filled() -> None:
    assert [made(8, of1=1.0, of4=2.0, of8=3.0).batch(size, DRAW) for size in (1, 2, 4, 5, 8)] == [1, 2, 2, 3, 3]
    assert [made(1, of1=1.0, of4=4.0, of8=8.0).batch(size, DRAW) for size in (1, 2, 3, 5, 8)] == [1, 2, 3, 5, 8]


def test_the_loops_work_counts_for_each_call_of_a_batch() -> None:
    one = replace(made(1, of1=1.0, of16=16.0), handling=0.25)
    assert one.batch(16, DRAW) == 20
    assert one.each == 1.25


def test_a_file_gives_the_times_of_its_batches() -> None:
    bench = benches.bench()
    loads = [replace(one, handling=handling) for one, handling in zip(bench.latencies, (2e-5, 1e-5, 4e-5), strict=True)]
    found = service.of_bench(replace(bench, latencies=loads))
    assert found.sizes == [1, 2, 4, 8, 16]
    sixteen = next(m for m in bench.measurements if (m.operation, m.items, m.threads) == ("sign", 16, 1))
    assert found.batches[16] == pytest.approx([16 * seconds for seconds in sixteen.ours.seconds])
    assert (found.lanes, found.cores, found.backend, found.bits) == (8, 2, "ifma", 2048)
    assert found.handling == 2e-5
    assert benches.MACHINE.cpu in found.source
    assert sorted(set(found.wakes_busy)) == [0.0, 1e-4]
    assert not any("event loop" in line for line in found.assumptions)


def test_a_file_without_load_says_what_it_does_not_tell() -> None:
    found = service.of_bench(replace(benches.bench(), latencies=()))
    assert found.handling == 0
    assert any("event loop's work" in line for line in found.assumptions)


def test_lateness_is_spread_as_its_percentiles_say() -> None:
    late = {"50": 1e-4, "90": 2e-4, "99.9": 3e-4, "100": 1e-3}
    latency = replace(benches.bench().latencies[0], late=late)
    found = service.of_bench(replace(benches.bench(), latencies=(latency,)))
    counts = {value: list(found.wakes_busy).count(value) for value in late.values()}
    assert counts == {1e-4: 500, 2e-4: 400, 3e-4: 99, 1e-3: 1}


@pytest.mark.parametrize(
    ("bench", "bits"),
    [
        (benches.bench(), 3072),
        (replace(benches.bench(), measurements=()), 2048),
        (replace(benches.bench(), measurements=benches.bench().measurements[:3]), 2048),
    ],
)
def test_a_file_that_holds_too_little_is_refused_with_what_it_holds(bench: Bench, bits: int) -> None:
    with pytest.raises(BenchError, match=rf"a key of {bits} bits .*signkit bench --json FILE"):
        service.of_bench(bench, bits)


def test_lanes_are_those_of_the_backend_and_key() -> None:
    assert service.lanes_of("ifma", 2048) == 8
    assert service.lanes_of("ifma", 2056) == service.lanes_of("openssl", 2048) == service.lanes_of("pyca", 4096) == 1
