"""The suite in its child process: what is kept of it, how it is ended, and what it sees of its surroundings."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from conformance.speed import suite as module
from conformance.speed.model import BenchError
from conformance.speed.suite import Options, Step, need_pytest, run
from tests.fakes.bench_suite import suite
from tests.fakes.runs import alive


def test_what_is_measured_and_skipped_comes_back(tmp_path: Path) -> None:
    steps: list[Step] = []
    found = run(Options(), steps.append, folder=suite(tmp_path / "suite", "good", "skip", "better"))
    assert [one.id for one in found.measurements] == ["good", "better"]
    assert [(one.what, one.reason) for one in found.skipped] == [("awscrt", "not installed; pip install awscrt")]
    assert (found.interrupted, found.problem) == (False, None)
    assert steps[-1] == Step(3, 3, "better")
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_a_suite_that_fails_in_part_says_so_and_keeps_the_rest(tmp_path: Path) -> None:
    found = run(Options(), folder=suite(tmp_path / "suite", "good", "fail", "better"))
    assert [one.id for one in found.measurements] == ["good", "better"]
    assert found.problem
    assert "pytest's exit code 1" in found.problem
    assert "a wrong signature" in found.problem


def test_a_keyword_selects(tmp_path: Path) -> None:
    found = run(Options(keyword="good"), folder=suite(tmp_path / "suite", "good", "better"))
    assert [one.id for one in found.measurements] == ["good"]
    none = run(Options(keyword="nothing_of_that_name"), folder=tmp_path / "suite")
    assert (none.measurements, none.problem) == ([], None)


def test_a_keyword_that_pytest_does_not_understand_is_refused(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good")
    for keyword in ("good and (", "a b", "=", '"'):
        with pytest.raises(BenchError, match=r"-k .*: at column \d+: .*; it is an expression such as"):
            run(Options(keyword=keyword), folder=folder)


@pytest.mark.parametrize("kind", ["sleep", "stubborn"])
def test_stop_ends_it_and_keeps_what_was_measured(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GRACE", 1.0)
    steps: list[Step] = []
    folder = suite(tmp_path / "suite", "good", kind)
    began = time.monotonic()
    found = run(Options(), steps.append, lambda: bool(steps) and steps[-1].now == "sleeping", folder)
    assert time.monotonic() - began < 30
    assert [one.id for one in found.measurements] == ["good"]
    assert (found.interrupted, found.problem) == (True, None)
    assert alive(str(folder)) == []


@pytest.mark.parametrize(("kind", "told"), [("babble", "'surprise'"), ("broken", "measurement: ")])
def test_a_record_that_cannot_be_read_ends_the_run(kind: str, told: str, tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good", kind)
    found = run(Options(), folder=folder)
    assert [one.id for one in found.measurements] == ["good"]
    assert found.problem
    assert told in found.problem
    assert not found.interrupted
    assert alive(str(folder)) == []


def test_an_error_in_a_callback_leaves_no_process_behind(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good", "sleep")

    def fail(step: Step) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Options(), fail, folder=folder)
    assert alive(str(folder)) == []


def test_the_users_pytest_and_folder_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "conftest.py").write_text("raise RuntimeError('the conftest of a user')")
    (home / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (home / "json.py").write_text("raise RuntimeError('a file of a user')")
    monkeypatch.chdir(home)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--another-such-option")
    monkeypatch.setenv("PYTEST_PLUGINS", "no.such.plugin")
    steps: list[Step] = []
    found = run(Options(), steps.append, folder=suite(tmp_path / "suite", "good"))
    assert found.problem is None
    assert [one.id for one in found.measurements] == ["good"]
    assert sorted(path.name for path in home.iterdir()) == ["conftest.py", "json.py", "pytest.ini"]
    assert not (tmp_path / "suite" / ".pytest_cache").exists()


def test_what_the_suite_is_told(tmp_path: Path) -> None:
    options = Options(quick=True, backend="pyca", groups=("texts", "peers"))
    (skip,) = run(options, folder=suite(tmp_path / "suite", "environment")).skipped
    told = json.loads(skip.reason)
    assert (told["QUICK"], told["GROUPS"], told["backend"]) == ("1", "texts,peers", "pyca")
    assert not Path(told["cwd"]).exists()  # a folder of its own, gone by now
    (skip,) = run(Options(), folder=tmp_path / "suite").skipped
    told = json.loads(skip.reason)
    assert (told["QUICK"], told["GROUPS"]) == (None, None)


def test_without_the_extra_it_says_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "pytest_benchmark" else object())
    with pytest.raises(BenchError, match=r"need pytest-benchmark, which is not .* pip install 'signkit\[bench\]'"):
        need_pytest()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(BenchError, match="need pytest and pytest-benchmark, which are not"):
        need_pytest()
