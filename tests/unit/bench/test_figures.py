"""Figures beside their targets. Nothing is measured here."""

from __future__ import annotations

import json

import pytest

from bench.conformance import figures
from bench.conformance.figures import Figure, absent, as_json, as_text, best, median, worst

FACTS = {"python": "3", "machine": "m", "processors": 2, "load": [1.0, 2.0, 3.0]}


def test_speed_counts_upwards_and_time_and_memory_downwards() -> None:
    assert [best("p", "n", "cases/s", (900.0, 1000.0), target).met for target in (1000.0, 1001.0)] == [True, False]
    assert [best("p", "n", "s", (60.0, 70.0), target).met for target in (60.0, 59.0)] == [True, False]
    assert [worst("p", "n", "MB", (100.0, 201.0), target).met for target in (201.0, 200.0)] == [True, False]
    assert best("p", "n", "s", (1.0,)).met is None


def test_which_round_counts() -> None:
    rounds = (3.0, 1.0, 2.0)
    assert best("p", "n", "cases/s", rounds).value == 3
    assert best("p", "n", "s", rounds).value == 1
    assert median("p", "n", "%", rounds).value == 2
    assert worst("p", "n", "MB", rounds).value == 3


def test_what_could_not_be_measured_meets_no_target() -> None:
    figure = absent("p", "n", "s", "no node: apt-get install nodejs", 60.0, most=True)
    assert figure.met is False
    assert "not measured" in as_text(FACTS, [figure])
    assert "no node: apt-get install nodejs" in as_text(FACTS, [figure])


def test_the_table_names_each_part_once_and_tells_the_spread_and_the_load() -> None:
    made = as_text(
        FACTS,
        [
            best("first", "one", "cases/s", (12345.4, 9000.0), 10000.0),
            best("first", "two", "s", (61.25,), 60.0),
            Figure("second", "three", "MB", 150.0),
        ],
    )
    lines = made.splitlines()
    assert "before 1.0 2.0 3.0, after " in lines[0]
    assert lines[1:3] == ["", "first"]
    assert " ".join(lines[3].split()) == "one 12 345 cases/s best of 9 000 to 12 345 at least 10 000: met"
    assert " ".join(lines[4].split()) == "two 61.2 s at most 60.0: MISSED"
    assert lines[5:7] == ["", "second"]
    assert " ".join(lines[7].split()) == "three 150 MB"


def test_data_for_programs_hold_the_verdict() -> None:
    told = json.loads(as_json(FACTS, [best("p", "n", "s", (2.0, 1.0), 60.0), Figure("p", "m", "MB", 1.0)]))
    assert told["before"] == FACTS
    assert len(told["after"]["load"]) == 3
    assert [figure["met"] for figure in told["figures"]] == [True, None]
    assert told["figures"][0]["rounds"] == [2.0, 1.0]


def test_the_machine_is_described() -> None:
    processors = figures.machine()["processors"]
    assert isinstance(processors, int)
    assert processors >= 1


@pytest.mark.parametrize("unit", figures.UNITS)
def test_every_unit_is_shown(unit: str) -> None:
    assert as_text(FACTS, [Figure("p", "n", unit, 1.0)]).rstrip().endswith(unit)
