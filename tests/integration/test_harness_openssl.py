"""The openssl harness: a shell that lives by the line protocol, and the openssl command's own ways."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives import serialization

from tests.integration.harness_contract import (
    FINGERPRINT,
    FORMS,
    PRIVATE,
    PRIVATE_FILES,
    PUBLIC,
    HarnessContract,
    started,
    value,
)
from tests.integration.harness_driver import Harness, command
from vectors.generators import document as doc

STATUS: dict[str, Any] = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}


class TestOpenssl(HarnessContract):
    name = "openssl"
    recorded = ("3.0.22", "OpenSSL 3.0.22 25 Aug 2026 (Library: OpenSSL 3.0.22 25 Aug 2026), jq-1.6")
    supports: ClassVar[dict[str, Any]] = {**dict.fromkeys(("message", "sign", "verify"), FORMS), "load_key": True}
    long_body = 1 << 20

    def test_bytes_come_through_the_shell_unharmed(self, harness: Harness) -> None:
        body = bytes(range(256)) + b"\n\n%s\\0 $(date)`id`'\""
        assert value(harness.op(op="message", form="webhook", body=body)) == body
        text = "\u0000\\n$(id)`id`'\",%b \u00e9\U0001f600\n\n"
        assert value(harness.op(op="message", form="payout_lookup", value=text)) == text.encode()
        assert value(harness.op(op="message", form="webhook", body=b"")) == b""

    @pytest.mark.parametrize("header", ["", "AAAA", "\u0000\u00ff\\061,%d\n", doc.LOOKUP_SIGNATURE])
    def test_a_wrong_header_is_false(self, harness: Harness, header: str) -> None:
        assert harness.op(op="verify", signature=header, **STATUS) == {"valid": False}

    def test_der_keys(self, harness: Harness) -> None:
        for form in (serialization.PrivateFormat.TraditionalOpenSSL, serialization.PrivateFormat.PKCS8):
            file = PRIVATE.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
            assert harness.op(op="load_key", private=file, password=None) == {"fingerprint": FINGERPRINT}
        spki = PUBLIC.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        assert harness.op(op="load_key", public=spki) == {"fingerprint": FINGERPRINT}

    def test_an_empty_password_or_file_is_refused(self, harness: Harness) -> None:
        locked, _ = PRIVATE_FILES["encrypted PKCS#8"]
        assert "refused" in harness.op(op="load_key", private=locked, password="")
        assert "refused" in harness.op(op="load_key", private=b"", password=None)

    def test_keys_that_are_none_are_refused(self, harness: Harness) -> None:
        assert "refused" in harness.key("bad", None, "no key")
        assert "refused" in harness.key("bad", "no key", doc.PUBLIC_PEM)
        assert "error" in harness.op(op="sign", form="card_details", transaction_id="1", key="bad")

    @pytest.mark.parametrize("name", ["", "..", "half/way ,\u00e9"])
    def test_a_public_key_alone_verifies_under_any_name(self, harness: Harness, name: str) -> None:
        assert harness.key(name, None, doc.PUBLIC_PEM) == {"ok": True}
        fields = STATUS | {"key": name}
        assert harness.op(op="verify", signature=doc.STATUS_SIGNATURE, **fields) == {"valid": True}
        assert "error" in harness.op(op="sign", **fields)

    def test_a_refused_key_takes_the_place_of_the_old_one(self, harness: Harness) -> None:
        assert harness.key("again", doc.PRIVATE_PEM, doc.PUBLIC_PEM) == {"ok": True}
        assert "refused" in harness.key("again", "no key", doc.PUBLIC_PEM)
        assert "error" in harness.op(op="sign", form="card_details", transaction_id="1", key="again")

    def test_an_op_it_has_not_is_skipped(self, harness: Harness) -> None:
        assert "skip" in harness.op(op="minify", text=b"{}")
        assert "skip" in harness.op(op="build", form="request", method="GET", url="", merchant_id="m", key="doc")


@pytest.mark.parametrize("end", ["bye", "end of input", "SIGTERM"])
def test_its_private_folder_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    argv = command("openssl")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with started(argv) as harness:
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o077 == 0 for file in folder.rglob("*"))
        if end == "bye":
            harness.bye()
        elif end == "end of input":
            harness.end_of_input()
        else:
            harness.kill(signal.SIGTERM)
            harness.ended()
        assert list(tmp_path.iterdir()) == []
