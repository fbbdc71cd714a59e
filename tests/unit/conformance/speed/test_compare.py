"""Two runs side by side: what matches, what has changed beyond noise, and what makes them unlike."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.speed.compare import FLOOR, Change, compare, data
from conformance.speed.model import Bench, Measurement
from conformance.speed.noise import Noise
from tests.fakes.benches import MACHINE, bench, elsewhere, measurement


def one(ours: float = 1e-4, peer: float = 4e-4, wobble: float = 0.0, name: str = "one") -> Measurement:
    """Medians of ``ours`` and ``peer``; the quartiles of the ratio lie ``wobble`` apart."""
    steps = (1 - wobble, 1 - wobble / 2, 1, 1 + wobble / 2, 1 + wobble)
    return measurement(name, (ours,) * 5, tuple(peer * step for step in steps))


def test_a_run_beside_itself_has_not_changed() -> None:
    found = compare(bench(), bench())
    assert (found.differences, found.remarks, found.unlike, found.removed, found.added) == ((), (), (), (), ())
    assert len(found.changes) == len(bench().measurements)
    assert {(change.ratio, change.ours, change.peer, change.beyond) for change in found.changes} == {
        (1.0, 1.0, 1.0, False)
    }


def test_a_faster_machine_changes_times_and_not_the_ratio() -> None:
    change = Change(one(1e-4, 4e-4), one(0.5e-4, 2e-4))
    assert change.ratio == pytest.approx(1.0)
    assert (change.ours, change.peer) == (pytest.approx(2.0), pytest.approx(2.0))
    assert not change.beyond


@pytest.mark.parametrize(
    ("change", "beyond"),
    [
        (Change(one(), one(ours=0.8e-4)), True),  # faster
        (Change(one(), one(ours=1.25e-4)), True),  # slower
        (Change(one(), one(ours=1e-4 / (1 + FLOOR / 2))), False),  # within what runs differ by
        (Change(one(wobble=0.09), one(ours=1e-4 / 1.08)), False),  # within the first's spread
        (Change(one(wobble=0.09), one(ours=0.8e-4, wobble=0.09)), True),
        (Change(one(wobble=0.3), one(ours=0.1e-4)), False),  # too noisy to tell
    ],
)
def test_changes_beyond_noise(change: Change, beyond: bool) -> None:
    assert change.beyond is beyond


def test_what_was_too_noisy_in_one_run_stays_so() -> None:
    assert Change(one(wobble=0.3), one()).noisy
    assert Change(one(), one(wobble=0.3)).noisy
    assert not Change(one(), one()).noisy


def test_noise_grows_with_both_spreads() -> None:
    loud = Change(one(wobble=0.3), one(wobble=0.4))
    assert loud.noise == pytest.approx(0.5)
    assert Change(one(), one()).noise == FLOOR


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (replace(bench(), machine=replace(MACHINE, cpu="Other")), "processors: 'Example Processor 9000' and 'Other'"),
        (replace(bench(), machine=replace(MACHINE, backend="pyca")), "backends: ifma and pyca"),
        (replace(bench(), machine=replace(MACHINE, cores=8)), "usable cores: 2 and 8"),
        (
            replace(bench(), machine=replace(MACHINE, features=("avx2", "avx512f"))),
            "processor features: only in the first avx512ifma, only in the second avx2",
        ),
        (replace(bench(), quick=False), "kinds of run: quick and full"),
    ],
)
def test_each_difference_is_named(other: Bench, told: str) -> None:
    found = compare(bench(), other)
    assert found.differences == (told,)
    assert len(found.changes) == len(bench().measurements)


def test_all_differences_are_named_together() -> None:
    assert [sentence.partition(":")[0] for sentence in compare(bench(), elsewhere()).differences] == [
        *("processors", "processor features", "backends")
    ]


def test_what_else_differs_is_remarked() -> None:
    facts = {**MACHINE.facts, "python": "3.13.0", "governor": "powersave", **Noise(1.0, 0.0, 1.0, 1.0).as_facts()}
    other = replace(bench(), kit="0.2.0", complete=False, machine=replace(MACHINE, facts=facts))
    found = compare(bench(), other)
    assert found.differences == ()
    assert found.remarks[:4] == (
        "signkit: 0.1.0 and 0.2.0",
        "python: 3.11.7 and 3.13.0",
        "governor: unknown and powersave",
        "the second run is not complete: 22 measurements",
    )
    assert found.remarks[4].startswith("in the second run the machine was not quiet: others kept 1.00")


def test_ids_of_one_run_alone_and_ids_that_mean_something_else() -> None:
    before = replace(bench(), measurements=(one(name="a"), one(name="b"), one(name="c")))
    other = replace(one(name="b"), items=64)
    node = replace(one(name="c"), peer=replace(one().peer, name="node"))
    found = compare(before, replace(bench(), measurements=(other, node, one(name="d"))))
    assert found.changes == ()
    assert (found.removed, found.added) == (("a",), ("d",))
    assert found.unlike == ("b: items 1 and 64", "c: peer cryptography and node")


def test_data_is_json() -> None:
    told = json.loads(json.dumps(data(compare(bench(), elsewhere()))))
    assert told["before"]["backend"] == "ifma"
    assert len(told["differences"]) == 3
    assert told["changes"][0]["ratio_change"] == 1.0
    assert told["changes"][0]["beyond_noise"] is False
