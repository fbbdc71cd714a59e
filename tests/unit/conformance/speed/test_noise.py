"""What a watch sees of the machine, and what is said of it. Nothing here depends on how busy the machine is."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.speed.noise import DRIFT, OTHERS, STOLEN, Company, Noise, Watch, fixed_work, signs, system_seconds

QUIET = Noise(others=0.02, stolen=0.0, before=0.010, after=0.010)


def test_a_quiet_machine_says_nothing() -> None:
    assert signs(QUIET) == []
    assert signs(Noise(None, None, 1.0, 1.0)) == []


@pytest.mark.parametrize(
    ("noise", "told"),
    [
        (Noise(OTHERS + 0.6, 0.0, 1.0, 1.0), "others kept 0.75 processors busy"),
        (Noise(0.0, STOLEN + 0.05, 1.0, 1.0), "the hypervisor took 7.0 % of the time"),
        (Noise(0.0, 0.0, 1.0, 1.0 + 2 * DRIFT), "10.0 % slower at the end"),
        (Noise(0.0, 0.0, 1.0, 1.0 - 2 * DRIFT), "10.0 % faster at the end"),
    ],
)
def test_each_sign_is_told_with_by_how_much(noise: Noise, told: str) -> None:
    (sentence,) = signs(noise)
    assert told in sentence


def test_signs_are_kept_among_the_facts_and_read_again() -> None:
    assert Noise.of(QUIET.as_facts()) == QUIET
    silent = Noise(None, None, 0.5, 0.25)
    assert Noise.of(silent.as_facts()) == silent
    assert silent.drift == -0.5


@pytest.mark.parametrize("facts", [{}, {"others": 1.0}, {**QUIET.as_facts(), "stolen": "much"}])
def test_facts_without_signs_are_none(facts: dict[str, object]) -> None:
    assert Noise.of(facts) is None


@pytest.mark.parametrize("before", [0, -1, float("nan"), float("inf"), "soon"])
def test_a_foreign_time_of_the_fixed_work_is_no_sign(before: object) -> None:
    assert Noise.of({**QUIET.as_facts(), "fixed work before": before}) is None


def test_the_systems_seconds_are_those_of_proc_stat(tmp_path: Path) -> None:
    import os

    tick = os.sysconf("SC_CLK_TCK")
    stat = tmp_path / "stat"
    stat.write_text(f"cpu  {tick} {2 * tick} {3 * tick} 900 800 {4 * tick} {5 * tick} {6 * tick} 0 0\ncpu0 1\n")
    assert system_seconds(stat) == (15.0, 6.0)
    assert system_seconds(tmp_path / "absent") is None
    stat.write_text("cpu one two\n")
    assert system_seconds(stat) is None


def test_a_watch_sees_its_own_work_as_its_own() -> None:
    company = Company()
    sum(i * i for i in range(300_000))
    others, stolen = company.seen()
    assert others is None or others >= 0
    assert stolen is None or 0 <= stolen <= 1
    seen = Watch().end()
    assert seen.before > 0
    assert seen.after > 0


def test_the_fixed_work_takes_time() -> None:
    assert fixed_work() > 0
