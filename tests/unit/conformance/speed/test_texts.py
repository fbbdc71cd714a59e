"""Figures and facts as words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.speed import texts
from conformance.speed.noise import Noise
from tests.fakes.benches import MACHINE, bench, measurement


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (2.0, "2.00 s"),
        (0.9996, "1.00 s"),
        (0.00307, "3.07 ms"),
        (812.4e-6, "812 µs"),
        (9.999e-6, "10.0 µs"),
        (4.5e-8, "45.0 ns"),
        (1234.0, "1 230 s"),
    ],
)
def test_durations(value: float, told: str) -> None:
    assert texts.seconds(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0123, "0.0123"), (0.5, "0.500"), (0.123, "0.123"), (1.0, "1.00"), (99.96, "100"), (41512.0, "41 500")],
)
def test_rates_have_three_digits_that_count(value: float, told: str) -> None:
    assert texts.rate(value) == told
    assert texts.factor(value) == f"{told} x"


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (36, "36 B"),
        (600, "600 B"),
        (65536, "64 KiB"),
        (1 << 20, "1 MiB"),
        (1961, "1961 B"),
        (59291, "57.9 KiB"),
        (1357892, "1.29 MiB"),
    ],
)
def test_sizes(octets: int, told: str) -> None:
    assert texts.size(octets) == told


def test_a_setting_tells_what_is_particular() -> None:
    assert texts.setting(measurement()) == "2048-bit, 600 B"
    assert texts.setting(measurement(items=64, threads=2)) == "2048-bit, 600 B, batch 64, 2 threads"
    assert texts.setting(measurement(bits=None, octets=None)) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("46.0.1", "46.0.1"),
        ("go1.19.8 linux/amd64", "1.19.8"),
        ("OpenJDK 64-Bit Server VM 17.0.15+6-Debian-1deb12u1, Jackson 2.14.0", "17.0.15"),
        ("unreleased", "unreleased"),
    ],
)
def test_a_version_is_its_number(text: str, number: str) -> None:
    assert texts.version(text) == number


def test_noise_is_told_with_by_how_much() -> None:
    quiet = replace(bench(), measurements=(measurement(),))
    assert texts.noise(quiet) == []
    loud = replace(quiet, measurements=(measurement(), measurement("loud", peer=(1e-4, 3e-4, 2e-4))))
    (sentence,) = texts.noise(loud)
    assert sentence.startswith("1 of 2 measurements too noisy to tell")
    assert sentence.endswith("in loud 43.2 %")
    facts = Noise(0.8, 0.0, 1.0, 1.2).as_facts()
    told = texts.noise(replace(quiet, machine=replace(MACHINE, facts=facts)))
    assert [" ".join(sentence.split()[:6]) for sentence in told] == [
        "the machine was not quiet: others",
        "the machine was not quiet: the",
    ]


def test_facts_stand_as_they_are_and_the_unknown_is_unknown() -> None:
    told = dict(texts.facts(replace(MACHINE, facts={**MACHINE.facts, **Noise(None, 0.01, 0.002, 0.0021).as_facts()})))
    assert told["processor"] == "Example Processor 9000"
    assert told["features"] == "avx512f, avx512ifma"
    assert told["governor"] == "unknown"
    assert told["packages"] == "cryptography 46.0.1"
    assert told["busy with others"] == "unknown"
    assert told["stolen by the hypervisor"] == "1.0 %"
    assert told["the same fixed work"] == "2.00 ms before the run, 2.10 ms after it (+5.0 %)"


def test_a_run_that_was_interrupted_says_so() -> None:
    assert texts.state(bench()) == "quick run of signkit 0.1.0, 2026-05-04T03:02:01+00:00"
    assert "NOT complete" in texts.state(replace(bench(), complete=False, quick=False))
