"""A tiny suite of benchmarks that tells its record as the shipped one does, and measures nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tests.fakes.benches import measurement

CONFTEST = """
import json, os, time

def tell(**line):
    with open(os.environ["SIGNKIT_BENCH_RECORD"], "a") as file:
        file.write(json.dumps(line) + "\\n")

def pytest_collection_finish(session):
    tell(total=len(session.items))
    tell(begin=" ".join(sorted(name for name in os.environ if name.startswith("PYTEST_A") or name == "PYTEST_PLUGINS")))
"""

HEAD = f"""
import os, time
from conftest import tell
from json import loads
ONE = {json.dumps(json.dumps(asdict(measurement("one"))))}

def measured(name):
    tell(begin=name)
    tell(measurement={{**loads(ONE), "id": name}})

"""

TESTS = {
    "good": 'def test_good():\n    measured("good")\n',
    "better": 'def test_better():\n    measured("better")\n',
    "skip": 'def test_skip():\n    tell(skip={"what": "awscrt", "reason": "not installed; pip install awscrt"})\n',
    "fail": 'def test_fail():\n    assert 1 + 1 == 3, "a wrong signature"\n',
    "sleep": (
        'def test_sleep():\n    tell(begin="sleeping")\n'
        '    open(os.path.join(os.path.dirname(__file__), "sleeping"), "w").close()\n    time.sleep(60)\n'
    ),
    "stubborn": (
        "def test_stubborn():\n    import signal\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        '    tell(begin="sleeping")\n    time.sleep(60)\n'
    ),
    "babble": "def test_babble():\n    tell(surprise=1)\n    time.sleep(60)\n",
    "broken": 'def test_broken():\n    tell(measurement={"id": 5})\n    time.sleep(60)\n',
    "environment": (
        'def test_environment():\n    kept = ("QUICK", "GROUPS")\n'
        '    told = {name: os.environ.get(f"SIGNKIT_BENCH_{name}") for name in kept}\n'
        '    told |= {"backend": os.environ.get("SIGNKIT_BACKEND"), "cwd": os.getcwd()}\n'
        '    tell(skip={"what": "environment", "reason": __import__("json").dumps(told)})\n'
    ),
}


def suite(folder: Path, *names: str) -> Path:
    """A suite of these tests, in this order."""
    folder.mkdir(exist_ok=True)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "bench_fake.py").write_text(HEAD + "\n".join(TESTS[name] for name in names))
    return folder
