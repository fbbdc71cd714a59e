"""The runner over its other transports: classes in Python, and servers."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from conformance.model import Verdict
from conformance.runner import RunOptions, run
from tests.fakes.cases import corpus, key, numbers, refusal, signatures
from tests.fakes.runs import HASTY, PATIENT, ROOT, only_culprit, report_of, sentence, verdicts
from tests.fakes.server import serving

# Targets in Python


def test_a_class_passes_whatever_it_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    cases = corpus(*numbers(4).cases, refusal())
    report = report_of(cases, "python:tests.fakes.python_targets:Talkative")
    assert (report.counts[Verdict.PASS], report.result) == (5, "conformant")
    assert "working" in report.stderr
    assert "from a child" in report.stderr


@pytest.mark.parametrize(
    ("name", "verdict", "told"),
    [
        ("Exits", Verdict.CRASH, "exited with status 4"),
        ("Mistaken", Verdict.ERROR, "TypeError: minify returned str, not bytes"),
        ("Lazy", Verdict.FAIL, "not today"),
        ("Leaky", Verdict.ERROR, "ValueError: bad text"),
    ],
)
def test_a_class_that_goes_wrong(name: str, verdict: Verdict, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = report_of(numbers(8), f"python:tests.fakes.python_targets:{name}")
    assert verdicts(report)["minify/n7"] is verdict
    assert told in sentence(report, "minify/n7")


def test_a_class_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = report_of(numbers(1), "python:tests.fakes.python_targets:Unbuildable")
    assert report.problem == "the target says it cannot work: no configuration file"


def test_secrets_stay_out_of_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    cases = signatures()
    events = run(cases, cases.cases, "python:tests.fakes.python_targets:Leaky", PATIENT, lambda event: None)
    stream = json.dumps(events)
    assert "cannot read [left out]" in stream
    assert not [line for line in (key().private_pem or "").splitlines()[1:-1] if line in stream]


def test_a_folder_of_the_user_does_not_hide_the_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conformance").mkdir()
    (tmp_path / "conformance" / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    (tmp_path / "mine.py").write_text("from tests.fakes.python_targets import Good as Mine\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert report_of(numbers(3), "python:mine:Mine").counts[Verdict.PASS] == 3


# Targets behind HTTP


def test_a_server_passes(token: str) -> None:
    cases = corpus(*numbers(20).cases, refusal())
    with serving("good") as (url, commands):
        report = report_of(cases, url, RunOptions(jobs=2, timeout=30.0))
    assert (report.counts[Verdict.PASS], report.result, report.violations) == (21, "conformant", ())
    assert [command["cmd"] for command in commands] == ["hello", *["op"] * 21, "bye"]


@pytest.mark.parametrize(
    ("behaviour", "verdict", "told"),
    [
        ("drops", Verdict.CRASH, "Server disconnected"),
        ("cut", Verdict.CRASH, "without sending complete message body"),
        ("slow", Verdict.TIMEOUT, "no answer within 1 s"),
        ("500", Verdict.ERROR, "status 500: 'Internal Server Error'"),
        ("redirects", Verdict.ERROR, "redirected to '/elsewhere'; redirects are not followed"),
        ("other-id", Verdict.PROTOCOL_ERROR, "the id 'no-such'"),
        ("garbage", Verdict.PROTOCOL_ERROR, "'<html>busy</html>'"),
        ("endless", Verdict.PROTOCOL_ERROR, "longer than 16777216 bytes"),
    ],
)
def test_a_server_that_goes_wrong_at_one_case(behaviour: str, verdict: Verdict, told: str) -> None:
    with serving(behaviour) as (url, _):
        report = report_of(numbers(20), url, HASTY)
    assert told in only_culprit(report, verdict)
    assert report.restarts == ()


def test_a_server_that_dies_ends_the_run() -> None:
    with serving("dead") as (url, _):
        report = report_of(numbers(200), url)
    assert report.end == "restarts-exhausted"
    assert "5 lost requests in a row" in (report.problem or "")
    assert report.counts[Verdict.CRASH] + report.counts[Verdict.NOT_RUN] == 200


def test_a_url_that_is_no_harness() -> None:
    with serving("404") as (url, _):
        report = report_of(numbers(2), url)
    assert report.problem == "the target says it cannot work: status 404: 'nothing here'"


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://tom:secret@127.0.0.1:{closed.getsockname()[1]}/"
        report = report_of(numbers(2), url)
    assert report.end == "handshake-failed"
    assert "is the server running?" in (report.problem or "")
    assert "secret" not in json.dumps([report.header, report.problem])
