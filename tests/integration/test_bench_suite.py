"""The suite of benchmarks, run by pytest as in a clone and as it is installed. No figure is judged here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.speed import suite
from conformance.speed.document import measurement_of, read, skip_of
from conformance.speed.model import Measurement, Skip
from signing_core import _native, backends

ROOT = Path(__file__).parents[2]
CLONE = ("--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider", str(ROOT / "bench"))


@dataclass
class Ran:
    """What a run of the suite has told."""

    code: int
    text: str
    total: int = -1
    begun: list[str] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)

    def read(self, record: Path) -> Ran:
        for line in record.read_text().splitlines() if record.exists() else ():
            ((kind, value),) = json.loads(line).items()
            if kind == "total":
                self.total = value
            elif kind == "begin":
                self.begun.append(value)
            elif kind == "measurement":
                self.measurements.append(measurement_of(value))
            else:
                self.skipped.append(skip_of(value))
        return self

    @property
    def by_id(self) -> dict[str, Measurement]:
        return {one.id: one for one in self.measurements}


def environment(record: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SIGNKIT_"))}
    return {**clean, "SIGNKIT_BENCH_QUICK": "1", "SIGNKIT_BENCH_RECORD": str(record), **more}


def run(folder: Path, keyword: str, *words: str, where: tuple[str, ...] = CLONE, **more: str) -> Ran:
    record = folder / "record.jsonl"
    command = [sys.executable, "-m", "pytest", *where, "-k", keyword, *words]
    done = subprocess.run(
        command, cwd=folder, env=environment(record, **more), capture_output=True, text=True, timeout=120, check=False
    )
    return Ran(done.returncode, done.stdout + done.stderr).read(record)


def test_a_bit_of_everything(tmp_path: Path) -> None:
    keyword = "2048-4] or public or mixed[verify or sign-36-1] or threads[verify or base64 or message or async[1]"
    ran = run(tmp_path, keyword, "-q", "--benchmark-json", "run.json", SIGNKIT_BENCH_SECONDS="2000")
    assert ran.code == 0, ran.text
    assert ran.skipped == []
    assert ran.total == len(ran.begun) == len(ran.measurements) == len(ran.by_id)
    assert ran.begun == [one.id for one in ran.measurements]
    assert {one.group for one in ran.measurements} == {"pyca-rsa", "threads", "sizes", "texts", "async"}
    for one in ran.measurements:
        assert len(one.ours.seconds) == len(one.peer.seconds) >= 5
        assert 0 < one.ours.median < 10
        assert 0 < one.peer.median < 10
        assert one.ours.version[0].isdigit()
        assert one.peer.version[0].isdigit()
    assert "warning" not in ran.text.lower()
    four = ran.by_id["pyca-rsa/batch/sign/2048/4"]
    assert (four.operation, four.items, four.bits, four.threads, four.octets) == ("sign", 4, 2048, 1, 600)
    assert (four.ours.name, four.peer.name) == ("signing_core", "cryptography")
    cpus = len(os.sched_getaffinity(0))
    assert {one.threads for one in ran.measurements if one.group == "threads"} >= {1, cpus}
    written = read(tmp_path / "run.json")
    assert list(written.measurements) == ran.measurements
    assert written.complete
    assert written.machine.backend == backends.info().backend
    assert "benchmark 'pyca-rsa: sign'" in ran.text  # pytest-benchmark's own table, grouped
    assert any(line.startswith(four.id) and "cryptography" in line for line in ran.text.splitlines())


def test_the_groups_asked_for(tmp_path: Path) -> None:
    ran = run(tmp_path, "base64 or orjson", "--collect-only", "-q", SIGNKIT_BENCH_GROUPS="texts,peers")
    assert ran.code == 0, ran.text
    assert ran.total == 5
    everything = run(tmp_path, "base64 or orjson", "--collect-only", "-q", SIGNKIT_BENCH_QUICK="")
    assert everything.total == 7


def test_a_full_run_takes_more_rounds(tmp_path: Path) -> None:
    ran = run(tmp_path, "base64", SIGNKIT_BENCH_QUICK="", SIGNKIT_BENCH_SECONDS="1")
    assert ran.code == 0, ran.text
    assert {one.id for one in ran.measurements} == {"texts/base64/encode", "texts/base64/decode"}
    assert min(len(one.ratios) for one in ran.measurements) >= 9


def test_a_quick_run_ends_in_time(tmp_path: Path) -> None:
    ran = run(tmp_path, "base64 or dumps", SIGNKIT_BENCH_SECONDS="0")
    assert ran.code == 0, ran.text
    assert ran.measurements == []
    assert ran.total == len(ran.skipped) == 6
    assert all(skip.reason.startswith("no time left") for skip in ran.skipped)


@pytest.mark.parametrize("backend", ["ifma", "openssl", "pyca"])
def test_any_backend(backend: str, tmp_path: Path) -> None:
    if backend not in {"pyca", *(("openssl",) if _native.available else ()), backends.info().backend}:
        pytest.skip(f"the backend {backend} does not run here")
    ran = run(tmp_path, "2048-8]", SIGNKIT_BACKEND=backend, SIGNKIT_BENCH_SECONDS="2000")
    assert ran.code == 0, ran.text
    assert set(ran.by_id) == {"pyca-rsa/batch/sign/2048/8", "pyca-rsa/batch/verify/2048/8"}


def test_one_core(tmp_path: Path) -> None:
    one_core = f"import os, runpy, sys; os.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}});"
    command = [sys.executable, "-c", one_core + " runpy.run_module('pytest', run_name='__main__')", *CLONE]
    record = tmp_path / "record.jsonl"
    told = environment(record, SIGNKIT_BENCH_SECONDS="2000")
    command += ["-q", "-k", "threads[verify or async[1]"]
    done = subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, text=True, timeout=120, check=False)
    ran = Ran(done.returncode, done.stdout + done.stderr).read(record)
    assert ran.code == 0, ran.text
    assert set(ran.by_id) == {"threads/threads/verify/1", "async/async/1"}
    assert {one.threads for one in ran.measurements} == {1}


def test_the_command_measures_under_workers_of_xdist_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    outcome = suite.run(suite.Options(quick=True, keyword="base64[encode"))
    assert [one.id for one in outcome.measurements] == ["texts/base64/encode"]


def test_who_signs_wrongly_is_not_timed_and_who_is_missing_is_told(tmp_path: Path) -> None:
    plugin = ("-p", "tests.fakes.wrong_peers")
    keyword = "peers and (rsa or pycryptodome or cryptography)"
    ran = run(tmp_path, keyword, *plugin, SIGNKIT_BENCH_SECONDS="2000", PYTHONPATH=str(ROOT))
    assert ran.code == 0, ran.text
    reasons = {skip.what: skip.reason for skip in ran.skipped}
    assert reasons["peers/one/rsa/sign/2048"].startswith("not conformant: request/post-with-body/doc-sign: ")
    assert reasons["peers/one/pycryptodome/verify/2048"] == "not installed; pip install pycryptodome"
    assert set(ran.by_id) == {
        "peers/one/cryptography/sign/2048",
        "peers/one/cryptography/verify/2048",
        "peers/one/rsa/verify/2048",
    }


def test_a_harness_that_verifies_wrongly_is_not_timed(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "php"
    program.parent.mkdir()
    start = "from conformance.targets.host import main; main('tests.fakes.fuzz_targets:Trusting')"
    check = 'test "$1" = -r && exit 0'  # the manifest's question for PHP's extensions
    program.write_text(f'#!/bin/sh\n{check}\nexec {sys.executable} -c "{start}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    ran = run(tmp_path, "language and php", SIGNKIT_BENCH_SECONDS="2000", PATH=path, PYTHONPATH=str(ROOT))
    assert ran.code == 0, ran.text
    (skip,) = ran.skipped
    assert skip.what == "languages/language/php/verify"
    assert skip.reason.startswith("not conformant: webhook/executed/doc-erratum: ")
    (measured,) = ran.measurements
    assert (measured.id, measured.peer.name) == ("languages/language/php/sign", "php")
    assert "noop" in measured.note


def test_a_language_that_is_not_here(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    ran = run(tmp_path, "language and (go or node)", SIGNKIT_BENCH_SECONDS="2000", PATH=str(tmp_path / "bin"))
    assert ran.code == 0, ran.text
    assert {skip.what: skip.reason for skip in ran.skipped} == {
        f"languages/language/{language}/{op}": f"not installed; apt-get install {package}"
        for language, package in (("go", "golang-go"), ("node", "nodejs"))
        for op in ("sign", "verify")
    }


def test_what_was_measured_is_kept_when_it_is_interrupted(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    told = environment(record, SIGNKIT_BENCH_QUICK="", SIGNKIT_BENCH_SECONDS="2000")
    command = [
        sys.executable,
        "-m",
        "pytest",
        *CLONE,
        "-q",
        "-k",
        "base64 or message or size",
        "--benchmark-json",
        "run.json",
    ]
    with subprocess.Popen(command, cwd=tmp_path, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        deadline = time.monotonic() + 60
        while not (record.exists() and b'"measurement"' in record.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        output, _ = child.communicate(timeout=60)
    ran = Ran(child.returncode, output.decode()).read(record)
    assert ran.code == 2, ran.text
    assert 1 <= len(ran.measurements) < ran.total
    written = read(tmp_path / "run.json")
    assert list(written.measurements) == ran.measurements
    assert not written.complete


def test_an_interrupt_before_the_first_round_of_a_pair(tmp_path: Path) -> None:
    """pytest-benchmark knows of the second pair by then, and has nothing about it."""
    (tmp_path / "interrupting.py").write_text(
        "from pytest_benchmark.fixture import BenchmarkFixture\n"
        "make, made = BenchmarkFixture._make_stats, []\n"
        "def interrupt(self, iterations):\n"
        "    made.append(make(self, iterations))\n"
        "    if len(made) == 2:\n"
        "        raise KeyboardInterrupt\n"
        "    return made[-1]\n"
        "BenchmarkFixture._make_stats = interrupt\n"
    )
    more = {"SIGNKIT_BENCH_SECONDS": "2000", "PYTHONPATH": str(tmp_path)}
    ran = run(tmp_path, "base64 or message", "-q", "-p", "interrupting", "--benchmark-json", "run.json", **more)
    assert ran.code == 2, ran.text
    assert (len(ran.measurements), len(ran.begun)) == (1, 2)
    written = read(tmp_path / "run.json")
    assert list(written.measurements) == ran.measurements
    assert not written.complete


def test_as_it_is_installed(tmp_path: Path) -> None:
    """What a wheel holds, without the extension, run from an empty folder: on pyca, the suite's files alone."""
    source = tmp_path / "source"
    shutil.copytree(ROOT / "bench", source / "bench", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("signing_core", "conformance", "vectors"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    site = tmp_path / "site"
    build = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(site)]
    env: Mapping[str, Any] = {**os.environ, "SIGNKIT_NATIVE": "off"}
    subprocess.run(build, cwd=source, env=env, capture_output=True, check=True, timeout=120)
    installed = site / "conformance" / "_bench"
    names = {path.name for path in installed.rglob("*.py")}
    assert names >= {"__init__.py", "conftest.py", "bench_pyca_rsa.py", "bench_languages.py"}
    assert not names & {"async_signer.py", "ct_time.py", "welch.py", "cycles.py"}
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "pytest.ini").write_text("[pytest]\npython_files = bench_*.py\nfilterwarnings = error\n")
    where = ("-c", str(empty / "pytest.ini"), "--rootdir", str(empty), "-p", "no:cacheprovider", str(installed))
    ran = run(empty, "base64 or 2048-2]", where=where, SIGNKIT_BENCH_SECONDS="2000", PYTHONPATH=str(site))
    assert ran.code == 0, ran.text
    assert {"texts/base64/encode", "pyca-rsa/batch/sign/2048/2"} <= set(ran.by_id)
    assert [path.name for path in empty.iterdir() if path.suffix == ".py"] == []
