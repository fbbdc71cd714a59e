"""The soak command: what it counts, what it tells of a difference, and how it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from signing_core import backends
from tests import soak

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    backends.use("auto")


@pytest.fixture
def backend() -> str:
    """What runs here and is not the peer of the first round."""
    info = backends.info()
    if "openssl" in info.unavailable:
        pytest.skip(info.unavailable["openssl"])
    return "ifma" if "ifma" in info.available else "pyca"


def main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["soak", *arguments])
    return soak.main()


def test_a_short_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], backend: str) -> None:
    assert main(monkeypatch, "--count", "130", "--keys", "1", "--seed", "1", "--backend", backend) == 0
    out = capsys.readouterr().out
    assert "130 signatures byte for byte equal, 130 verdicts equal (" in out
    assert f"1 keys, {backend} beside openssl and pyca, seed 1" in out


@pytest.mark.parametrize("what", ["sign_batch", "verify_batch"])
def test_one_difference_ends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], backend: str, what: str
) -> None:
    right = getattr(soak, what)

    def wrong(items: Sequence[Any], threads: int | None) -> list[Any]:
        results = right(items, threads)
        if backends.info().backend == backend and len(results) > 3:
            results[3] = results[3][::-1] if what == "sign_batch" else not results[3]
        return list(results)

    monkeypatch.setattr(soak, what, wrong)
    assert main(monkeypatch, "--count", "90", "--keys", "1", "--seed", "1", "--backend", backend) == 1
    out = capsys.readouterr().out
    assert out.startswith("DIFFERENCE at round 0, item ")
    assert ("signature: " if what == "sign_batch" else "verdict: ") + backend in out
    assert "again: --seed 1 --keys 1 --count 90" in out


def test_what_cannot_run_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("signing_core._native.lanes_run", lambda: False)
    monkeypatch.setattr("signing_core._native.available", True)
    assert main(monkeypatch, "--count", "1") == 2
    assert "'ifma'" in capsys.readouterr().err
    with pytest.raises(SystemExit) as mistake:
        main(monkeypatch, "--count", "0")
    assert mistake.value.code == 2


def test_an_interrupt_tells_how_far_it_came(backend: str) -> None:
    command = [sys.executable, "-m", "tests.soak", "--keys", "1", "--seed", "1", "--backend", backend]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("      0 s: 0 signatures")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.startswith("interrupted after ")
    assert "signatures byte for byte equal" in out
