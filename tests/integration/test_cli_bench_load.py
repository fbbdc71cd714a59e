"""``signkit bench latency`` and ``capacity`` as users meet them. What is measured is real; no time is asserted."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cli_driver import COMMAND, PLAIN, signkit

from conformance.speed.document import write
from conformance.speed.percentiles import SHOWN
from tests.fakes import benches

SHORT = ("--seconds", "0.2")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "speed.json"
    write(path, benches.bench())
    return path


def test_latency_at_a_share_from_due_and_from_sent() -> None:
    done = signkit("bench", "latency", "--share", "50", *SHORT)
    assert done.code in (0, 1), done.err  # 1: others had the processors, and it was overloaded
    lines = done.text.splitlines()
    heads = next(line for line in lines if line.startswith("of capacity"))
    assert heads.split()[-5:] == ["p50", "p90", "p99", "p99.9", "longest"]
    assert [line.split()[0] for line in lines if line.startswith(" " * 30)] == ["sent", "late"]
    assert sum(line.split()[:2] == ["50.0", "%"] for line in lines) == 1
    assert sum("(Poisson, seed 1)" in line for line in lines) == 1
    assert "the load generator itself took" in done.text


def test_latency_at_a_rate_as_data() -> None:
    words = ("--rate", "6000/min", "--rate", "200/s", "--arrivals", "constant", "--backend", "pyca", "--json")
    done = signkit("bench", "latency", *words, *SHORT)
    assert done.code in (0, 1), done.err
    told = json.loads(done.out)
    assert told["complete"] is True
    assert told["backend"]["backend"] == "pyca"
    assert [one["rate"] for one in told["latencies"]] == [100.0, 200.0]
    for one, calls in zip(told["latencies"], (20, 40), strict=True):
        assert one["calls"] == calls
        assert one["arrivals"] == "constant spacing"
        assert set(one["percentiles"]) <= set(SHOWN)
        assert 0 < one["uncorrected"]["100"] <= one["percentiles"]["100"]
        assert one["achieved"] > 0
        assert one["own"] > 0 < one["handling"]


def test_an_overload_is_told_and_exit_1() -> None:
    done = signkit("bench", "latency", "--rate", "1M/s", *SHORT)
    assert done.code == 1
    assert "overloaded" in done.text


def test_capacity_is_answered_from_a_file(document: Path) -> None:
    done = signkit("bench", "capacity", "--rate", "3000/s", "--p99", "5ms", "--from", document)
    assert done.code == 0, done.err
    assert done.text.startswith("3 000 signatures a second, 99 % within 5.00 ms, 2048-bit key, backend ifma:")
    cores = re.search(r"cores needed +(\d+) in 1 process", done.text)
    assert cores
    assert 1 <= int(cores[1]) <= 6  # batches of 16 take 145 µs a message, a single one 808 µs: 0.4 to 2.4 cores' time
    for word in ("utilisation", "queueing delay", "latency", "the same cores carry", "Example Processor 9000"):
        assert word in done.text
    again = json.loads(
        signkit("bench", "capacity", "--rate", "180000/min", "--p99", "0.005s", "--from", document, "--json").out
    )
    assert again["answer"]["cores"] == int(cores[1])
    assert again["met"] is True
    assert again["goals"] == {"99": 0.005}
    assert set(again["answer"]["waits"]) == {"mean", "50", "90", "99", "99.9"}
    assert again["most"] >= 3000


def test_what_cannot_be_met_is_exit_1_with_the_reason(document: Path) -> None:
    done = signkit("bench", "capacity", "--rate", "10/s", "--p99.9", "100us", "--from", document)
    assert done.code == 1
    assert "cannot be met: a call that is alone takes" in done.text
    assert "more cores would not help" in done.text
    told = json.loads(signkit("bench", "capacity", "--rate", "1e9/s", "--p50", "1s", "--from", document, "--json").out)
    assert told["met"] is False
    assert told["answer"] is None
    assert "take the whole time of" in told["reason"]


def test_capacity_is_measured_and_checked_here() -> None:
    done = signkit("bench", "capacity", "--rate", "100/s", "--p50", "10s", "--check", "--json", *SHORT)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    check = told["check"]
    assert check["predicted"]["rate"] == check["measured"]["rate"] == 100
    assert check["predicted"]["cores"] == told["measured"]["cores"]
    for name, ratio in check["ratio"].items():
        found = check["measured"]["percentiles"][name] / check["predicted"]["latencies"][name]
        assert ratio == pytest.approx(found)
    assert "50" in check["ratio"]
    assert any("measured here and now" in line for line in told["assumptions"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("capacity", "--rate", "5000", "--p99", "5ms"), "'5000' is not a rate; write it with its unit, as 5000/s"),
        (("capacity", "--rate", "5000/s", "--p99", "5"), "'5' is not a duration; write it with its unit, as 5ms"),
        (("capacity", "--rate", "0/s", "--p99", "5ms"), "'0/s' must be more than 0"),
        (("capacity", "--rate", "5000/s"), "say how fast the calls must be answered, as --p99 5ms"),
        (("capacity", "--p99", "5ms"), "Missing option '--rate'"),
        (("capacity", "--rate", "5/s", "--p99", "5ms", "--from", "none.json"), "none.json: cannot be read"),
        (("capacity", "--rate", "5/s", "--p99", "5ms", "--from", "none.json", "--check"), "leave out one"),
        (("capacity", "--rate", "5/s", "--p99", "5ms", "--bits", "1024"), "1024"),
        (("latency", "--rate", "5"), "'5' is not a rate"),
        (("latency", "--share", "0"), "0"),
        (("latency", "--rate", "1/h", "--seconds", "1"), "a run has 1 to 2,000,000: take other --seconds"),
        (("latency", "--seconds", "nan"), "nan"),
        (("latency", "--backend", "none"), "none"),
    ],
)
def test_bad_input_is_named_with_the_mend(words: tuple[str, ...], told: str) -> None:
    done = signkit("bench", *words)
    assert (done.code, done.out) == (2, b"")
    assert told in " ".join(done.err.split())


def test_a_file_that_holds_too_little_says_what_it_holds(tmp_path: Path, document: Path) -> None:
    done = signkit("bench", "capacity", "--rate", "5/s", "--p99", "5ms", "--bits", "3072", "--from", document)
    assert done.code == 2
    assert "with a key of 3072 bits on one thread (key sizes: 2048)" in done.err
    write(tmp_path / "few.json", replace(benches.bench(), measurements=(), complete=False))
    done = signkit("bench", "capacity", "--rate", "5/s", "--p99", "5ms", "--from", tmp_path / "few.json")
    assert done.code == 2
    assert "(key sizes: none)" in done.err


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGINT, ("latency", "--rate", "50/s")),
        (signal.SIGTERM, ("capacity", "--rate", "50/s", "--p99", "1s")),
    ],
)
def test_a_signal_ends_it_at_once(number: signal.Signals, words: tuple[str, ...]) -> None:
    command = [*COMMAND, "bench", *words, "--seconds", "600"]
    child = subprocess.Popen(command, env={**os.environ, **PLAIN}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(2)
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in err
