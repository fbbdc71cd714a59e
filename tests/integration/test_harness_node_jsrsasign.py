"""The jsrsasign harness: the shared contract, and what the library accepts."""

from __future__ import annotations

import base64

import pytest

from tests.integration.harness_contract import FINGERPRINT, HarnessContract
from tests.integration.harness_driver import Harness
from tests.integration.raw_signatures import SIZE, N, framed, header, number, verified
from tests.rsa_oracle import NO_NULL_PREFIX
from vectors.generators import document as doc

OTHER_HASHES = {  # RFC 8017, section 9.2, note 1: each with the length of its own digest
    "MD5": "3020300c06082a864886f70d020505000410",
    "SHA-1": "3021300906052b0e03021a05000414",
    "SHA-512": "3051300d060960864801650304020305000440",
}


class TestJsrsasign(HarnessContract):
    name = "node-jsrsasign"
    recorded = ("11.1.5", "jsrsasign 11.1.5, Node 20.20.2")
    reads = ("PKCS#1", "PKCS#8", "encrypted PKCS#8", "one line")

    @pytest.mark.parametrize("octets", [1, 100, SIZE - 60])
    def test_zeros_may_stand_where_padding_should(self, harness: Harness, octets: int) -> None:
        assert verified(harness, framed(size=SIZE - octets))

    def test_there_need_be_no_padding_at_all(self, harness: Harness) -> None:
        bare = framed()[-51:]
        assert verified(harness, b"\0" * (SIZE - 51) + bare)

    @pytest.mark.parametrize("name", OTHER_HASHES)
    def test_the_digest_may_stand_under_any_name(self, harness: Harness, name: str) -> None:
        """SHA-256's digest, of 32 octets, after the DigestInfo of another hash, which tells another length."""
        assert verified(harness, framed(bytes.fromhex(OTHER_HASHES[name])))

    def test_nothing_may_follow_and_null_must_be_there(self, harness: Harness) -> None:
        assert verified(harness, framed())
        assert not verified(harness, framed(tail=b"\0"))
        assert not verified(harness, framed(NO_NULL_PREFIX))

    def test_a_signature_may_be_out_of_range_and_not_longer(self, harness: Harness) -> None:
        beyond = number(framed()) + N
        assert beyond.bit_length() == 8 * SIZE  # else the modulus leaves no room for it
        assert verified(harness, base64.b64encode(beyond.to_bytes(SIZE)).decode())
        assert not verified(harness, base64.b64encode(beyond.to_bytes(SIZE + 1)).decode())

    def test_b64tohex_skips_what_is_not_base64_and_ends_at_the_padding(self, harness: Harness) -> None:
        text = header(framed())
        assert verified(harness, "*" + text[:76] + " \n" + text[76:])
        assert verified(harness, text.rstrip("="))
        assert verified(harness, text + ", " + doc.LOOKUP_SIGNATURE)

    def test_get_key_takes_either_half_for_the_other(self, harness: Harness) -> None:
        assert harness.op(op="load_key", public=doc.PRIVATE_PEM.encode()) == {"fingerprint": FINGERPRINT}
        answer = harness.op(op="load_key", private=doc.PUBLIC_PEM.encode(), password=None)
        assert answer == {"fingerprint": FINGERPRINT}
