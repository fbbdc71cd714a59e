"""signkit vectors export: to standard output, to a file, and what it says beside."""

from __future__ import annotations

import json
from pathlib import Path

from cli_driver import signkit

EXPORT = ("vectors", "export", "--format", "wycheproof")


def test_to_standard_output_and_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "rsa_test.json"
    printed, written = signkit(*EXPORT), signkit(*EXPORT, "--out", out)
    assert (printed.code, written.code, written.out) == (0, 0, b"")
    assert out.read_bytes() == printed.out
    document = json.loads(printed.out)
    told = f"{document['numberOfTests']} tests of {len(document['testGroups'])} keys; left out: "
    assert printed.err == written.err
    assert printed.err.startswith(told)


def test_a_choice_of_cases() -> None:
    some = json.loads(signkit(*EXPORT, "--suite", "webhook-bodies").out)
    listed = json.loads(signkit("list", "--suite", "webhook-bodies", "--json").out)
    assert some["numberOfTests"] == sum(case["op"] == "verify" for case in listed)


def test_what_cannot_be_exported(tmp_path: Path) -> None:
    out = tmp_path / "none.json"
    nothing = signkit(*EXPORT, "--suite", "minify-text", "--out", out)
    assert (nothing.code, nothing.out, out.exists()) == (2, b"", False)
    assert "none of these cases is a verify case" in nothing.err
    assert signkit("vectors", "export").code == 2
    full = signkit(*EXPORT, "--out", "/dev/full")
    assert (full.code, full.out) == (2, b"")
    assert "No space left" in full.err
