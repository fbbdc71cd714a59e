"""The file of a benchmark run: read back equal, usable by pytest-benchmark, and its faults told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from conformance.speed.document import SCHEMA, dump, parse, read, write
from conformance.speed.model import BenchError
from tests.fakes.benches import MACHINE, bench, measurement


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(dump(bench()))
    return loaded


def test_read_back_it_is_equal(tmp_path: Path) -> None:
    for run in (bench(), replace(bench(), complete=False, quick=False, measurements=(), latencies=(), skipped=())):
        write(tmp_path / "run.json", run)
        assert read(tmp_path / "run.json") == run


def test_it_is_a_file_of_pytest_benchmark(tmp_path: Path) -> None:
    run = replace(bench(), measurements=(measurement("one", (0.25, 0.5, 1.0), (1.0, 1.0, 1.0), items=4),))
    write(tmp_path / "run.json", run)
    command = [sys.executable, "-m", "pytest_benchmark", "compare", str(tmp_path / "run.json")]
    done = subprocess.run(
        [*command, "--columns=median,rounds", "--time-unit=s"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    row = next(line.split() for line in done.stdout.splitlines() if line.startswith("one"))
    assert float(row[-2]) == median((1.0, 2.0, 4.0))  # seconds a call
    assert row[-1] == "3"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="cannot be written: No such file or directory"):
        write(tmp_path / "no" / "run.json", bench())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BenchError, match="Permission denied"):
        write(tmp_path / "run.json", bench())


def test_what_stood_there_stays_where_writing_fails(tmp_path: Path) -> None:
    write(tmp_path / "run.json", bench())
    before = (tmp_path / "run.json").read_bytes()
    with pytest.raises(ValueError, match="JSON compliant"):
        write(tmp_path / "run.json", replace(bench(), machine=replace(MACHINE, facts={"load": float("nan")})))
    assert (tmp_path / "run.json").read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"signkit": NaN}', "NaN is no number"),
        (b'{"signkit": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[]", "no member signkit"),
        (b'{"benchmarks": []}', "no member signkit"),
        (b'{"signkit": []}', "no member signkit"),
        (b'{"signkit": {}}', "its schema is 'None'"),
        (b'{"signkit": {"schema": "signkit-bench/2"}}', f"reads '{SCHEMA}' alone"),
        (b'{"signkit": {"schema": "signkit-bench/1"}}', '"started" is a required property'),
    ],
)
def test_foreign_files(data: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(data)
    with pytest.raises(BenchError, match=told) as caught:
        read(tmp_path / "run.json")
    assert str(caught.value).startswith(f"{tmp_path / 'run.json'}: ")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="cannot be read: No such file"):
        read(tmp_path / "run.json")


def spoil(place: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def spoiled(data: Any) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in place.split("/")]
        for step in steps:
            data = data[step]
        data[last] = value

    return spoiled


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("benchmarks", {}, "benchmarks: is not a list"),
        ("benchmarks/0", 1, "benchmarks: is not a list of objects"),
        ("benchmarks/1/extra_info", {}, "benchmarks/1/extra_info: measurement: "),
        ("benchmarks/0/extra_info/ours/seconds", [], "benchmarks/0/extra_info: ours/seconds: "),
        ("benchmarks/0/extra_info/ours/seconds/0", 0, "ours/seconds/0: 0 is less than"),
        ("benchmarks/0/extra_info/ours/seconds/0", -1.5, "ours/seconds/0: "),
        ("benchmarks/0/extra_info/peer/seconds/0", 1e10, "peer/seconds/0: "),
        ("benchmarks/0/extra_info/peer/seconds", [1.0], "5 rounds of ours beside 1 of the peer are no pairs"),
        ("benchmarks/0/extra_info/items", 0, "items: 0 is less than"),
        ("benchmarks/0/extra_info/items", True, "items: true is not of type"),
        ("benchmarks/1/extra_info/id", "sign-2048-1", "the id 'sign-2048-1' stands there a second time"),
        ("signkit/started", "yesterday", 'started: "yesterday" is not a "date-time"'),
        ("signkit/machine/cores", 0, "machine/cores: "),
        ("signkit/machine/features", "avx", "machine/features: "),
        ("signkit/complete", "yes", "complete: "),
        ("signkit/latencies/0/percentiles", {}, "latencies/0/percentiles: "),
        ("signkit/latencies/0/percentiles/50", "fast", "latencies/0/percentiles/50: "),
        ("signkit/latencies/0/late/50", -1, "latencies/0/late/50: "),
        ("signkit/skipped/0", {"what": "x"}, "skipped/0: "),
    ],
)
def test_broken_files(place: str, value: Any, told: str) -> None:
    data = document()
    spoil(place, value)(data)
    with pytest.raises(BenchError) as caught:
        parse(json.dumps(data).encode())
    assert told in str(caught.value)


def test_a_latency_without_what_was_added_later() -> None:
    data = document()
    names = ("calls", "bits", "arrivals", "late", "warning")
    for latency in data["signkit"]["latencies"]:
        for name in names:
            del latency[name]
    read_back = parse(json.dumps(data).encode())
    assert [one.rate for one in read_back.latencies] == [one.rate for one in bench().latencies]


def test_infinity_by_its_exponent() -> None:
    data = dump(bench()).replace(b'"cores": 2', b'"cores": 1e999')
    with pytest.raises(BenchError, match="cores"):
        parse(data)


def test_lone_surrogates() -> None:
    data = document()
    data["signkit"]["kit"] = "\ud800"
    with pytest.raises(BenchError, match="surrogates not allowed"):
        parse(json.dumps(data).encode())
