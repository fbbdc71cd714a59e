"""The Go harness: the shared contract, and the standard library's own ways."""

from __future__ import annotations

from tests.integration.harness_contract import value
from tests.integration.harness_driver import Harness
from tests.integration.merchant_contract import MerchantContract, build, sent
from vectors.generators import document as doc


class TestGo(MerchantContract):
    name = "go"
    recorded = ("go1.19.8", "go1.19.8 linux/amd64")
    reads = ("PKCS#1", "PKCS#8")
    refused_keys = ("exponent-4294967297",)

    def test_marshal_escapes_html_sorts_members_and_rounds_integers(self, harness: Harness) -> None:
        _, body, _ = sent(build(harness, json_text=b'{"b":"<&>","a":12345678901234567890,"n":150.20}'))
        assert body == rb'{"a":12345678901234567000,"b":"\u003c\u0026\u003e","n":150.2}'

    def test_compact_keeps_tokens(self, harness: Harness) -> None:
        assert value(harness.op(op="minify", text=b'{"b": 150.20, "b": "\\/<"}')) == b'{"b":150.20,"b":"\\/<"}'

    def test_the_url_is_read_from_the_wire(self, harness: Harness) -> None:
        request, _, _ = sent(build(harness, method="GET", url="https://h.example?q=a'b#f"))
        assert request["url"] == "https://h.example/?q=a'b"
        request, _, _ = sent(build(harness, method="GET", url="https://h.example:443/t/"))
        assert request["url"] == "https://h.example:443/t/"
        request, _, _ = sent(build(harness, method="GET", url="https://h.example//t?q=a b"))
        assert request["url"] == "https://h.example//t?q=a b"

    def test_a_short_card_number_breaks_the_slice(self, harness: Harness) -> None:
        answer = harness.op(op="message", form="payout_card_details", transaction_id="1", card_number="123")
        assert answer["error"]["kind"] == "panic"

    def test_the_decoder_skips_line_ends(self, harness: Harness) -> None:
        wrapped = doc.STATUS_SIGNATURE[:76] + "\n" + doc.STATUS_SIGNATURE[76:]
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}
        assert harness.op(op="verify", signature=wrapped, **fields) == {"valid": True}

    def test_a_public_key_is_no_private_one(self, harness: Harness) -> None:
        assert "refused" in harness.op(op="load_key", private=doc.PUBLIC_PEM.encode(), password=None)
