"""``signkit matrix``: several targets at once, one report, the worst exit code."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from cli_driver import COMMAND, signkit

REFERENCE = "python:conformance.reference:Reference"
TARGETS = """
from conformance.reference import Reference
class Liar(Reference):
    def verify(self, **fields): return True
class Half(Reference):
    def hello(self):
        answer = super().hello()
        answer["supports"] = {"minify": True}
        return answer
class Sleeper(Reference):
    def minify(self, **fields):
        import time
        time.sleep(600)
"""
SMALL = ("--suite", "minify-text", "--suite", "webhook-bodies")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "targets.py").write_text(TARGETS)
    return tmp_path


def data_of(page: Path) -> dict[str, list[dict[str, str]]]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    assert found
    data: dict[str, list[dict[str, str]]] = json.loads(found[1])
    return data


def test_several_targets_make_one_report_and_one_exit_code(folder: Path) -> None:
    done = signkit(
        *("matrix", "good=" + REFERENCE, "liar=python:targets:Liar", "python:targets:Half", *SMALL),
        *("--report", "html:page.html", "--report", "json:matrix.json"),
        cwd=folder,
    )
    assert done.code == 1, done.text + done.err
    rows = {line.split()[0]: line.split()[1:] for line in done.text.splitlines() if line}
    assert rows["suite"][:2] == ["good", "liar"]
    assert rows["minify-text"][0] == rows["minify-text"][1]
    assert "!" in rows["webhook-bodies"]
    assert {"good:", "liar:"} <= rows.keys()
    data = json.loads((folder / "matrix.json").read_text())
    results = {name: run["result"] for name, run in data["implementations"].items()}
    assert list(results) == ["good", "liar", "signkit reference"]
    assert list(results.values()) == ["conformant", "not conformant", "partial"]
    assert [target["name"] for target in data_of(folder / "page.html")["targets"]] == list(results)


def test_a_matrix_is_verified_and_signed_like_a_run(folder: Path) -> None:
    signkit("keys", "generate", "--out", "key.pem", "--public-out", "public.pem", cwd=folder)
    signkit("matrix", "a=" + REFERENCE, "b=python:targets:Liar", *SMALL, "--report", "json:m.json", cwd=folder)
    done = signkit("report", "verify", "m.json", cwd=folder)
    assert (done.code, "matrix report of 2 runs (a, b): not conformant" in done.text) == (0, True), done.text
    assert signkit("report", "verify", "m.json", "--public-key", "public.pem", cwd=folder).code == 1
    assert signkit("report", "sign", "m.json", "--key", "key.pem", cwd=folder).code == 0
    assert signkit("report", "verify", "m.json", "--public-key", "public.pem", cwd=folder).code == 0
    text = (folder / "m.json").read_text()
    (folder / "m.json").write_text(text.replace('"not conformant"', '"conformant"', 1))
    changed = signkit("report", "verify", "m.json", "--public-key", "public.pem", cwd=folder)
    assert (changed.code, "changed after the run" in changed.text) == (1, True)
    refused = signkit("diff", "m.json", "m.json", cwd=folder)
    assert refused.code == 2


def test_each_run_is_what_it_would_be_alone(folder: Path) -> None:
    together = signkit("matrix", "a=" + REFERENCE, "b=python:targets:Liar", *SMALL, "--json", "--jobs", "2", cwd=folder)
    runs = json.loads(together.out)["implementations"]
    for name, target in (("a", REFERENCE), ("b", "python:targets:Liar")):
        alone = json.loads(signkit("run", target, *SMALL, "--json", cwd=folder).out)
        assert {o["id"]: o["verdict"] for o in runs[name]["outcomes"]} == {
            o["id"]: o["verdict"] for o in alone["outcomes"]
        }
        assert runs[name]["exit_code"] == alone["exit_code"]


def test_a_baseline_belongs_to_the_target_of_its_name(folder: Path) -> None:
    signkit("run", "python:targets:Liar", *SMALL, "--write-baseline", "known.json", cwd=folder)
    both = ("good=" + REFERENCE, "liar=python:targets:Liar", *SMALL)
    assert signkit("matrix", *both, "--baseline", "liar=known.json", cwd=folder).code == 0
    stale = signkit("matrix", *both, "--baseline", "good=known.json", "--baseline", "liar=known.json", cwd=folder)
    assert stale.code == 4
    assert "stale baseline entries" in stale.text


def test_the_streams_of_earlier_runs_are_taken_too(folder: Path) -> None:
    signkit(
        "run", "python:targets:Liar", *SMALL, "--report", "events:old.jsonl", "--report", "json:old.json", cwd=folder
    )
    done = signkit(
        "matrix", "old=events:old.jsonl", "new=" + REFERENCE, *SMALL, "--report", "html:page.html", cwd=folder
    )
    assert done.code == 1
    assert [target["result"] for target in data_of(folder / "page.html")["targets"]] == ["not conformant", "conformant"]
    for words, told in (
        (("old=events:old.json",), "JSON report"),
        (("old=events:gone.jsonl",), "gone.jsonl"),
        (("old=events:old.jsonl", "--baseline", "old=old.json"), "earlier run"),
    ):
        refused = signkit("matrix", *words, cwd=folder)
        assert refused.code == 2
        assert told in refused.err


def test_findings_are_written_from_the_runs_and_from_kept_streams_alike(folder: Path) -> None:
    names = ("good=" + REFERENCE, "liar=python:targets:Liar", "half=python:targets:Half")
    done = signkit("matrix", *names, *SMALL, "--report", "findings:now.md", "--report", "json:now.json", cwd=folder)
    assert done.code == 1
    text = (folder / "now.md").read_text()
    runs = json.loads((folder / "now.json").read_text())["implementations"]
    wrong = [outcome for outcome in runs["liar"]["outcomes"] if outcome["verdict"] == "fail"]
    assert f"### Accepts signatures that must be rejected: {len(wrong)} cases" in text
    assert sum(int(number) for number in re.findall(r"^- .*?\((\d+) cases?, ", text, re.MULTILINE)) == len(wrong)
    assert set(re.findall(r"^  - `(.*?)`", text, re.MULTILINE)) <= {outcome["id"] for outcome in wrong}
    corpus = runs["good"]["header"]["corpus"]
    assert f"corpus `{corpus['digest'][:12]}` ({corpus['cases']} of {corpus['of']} cases)" in text
    assert "Clean, right about every signature: good." in text
    assert "Not sound, against the document or RFC 8017: liar." in text
    assert "Not asked: half." in text

    kept = []
    for one in names:
        name, _, target = one.partition("=")
        signkit("run", target, *SMALL, "--report", f"events:{name}.jsonl", cwd=folder)
        kept.append(f"{name}=events:{name}.jsonl")
    signkit("matrix", *kept, *SMALL, "--report", "findings:kept.md", cwd=folder)
    assert (folder / "kept.md").read_text() == text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name at least one target"),
        (("a=" + REFERENCE, "a=" + REFERENCE), "two targets are called 'a'"),
        (("a=" + REFERENCE, "--baseline", "b=x.json"), "no target is called 'b'"),
        ((REFERENCE, "--baseline", "x.json"), "not NAME=FILE"),
        (("a=nothing",), "nothing"),
        (("a=" + REFERENCE, "--report", "text:x.txt"), "html, json, findings"),
        (("a=" + REFERENCE, "--report", "html:/no/such/folder/x.html"), "/no/such/folder"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_runs(words: tuple[str, ...], told: str, folder: Path) -> None:
    done = signkit("matrix", *words, cwd=folder)
    assert (done.code, done.out) == (2, b"")
    assert told in done.err


def test_a_target_without_handshake_spoils_only_its_own_column(folder: Path) -> None:
    done = signkit("matrix", "gone=cmd:/no/such/program", "good=" + REFERENCE, *SMALL, "--json", cwd=folder)
    assert done.code == 3
    runs = json.loads(done.out)["implementations"]
    assert (runs["gone"]["end"], runs["good"]["result"]) == ("handshake-failed", "conformant")


def test_an_interrupt_ends_all_runs_and_is_told(folder: Path) -> None:
    """One runs, one waits for its turn: both must be ended, with nothing left behind."""
    words = ("matrix", "one=python:targets:Sleeper", "two=python:targets:Sleeper", *SMALL)
    limits = ("--timeout", "300", "--jobs", "1", "--report", "json:matrix.json")
    child = subprocess.Popen(
        [*COMMAND, *words, *limits], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(3)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in err
    runs = json.loads((folder / "matrix.json").read_text())["implementations"]
    assert [run["end"] for run in runs.values()] == ["interrupted", "interrupted"]
    assert [run["header"]["target"]["implementation"] is None for run in runs.values()] == [False, True]
