"""The mono harness: the shared contract, the ways of RSACryptoServiceProvider, and how a harness is compiled."""

from __future__ import annotations

import base64
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.harness_contract import PUBLIC, HarnessContract, started
from tests.integration.harness_driver import HARNESSES, Harness, command
from vectors.generators import document as doc

STATUS: dict[str, Any] = {"op": "verify", "form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b""}
SIGNATURE = base64.b64decode(doc.STATUS_SIGNATURE)
N, SIZE = PUBLIC.public_numbers().n, PUBLIC.key_size // 8


def header(signature: bytes) -> str:
    return base64.b64encode(signature).decode()


class TestMono(HarnessContract):
    name = "mono"
    recorded = ("6.8.0.105", "mono 6.8.0.105, Json.NET 6.0.0.0")
    reads = ("PKCS#1", "PKCS#8", "one line")

    @pytest.mark.parametrize("header", ["AAAA", "not base64 \u00ff", doc.LOOKUP_SIGNATURE])
    def test_a_wrong_header_is_false(self, harness: Harness, header: str) -> None:
        assert harness.op(key="doc", signature=header, **STATUS) == {"valid": False}

    @pytest.mark.parametrize("header", ["", " \t"])
    def test_an_empty_signature_breaks_it(self, harness: Harness, header: str) -> None:
        assert harness.op(key="doc", signature=header, **STATUS)["error"]["kind"] == "IndexOutOfRangeException"

    def test_any_number_that_is_the_signature_modulo_n_is_one(self, harness: Harness) -> None:
        number = int.from_bytes(SIGNATURE, "big")
        for other in (b"\0" + SIGNATURE, b"\0" * SIZE + SIGNATURE, (number + N).to_bytes(SIZE + 1, "big")):
            assert harness.op(key="doc", signature=header(other), **STATUS) == {"valid": True}
        for other in (SIGNATURE + b"\0", SIGNATURE[1:], (number + 1).to_bytes(SIZE, "big")):
            assert harness.op(key="doc", signature=header(other), **STATUS) == {"valid": False}

    def test_a_key_of_another_kind_is_refused(self, harness: Harness) -> None:
        ed25519 = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + bytes(32))
        assert "refused" in harness.op(op="load_key", public=ed25519)


class TestCompiling:
    """By the mono harness, whose compiler takes a fraction of a second."""

    def test_many_may_start_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        argv = command("mono")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "not there yet"))

        def start(_: int) -> dict[str, Any]:
            with started(argv) as harness:
                return harness.op(key="doc", signature=doc.STATUS_SIGNATURE, **STATUS)

        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(start, range(6))) == [{"valid": True}] * 6
        (made,) = (tmp_path / "not there yet" / "signkit").iterdir()
        assert not made.name.startswith("fresh")
        (compiled,) = made.iterdir()
        when = compiled.stat().st_mtime_ns
        start(0)
        assert compiled.stat().st_mtime_ns == when  # not again

    def test_a_source_that_does_not_compile_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shell, _ = command("mono")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        folder = tmp_path / "it's mine" / "mono"
        shutil.copytree(HARNESSES / "mono", folder)
        shutil.copy(HARNESSES / "compiled.sh", folder.parent)
        source = folder / "Harness.cs"
        source.write_text(source.read_text() + "}")
        done = subprocess.run([shell, folder / "harness.sh"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode != 0
        assert done.stdout == ""
        assert "error CS1525" in done.stderr
        assert list((tmp_path / "cache" / "signkit").iterdir()) == []

    @pytest.mark.parametrize("home", [None, "/dev/null"])
    def test_no_place_to_compile(self, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
        argv = command("mono")
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setenv("HOME", home) if home else monkeypatch.delenv("HOME")
        done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode != 0
        assert done.stdout == ""
        assert ("/dev/null" if home else "XDG_CACHE_HOME") in done.stderr
