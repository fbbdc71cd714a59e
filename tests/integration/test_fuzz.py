"""``signkit fuzz`` as a user runs it: exit codes, the corpus folder, promotion, interruption."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_driver import COMMAND, Done, signkit
from small_disk import SmallDisk

ROOT = Path(__file__).parents[2]
REFERENCE = "python:conformance.reference:Reference"
BLANKS = "python:tests.fakes.fuzz_targets:Blanks"
HERE = {"PYTHONPATH": str(ROOT)}


def fuzz(tmp_path: Path, *words: str | Path) -> Done:
    return signkit("fuzz", *words, cwd=tmp_path, env=HERE)


def test_agreement_is_exit_0(tmp_path: Path) -> None:
    done = fuzz(tmp_path, REFERENCE, "--max-examples", "60")
    assert done.code == 0, done.text
    assert done.text.startswith("0 new disagreements; ")
    assert "a second" in done.text
    assert list((tmp_path / "signkit-fuzz").iterdir()) == []


def test_a_disagreement_is_told_kept_known_and_promoted(tmp_path: Path) -> None:
    words = (BLANKS, "--op", "minify", "--seed", "1", "--max-examples", "150", "--corpus", "kept")
    first = fuzz(tmp_path, *words, "--promote", "found.json")
    assert first.code == 1
    assert "signkit reference: minify: at byte" in first.text
    assert "expected" in first.text
    kept = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert kept

    again = fuzz(tmp_path, *words, "--json")
    assert again.code == 1
    data = json.loads(again.out)
    assert data["exit_code"] == 1
    assert data["known"]
    assert {f["sentence"] for f in data["findings"]}.isdisjoint({f["sentence"] for f in data["known"]})

    listed = json.loads(signkit("list", "--vectors", tmp_path / "found.json", "--json").out)
    assert listed
    vectors = ("--vectors", tmp_path / "found.json")
    assert signkit("run", BLANKS, *vectors, "--profile", "strict", env=HERE).code == 1
    assert signkit("run", REFERENCE, *vectors, "--profile", "strict").code == 0


def test_a_seed_finds_the_same_in_two_runs(tmp_path: Path) -> None:
    words = (BLANKS, "--op", "minify", "--seed", "9", "--max-examples", "100", "--json")
    one, other = (json.loads(fuzz(tmp_path, *words, "--corpus", name).out) for name in ("one", "other"))
    assert one["findings"] == other["findings"]
    assert one["examples"] == other["examples"]


def test_broken_files_of_the_corpus_are_named_and_skipped(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "cut.json").write_text('{"schema":')
    (folder / "other.json").write_text("[]")
    (folder / "folder.json").mkdir()
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "new\nline.json").write_bytes(bytes(range(256)))
    os.mkfifo(folder / "pipe.json")
    before = sorted(folder.iterdir())
    done = fuzz(tmp_path, REFERENCE, "--max-examples", "10", "--corpus", folder)
    assert done.code == 0
    for name in ("cut", "other", "folder", "loop", "new\\x0aline", "pipe"):
        (line,) = [line for line in done.err.splitlines() if f"{name}.json: " in line]
        assert line.endswith("; skipped")
    assert sorted(folder.iterdir()) == before


def test_nothing_is_left_beside_the_corpus(tmp_path: Path) -> None:
    assert fuzz(tmp_path, REFERENCE, "--max-examples", "10").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["signkit-fuzz"]


def test_what_was_kept_is_told_when_it_is_mended(tmp_path: Path) -> None:
    words = ("--op", "minify", "--seed", "1", "--max-examples", "40", "--corpus", "kept")
    assert fuzz(tmp_path, BLANKS, *words).code == 1
    done = fuzz(tmp_path, REFERENCE, *words)
    assert done.code == 0
    names = [path.name for path in (tmp_path / "kept").iterdir()]
    assert [f"mended: kept/{name} is answered rightly now; delete it" in done.text for name in names] == [True] * len(
        names
    )


def test_a_disk_that_is_full_loses_nothing_silently(small_disk: SmallDisk, tmp_path: Path) -> None:
    (small_disk.path / "kept").mkdir()
    small_disk.fill()
    words = (BLANKS, "--op", "minify", "--seed", "1", "--max-examples", "40", "--corpus", small_disk.path / "kept")
    done = fuzz(tmp_path, *words, "--json", "--promote", "found.json")
    assert done.code == 2
    findings = json.loads(done.out)["findings"]
    assert findings
    assert f"{len(findings)} findings were told but not kept: " in done.err
    assert "No space left on device" in done.err
    assert list((small_disk.path / "kept").iterdir()) == []
    promoted = json.loads((tmp_path / "found.json").read_text())["cases"]
    assert {case["input"]["text"] for case in promoted} == {finding["input"]["text"] for finding in findings}


def test_two_runs_may_share_folder_and_vector_file(tmp_path: Path) -> None:
    words = ("fuzz", BLANKS, "--op", "minify", "--max-examples", "60", "--corpus", "kept", "--json")
    runs = [
        subprocess.Popen(
            [*COMMAND, *words, "--seed", seed, "--promote", "found.json"],
            cwd=tmp_path,
            env={**os.environ, **HERE},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    ended = [(run.communicate(timeout=120), run.returncode) for run in runs]
    sentences = {finding["sentence"] for (out, _), _ in ended for finding in json.loads(out)["findings"]}
    kept = [json.loads(path.read_text()) for path in (tmp_path / "kept").iterdir()]
    assert {entry["op"] for entry in kept} == {"minify"}
    assert 0 < len(kept) <= len(sentences) * 2
    for (_, err), code in ended:  # the second to promote in the very same moment is told to do it again
        assert code == 1 or (code == 2 and b"promote again" in err), err
    assert fuzz(tmp_path, "--corpus", "kept", "--promote", "found.json").code == 0
    asked = {case["input"]["text"] for case in json.loads((tmp_path / "found.json").read_text())["cases"]}
    assert {entry["input"]["text"] for entry in kept} <= asked


def test_promoted_vectors_reproduce_what_was_found(tmp_path: Path) -> None:
    words = (BLANKS, "--op", "minify", "--seed", "1", "--max-examples", "60")
    findings = json.loads(fuzz(tmp_path, *words, "--json", "--promote", "found.json").out)["findings"]
    done = signkit("run", BLANKS, "--vectors", "found.json", "--json", cwd=tmp_path, env=HERE)
    outcomes = [event for event in json.loads(done.out)["outcomes"] if event["verdict"] == "fail"]
    assert {finding["sentence"] for finding in findings} == {outcome["diagnosis"]["sentence"] for outcome in outcomes}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "TARGET"),
        (("python",), 2, "target"),
        ((REFERENCE, "--op", "load_key"), 2, "load_key"),
        ((REFERENCE, "--time", "0"), 2, "--time"),
        ((REFERENCE, "--corpus", "file"), 2, "file"),
        ((REFERENCE, "--max-examples", "5", "--promote", "found.json"), 0, "nothing to promote"),
        ((REFERENCE, "--promote", "no/folder.json"), 2, "no/folder.json"),
        ((REFERENCE, "--promote", "."), 2, "'.'"),
        (("cmd:/no/such/program",), 3, "/no/such/program"),
        (("cmd:false",), 3, "cmd:false"),
        ((REFERENCE, "--op", "minify", "--form", "webhook"), 5, "--form"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, words: tuple[str, ...], code: int, told: str) -> None:
    (tmp_path / "file").write_text("")
    done = fuzz(tmp_path, *words)
    assert done.code == code, done.err
    assert told in done.err


def test_an_interrupted_run_keeps_what_it_found(tmp_path: Path) -> None:
    command = [*COMMAND, "fuzz", BLANKS, "--op", "minify", "--time", "300"]
    child = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, **HERE}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    end = time.monotonic() + 60
    while not list(tmp_path.glob("signkit-fuzz/*.json")) and time.monotonic() < end:
        time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert b"Traceback" not in err
    assert b"interrupted" in out
    assert list(tmp_path.glob("signkit-fuzz/*.json"))


def test_progress_is_one_line_on_a_terminal(tmp_path: Path) -> None:
    try:
        ours, theirs = os.openpty()
    except OSError as error:
        pytest.skip(f"this system has no pseudo-terminals: {error}")
    command = [*COMMAND, "fuzz", REFERENCE, "--max-examples", "120"]
    env = {**os.environ, **HERE, "TERM": "xterm"}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        told = b""
        with contextlib.suppress(OSError):  # how Linux tells that the other end was closed
            while data := os.read(ours, 4096):
                told += data
        out, _ = child.communicate()
    os.close(ours)
    assert child.returncode == 0
    assert re.search(rb"\r[0-9]+ examples, [0-9]+ a second, 0 findings\x1b\[K\r", told)
    assert b"\n" not in told
    assert b"\r" not in out


def test_without_hypothesis_it_says_which_extra_to_install(tmp_path: Path) -> None:
    (tmp_path / "hypothesis.py").write_text("raise ModuleNotFoundError('no', name='hypothesis')")
    done = subprocess.run(
        [sys.executable, "-c", "from conformance.cli import main; main()", "fuzz", REFERENCE],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"signkit[fuzz]" in done.stderr
    assert b"Traceback" not in done.stderr
