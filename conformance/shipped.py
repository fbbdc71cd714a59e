"""The embedded reference and the harnesses shipped with the kit, as targets."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from conformance.baseline import Baseline

_HARNESSES = Path(__file__).resolve().parent / "harnesses"


@dataclass(frozen=True, slots=True)
class Harness:
    """A target that comes with the kit. ``missing`` says how to get what this machine lacks for it."""

    name: str
    title: str
    target: str
    baseline: Path | None
    missing: str | None = None

    def known(self) -> Baseline | None:
        """Its known failures, if it has any."""
        return Baseline.load(self.baseline) if self.baseline is not None and self.baseline.exists() else None


REFERENCE = Harness("reference", "signkit reference", "python:conformance.reference:Reference", None)


def harnesses(name: str = "*") -> Iterator[Harness]:
    """Every harness shipped with the kit, by its folder's manifest; or those whose folder fits ``name``."""
    for manifest in sorted(_HARNESSES.glob(f"{name}/harness.json")):
        data = orjson.loads(manifest.read_bytes())
        folder = str(manifest.parent)
        words = [word.format(dir=folder, python=sys.executable) for word in shlex.split(data["command"])]
        checks = [[word.format(dir=folder, python=sys.executable) for word in check] for check in data.get("check", ())]
        absent = [program for program in data["needs"] if shutil.which(program) is None]
        usable = not absent and all(_succeeds(check) for check in checks)
        missing = None if usable else str(data["install"]).format(dir=shlex.quote(folder))
        yield Harness(
            data["name"], data["title"], f"cmd:{shlex.join(words)}", manifest.parent / "baseline.json", missing
        )


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
