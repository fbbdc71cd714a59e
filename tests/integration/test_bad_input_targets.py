"""Targets that misbehave, one by one, through ``signkit run``: the exit code, what the screen says, what the report
counts; nothing wrong is a pass, nothing hangs, and no process is left."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from cli_driver import Call, Done, signkit_all

from tests.fakes.cases import fake, text
from tests.fakes.server import serving

SHIPPED = json.loads((Path(__file__).parents[2] / "vectors/minify/minify-text.json").read_text())
CASES = 60  # {"n": 0} to {"n": 59}; the fakes misbehave at 7

COUNTING = """
import base64, json, sys
for asked, line in enumerate(sys.stdin):
    command = json.loads(line)
    if command["cmd"] == "hello":
        who = {"name": "mortal", "version": "1", "language": "Python", "runtime": "3", "url": ""}
        supports = {"minify": True}
        print(json.dumps({"protocol": 1, "implementation": who, "supports": supports, "max_inflight": 1}), flush=True)
    elif command["cmd"] == "op":
        if asked == 50:
            sys.exit(9)
        value = json.dumps(json.loads(base64.b64decode(command["text"])), separators=(",", ":")).encode()
        print(json.dumps({"id": command["id"], "value": base64.b64encode(value).decode()}), flush=True)
"""
CLASSES = """
import os, sys, time
from tests.fakes.python_targets import Good
class Raises:
    def __init__(self): raise RuntimeError("no configuration file")
class ExitsAtStart:
    def __init__(self): sys.exit(7)
class ExitsLater(Good):
    def minify(self, text):
        if text == b'{"n": 7}': sys.exit(4)
        return super().minify(text)
class Prints(Good):
    def __init__(self): print("welcome")
    def minify(self, text):
        print("working")
        return super().minify(text)
class Hangs(Good):
    def minify(self, text):
        if text == b'{"n": 7}': time.sleep(600)
        return super().minify(text)
class Interrupts(Good):
    def minify(self, text):
        if text == b'{"n": 7}': raise KeyboardInterrupt
        return super().minify(text)
class Recurses(Good):
    def minify(self, text):
        if text == b'{"n": 7}': return self.minify(text)
        return super().minify(text)
class NoHello: pass
NotAClass = 5
"""


class Expected(NamedTuple):
    """What comes of a target."""

    code: int
    told: str  # on the screen, its lines joined
    culprit: str | None = None  # the verdict of n = 7; the others pass
    at: str = "minify/n7"


STARTS = {  # what cannot be greeted: nothing runs
    "cmd:no-such-program": "there is no such program; install it, or give the path",
    "cmd:./not-executable.sh": "it may not be executed; make it executable (chmod +x)",
    "cmd:./no-program": "if it is a script, name its interpreter first",
    "cmd:./no-interpreter": "the interpreter its first line names is not",
    "cmd:.": "it may not be executed",
    "cmd:true": "the target exited with status 0",
    "cmd:sh -c 'echo no licence >&2; exit 3'": "exited with status 3; standard error ends: 'no licence'",
    "cmd:echo hello": "the line 'hello' is not a JSON object: write nothing but answers",
    "cmd:cat": "the answer to hello has the wrong shape",
    "cmd:yes": "the line 'y' is not a JSON object",
    "cmd:sleep 600": "gave no answer within 2 s to hello",
    "cmd:sh -c 'kill -9 $$'": "was ended by SIGKILL",
    "python:no_such_module:Thing": "there is no module 'no_such_module'",
    "python:classes:NoSuchClass": "'classes' has no 'NoSuchClass'; its classes are",
    "python:classes:Raises": "no configuration file",
    "python:classes:ExitsAtStart": "exited with status 7",
    "python:classes:NotAClass": "the target says it cannot work",
    "python:classes:NoHello": "has no attribute 'hello'",
    "python:broken:Thing": "the target says it cannot work",
    "http://127.0.0.1:CLOSED/": "is the server running?",
    "http://no-such-host.invalid/": "no answer came from http://no-such-host.invalid/",
}
FAKES = {
    "dies-at-start": Expected(3, "exited with status 3; standard error ends: 'no licence file'"),
    "banner": Expected(3, "is not a JSON object: write nothing but answers to standard output"),
    "other-protocol": Expected(3, "the answer to hello has the wrong shape"),
    "good": Expected(0, "conformant: 60 passed"),
    "floods-stderr": Expected(0, "conformant: 60 passed"),
    "leaves-child": Expected(0, "conformant: 60 passed"),
    "leaves-daemon": Expected(0, "conformant: 60 passed"),
    "chatty-end": Expected(1, "violation: the line 'goodbye' is not a JSON object"),
    "dies": Expected(1, "exited with status 5", "crash"),
    "dies-in-line": Expected(1, "in the middle of the line", "crash"),
    "hangs": Expected(1, "no answer within 1 s", "timeout"),
    "garbage": Expected(1, "the line 'Warning: undefined index in line 3' is not a JSON object", "protocol-error"),
    "long-line": Expected(1, "a line is longer than 16777216 bytes", "protocol-error"),
    "twice": Expected(1, "this id was answered more than once", "protocol-error"),
    "unknown-id": Expected(1, "the id 'no-such'", "protocol-error"),
    "no-id": Expected(1, "the answer has no id", "protocol-error"),
    "extra": Expected(1, "violation: an answer came to the id 'no-such', which was never asked"),
    "closes-output": Expected(1, "closed its output while still running", "crash"),
    "wrong-shape": Expected(1, "the answer to minify has the wrong shape", "protocol-error"),
    "not-ascii": Expected(1, "is not ASCII", "protocol-error"),
    "skips": Expected(1, "no time", "fail"),
    "babbles": Expected(1, "answers came to what was not asked"),
    "one-shot": Expected(1, "the target exited with status 0"),
    "never-answers-right": Expected(1, "not conformant: 60 failed"),
}
PYTHON = {
    "ExitsLater": Expected(1, "exited with status 4", "crash"),
    "Prints": Expected(0, "conformant: 60 passed"),
    "Hangs": Expected(1, "no answer within 1 s", "timeout"),
    "Interrupts": Expected(1, "", "crash"),
    "Recurses": Expected(1, "RecursionError", "error"),
}
SERVERS = {
    "good": Expected(0, "conformant: 60 passed"),
    "404": Expected(3, "status 404: 'nothing here'"),
    "redirects": Expected(1, "redirected to '/elsewhere'; redirects are not followed", "error"),
    "garbage": Expected(1, "'<html>busy</html>'", "protocol-error"),
    "drops": Expected(1, "Server disconnected", "crash"),
    "cut": Expected(1, "without sending complete message body", "crash"),
    "500": Expected(1, "status 500", "error"),
    "dead": Expected(3, "5 lost requests in a row without a passed op"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("targets")
    first = SHIPPED["cases"][0]
    cases = [
        {
            **first,
            "id": f"minify/n{number}",
            "input": {"text": text(b'{"n": %d}' % number)},
            "expect": {"value": text(b'{"n":%d}' % number)},
        }
        for number in range(CASES)
    ]
    (made / "numbers.json").write_text(json.dumps({**SHIPPED, "cases": cases}))
    (made / "classes.py").write_text(CLASSES)
    (made / "broken.py").write_text("def (")
    (made / "mortal.py").write_text(COUNTING)
    for name, content, mode in (
        ("not-executable.sh", "#!/bin/sh\n", 0o644),
        ("no-program", "hello\n", 0o755),
        ("no-interpreter", "#!/no/such/interpreter\n", 0o755),
    ):
        (made / name).write_text(content)
        (made / name).chmod(mode)
    return made


class Ran(NamedTuple):
    """A run's end: what the command left behind, and its report."""

    done: Done
    report: dict[str, Any]


def run_all(folder: Path, targets: dict[str, str]) -> dict[str, Ran]:
    """``signkit run`` with each target; afterwards no process may have the folder for its own."""
    root = str(Path(__file__).parents[2])
    calls = {}
    for number, (name, spec) in enumerate(targets.items()):
        # Short only where it is waited for: the machine may be busy.
        timeout = "1" if name in ("hangs", "unknown-id", "Hangs") else "30"
        limits = ("--timeout", timeout, "--start-timeout", "2" if "sleep" in spec else "60")
        words = ("run", spec, "--vectors", "numbers.json", *limits, "--report", f"json:{number}.report")
        calls[name] = Call(words, env={"PYTHONPATH": root})
    done = signkit_all(calls, folder)
    assert left_in(folder) == []
    return {
        name: Ran(done[name], json.loads((folder / f"{number}.report").read_text()))
        for number, name in enumerate(targets)
    }


def left_in(folder: Path) -> list[str]:
    """The command lines of the processes whose current folder it is."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if place.readlink() == folder:
                found.append(place.with_name("cmdline").read_text())
        except OSError:
            continue
    return found


def check(ran: Ran, expected: Expected) -> None:
    done, report = ran
    screen = " ".join(done.text.split())
    assert (done.code, report["exit_code"], done.err) == (expected.code, expected.code, "")
    assert expected.told in screen or expected.told in json.dumps(report)
    verdicts = {outcome["id"]: outcome["verdict"] for outcome in report["outcomes"]}
    assert len(verdicts) == CASES
    if expected.code == 3:
        assert report["result"] == "not conformant"
        assert set(verdicts.values()) <= {"not-run", "crash", "pass"}
    elif expected.culprit is not None:
        assert verdicts.pop(expected.at) == expected.culprit
        assert set(verdicts.values()) == {"pass"}
        assert "not conformant" in screen
        assert f"signkit replay {expected.at} " in screen
    elif expected.code == 1:
        assert "not conformant" in screen
        assert report["violations"] or set(verdicts.values()) != {"pass"}


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, kept from others."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture(scope="module")
def starts(folder: Path) -> dict[str, Ran]:
    with closed_port() as port:
        return run_all(folder, {spec: spec.replace("CLOSED", str(port)) for spec in STARTS})


@pytest.mark.parametrize("spec", STARTS)
def test_a_target_that_cannot_be_greeted(spec: str, starts: dict[str, Ran]) -> None:
    done, report = starts[spec]
    screen = " ".join(done.text.split())
    assert (done.code, done.err, report["end"]) == (3, "", "handshake-failed")
    assert report["counts"]["not-run"] == CASES
    assert "not conformant: 60 not run" in screen
    assert STARTS[spec] in " ".join([report["problem"], *report["violations"]])
    assert STARTS[spec].split(";")[0][:40] in screen


@pytest.fixture(scope="module")
def fakes(folder: Path) -> dict[str, Ran]:
    return run_all(folder, {name: fake(name, 4, "token") for name in FAKES})


@pytest.mark.parametrize("name", FAKES)
def test_a_command_that_misbehaves(name: str, fakes: dict[str, Ran]) -> None:
    check(fakes[name], FAKES[name])


@pytest.fixture(scope="module")
def classes(folder: Path) -> dict[str, Ran]:
    mortal = f"cmd:{shlex.join([sys.executable, '-S', 'mortal.py'])}"
    return run_all(folder, {name: f"python:classes:{name}" for name in PYTHON} | {"mortal": mortal})


@pytest.mark.parametrize("name", PYTHON)
def test_a_class_that_misbehaves(name: str, classes: dict[str, Ran]) -> None:
    check(classes[name], PYTHON[name])


def test_a_command_that_dies_at_its_50th_op(classes: dict[str, Ran]) -> None:
    check(classes["mortal"], Expected(1, "exited with status 9", "crash", "minify/n49"))
    assert len(classes["mortal"].report["restarts"]) == 1


@pytest.fixture(scope="module")
def servers(folder: Path) -> dict[str, Ran]:
    with ExitStack() as stack:
        return run_all(folder, {behaviour: stack.enter_context(serving(behaviour))[0] for behaviour in SERVERS})


@pytest.mark.parametrize("behaviour", SERVERS)
def test_a_server_that_misbehaves(behaviour: str, servers: dict[str, Ran]) -> None:
    check(servers[behaviour], SERVERS[behaviour])


GREETINGS: dict[str, tuple[int, dict[str, str], bytes, str]] = {  # status, headers, body, and what is said of it
    "HTML": (
        200,
        {"content-type": "text/html"},
        b"<html>Welcome</html>",
        "'<html>Welcome</html>' is not a JSON object",
    ),
    "redirect": (301, {"location": "https://h.example/"}, b"", "redirected to 'https://h.example/'; redirects are not"),
    "nothing": (200, {}, b"", "an empty line stands where an answer was due"),
    "half a greeting": (200, {}, b'{"protocol":1}', "the answer to hello has the wrong shape"),
    "binary": (200, {}, b"\xff\xfe\x00", "is not ASCII"),
    "broken gzip": (200, {"content-encoding": "gzip"}, b"no gzip", "no answer came from"),
    "503": (503, {}, b"busy", "status 503: 'busy'"),
}


class _Greeter(BaseHTTPRequestHandler):
    """Answers in the way that the path names."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status, headers, body, _ = GREETINGS[unquote(self.path[1:])]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def greetings(folder: Path) -> dict[str, Ran]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Greeter)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        return run_all(folder, {name: f"{base}/{quote(name)}" for name in GREETINGS})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("name", GREETINGS)
def test_a_server_that_greets_wrongly(name: str, greetings: dict[str, Ran]) -> None:
    done, report = greetings[name]
    assert (done.code, done.err, report["end"]) == (3, "", "handshake-failed")
    assert GREETINGS[name][3] in report["problem"]


MORTAL_SERVER = """
import os, sys, threading
from conformance.targets.adapter import Adapter
from tests.fakes.server import _Handler, _Server
class Handler(_Handler):
    def do_POST(self):
        if len(self.server.commands) >= 12:
            os._exit(1)
        super().do_POST()
server = _Server(("127.0.0.1", 0), Handler)
server.commands = []
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def test_a_server_whose_process_dies_midway(folder: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", MORTAL_SERVER]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        ran = run_all(folder, {"server": f"http://127.0.0.1:{port}/"})["server"]
        process.kill()  # if it lives against expectation, it must not be waited for
    assert process.returncode == 1
    check(ran, Expected(3, "5 lost requests in a row without a passed op"))
    assert 0 < ran.report["counts"]["pass"] < CASES
    assert ran.report["counts"]["crash"] >= 1
