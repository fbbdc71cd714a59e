"""The python-rsa harness: the shared contract, and what the library accepts."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from tests.integration.harness_contract import FINGERPRINT, PRIVATE, PUBLIC, HarnessContract
from tests.integration.harness_driver import Harness
from tests.integration.pem_forms import pem
from vectors.generators import document as doc

SHA256, V1_5 = hashes.SHA256(), padding.PKCS1v15()


def verify(harness: Harness, body: bytes, signature: bytes) -> bool:
    """Whether it takes the signature for the body's."""
    header = base64.b64encode(signature).decode()
    return bool(harness.op(op="verify", form="webhook", body=body, key="doc", signature=header)["valid"])


class TestPythonRsa(HarnessContract):
    name = "python-rsa"
    recorded = ("4.9.1", "CPython 3.11.7, pyasn1 0.6.5")
    reads = ("PKCS#1",)

    @pytest.mark.parametrize("name", ["MD5", "SHA1", "SHA224", "SHA384", "SHA512", "SHA3_256"])
    def test_the_signature_chooses_the_hash_function(self, harness: Harness, name: str) -> None:
        signature = PRIVATE.sign(b"{}", V1_5, getattr(hashes, name)())
        assert verify(harness, b"{}", signature)
        assert not verify(harness, b"{ }", signature)

    def test_s_plus_n_verifies_and_other_lengths_do_not(self, harness: Harness) -> None:
        n = PUBLIC.public_numbers().n
        signatures = ((b"[%d]" % i, int.from_bytes(PRIVATE.sign(b"[%d]" % i, V1_5, SHA256))) for i in range(100))
        body, s = next((body, s) for body, s in signatures if s + n < 1 << 2048)
        assert verify(harness, body, s.to_bytes(256))
        assert verify(harness, body, (s + n).to_bytes(256))
        assert not verify(harness, body, s.to_bytes(257))
        assert not verify(harness, body, (s + 2 * n).to_bytes(257))

    def test_keys_to_sign_with_are_taken_out_of_pkcs8(self, harness: Harness) -> None:
        wrapped = pem(PRIVATE, serialization.PrivateFormat.PKCS8).decode()
        assert harness.key("wrapped", wrapped, doc.PUBLIC_PEM) == {"ok": True}
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "wrapped"}
        assert harness.op(op="sign", **fields) == {"signature": doc.STATUS_SIGNATURE}

    def test_public_keys_in_pkcs1(self, harness: Harness) -> None:
        file = PUBLIC.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
        assert harness.op(op="load_key", public=file) == {"fingerprint": FINGERPRINT}

    def test_an_op_it_has_not_is_skipped(self, harness: Harness) -> None:
        assert "skip" in harness.op(
            op="build", form="request", method="GET", url=doc.STATUS_URL, merchant_id="m", key="doc"
        )
