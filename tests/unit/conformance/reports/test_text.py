"""The report for people, snapshot by snapshot (``UPDATE_SNAPSHOTS=1`` writes them anew: read the difference)."""

from __future__ import annotations

import io
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from conformance.events import Event, fold
from conformance.model import Diagnosis, Level, Outcome, Verdict
from conformance.reports import FORMATS, show, text

SNAPSHOTS = Path(__file__).parent / "snapshots"


def shown(events: list[Event], width: int = 80, encoding: str = "utf-8", terminal: bool = False) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    show(fold(events), Console(file=file, width=width, force_terminal=terminal, highlight=False))
    file.flush()
    return raw.getvalue().decode(encoding)


def matches_snapshot(name: str, rendered: str) -> None:
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(rendered)
    assert rendered == path.read_text()


def test_everything_at_80_columns(full_stream: list[Event]) -> None:
    matches_snapshot("everything", shown(full_stream))


def test_everything_in_a_file(full_stream: list[Event]) -> None:
    rendered = text.render(fold(full_stream))
    matches_snapshot("everything-file", rendered)
    assert "\x1b" not in rendered


def test_a_conformant_run(make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]) -> None:
    suites = "abcdefg"
    events = make_stream(*(make_outcome(f"{suite}/{i}") for suite in suites for i in range(3)))
    matches_snapshot("conformant", shown(events))


def test_what_the_baseline_forgives_is_said(
    make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]
) -> None:
    good, policy = make_outcome("a/1"), make_outcome("a/2", Verdict.XFAIL, level=Level.SHOULD, reason="known")
    demanded = make_outcome("a/3", Verdict.XFAIL, reason="known")
    told = "by its baseline: without it, 1 known failure would make it not conformant"
    assert told in shown(make_stream(good, policy, demanded), 100)
    assert "by its baseline" not in shown(make_stream(good, policy))
    assert "by its baseline" not in shown(make_stream(good, demanded, make_outcome("a/4", Verdict.FAIL)))


def test_no_handshake(make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]) -> None:
    target = {"spec": "cmd:nothing", "implementation": None, "supports": {}, "max_inflight": 0}
    notes = ({"event": "stderr", "text": "sh: nothing: not found\n", "bytes": 23},)
    events = make_stream(
        make_outcome("a/1", Verdict.NOT_RUN),
        notes=notes,
        end="handshake-failed",
        problem="no such program: nothing; install it, or name another",
        target=target,
    )
    matches_snapshot("no-handshake", shown(events))


def test_many_groups_are_capped(make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]) -> None:
    failures = [
        make_outcome(f"a/{i}", Verdict.FAIL, Diagnosis("message", f"mistake {i} " + "x" * 90, b"a" * 400, b"b" * 300))
        for i in range(40)
    ]
    rendered = shown(make_stream(*failures))
    matches_snapshot("many-groups", rendered)
    assert len(rendered.splitlines()) <= 50
    assert "and 29 more (29 cases): --report json:FILE tells all" in rendered
    whole = text.render(fold(make_stream(*failures)))
    assert all(re.search(rf"mistake {i}\s", whole) for i in range(40))


@pytest.mark.parametrize("width", [40, 80, 132])
def test_no_line_is_wider_than_the_terminal_but_what_is_copied(full_stream: list[Event], width: int) -> None:
    for row in shown(full_stream, width).splitlines():
        copied = row.lstrip().startswith(("signkit replay", "target ", "expected", "actual", "^"))
        assert copied or len(row) <= width
        assert row == row.rstrip()


def test_no_control_character_and_no_markup_of_the_target_gets_through(full_stream: list[Event]) -> None:
    plain = shown(full_stream)
    assert "php [bold]x[/] 1.0\\x1b[31m, PHP 8.2.36" in plain
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", plain) is None
    coloured = shown(full_stream, terminal=True)
    assert "\x1b[2J" not in coloured
    assert "\x1b[31m," not in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_an_ascii_terminal_is_enough(
    make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]
) -> None:
    events = make_stream(make_outcome("a/1", Verdict.FAIL, Diagnosis("answer", "Zürich €"), level=Level.MAY))
    assert "Z\\xfcrich \\u20ac" in shown(events, encoding="ascii")
    assert "Zürich €" in shown(events)


def test_colour_is_off_where_the_environment_says_so(full_stream: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert re.search(r"\x1b\[[0-9;]*3[0-7]", shown(full_stream, terminal=True)) is None


def test_the_replay_line_survives_a_shell(full_stream: list[Event]) -> None:
    for width in (40, 80):
        line = next(row for row in shown(full_stream, width).splitlines() if "signkit replay" in row)
        assert shlex.split(line) == ["signkit", "replay", "gamma/died", "cmd:php 'my harness.php'"]


def test_a_flaky_case_that_passed_is_told_as_such(
    make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]
) -> None:
    events = make_stream(make_outcome("a/1", reason="flaky: the clock"), make_outcome("a/2"))
    assert "\npassed: 1 case: flaky: the clock\n" in shown(events)
    assert "- passed: <code>1 case&#58; flaky&#58; the clock</code>" in FORMATS["markdown"](events).decode()
