"""Several runs side by side."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from rich.console import Console

from conformance.events import Event, fold
from conformance.model import Diagnosis, Level, Outcome, Report, Verdict
from conformance.reports import json_report, matrix

MakeStream = Callable[..., list[Event]]
MakeOutcome = Callable[..., Outcome]
STALE: Event = {"event": "stale", "entry": "a/b", "sentence": "a/b: it passes"}


@pytest.fixture
def reports(make_stream: MakeStream, make_outcome: MakeOutcome) -> dict[int, Report]:
    """A run for each exit code a run can have."""
    good, bad = make_outcome("a/b"), make_outcome("a/b", Verdict.FAIL)
    return {
        0: fold(make_stream(good)),
        1: fold(make_stream(bad)),
        3: fold(make_stream(make_outcome("a/b", Verdict.NOT_RUN), end="handshake-failed", problem="no handshake")),
        4: fold(make_stream(good, notes=(STALE,))),
        5: fold(make_stream(make_outcome("a/b", Verdict.SKIP))),
        130: fold(make_stream(good, end="interrupted")),
    }


@pytest.mark.parametrize(
    ("codes", "worst"),
    [((0,), 0), ((0, 4), 4), ((4, 1, 0), 1), ((1, 5), 5), ((5, 1, 3), 3), ((3, 130, 0), 130)],
)
def test_the_exit_code_is_the_worst(codes: tuple[int, ...], worst: int, reports: dict[int, Report]) -> None:
    assert all(reports[code].exit_code == code for code in codes)
    assert matrix.exit_code(reports[code] for code in codes) == worst


def test_json_holds_each_runs_report(reports: dict[int, Report]) -> None:
    data = json.loads(matrix.render({"one": reports[0], "two": reports[1]}))
    assert (data["schema"], data["result"], data["exit_code"]) == ("signkit-matrix/1", "not conformant", 1)
    assert data["implementations"] == {"one": json_report.data(reports[0]), "two": json_report.data(reports[1])}
    assert json.loads(matrix.render({"one": reports[0]}))["result"] == "conformant"


def shown(runs: dict[str, Report], width: int) -> list[str]:
    file = io.StringIO()
    matrix.show(runs, Console(file=file, width=width, color_system=None))
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_the_table_counts_and_marks_by_suite(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    told = Diagnosis("answer", "wrong")
    good = fold(make_stream(make_outcome("alpha/a"), make_outcome("beta/b"), make_outcome("beta/c")))
    bad = fold(
        make_stream(
            make_outcome("beta/c", Verdict.SKIP, told),
            make_outcome("alpha/a", Verdict.FAIL, told),
            make_outcome("beta/b", Verdict.XFAIL, told, reason="old"),
        )
    )
    soft = fold(make_stream(make_outcome("alpha/a", Verdict.FAIL, told, level=Level.SHOULD), make_outcome("beta/b")))
    assert shown({"good": good, "bad\x1b[2J": bad, "soft": soft}, 80)[:8] == [
        "suite  good  bad\\x1b[2J   soft",
        "alpha     1       0/1 !  0/1 ?",
        "beta      2       0/2 ~      1",
        "all       3       0/3 !  1/2 ?",
        "",
        "good: conformant",
        "bad\\x1b[2J: not conformant",
        "soft: conformant",
    ]


def test_a_table_too_wide_is_cut_into_parts(reports: dict[int, Report]) -> None:
    runs = {f"implementation-{number}": reports[0] for number in range(6)}
    lines = shown(runs, 60)
    assert max(len(line) for line in lines[:-8]) <= 60
    assert sum(line.startswith("suite") for line in lines) == 3
    assert sum(line.count("implementation-") for line in lines if ":" not in line) == 6


def test_a_run_that_ended_early_says_so(reports: dict[int, Report]) -> None:
    lines = shown({"dead": reports[3], "old": reports[4], "cut": reports[130]}, 80)
    assert "dead: not conformant (no handshake)" in lines
    assert "old: conformant; 1 stale baseline entry" in lines
    assert "cut: conformant (interrupted)" in lines


def test_a_result_that_leans_on_known_failures_says_so(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    known = make_outcome("a/c", Verdict.XFAIL, Diagnosis("answer", "wrong"), reason="old")
    lines = shown({"known": fold(make_stream(make_outcome("a/b"), known))}, 80)
    assert "known: conformant but for 1 known failure" in lines
