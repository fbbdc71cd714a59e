"""The phpseclib harness: the shared contract, what the library accepts, and its relaxed mode."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.harness_contract import FORMS, HarnessContract, beyond_baseline, started
from tests.integration.harness_driver import HARNESSES, Harness, command
from tests.integration.raw_signatures import BODY, SIZE, framed, header, verified
from tests.rsa_oracle import NO_NULL_PREFIX, SHA256_PREFIX
from vectors.generators import document as doc

VERSION = "3.0.19-1+deb12u6"
RUNTIME = f"phpseclib {VERSION}, PHP 8.2.36, OpenSSL 3.0.22 25 Aug 2026"
SHA1_PREFIX = bytes.fromhex("3021300906052b0e03021a05000414")


class TestPhpseclib(HarnessContract):
    name = "php-phpseclib"
    recorded = (VERSION, RUNTIME)
    reads = ("PKCS#1", "PKCS#8", "encrypted PKCS#8", "one line")

    def test_a_digest_info_may_lack_its_null_and_nothing_else(self, harness: Harness) -> None:
        assert verified(harness, framed())
        assert verified(harness, framed(NO_NULL_PREFIX))
        assert not verified(harness, framed(LONG_LENGTH))
        assert not verified(harness, framed(tail=b"\0"))
        assert not verified(harness, framed(size=SIZE - 1))
        assert not verified(harness, SHA1)

    def test_base64_decode_is_lenient(self, harness: Harness) -> None:
        assert verified(harness, "*" + header(framed()).rstrip("="))

    def test_a_key_of_the_other_kind_is_refused(self, harness: Harness) -> None:
        assert "refused" in harness.op(op="load_key", public=doc.PRIVATE_PEM.encode())
        assert "refused" in harness.op(op="load_key", private=doc.PUBLIC_PEM.encode(), password=None)

    def test_what_is_not_declared_is_skipped(self, harness: Harness) -> None:
        assert "skip" in harness.op(op="minify", text=b"{}")
        assert "skip" in harness.op(op="message", form="webhook", body=b"{}")


LONG_LENGTH = b"\x30\x81" + SHA256_PREFIX[1:]
_SHA1_INFO = SHA1_PREFIX + hashlib.sha1(BODY, usedforsecurity=False).digest()
SHA1 = b"\0\1" + b"\xff" * (SIZE - 3 - len(_SHA1_INFO)) + b"\0" + _SHA1_INFO


class TestRelaxed:
    name = "php-phpseclib-relaxed"

    def test_it_verifies_and_does_nothing_else(self, harness: Harness) -> None:
        assert harness.hello()["supports"] == {"verify": FORMS}
        assert "skip" in harness.op(op="sign", form="webhook", body=b"{}", key="doc")

    def test_the_signer_chooses_the_hash(self, harness: Harness) -> None:
        assert verified(harness, framed())
        assert verified(harness, SHA1)

    def test_lengths_may_be_in_any_form(self, harness: Harness) -> None:
        assert verified(harness, framed(LONG_LENGTH))

    def test_the_frame_is_held(self, harness: Harness) -> None:
        assert not verified(harness, framed(tail=b"\0"))
        assert not verified(harness, framed(size=SIZE - 1))

    def test_the_baseline_tells_every_failure(self) -> None:
        assert beyond_baseline(self.name, command(self.name), (VERSION, RUNTIME)) == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A composer project whose phpseclib is Debian's, under a version of its own."""
    command("php-phpseclib")
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "autoload.php").write_text(
        "<?php namespace Composer;\nrequire_once 'phpseclib3/autoload.php';\n"
        "class InstalledVersions {\n static function isInstalled($name) { return true; }\n"
        " static function getPrettyVersion($name) { return '3.9.9'; }\n}\n"
    )
    return tmp_path


def test_the_project_goes_before_debians(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    with started(command("php-phpseclib")) as harness:
        assert harness.hello()["implementation"]["version"] == "3.9.9"
        assert verified(harness, framed())


def test_without_the_library_the_handshake_says_so(tmp_path: Path) -> None:
    command("php")
    argv = ["php", "-d", f"include_path={tmp_path}", str(HARNESSES / "php-phpseclib" / "harness.php")]
    done = subprocess.run(argv, cwd=tmp_path, input=b"", capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["kind"] == "MissingLibrary"
