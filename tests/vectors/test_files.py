"""The files as files: valid by schema, plain text, complete in what they cover, true in what they cite."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from typing import Any

import jsonschema_rs
import pytest

from tests.vectors.oracle import FILES, VECTORS

Documents = dict[str, dict[str, Any]]
Cases = list[dict[str, Any]]

FORMS = ("request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook")
STATEMENTS = (2, 3, 4, 5, 6, 7, 8, 10, 11, 18, 20, 21, 22, 24, 26, 28, 29, 35, 36, 40, 41, 42, 43, 44, 46)
POLICIES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 40, 41, 42, 43, 44, 45, 46)
RFC_8017 = ("3.1", "4.1", "5.2.2", "8.2.1", "8.2.2", "9.2", "A.2.4")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_valid_by_schema(path: Any) -> None:
    schema = json.loads((VECTORS / "schema" / "vector.schema.json").read_text())
    jsonschema_rs.validate(schema, json.loads(path.read_text("ascii")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_text_is_indented_ascii_with_one_line_end_at_the_end(path: Any) -> None:
    text = path.read_bytes().decode("ascii")
    assert text == json.dumps(json.loads(text), indent=1) + "\n"


def test_file_is_named_for_its_suite(documents: Documents) -> None:
    assert {name: document["suite"] for name, document in documents.items()} == {
        name: name.split("/")[1].removesuffix(".json") for name in documents
    }


def test_there_are_at_least_1200_cases(documents: Documents) -> None:
    """A family of cases that a loop makes counts as at most 16."""
    loose, families = 0, Counter[str]()
    for document in documents.values():
        loops = {name for name, note in document["notes"].items() if note["kind"] == "family"}
        for case in document["cases"]:
            family = next((flag for flag in case["flags"] if flag in loops), None)
            families.update([family] if family else [])
            loose += family is None
    assert loose + sum(min(16, size) for size in families.values()) >= 1200


def test_a_family_has_more_than_a_few_cases(cases: Cases, documents: Documents) -> None:
    kinds = {name: note["kind"] for document in documents.values() for name, note in document["notes"].items()}
    sizes = Counter(flag for case in cases for flag in case["flags"] if kinds[flag] == "family")
    assert sizes
    assert all(size > 16 for size in sizes.values()), sizes


def test_ids_are_unique(cases: Cases) -> None:
    ids = [case["id"] for case in cases]
    assert len(ids) == len(set(ids))


def test_inputs_are_unique(cases: Cases) -> None:
    """No case is another one under a second name."""
    seen: dict[str, str] = {}
    for case in cases:
        question = json.dumps([case["op"], case["input"]], sort_keys=True)
        assert question not in seen, f"{case['id']} asks what {seen[question]} asks"
        seen[question] = case["id"]


def test_comments_are_sentences(cases: Cases) -> None:
    bad = [case["id"] for case in cases if not re.fullmatch(r"\S.{9,}[.]", case["comment"])]
    assert bad == []


@pytest.mark.parametrize(("op", "form"), list(itertools.product(("message", "sign", "verify", "build"), FORMS)))
def test_every_op_has_every_form(cases: Cases, op: str, form: str) -> None:
    assert any(case["op"] == op and case["input"]["form"] == form and "refused" not in case["expect"] for case in cases)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_valid_and_invalid_signatures(cases: Cases, form: str) -> None:
    verdicts = {case["expect"]["valid"] for case in cases if case["op"] == "verify" and case["input"]["form"] == form}
    assert verdicts == {True, False}


@pytest.mark.parametrize("op", ["message", "minify", "load_key", "build"])
def test_every_op_that_may_refuse_is_made_to(cases: Cases, op: str) -> None:
    assert any(case["op"] == op and case["expect"].get("refused") for case in cases)


@pytest.mark.parametrize("number", STATEMENTS)
def test_statement_is_cited(cases: Cases, number: int) -> None:
    assert any(f"S{number}" in case["clauses"] for case in cases)


@pytest.mark.parametrize("number", POLICIES)
def test_policy_is_cited(cases: Cases, number: int) -> None:
    assert any(f"P{number}" in case["clauses"] for case in cases)


@pytest.mark.parametrize("section", RFC_8017)
def test_rfc_8017_section_is_cited(cases: Cases, section: str) -> None:
    assert any(f"RFC 8017 {section}" in case["clauses"] for case in cases)


def test_citations_exist(cases: Cases) -> None:
    for clause in {clause for case in cases for clause in case["clauses"]}:
        if match := re.fullmatch(r"([SP])(\d+)", clause):
            assert 1 <= int(match[2]) <= {"S": 46, "P": 47}[match[1]], clause
        else:
            assert re.fullmatch(r"RFC (8017|4648|8259|9110|9112) [0-9A-B][0-9.]*", clause), clause


def test_must_is_backed_by_the_document_or_rfc_8017(cases: Cases) -> None:
    bad = [
        case["id"]
        for case in cases
        if case["level"] == "must" and not any(re.match(r"S\d|RFC 8017 ", clause) for clause in case["clauses"])
    ]
    assert bad == []


def test_refusals_are_policies(cases: Cases) -> None:
    """The document refuses nothing outright, so that no refusal is a must."""
    assert {case["level"] for case in cases if case["expect"].get("refused")} == {"should"}


def test_flags_and_notes_match(documents: Documents) -> None:
    for name, document in documents.items():
        used = {flag for case in document["cases"] for flag in case["flags"]}
        assert used == document["notes"].keys(), name
        assert all(note["description"].endswith(".") for note in document["notes"].values())


def test_keys_and_uses_match(documents: Documents) -> None:
    for name, document in documents.items():
        used = {case["input"]["key"] for case in document["cases"] if "key" in case["input"]}
        assert used == document["keys"].keys(), name


def test_a_name_means_one_key(documents: Documents) -> None:
    known: dict[str, Any] = {}
    for document in documents.values():
        for name, key in document["keys"].items():
            assert known.setdefault(name, key) == key


def test_neighbours_are_positive_cases(cases: Cases) -> None:
    by_id = {case["id"]: case for case in cases}
    for case in cases:
        if case["differs_from"] is not None:
            expect = by_id[case["differs_from"]]["expect"]
            assert "refused" not in expect
            assert expect.get("valid", True)
            assert by_id[case["differs_from"]]["op"] == case["op"]


def test_rejected_signatures_name_a_neighbour(cases: Cases) -> None:
    bad = [case["id"] for case in cases if case["expect"].get("valid") is False and not case["differs_from"]]
    assert bad == []


def test_bodies_printed_with_blanks_have_a_minified_neighbour(cases: Cases) -> None:
    by_id = {case["id"]: case for case in cases}
    printed = [case for case in cases if case["id"].endswith("/doc-as-printed") and case["op"] == "verify"]
    assert len(printed) >= 6
    for case in printed:
        assert by_id[case["differs_from"]]["id"].endswith("/doc-minified")


def test_the_webhook_example_is_an_erratum(documents: Documents) -> None:
    document = documents["request/documented-examples.json"]
    (case,) = (case for case in document["cases"] if "DocErratum" in case["flags"])
    assert case["expect"] == {"valid": False}
    assert "17e6e9ac" in document["notes"]["DocErratum"]["description"]


def test_the_document_key_never_signs_for_production(cases: Cases) -> None:
    host = "https://api.cdnsoftwaretech.com/"
    with_document_key = [case for case in cases if case["input"].get("key") == "doc"]
    assert with_document_key
    assert not any(str(case["input"].get("url", "")).startswith(host) for case in with_document_key)
