"""The shipped corpus catches every mutant, and the command says so."""

from __future__ import annotations

import json

from cli_driver import signkit


def test_no_mutant_survives_and_no_case_is_idle() -> None:
    done = signkit("adequacy", "--json", timeout=600)
    data = json.loads(done.out)
    assert data["faults"] == []
    assert data["survivors"] == []
    assert done.code == 0
    assert sum(not mutant["derived"] for mutant in data["mutants"]) >= 60
    assert all(len(mutant["cases"]) >= 2 for mutant in data["mutants"])


def test_one_mutant_as_a_table() -> None:
    done = signkit("adequacy", "--mutant", "beyond-modulus", "--jobs", "1")
    assert done.code == 0, done.text
    assert "beyond-modulus" in done.text
    assert "signature-defects" in done.text
    assert "0 survivors" in done.text


def test_an_unknown_mutant_is_a_usage_error_with_a_hint() -> None:
    done = signkit("adequacy", "--mutant", "beyond-modulo")
    assert done.code == 2
    assert "beyond-modulus" in done.err
