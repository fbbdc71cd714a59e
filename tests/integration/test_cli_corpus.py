"""list --coverage, and vectors generate from a key to a run."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cli_driver import signkit

REFERENCE = "python:conformance.reference:Reference"


def test_coverage_as_a_table() -> None:
    done = signkit("list", "--coverage")
    assert done.code == 0
    lines = done.text.splitlines()
    assert lines[0].startswith("S1 ")
    assert "http: status codes" in lines[0]
    assert lines[-1] == "gaps: none"
    assert "counts as at most 16" in lines[-2]


def test_coverage_of_a_choice_shows_its_gaps() -> None:
    done = signkit("list", "--coverage", "--suite", "minify-text", "--json")
    found = json.loads(done.out)
    assert done.code == 0
    assert found["cases"] >= found["counted"] > 0
    assert "S43" in found["gaps"]
    (row,) = (row for row in found["clauses"] if row["clause"] == "P4")
    assert row["ops"] == {"minify": row["cases"]}


def test_a_report_carries_the_coverage_of_its_run(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert signkit("run", REFERENCE, "--suite", "payout-lookups", "--report", f"json:{path}").code == 0
    found = json.loads(path.read_text())["coverage"]
    (row,) = (row for row in found["clauses"] if row["clause"] == "S29")
    assert set(row["ops"]) == {"message/payout_lookup", "sign/payout_lookup", "verify/payout_lookup"}
    assert "S7" in found["gaps"]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "own.pem"
    assert signkit("keys", "generate", "--out", path).code == 0
    return path


def test_vectors_for_an_own_key_run(key: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    done = signkit("vectors", "generate", "--key", key, "--out", out)
    assert (done.code, done.out) == (0, b"")
    assert "cases for the key" in done.err
    assert "PRIVATE" not in out.read_text()
    run = signkit("run", REFERENCE, "--vectors", out, "--profile", "strict")
    assert run.code == 0, run.text


def test_vectors_to_standard_output_are_the_same(key: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    signkit("vectors", "generate", "--key", key, "--out", out)
    assert signkit("vectors", "generate", "--key", key).out == out.read_bytes()


def test_a_private_key_in_the_file_is_for_its_owner_alone(key: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    assert signkit("vectors", "generate", "--key", key, "--include-private", "--out", out).code == 0
    assert "BEGIN PRIVATE KEY" in json.loads(out.read_text())["keys"]["own"]["private_pem"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    refused = signkit("vectors", "generate", "--key", key, "--include-private")
    assert refused.code == 2
    assert "--out" in refused.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"not a key", "damaged"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "key"),
    ],
)
def test_a_bad_key_is_told_and_nothing_is_written(content: bytes, told: str, tmp_path: Path) -> None:
    path, out = tmp_path / "bad.pem", tmp_path / "own.json"
    path.write_bytes(content)
    done = signkit("vectors", "generate", "--key", path, "--out", out)
    assert (done.code, out.exists()) == (2, False)
    assert told in done.err
    assert "Traceback" not in done.err
