"""What the README says works: its Python blocks run, its commands and links exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_driver import signkit

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CODE = "\n".join(re.findall(r"^```\n(.*?)^```", README, re.DOTALL | re.MULTILINE))


def test_the_python_blocks_run(tmp_path: Path) -> None:
    block = "".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))  # each goes on where the one before ended
    assert block
    assert signkit("keys", "generate", "--out", tmp_path / "my-private-key.pem").code == 0
    done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^signkit .*$", CODE, re.MULTILINE))))
def test_options_and_subcommands_exist(line: str) -> None:
    words = line.partition("#")[0].split()
    command = [words[1], words[2]] if words[1] in ("baseline", "bench", "keys", "report") else [words[1]]
    if command[0] == "bench" and command[1].startswith("-"):
        command[1] = "run"
    text = signkit(*command, "--help").text
    assert "Usage:" in text
    for option in re.findall(r"(--[a-z-]+)", " ".join(words)):
        assert option in text


def test_the_scripts_tasks_are_those_of_the_readme() -> None:
    usage = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, timeout=20, check=True).stdout
    for task in set(re.findall(r"\./run ([a-z]+)", README)):
        assert f"./run {task}" in usage
