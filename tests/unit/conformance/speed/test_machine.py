"""The machine as a run records it."""

from __future__ import annotations

import json
import os
import platform
import socket
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from conformance.speed.machine import UNKNOWN, gather
from conformance.speed.system import System
from signing_core import backends


def test_it_says_what_signs_here() -> None:
    machine = gather()
    assert machine.backend == backends.info().backend
    assert machine.cores == len(os.sched_getaffinity(0))
    assert machine.facts["kernel"] == f"Linux {platform.release()}"
    assert f"cryptography {version('cryptography')}" in machine.facts["packages"]
    assert list(machine.features) == sorted(machine.features)


def test_a_system_that_tells_nothing_is_unknown_throughout(tmp_path: Path) -> None:
    machine = gather(System(tmp_path))
    assert machine.cpu == UNKNOWN
    for name in ("physical cores", "logical cores", "governor", "boost", "virtual"):
        assert machine.facts[name] == UNKNOWN
    assert machine.facts["frequency"] == "least unknown, most unknown, now unknown"
    assert machine.facts["cpu quota"] == "no limit seen"


def test_the_hosts_name_is_not_in_it() -> None:
    text = json.dumps(asdict(gather()))
    assert socket.gethostname() not in text or len(socket.gethostname()) < 4
