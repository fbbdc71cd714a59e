"""The node-forge harness: the shared contract, what the library accepts, and where npm's packages are found."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.harness_contract import HarnessContract
from tests.integration.harness_driver import HARNESSES, Harness, command
from tests.integration.raw_signatures import framed, header, verified
from tests.rsa_oracle import NO_NULL_PREFIX, SHA256_PREFIX
from vectors.generators import document as doc

NPM = HARNESSES / "node" / "npm.mjs"


class TestNodeForge(HarnessContract):
    name = "node-forge"
    recorded = ("1.4.3", "node-forge 1.4.3, Node 20.20.2")
    reads = ("PKCS#1", "PKCS#8", "encrypted PKCS#8", "one line")

    def test_a_digest_info_may_lack_its_null_or_name_another_hash(self, harness: Harness) -> None:
        assert verified(harness, framed())
        assert verified(harness, framed(NO_NULL_PREFIX))
        assert verified(harness, framed(named("608648016503040203")))  # SHA-512
        assert not verified(harness, framed(named("2a864886f70d01010b")))  # SHA256withRSA

    def test_a_digest_info_is_der_and_the_last_thing_in_its_frame(self, harness: Harness) -> None:
        assert not verified(harness, framed(b"\x30\x81" + SHA256_PREFIX[1:]))
        assert not verified(harness, framed(tail=b"\0"))

    def test_decode64_removes_what_is_not_base64(self, harness: Harness) -> None:
        text = header(framed())
        assert verified(harness, "*" + text[:76] + " \n" + text[76:])
        assert not verified(harness, text.rstrip("="))

    def test_of_two_padding_characters_one_will_do(self, harness: Harness) -> None:
        assert verified(harness, header(framed())[:-1])

    def test_a_key_of_the_other_kind_is_refused(self, harness: Harness) -> None:
        assert "refused" in harness.op(op="load_key", public=doc.PRIVATE_PEM.encode())
        assert "refused" in harness.op(op="load_key", private=doc.PUBLIC_PEM.encode(), password=None)


def named(oid: str) -> bytes:
    """The DigestInfo prefix of a digest of 32 octets under another name of nine octets."""
    return SHA256_PREFIX[:6] + bytes.fromhex(oid) + SHA256_PREFIX[15:]


def package(folder: Path, name: str, version: str) -> None:
    """A package as npm would lay it down."""
    place = folder / "node_modules" / name
    place.mkdir(parents=True)
    (place / "package.json").write_text(json.dumps({"name": name, "version": version}))
    (place / "index.js").write_text("module.exports = {};\n")


def test_the_project_goes_before_the_path_and_the_path_before_the_cache(tmp_path: Path) -> None:
    command("node")
    project, elsewhere, home = (tmp_path / name for name in ("project", "elsewhere", "home"))
    package(home / ".cache" / "signkit" / "npm" / "made-up", "made-up", "3.0.0")
    package(elsewhere, "made-up", "2.0.0")
    package(project, "made-up", "1.0.0")
    (project / "src").mkdir()

    def found(folder: Path, **more: str) -> str:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), **more}
        argv = ["node", str(NPM), "made-up"]
        return subprocess.run(argv, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout

    path = {"NODE_PATH": str(elsewhere / "node_modules")}
    assert found(project / "src", **path) == "1.0.0\n"
    assert found(tmp_path, **path) == "2.0.0\n"
    assert found(tmp_path) == "3.0.0\n"


@pytest.mark.parametrize("name", ["node-forge", "node-jsrsasign"])
def test_without_the_package_the_handshake_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    command("node")
    for variable in ("NODE_PATH", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with Harness(["node", str(HARNESSES / name / "harness.mjs")]) as harness:
        answer = harness.receive()  # the answer to a hello that it did not wait for
        assert answer["error"]["kind"] == "MissingPackage"
        assert str(tmp_path) in answer["error"]["message"]
        assert harness.ended() == 1
