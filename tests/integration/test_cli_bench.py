"""``signkit bench`` as its users meet it: tables, files, selection, interruption, refusals. The suite is a tiny one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cli_driver import PLAIN, Done, signkit

from conformance.speed.document import read, write
from tests.fakes.bench_suite import suite
from tests.fakes.benches import bench, elsewhere
from tests.fakes.runs import alive

# The command with another suite than the shipped one, which takes minutes; before it, lines that a test adds.
START = """
import sys
from pathlib import Path
import conformance.speed.suite as module
folder = Path(sys.argv.pop(1))
module.bench_root = lambda: folder
{before}
from conformance.cli import main
main()
"""
ALL = ("-k", "test")  # selects all of the tiny suite; a selection leaves the latency view out


def command(folder: Path, *words: str | Path, before: str = "") -> list[str]:
    return [sys.executable, "-c", START.format(before=before), str(folder), "bench", *map(str, words)]


def bench_with(folder: Path, *words: str | Path, before: str = "") -> Done:
    """Run it in the folder above the suite's."""
    done = subprocess.run(
        command(folder, *words, before=before),
        cwd=folder.parent,
        env={**os.environ, **PLAIN},
        capture_output=True,
        timeout=120,
        check=False,
    )
    err = done.stderr.decode()
    assert "Traceback" not in err, err
    return Done(done.returncode, done.stdout, err)


def test_a_run_shows_tables_and_writes_its_files(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good", "better", "skip")
    done = bench_with(folder, *ALL, "--quick", "--json", "speed.json", "--markdown", "speed.md", "--html", "speed.html")
    assert done.code == 0, done.err
    lines = done.text.splitlines()
    assert "pyca-rsa: signing_core 0.1.0 beside cryptography 46.0.1, 2048-bit keys, messages of 600 B" in lines
    assert sum(line.startswith("sign ") and "4.00 x" in line for line in lines) == 2
    assert any(line.split(None, 1) == ["awscrt", "not installed; pip install awscrt"] for line in lines)
    assert any(line.startswith("openssl of cryptography ") for line in lines)
    assert lines[-1] == "written: speed.json, speed.md, speed.html"
    kept = read(tmp_path / "speed.json")
    assert [one.id for one in kept.measurements] == ["good", "better"]
    assert (kept.complete, kept.quick) == (True, True)
    assert (tmp_path / "speed.md").read_text().startswith("# Signing on ")
    assert (tmp_path / "speed.html").read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["speed.html", "speed.json", "speed.md", "suite"]


def test_options_alone_are_those_of_run(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good")
    assert bench_with(folder, "-k", "good").code == 0
    assert bench_with(folder, "run", "-k", "good").code == 0
    assert signkit("bench", "--nonsense").code == 2
    unknown = signkit("bench", "nonsense")
    assert (unknown.code, "No such command 'nonsense'" in unknown.err) == (2, True)


def test_nothing_measured_is_exit_5_and_no_file(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "skip")
    done = bench_with(folder, *ALL, "--json", "speed.json")
    assert done.code == 5
    assert "not installed; pip install awscrt" in done.text
    assert "nothing was measured" in done.err
    assert not (tmp_path / "speed.json").exists()
    assert bench_with(folder, "-k", "no_such_name").code == 5
    unknown = bench_with(folder, "--group", "nonsense")
    assert (unknown.code, "'nonsense' is not one of 'pyca-rsa', 'threads'," in unknown.err) == (2, True)


def test_a_suite_that_fails_in_part_is_exit_1_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good", "fail")
    done = bench_with(folder, *ALL, "--json", "speed.json")
    assert done.code == 1
    assert "a wrong signature" in done.err
    kept = read(tmp_path / "speed.json")
    assert ([one.id for one in kept.measurements], kept.complete) == (["good"], False)
    assert "NOT complete" in done.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_is_measured(number: signal.Signals, tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good", "sleep")
    files = ("--json", tmp_path / "speed.json", "--markdown", tmp_path / "speed.md")
    child = subprocess.Popen(
        command(folder, *files),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **PLAIN},
    )
    end = time.monotonic() + 60
    while not (folder / "sleeping").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert b"Traceback" not in err
    assert b"interrupted after" in out
    assert b"NOT complete" in out
    kept = read(tmp_path / "speed.json")
    assert ([one.id for one in kept.measurements], kept.complete) == (["good"], False)
    assert "NOT complete" in (tmp_path / "speed.md").read_text()
    assert alive(str(folder)) == []


def test_ctrl_c_before_anything_is_measured_writes_nothing(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "sleep")
    child = subprocess.Popen(
        command(folder, "--json", tmp_path / "speed.json"), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while not (folder / "sleeping").exists():
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"nothing was measured" in err
    assert not (tmp_path / "speed.json").exists()


@pytest.mark.parametrize("option", ["--json", "--markdown", "--html"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_measured(option: str, tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good", "sleep")
    for place in (tmp_path / "no" / "such" / "folder.json", tmp_path):
        done = bench_with(folder, option, place)
        assert (done.code, done.out) == (2, b"")
        assert str(place) in done.err
    assert not (folder / "sleeping").exists()


def test_two_files_at_one_place_are_refused(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "sleep")
    done = bench_with(folder, "--json", "speed", "--markdown", "./speed")
    assert (done.code, "asked to take two" in done.err) == (2, True)


def test_a_full_disk_leaves_no_half_file_and_spares_the_others(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good")
    done = bench_with(folder, *ALL, "--json", "/dev/full", "--markdown", "speed.md")
    assert done.code == 2
    assert "/dev/full" in done.err
    assert (tmp_path / "speed.md").exists()


def test_without_pytest_it_says_which_extra_to_install(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "good")
    gone = "module.find_spec = lambda name: None"
    done = bench_with(folder, "--json", "speed.json", before=gone)
    assert (done.code, done.out) == (2, b"")
    assert done.err == (
        "signkit: benchmarks need pytest and pytest-benchmark, which are not installed. "
        "Mend: pip install 'signkit[bench]'\n"
    )


def test_a_backend_that_does_not_run_is_refused(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", "environment")
    assert "'nonsense' is not one of" in bench_with(folder, "--backend", "nonsense").err
    done = bench_with(folder, *ALL, "--backend", "pyca")
    assert done.code == 5  # the tiny suite only tells its surroundings
    assert '"backend": "pyca"' in done.text


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    write(tmp_path / "a.json", bench())
    write(tmp_path / "b.json", replace(bench(), measurements=bench().measurements[:-1]))
    write(tmp_path / "elsewhere.json", elsewhere())
    write(tmp_path / "none.json", replace(bench(), measurements=()))
    (tmp_path / "broken.json").write_text('{"benchmarks": [')
    (tmp_path / "foreign.json").write_text('{"benchmarks": []}')
    return tmp_path


def test_compare_tells_ratios_and_what_one_run_lacks(documents: Path) -> None:
    done = signkit("bench", "compare", "a.json", "b.json", cwd=documents)
    assert done.code == 0
    assert "only in A: 1 measurement\n   minify-64k\n" in done.text
    assert done.text.splitlines()[-2:] == [
        "21 ratios: 0 better, 0 worse, 20 unchanged within noise, 1 too noisy to tell",
        "a run was not quiet: repeat it before you believe a change",
    ]
    data = json.loads(signkit("bench", "compare", "a.json", "b.json", "--json", cwd=documents).text)
    assert (len(data["changes"]), data["removed"]) == (21, ["minify-64k"])


def test_compare_refuses_what_is_unlike_and_names_each_difference(documents: Path) -> None:
    done = signkit("bench", "compare", "a.json", "elsewhere.json", cwd=documents)
    assert (done.code, done.out) == (2, b"")
    for told in ("'Example Processor 9000' and 'Example Processor 7'", "avx512ifma", "ifma and openssl", "--force"):
        assert told in done.err
    forced = signkit("bench", "compare", "a.json", "elsewhere.json", "--force", cwd=documents)
    assert forced.code == 0
    assert "unlike, backends: ifma and openssl" in forced.text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("broken.json", "not JSON"),
        ("foreign.json", "not a file of signkit bench"),
        ("absent.json", "cannot be read"),
        ("none.json", "no measurement in common"),
    ],
)
def test_compare_names_the_file_and_its_fault(name: str, told: str, documents: Path) -> None:
    for words in (("a.json", name), (name, "a.json")):
        done = signkit("bench", "compare", *words, "--force", cwd=documents)
        assert (done.code, done.out) == (2, b"")
        assert name in done.err
        assert told in done.err
