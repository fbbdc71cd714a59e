"""The openssl harness: a shell that lives by the line protocol, and the openssl command's own ways."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from tests.integration.harness_driver import Harness, command
from tests.integration.merchant_contract import (
    DOCUMENTED,
    FIELDS,
    FINGERPRINT,
    FORMS,
    PRIVATE,
    PUBLIC,
    beyond_baseline,
    ends_in_order,
    fits,
    started,
    value,
)
from tests.integration.pem_forms import encrypted, one_line
from vectors.generators import document as doc

STATUS: dict[str, Any] = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with started(command("openssl")) as running:
        yield running


def test_hello(harness: Harness) -> None:
    hello = harness.hello()
    assert hello["supports"] == {**dict.fromkeys(("message", "sign", "verify"), FORMS), "load_key": True}
    assert hello["max_inflight"] == 8


@pytest.mark.parametrize("form", FORMS)
def test_message_sign_and_verify(harness: Harness, form: str) -> None:
    fields, message = FIELDS[form]
    assert value(harness.op(op="message", form=form, **fields)) == message
    signature = harness.op(op="sign", form=form, key="doc", **fields)["signature"]
    assert fits(signature, message)
    assert harness.op(op="verify", form=form, key="doc", signature=signature, **fields) == {"valid": True}
    other = doc.STATUS_SIGNATURE
    assert harness.op(op="verify", form=form, key="doc", signature=other, **fields) == {"valid": False}


@pytest.mark.parametrize(("method", "url", "body", "signature"), DOCUMENTED)
def test_documented_signatures(harness: Harness, method: str, url: str, body: bytes, signature: str) -> None:
    fields = {"form": "request", "method": method, "url": url, "body": body, "key": "doc"}
    assert harness.op(op="verify", signature=signature, **fields) == {"valid": True}
    assert harness.op(op="sign", **fields) == {"signature": signature}


def test_bytes_come_through_the_shell_unharmed(harness: Harness) -> None:
    body = bytes(range(256)) + b"\n\n%s\\0 $(date)`id`'\""
    assert value(harness.op(op="message", form="webhook", body=body)) == body
    text = "\u0000\\n$(id)`id`'\",%b \u00e9\U0001f600\n\n"
    assert value(harness.op(op="message", form="payout_lookup", value=text)) == text.encode()
    assert value(harness.op(op="message", form="webhook", body=b"")) == b""


@pytest.mark.parametrize("header", ["", "AAAA", "\u0000\u00ff\\061,%d\n", doc.LOOKUP_SIGNATURE])
def test_a_wrong_header_is_false(harness: Harness, header: str) -> None:
    assert harness.op(op="verify", signature=header, **STATUS) == {"valid": False}


def test_load_key(harness: Harness) -> None:
    encoding, private, public = serialization.Encoding, serialization.PrivateFormat, serialization.PublicFormat
    told = {"fingerprint": FINGERPRINT}
    for form in (private.TraditionalOpenSSL, private.PKCS8):
        for coding in (encoding.PEM, encoding.DER):
            file = PRIVATE.private_bytes(coding, form, serialization.NoEncryption())
            assert harness.op(op="load_key", private=file, password=None) == told
    for file in (PUBLIC.public_bytes(coding, public.SubjectPublicKeyInfo) for coding in (encoding.PEM, encoding.DER)):
        assert harness.op(op="load_key", public=file) == told
    locked = encrypted(PRIVATE, b"pass phrase")
    assert harness.op(op="load_key", private=locked, password="pass phrase") == told
    for password in ("wrong", "", None):
        assert "refused" in harness.op(op="load_key", private=locked, password=password)
    for file in (one_line(doc.PRIVATE_PEM), b"no key", b""):
        assert "refused" in harness.op(op="load_key", private=file, password=None)
    assert "refused" in harness.op(op="load_key", public=b"no key")


def test_keys_that_are_none_are_refused(harness: Harness) -> None:
    assert "refused" in harness.key("bad", None, "no key")
    assert "refused" in harness.key("bad", "no key", doc.PUBLIC_PEM)
    assert "error" in harness.op(op="sign", form="card_details", transaction_id="1", key="bad")


@pytest.mark.parametrize("name", ["", "..", "half/way ,\u00e9"])
def test_a_public_key_alone_verifies_under_any_name(harness: Harness, name: str) -> None:
    assert harness.key(name, None, doc.PUBLIC_PEM) == {"ok": True}
    fields = STATUS | {"key": name}
    assert harness.op(op="verify", signature=doc.STATUS_SIGNATURE, **fields) == {"valid": True}
    assert "error" in harness.op(op="sign", **fields)


def test_a_refused_key_takes_the_place_of_the_old_one(harness: Harness) -> None:
    assert harness.key("again", doc.PRIVATE_PEM, doc.PUBLIC_PEM) == {"ok": True}
    assert "refused" in harness.key("again", "no key", doc.PUBLIC_PEM)
    assert "error" in harness.op(op="sign", form="card_details", transaction_id="1", key="again")


@pytest.mark.parametrize(
    "line", [b"", b"garbage", b"[]", b"7", b'{"cmd":"op"', b'{"cmd":"dance"}', b'{"cmd":"op","id":"\\u00e9"}', b"\xff"]
)
def test_a_malformed_line_is_answered_and_survived(harness: Harness, line: bytes) -> None:
    harness.write(line + b"\n")
    assert "error" in harness.receive()
    assert harness.op(op="noop") == {}


def test_an_op_it_has_not_is_skipped(harness: Harness) -> None:
    assert "skip" in harness.op(op="minify", text=b"{}")
    assert "skip" in harness.op(op="build", form="request", method="GET", url="", merchant_id="m", key="doc")


def test_eight_in_flight(harness: Harness) -> None:
    fields, message = FIELDS["request"]
    answers = harness.ops([{"op": "sign", "form": "request", "key": "doc", **fields}, {"op": "noop"}] * 4)
    assert all(fits(answer["signature"], message) for answer in answers[::2])
    assert answers[1::2] == [{}] * 4


def test_a_long_line(harness: Harness) -> None:
    body = b"x" * (1 << 20)
    assert value(harness.op(op="message", form="webhook", body=body)) == body


def test_it_ends_in_order() -> None:
    assert ends_in_order(command("openssl"))


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


def test_the_baseline_tells_every_failure() -> None:
    recorded = ("3.0.22", "OpenSSL 3.0.22 25 Aug 2026 (Library: OpenSSL 3.0.22 25 Aug 2026), jq-1.6")
    assert beyond_baseline("openssl", command("openssl"), recorded) == []
