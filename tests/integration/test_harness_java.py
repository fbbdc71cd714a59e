"""The Java harness: the shared contract, and the ways of the JDK and Jackson."""

from __future__ import annotations

from tests.integration.harness_contract import value
from tests.integration.harness_driver import Harness
from tests.integration.merchant_contract import MerchantContract, build, sent
from vectors.generators import document as doc


class TestJava(MerchantContract):
    name = "java"
    recorded = ("17.0.15", "OpenJDK 64-Bit Server VM 17.0.15+6-Debian-1deb12u1, Jackson 2.14.0")
    reads = ("PKCS#1", "PKCS#8", "encrypted PKCS#8", "one line")

    def test_doubles_change_their_spelling_and_integers_do_not(self, harness: Harness) -> None:
        _, body, _ = sent(build(harness, json_text=b'{"b":12345678901234567890,"a":99999999.99,"n":150.20}'))
        assert body == b'{"b":12345678901234567890,"a":9.999999999E7,"n":150.2}'

    def test_minify_decodes_and_encodes(self, harness: Harness) -> None:
        assert value(harness.op(op="minify", text=b'{"b": 150.20, "b": "\\/"}')) == b'{"b":"/"}'

    def test_the_url_is_read_from_the_wire(self, harness: Harness) -> None:
        request, _, _ = sent(build(harness, method="GET", url="https://h.example?q=a'b#f"))
        assert request["url"] == "https://h.example/?q=a'b"
        request, _, _ = sent(build(harness, method="GET", url="https://h.example:443//t/../u"))
        assert request["url"] == "https://h.example:443//t/../u"
        assert "refused" in build(harness, method="GET", url="https://h.example/a b")

    def test_a_short_card_number_breaks_the_slice(self, harness: Harness) -> None:
        answer = harness.op(op="message", form="payout_card_details", transaction_id="1", card_number="123")
        assert answer["error"]["kind"] == "StringIndexOutOfBoundsException"

    def test_a_public_key_is_no_private_one(self, harness: Harness) -> None:
        assert "refused" in harness.op(op="load_key", private=doc.PUBLIC_PEM.encode(), password=None)
