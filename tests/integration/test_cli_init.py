"""signkit init: for each language a harness that runs as it is, and whose examples work once they are declared."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from cli_driver import signkit

from conformance.scaffold import languages
from tests.integration.harness_contract import DOCUMENTED, FIELDS
from tests.integration.harness_driver import HARNESSES, Harness, command
from vectors.generators import document as doc

NAME = "my harness"
OPS: list[dict[str, Any]] = [
    {"op": "message", "form": "webhook", "body": b"{}"},
    {"op": "sign", "form": "webhook", "body": b"{}", "key": "doc"},
    {"op": "verify", "form": "webhook", "body": b"{}", "key": "doc", "signature": "AAAA"},
    {"op": "load_key", "public": doc.PUBLIC_PEM.encode()},
    {"op": "minify", "text": b"{}"},
    {"op": "build", "form": "request", "method": "GET", "url": doc.STATUS_URL, "merchant_id": "m", "key": "doc"},
]


@pytest.fixture(params=sorted(languages()))
def language(request: pytest.FixtureRequest) -> str:
    """A language whose runtime is here."""
    if request.param != "python":
        command(languages()[request.param].name)  # skips where it is not
    return str(request.param)


@pytest.fixture
def fresh(language: str, tmp_path: Path) -> tuple[str, Path, list[str]]:
    """The language, its fresh harness and the command line that was printed for it."""
    folder = tmp_path / NAME
    done = signkit("init", language, folder)
    assert done.code == 0, done.err
    assert "yours:" in done.text
    found = re.search(r'signkit run "cmd:(.*)"$', done.text, re.MULTILINE)
    assert found
    return language, folder, shlex.split(found[1])


def test_it_runs_as_it_is(fresh: tuple[str, Path, list[str]]) -> None:
    argv = fresh[2]
    with Harness(argv, timeout=180) as harness:
        hello = harness.hello()
        assert (hello["supports"], hello["implementation"]["name"]) == ({}, "my-harness")
        assert harness.key("doc", doc.PRIVATE_PEM, doc.PUBLIC_PEM) == {"ok": True}
        assert "refused" in harness.key("bad", None, "no key")
        assert harness.op(op="noop") == {}
        for op in OPS:
            assert "skip" in harness.op(**op), op["op"]
        assert harness.bye() == 0


def test_doctor_says_what_is_next(fresh: tuple[str, Path, list[str]]) -> None:
    done = signkit("doctor", f"cmd:{shlex.join(fresh[2])}")
    assert done.code == 5
    assert "ok   handshake: my-harness" in done.text
    assert done.text.endswith("no op is declared. Next: write one, name it in supports, try again.\n")
    assert "BAD" not in done.text


def test_its_examples_work_once_they_are_declared(fresh: tuple[str, Path, list[str]]) -> None:
    """Deletes the marked lines, and puts back what the comment beside ``supports`` stands for."""
    language, folder, argv = fresh
    edits = json.loads((languages()[language] / "scaffold.json").read_text())["files"]
    for name, pairs in edits.items():
        file = folder / Path(name).name  # one that harnesses share lies above the shipped one
        text = file.read_text()
        for old, new in pairs:
            if "what you have written" in new:
                assert new in text
                text = text.replace(new, old)
        file.write_text("".join(line for line in text.splitlines(True) if " yours: " not in line))
    method, url, body, signature = DOCUMENTED[0]
    with Harness(argv, timeout=180) as harness:
        supports = harness.hello()["supports"]
        assert {"sign", "verify", "load_key"} <= supports.keys()
        assert harness.key("doc", doc.PRIVATE_PEM, doc.PUBLIC_PEM) == {"ok": True}
        fields = {"form": "request", "method": method, "url": url, "body": body, "key": "doc"}
        assert harness.op(op="sign", **fields) == {"signature": signature}
        assert harness.op(op="verify", signature=signature, **fields) == {"valid": True}
        for op in (op for op in OPS if op["op"] in supports):
            assert not {"skip", "error", "refused"} & harness.op(**op).keys(), op["op"]
        value = harness.op(op="message", form="payout_lookup", **FIELDS["payout_lookup"][0])
        assert "value" in value


def test_the_readme_tells_the_same_target(fresh: tuple[str, Path, list[str]]) -> None:
    readme = (fresh[1] / "README.md").read_text()
    assert readme.startswith("# my-harness\n")
    assert readme.count(f"cmd:{shlex.join(fresh[2])}") == 3
    assert not re.search(r"@\w+@", readme)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    done = signkit("init", "ruby", folder)
    assert (done.code, done.out) == (2, b"")
    assert f"{folder / 'README.md'}: there already" in done.err
    assert [path.name for path in folder.iterdir()] == ["README.md"]
    assert (folder / "README.md").read_text() == "mine"


def test_a_place_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = signkit("init", "ruby", tmp_path / "file" / "harness")
    assert (done.code, done.out) == (2, b"")
    assert "cannot be written" in done.err


def test_the_languages_are_those_of_the_shipped_harnesses() -> None:
    done = signkit("init", "cobol", "x")
    assert done.code == 2
    assert all(f"'{name}'" in done.err for name in languages())
    folders = {path.parent.name for path in HARNESSES.glob("*/harness.json")}
    sources = {path.name for path in languages().values()}
    assert {"php", "node", "go", "java", "mono", "openssl", "ruby", "perl"} <= sources <= folders
    listed = re.search(r"LANG is one of ([a-z, \n]+)\.", signkit("init", "--help").text)
    assert listed
    assert re.split(r",\s+", listed[1]) == list(languages())
