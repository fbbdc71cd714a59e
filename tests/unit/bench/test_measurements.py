"""What is measured is what it says, on a few cases. No figure is asserted but their kinds and order."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from bench.conformance import bare, in_process, pipe
from conformance import corpus as corpora
from conformance.model import Case, Corpus
from conformance.targets.lines import encode

ROOT = Path(__file__).parents[3]
HARNESS = [sys.executable, "-P", "-m", "conformance.targets.host", "conformance.reference:Reference"]


@pytest.fixture(scope="module")
def few() -> Corpus:
    """Three cases of each op."""
    whole = corpora.load()
    by_op = groupby(sorted(whole.cases, key=lambda case: case.op), key=lambda case: case.op)
    cases = tuple(case for _, cases in by_op for case in list(cases)[:3])
    return replace(whole, cases=cases, keys={case.key: whole.keys[case.key] for case in cases if case.key is not None})


@pytest.fixture
def loaded(few: Corpus, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    monkeypatch.setattr(corpora, "load", lambda: few)
    return few


def test_rsa_and_keys_are_part_of_the_whole(loaded: Corpus) -> None:
    allowed = os.sched_getaffinity(0)
    try:
        told = in_process.measure("1")
        assert len(os.sched_getaffinity(0)) == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert set(told["ops"].values()) == {3}
    (took,) = told["rounds"]
    assert took["rsa"] > 0
    assert took["keys"] > 0
    assert took["rsa"] + took["keys"] < sum(took["ops"].values()) < took["elapsed"]


def test_a_reference_that_fails_is_not_measured(loaded: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(case: Case) -> Case:
        return replace(case, expect={"value": "AAAA"}) if "value" in case.expect else case

    changed = replace(loaded, cases=tuple(map(wrong, loaded.cases)))
    monkeypatch.setattr(corpora, "load", lambda: changed)
    monkeypatch.setattr(os, "sched_setaffinity", lambda pid, mask: None)
    with pytest.raises(SystemExit, match="does not pass every case"):
        in_process.measure("1")


def test_the_pipe_is_timed_beside_its_peer(loaded: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe, "ECHO", HARNESS)
    told = pipe.measure(f"cmd:{shlex.join(HARNESS)}", "1")
    assert told["cases"] == 9
    assert told["window"] == 64
    (took,) = told["rounds"]
    assert 0 < took["kit"] < took["whole"]
    assert took["harness"] > 0
    assert took["echo"] > 0


def test_the_bare_loop_gets_an_answer_to_each_line() -> None:
    ops = [encode({"cmd": "op", "id": str(number), "op": "noop"}) for number in range(100)]
    assert bare.ask(HARNESS, [], ops, 8) > 0
    with pytest.raises(SystemExit, match="ended after 0 of 1 answers"):
        bare.ask(["true"], [], ops, 8)


def test_words_that_are_none() -> None:
    for words, told in ((["memroy"], "no part 'memroy'"), (["--rounds", "0"], "--rounds is at least 1")):
        done = subprocess.run(
            [sys.executable, "-m", "bench.conformance", *words],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2
        assert told in done.stderr


def test_a_child_tells_its_own_peak(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench.conformance.child", "command", file, "version", "--short"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60, stdout=subprocess.DEVNULL)
    told = json.loads(file.read_text())
    assert told["code"] == 0
    assert 10e6 < told["peak"] < 500e6
