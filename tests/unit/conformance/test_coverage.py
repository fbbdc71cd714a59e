"""Coverage: counts by clause, op and form; gaps; the table of statements against the document's page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import corpus, coverage
from conformance.model import Case, Level, Outcome, Verdict
from conformance.statements import STATEMENTS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "statements.md"
OUTCOME = Outcome("a/b", "a", "sign", "request", Level.MUST, ("S7", "RFC 8017 8.2.1"), "A case.", Verdict.PASS, 0.1)


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return corpus.load().cases


def rows(found: dict[str, list[dict[str, object]]]) -> dict[object, dict[str, object]]:
    return {row["clause"]: row for row in found["clauses"]}


def test_the_shipped_corpus_has_no_gaps(cases: tuple[Case, ...]) -> None:
    assert coverage.of(cases)["gaps"] == []


def test_every_statement_of_the_page_is_in_the_table_once() -> None:
    page = re.findall(r"^\| ([SP]\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(page) == 46 + 47
    assert list(STATEMENTS) == page
    assert all(statement.shown_by in ("vectors", "http", "neither") for statement in STATEMENTS.values())
    assert all(statement.reason for statement in STATEMENTS.values())


def test_counts_by_clause_op_and_form() -> None:
    minify = replace(OUTCOME, op="minify", form=None, clauses=("S41", "S7"))
    found = rows(coverage.of([OUTCOME, OUTCOME, minify]))
    assert found["S7"]["cases"] == 3
    assert found["S7"]["ops"] == {"minify": 1, "sign/request": 2}
    assert found["RFC 8017 8.2.1"]["ops"] == {"sign/request": 2}
    assert found["P1"] == {
        "clause": "P1",
        "shown_by": "vectors",
        "reason": STATEMENTS["P1"].reason,
        "cases": 0,
        "ops": {},
    }


def test_a_case_that_cites_a_clause_twice_counts_once() -> None:
    assert rows(coverage.of([replace(OUTCOME, clauses=("S7", "S7"))]))["S7"]["cases"] == 1


def test_gaps_are_what_vectors_can_express() -> None:
    gaps = coverage.of([OUTCOME])["gaps"]
    assert "S7" not in gaps
    assert {"S41", "P46"} <= set(gaps)
    assert all(STATEMENTS[clause].shown_by == "vectors" for clause in gaps)


@pytest.mark.parametrize("verdict", [Verdict.SKIP, Verdict.NOT_RUN])
def test_what_did_not_run_covers_nothing(verdict: Verdict) -> None:
    assert rows(coverage.of([replace(OUTCOME, verdict=verdict)]))["S7"]["cases"] == 0


def test_order_is_by_number_not_by_letter() -> None:
    clauses = ("RFC 9110 5.5", "RFC 8017 10.1", "RFC 8017 A.2.4", "RFC 8017 9.2")
    order = [row["clause"] for row in coverage.of([replace(OUTCOME, clauses=clauses)])["clauses"]]
    assert order[:2] == ["S1", "S2"]
    assert order.index("S46") + 1 == order.index("P1")
    assert order[-4:] == ["RFC 8017 9.2", "RFC 8017 10.1", "RFC 8017 A.2.4", "RFC 9110 5.5"]
