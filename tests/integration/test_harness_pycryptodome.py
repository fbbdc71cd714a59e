"""The Python harness: the shared contract, and the ways of json, requests and pycryptodome."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization

from tests.integration.harness_driver import HARNESSES, Harness
from tests.integration.merchant_contract import (
    FINGERPRINT,
    PRIVATE,
    MerchantContract,
    beyond_baseline,
    build,
    ends_in_order,
    sent,
    started,
    value,
)
from vectors.generators import document as doc

pytest.importorskip("Crypto", reason="pycryptodome is not installed (pip install 'signkit[harness]')")
pytest.importorskip("requests", reason="requests is not installed (pip install 'signkit[harness]')")

ARGV = [sys.executable, str(HARNESSES / "python-pycryptodome" / "harness.py")]


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with started(ARGV) as running:
        yield running


class TestPycryptodome(MerchantContract):
    def test_dumps_escapes_non_ascii_and_keeps_integers(self, harness: Harness) -> None:
        text = '{"b":"é<","a":12345678901234567890,"n":150.20}'
        _, body, _ = sent(build(harness, json_text=text.encode()))
        assert body == rb'{"b":"\u00e9<","a":12345678901234567890,"n":150.2}'

    def test_minify_decodes_and_encodes(self, harness: Harness) -> None:
        assert value(harness.op(op="minify", text=b'{"b": 150.20, "b": NaN}')) == b'{"b":NaN}'

    def test_requests_rewrites_escapes_and_methods(self, harness: Harness) -> None:
        request, _, _ = sent(build(harness, method="get", url="https://h.example/?q=%7ea%2f"))
        assert (request["method"], request["url"]) == ("GET", "https://h.example/?q=~a%2F")

    def test_the_decoder_skips_garbage(self, harness: Harness) -> None:
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}
        assert harness.op(op="verify", signature=f"?{doc.STATUS_SIGNATURE}", **fields) == {"valid": True}

    def test_encrypted_keys(self, harness: Harness) -> None:
        encryption = serialization.BestAvailableEncryption(b"secret")
        for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
            pem = PRIVATE.private_bytes(serialization.Encoding.PEM, form, encryption)
            assert harness.op(op="load_key", private=pem, password="secret") == {"fingerprint": FINGERPRINT}
            assert "refused" in harness.op(op="load_key", private=pem, password="wrong")


def test_it_ends_in_order() -> None:
    assert ends_in_order(ARGV)


def test_the_baseline_tells_every_failure() -> None:
    recorded = ("4.4.0", "CPython 3.11.7, requests 2.34.2")
    assert beyond_baseline("python-pycryptodome", ARGV, recorded) == []
