"""A run on a screen: nothing is lost, narrow screens go without some columns, quiet is claimed where it is known."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from conformance.cli.bench_show import draw, progress, show
from conformance.speed.noise import Noise
from conformance.speed.suite import Step
from conformance.speed.tables import groups
from tests.fakes.benches import MACHINE, bench, measurement

QUIET = Noise(0.01, 0.0, 1.0, 1.0)


def shown(capsys: pytest.CaptureFixture[str], noise: Noise | None) -> str:
    facts = {**MACHINE.facts, **(noise.as_facts() if noise else {})}
    show(replace(bench(), measurements=(measurement(),), machine=replace(MACHINE, facts=facts)))
    return capsys.readouterr().out


def test_a_pipe_gets_every_line_whole_and_no_blanks_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    show(bench())
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert sum("batch 1024, 2 threads" in line for line in lines) == 2
    assert any(line.startswith("awscrt ") for line in lines)


@pytest.mark.parametrize(
    ("noise", "quiet"),
    [(QUIET, True), (None, False), (replace(QUIET, others=None), False), (replace(QUIET, others=1.0), False)],
)
def test_quiet_is_claimed_only_where_it_is_known(
    noise: Noise | None, quiet: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, noise)
    assert ("the machine was quiet" in text) is quiet
    assert ("the machine was not quiet" in text) is (noise is not None and noise.others == 1.0)


def test_a_narrow_screen_says_what_it_leaves_out() -> None:
    table = next(groups(bench()))
    out = {width: StringIO() for width in (60, 200)}
    for width, stream in out.items():
        draw(Console(file=stream, width=width, force_terminal=True, no_color=True, highlight=False), table)
    assert "a wider screen also shows: a second, per core" in out[60].getvalue()
    assert "a wider screen" not in out[200].getvalue()
    assert "per core" in out[200].getvalue().splitlines()[2]


def test_foreign_text_can_neither_mark_up_nor_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    odd = measurement(peer_name="[red]a\x1b[2J", note="[/bold] \x07")
    show(replace(bench(), measurements=(odd,)))
    out = capsys.readouterr().out
    assert "[red]a\\x1b[2J" in out
    assert "\x1b" not in out
    assert "[/bold] \\x07" in out


def test_progress_without_a_terminal_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress(terminal=False) as step:
        step(Step(1, 9, "first"))
        monkeypatch.setattr("conformance.cli.bench_show._TICK", 0.0)
        step(Step(2, None, "second"))
        step(Step(3, 9, "third"))
    assert capsys.readouterr().err.splitlines() == ["2 of ?, now second", "3 of 9, now third"]
