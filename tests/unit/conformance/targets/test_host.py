"""The child's side of a python: target, spoken to over real pipes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
HELLO = {"cmd": "hello", "protocol": 1}
MINE = """
import sys

class Mine:
    class Inner:
        def hello(self):
            return {"implementation": {}, "supports": {}}
        def build(self, **fields):
            return {"method": "GET", "url": "u", "body": None, "headers": {"when": object()}}
        def minify(self, text):
            return text * 20_000_000

late = property(lambda self: 1)
if "broken" in sys.argv[1]:
    import not_installed_here
"""


def talk(folder: Path, place: str, *commands: dict[str, Any]) -> tuple[list[dict[str, Any]], int, str]:
    """What the host of ``place`` answers, its exit status, and its standard error."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "conformance.targets.host", place],
        input="".join(json.dumps(command) + "\n" for command in commands),
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "broken.py").write_text(MINE)
    return tmp_path


def test_it_serves_until_bye(folder: Path) -> None:
    noop = {"cmd": "op", "id": "1", "op": "noop"}
    answers, status, errors = talk(folder, "mine:Mine.Inner", HELLO, noop, {"cmd": "bye"}, noop)
    assert (answers[1:], status, errors) == ([{"id": "1"}], 0, "")


def test_it_ends_with_its_input(folder: Path) -> None:
    assert talk(folder, "mine:Mine.Inner", HELLO)[1:] == (0, "")


@pytest.mark.parametrize(
    ("place", "kind", "told"),
    [
        ("absent:Mine", "LookupError", "there is no module 'absent' in"),
        ("mine.deeper:Mine", "LookupError", "there is no module 'mine.deeper' in"),
        ("mine:Other", "LookupError", "'mine' has no 'Other'; its classes are Mine"),
        ("mine:Mine.Other", "LookupError", "'mine' has no 'Other'"),
        ("broken:Mine", "ImportError", "there is no module 'not_installed_here'; install it"),
        ("mine:late", "TypeError", "not callable"),
    ],
)
def test_what_cannot_be_had_is_told_without_a_traceback(folder: Path, place: str, kind: str, told: str) -> None:
    answers, status, errors = talk(folder, place, HELLO)
    assert (status, errors) == (1, "")
    assert answers[0]["error"]["kind"] == kind
    assert told in answers[0]["error"]["message"]


def test_an_answer_that_is_no_json_is_an_error(folder: Path) -> None:
    build = {"cmd": "op", "id": "1", "op": "build", "form": "request", "method": "GET", "url": "u", "key": "k"}
    answers, status, _ = talk(folder, "mine:Mine.Inner", HELLO, build)
    assert status == 0
    assert answers[1]["id"] == "1"
    assert answers[1]["error"]["kind"] == "TypeError"


def test_an_answer_over_the_limit_is_an_error(folder: Path) -> None:
    minify = {"cmd": "op", "id": "1", "op": "minify", "text": "eA=="}
    answers, _, _ = talk(folder, "mine:Mine.Inner", HELLO, minify)
    assert "the protocol allows 16777216" in answers[1]["error"]["message"]
