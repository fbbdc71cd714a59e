"""The paper of findings: complete in its counts, the same bytes for the same runs, and inert whatever is in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from conformance.diagnose import phrases
from conformance.events import Event, fold
from conformance.model import Diagnosis, Level, Outcome, Report, Verdict
from conformance.reports import FORMATS, findings, matrix
from conformance.reports.themes import Kind

MakeStream = Callable[..., list[Event]]
MakeOutcome = Callable[..., Outcome]

ELEMENTS = {"h1", "h2", "h3", "p", "a", "code", "pre", "strong", "ul", "li"}
ELEMENTS |= {"table", "thead", "tbody", "tr", "th", "td"}
LONG = Diagnosis(
    "answer",
    f"{phrases.ACCEPTED}: C. (signature: 257 bytes in place of 256: something follows it; "
    f"{phrases.DANGERS['signature']})",
)
PORT = Diagnosis(
    "signed = sent",
    "message: signed the URL as it was given, not as the client sends it (the client dropped the port); sign it",
    b"GEThttps://h.example/t",
    b"GEThttps://h.example:443/t",
)


@pytest.fixture
def runs(make_stream: MakeStream, make_outcome: MakeOutcome) -> dict[str, Report]:
    """One that is right, and one that is wrong in three ways, of which its baseline knows one."""
    verified = [make_outcome(f"sig/{n}", op="verify") for n in range(3)]
    wrong = [
        replace(make_outcome("sig/0", Verdict.FAIL, LONG, op="verify"), comment="C."),
        replace(make_outcome("sig/1", Verdict.XFAIL, LONG, op="verify", level=Level.SHOULD), comment="D."),
        make_outcome("sig/2", op="verify"),
        make_outcome("url/port", Verdict.XFAIL, PORT, op="build", reason="known"),
        make_outcome("url/skipped", Verdict.SKIP, Diagnosis("answer", "the target does not declare it"), op="build"),
    ]
    spec = "cmd:/home/me/.venv/bin/python3.11 /home/me/kit/conformance/harnesses/x/harness.py"
    target = {
        "spec": spec,
        "implementation": {"name": "x|y", "version": "1.2", "language": "Python", "runtime": "Python 3, libx 1.2"},
    }
    return {"right": fold(make_stream(*verified)), "x|y": fold(make_stream(*wrong, target=target))}


def test_snapshot(runs: dict[str, Report], matches_snapshot: Callable[[str, bytes], None]) -> None:
    matches_snapshot("findings.md", findings.render(runs))


def test_findings_are_counted_as_the_runs_have_them(runs: dict[str, Report]) -> None:
    found = findings.found(runs["x|y"])
    told = {kind: [(f.theme.label, len(f.outcomes), f.must) for f in some] for kind, some in found.items() if some}
    assert told == {
        Kind.ACCEPTS: [("signature: longer than the modulus: something follows it", 2, 1)],
        Kind.SENDS: [("the client dropped the port", 1, 1)],
    }
    assert not any(findings.found(runs["right"]).values())


def test_no_time_and_no_path_of_the_machine_that_ran_is_told(
    runs: dict[str, Report], make_stream: MakeStream, make_outcome: MakeOutcome
) -> None:
    text = findings.render(runs).decode()
    assert "cmd:python conformance/harnesses/x/harness.py" in text
    assert "/home/me" not in text
    early, late = (
        fold(make_stream(make_outcome("a/b"), started=started)) for started in ("2025-01-01", "2026-02-02T00:00:00")
    )
    assert findings.render({"one": early}) == findings.render({"one": late})


def test_what_an_early_end_left_out_is_told(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    events = make_stream(make_outcome("a/b", Verdict.NOT_RUN), end="handshake-failed", problem="no such command")
    text = FORMATS["findings"](events).decode()
    assert "The run ended early (handshake-failed): no such command." in text
    assert "Not asked in 1 case" in text
    assert "passes every case" not in text


def test_a_table_has_a_row_for_each_run_whatever_it_is_called(
    hostile_stream: list[Event], runs: dict[str, Report]
) -> None:
    """Read by an independent parser: nothing that a target wrote makes a cell, a link or an element of its own."""
    hostile = matrix.named([*runs.values(), fold(hostile_stream)])
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(findings.render(hostile).decode())
    summary = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = summary.split("<tr>")[1:]
    assert [row.count("<td") for row in rows] == [10] * 3
    assert set(re.findall(r"<([a-zA-Z][a-zA-Z0-9]*)", page)) <= ELEMENTS
    assert all(link.startswith(("#", "statements.md")) for link in re.findall(r'href="([^"]*)"', page))


def test_the_kept_paper_says_how_it_is_made() -> None:
    text = (Path(__file__).parents[4] / "docs" / "findings.md").read_text("utf-8")
    assert f"\n    {findings.COMMAND}\n" in text
    assert re.search(r"^Made by signkit \S+ from corpus `[0-9a-f]{12}` \(\d+ of \d+ cases\); ", text, re.MULTILINE)
    assert "\n## reference\n" in text


def test_what_no_clause_speaks_of_is_told_all_the_same(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    bare = replace(make_outcome("a/b", Verdict.FAIL, PORT, op="build"), clauses=())
    assert "- The client dropped the port (1 case, **1 must**)." in FORMATS["findings"](make_stream(bare)).decode()
