"""The Python harness: the shared contract, and the ways of json, requests and pycryptodome."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization

from tests.integration.harness_contract import FINGERPRINT, PRIVATE, value
from tests.integration.harness_driver import Harness
from tests.integration.merchant_contract import MerchantContract, build, sent
from tests.integration.pem_forms import pem
from vectors.generators import document as doc


class TestPycryptodome(MerchantContract):
    name = "python-pycryptodome"
    recorded = ("4.4.0", "CPython 3.11.7, requests 2.34.2")

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

    def test_encrypted_pkcs1_keys(self, harness: Harness) -> None:
        file = pem(PRIVATE, serialization.PrivateFormat.TraditionalOpenSSL, b"secret")
        assert harness.op(op="load_key", private=file, password="secret") == {"fingerprint": FINGERPRINT}
        assert "refused" in harness.op(op="load_key", private=file, password="wrong")
