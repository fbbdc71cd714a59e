"""run, list, show, replay, doctor: exit codes, reports, interruption; and every example that --help shows."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_driver import COMMAND, signkit

REFERENCE = "python:conformance.reference:Reference"
ROOT = Path(__file__).parents[2]
COMMANDS = [
    *(
        "run",
        "matrix",
        "list",
        "show",
        "replay",
        "doctor",
        "demo",
        "sign",
        "verify",
        "minify",
        "lint",
        "keys",
        "version",
    ),
    *("keys generate", "keys show", "keys check"),
    *("baseline", "baseline check", "baseline update"),
    *("report", "report render", "report verify", "report sign", "diff"),
    *("vectors", "vectors export", "vectors generate", "init", "fuzz"),
    *("bench", "bench run", "bench compare", "bench capacity", "bench latency"),
]

LIAR = """
from conformance.reference import Reference
class Liar(Reference):
    def verify(self, **fields): return True
class Sleeper(Reference):
    def message(self, **fields):
        import time
        time.sleep(600)
class Half(Reference):
    def hello(self):
        answer = super().hello()
        answer["supports"] = {"minify": True}
        return answer
"""


@pytest.fixture
def bad_targets(tmp_path: Path) -> Path:
    (tmp_path / "bad_targets.py").write_text(LIAR)
    return tmp_path


def test_the_reference_passes_every_case_in_the_strict_profile(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = signkit("run", REFERENCE, "--profile", "strict", "--complete", "--report", f"json:{report}")
    assert done.code == 0, done.text
    data = json.loads(report.read_text())
    assert data["result"] == "conformant"
    listed = json.loads(signkit("list", "--json").out)
    assert sorted(o["id"] for o in data["outcomes"]) == sorted(c["id"] for c in listed)
    assert {o["verdict"] for o in data["outcomes"]} == {"pass"}
    assert len(listed) >= 150


def test_a_liar_is_not_conformant_and_the_screen_says_how_to_replay(bad_targets: Path) -> None:
    done = signkit("run", "python:bad_targets:Liar", "--suite", "header-values", cwd=bad_targets)
    assert done.code == 1
    assert "not conformant" in done.text
    found = re.search(r"signkit replay (\S+) (\S+)", done.text)
    assert found
    again = signkit("replay", found[1], found[2].strip("'"), cwd=bad_targets)
    assert again.code == 1


def test_partial_support_is_partial_and_fails_only_when_completeness_is_asked(bad_targets: Path) -> None:
    done = signkit("run", "python:bad_targets:Half", cwd=bad_targets)
    assert done.code == 0
    assert "partial" in done.text
    assert signkit("run", "python:bad_targets:Half", "--complete", cwd=bad_targets).code == 1


def test_a_stale_baseline_is_exit_4(tmp_path: Path, bad_targets: Path) -> None:
    baseline = tmp_path / "baseline.json"
    some = ("--suite", "webhook-bodies", "--suite", "header-values")
    assert signkit("run", "python:bad_targets:Liar", *some, "--write-baseline", baseline, cwd=bad_targets).code == 1
    known = signkit("run", "python:bad_targets:Liar", *some, "--baseline", baseline, cwd=bad_targets)
    assert known.code == 0, known.text
    assert signkit("run", REFERENCE, *some, "--baseline", baseline).code == 4


def test_no_handshake_is_exit_3_and_nothing_ran_is_exit_5(bad_targets: Path) -> None:
    missing = signkit("run", "cmd:/no/such/program")
    assert missing.code == 3
    assert "/no/such/program" in missing.text + missing.err
    assert signkit("run", "python:bad_targets:Half", "--suite", "webhook-bodies", cwd=bad_targets).code == 5


def test_an_interrupted_run_reports_what_ran_and_exits_130(bad_targets: Path) -> None:
    report = bad_targets / "report.json"
    command = [*COMMAND, "run", "python:bad_targets:Sleeper", "--timeout", "300", "--report", f"json:{report}"]
    child = subprocess.Popen(command, cwd=bad_targets, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(3)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in err
    data = json.loads(report.read_text())
    assert data["end"] == "interrupted"
    assert data["counts"]["not-run"] >= 1


def test_reports_on_a_full_disk_leave_no_half_file(tmp_path: Path) -> None:
    done = signkit("run", REFERENCE, "--suite", "minify-text", "--report", "json:/dev/full")
    assert done.code == 2
    assert "/dev/full" in done.err


def test_doctor_in_plain_words() -> None:
    done = signkit("doctor", REFERENCE)
    assert done.code == 0
    lines = done.text.splitlines()
    assert lines[0].startswith("ok   handshake: signkit reference")
    assert sum(line.startswith("ok ") for line in lines) == 11
    assert "BAD" not in done.text
    assert re.search(r"^     a round trip \(noop\) takes \d+ µs, one at a time: \d+ a second$", done.text, re.MULTILINE)
    told = json.loads(signkit("doctor", REFERENCE, "--json").out)
    assert told["noop"]["count"] == 200
    assert told["noop"]["seconds"] > 0
    assert signkit("doctor", "cmd:false").code == 3
    assert json.loads(signkit("doctor", "cmd:false", "--json").out)["noop"] is None


def test_list_filters_and_schemas() -> None:
    assert json.loads(signkit("list", "--schema", "protocol").out)["title"].startswith("signkit harness protocol")
    shipped = json.loads((ROOT / "vectors/schema/vector.schema.json").read_text())
    assert json.loads(signkit("list", "--schema", "vector").out) == shipped
    some = json.loads(signkit("list", "--suite", "minify-text", "--json").out)
    assert some
    assert {c["suite"] for c in some} == {"minify-text"}


def test_a_broken_vector_file_is_named(tmp_path: Path) -> None:
    good = next((ROOT / "vectors").glob("minify/*.json"))
    data = json.loads(good.read_text())
    texts = {
        "bad.json": "{",
        "unknown.json": json.dumps({**data, "surprise": 1}),
        "twice.json": json.dumps({**data, "cases": [data["cases"][0], data["cases"][0]]}),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        done = signkit("list", "--vectors", tmp_path / name)
        assert (done.code, done.out) == (2, b"")
        assert name in done.err


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything the help texts' examples name."""
    folder = tmp_path_factory.mktemp("examples")
    shim = folder / "bin" / "signkit"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from conformance.cli import main; main()" "$@"\n')
    shim.chmod(0o755)
    generate = [str(shim), "keys", "generate", "--out", "k.pem", "--public-out", "my-public-key.pem"]
    subprocess.run(generate, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (folder / "platform.pem").write_bytes((folder / "my-public-key.pem").read_bytes())
    (folder / "body.json").write_text('{"amount":150.23}')
    (folder / "webhook.json").write_text('{"status":"executed"}')
    for language, suffix in (("php", ".php"), ("node", ".mjs")):
        harness = ROOT / "conformance/harnesses" / language
        for source in harness.glob(f"*{suffix}"):
            (folder / source.name).write_bytes(source.read_bytes())
        (folder / f"{language}-baseline.json").write_bytes((harness / "baseline.json").read_bytes())
    return folder


def examples(command: str) -> list[str]:
    """The commands that a help text shows: indented lines that begin with signkit or pipe into it."""
    text = signkit(*command.split(), "--help").text
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line.strip() for line in joined.splitlines() if re.match(r"\s+(signkit |printf .*\| signkit )", line)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_shows_examples_that_work(command: str, playground: Path) -> None:
    found = examples(command)
    assert found, f"signkit {command} --help shows no example"
    for example in found:
        if "php" in example and not _runs("php", "--version"):
            continue
        if "node" in example and not _runs("node", "--version"):
            continue
        (playground / "my-private-key.pem").unlink(missing_ok=True)
        (playground / "my-public-key.pem").unlink(missing_ok=True)
        if "keys generate" not in example:
            (playground / "my-private-key.pem").write_bytes((playground / "k.pem").read_bytes())
            (playground / "my-public-key.pem").write_bytes((playground / "platform.pem").read_bytes())
        # All shipped harnesses take minutes where all runtimes are, and each is run whole by a test of its own: here
        # those that need no program but Python are enough.
        others = "" if command == "demo" or "--shipped" in example else f":{os.environ['PATH']}"
        env = {
            **os.environ,
            "PATH": f"{playground / 'bin'}{others}",
            "MERCHANT_KEY": (playground / "k.pem").read_text(),
            "X_SIGNATURE": "AAAA",
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            ["/bin/bash", "-c", example], cwd=playground, env=env, capture_output=True, timeout=300, check=False
        )
        assert done.returncode in (0, 1), f"{example}\n{done.stdout.decode()}\n{done.stderr.decode()}"
        assert b"Traceback" not in done.stderr


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
