"""The constant-time check in its short form, its rules, and that it can fail."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests import c_timing, check_ct


def build(folder: Path, flags: tuple[str, ...]) -> Path:
    try:
        return check_ct.build(folder, flags)
    except check_ct.MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("ct") / "checked", check_ct.CHECKED)


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> c_timing.Coverage:
    if shutil.which("gcov") is None:
        pytest.skip("no gcov: apt-get install gcc")
    folder = tmp_path_factory.mktemp("ct") / "counted"
    build(folder, check_ct.COUNTED)
    return check_ct.covered(folder, check_ct.SHORT)


def test_leaks_of_every_kind_are_reported(program: Path) -> None:
    assert check_ct.check_controls(program) == 8


def test_a_signature_depends_on_no_secret(program: Path) -> None:
    check_ct.check_run(program, check_ct.SHORT[0])


def test_without_memcheck_the_controls_fail(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = check_ct.watched
    monkeypatch.setattr(check_ct, "watched", lambda program, arguments: watched(program, arguments, valgrind=False))
    with pytest.raises(check_ct.LeakError, match="proves nothing"):
        check_ct.check_controls(program)


def test_reports_and_lost_marks_fail_a_run(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = check_ct.SHORT[0]
    lines, _ = check_ct.watched(program, ["leak", check_ct.key_file(program.parent, check_ct.new_key(2048))], False)
    assert lines[-1] == "errors 0"
    key = check_ct.new_key(2048)
    monkeypatch.setattr(check_ct, "new_key", lambda bits: key)
    good, _ = check_ct.watched(program, ["sign", str(run.count), "2", check_ct.key_file(program.parent, key)], False)
    for last_two, sentence in (
        (good[-2:], "were passed"),  # without memcheck nothing is marked
        ([good[-2], "errors 3"], "depends on a secret"),
    ):
        answer = ([*good[:-2], *last_two], "")
        monkeypatch.setattr(check_ct, "watched", lambda *_, answer=answer: answer)
        with pytest.raises(check_ct.LeakError, match=sentence):
            check_ct.check_run(program, run)


def test_every_function_is_listed_or_checked(functions: c_timing.Coverage) -> None:
    assert c_timing.complaints(functions) == []
    assert {"sk_power_secret", "sk_crt_power", "derive", "refresh", "sk_lanes_sign"} <= {name for _, name in functions}


def test_the_rules_see_what_breaks_them(functions: c_timing.Coverage) -> None:
    unlisted = {**functions, ("crt.c", "new_one"): 0, ("json_text.c", "undeclared"): 7}
    del unlisted["fault.c", "sk_fault_set"]
    assert c_timing.complaints(unlisted) == [
        "crt.c: new_one is not on the list VARIABLE_TIME, and check-ct never runs it",
        "json_text.c: no comment says what the time of undeclared depends on, and it is not on VARIABLE_TIME",
        "VARIABLE_TIME: there is no sk_fault_set in fault.c",
    ]


def test_the_linker_replaces_what_the_policy_names() -> None:
    text = (check_ct.DRIVERS / "ct_policy.c").read_text()
    assert {name for name in check_ct.WRAPPED if f" __wrap_{name}(" in text} == set(check_ct.WRAPPED)
    assert text.count("__wrap_") == len(check_ct.WRAPPED)


@pytest.mark.parametrize("missing", ["gcc", "valgrind"])
def test_a_missing_program_is_named(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    which = shutil.which
    monkeypatch.setattr(check_ct.shutil, "which", lambda name: None if name == missing else which(name))
    assert check_ct.main(["--short"]) == 2
    assert "apt-get install gcc libc6-dev libssl-dev valgrind" in capsys.readouterr().err


def test_a_driver_that_fails_is_no_pass(program: Path) -> None:
    with pytest.raises(check_ct.LeakError, match="ended with 2"):
        check_ct.watched(program, ["sign"], valgrind=False)
    assert subprocess.run([program], capture_output=True, check=False).returncode == 2
