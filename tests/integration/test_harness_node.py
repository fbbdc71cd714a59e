"""The Node harness: the shared contract, and JavaScript's own ways."""

from __future__ import annotations

import pytest

from tests.integration.harness_contract import value
from tests.integration.harness_driver import Harness
from tests.integration.merchant_contract import MerchantContract, build, sent
from vectors.generators import document as doc


class TestNode(MerchantContract):
    name = "node"
    recorded = ("20.20.2", "Node 20.20.2, V8 11.3.244.8-node.38, undici 6.24.1, OpenSSL 3.0.19")

    def test_stringify_rounds_reorders_and_keeps_utf8(self, harness: Harness) -> None:
        text = '{"b":"/\u00e9\u2028","2":150.20,"1":12345678901234567890,"w":150.0}'
        _, body, headers = sent(build(harness, json_text=text.encode()))
        assert body.decode() == '{"1":12345678901234567000,"2":150.2,"b":"/\u00e9\u2028","w":150}'
        assert headers["content-type"] == "application/json"
        assert value(harness.op(op="minify", text=b'"\\ud800"')) == b'"\\ud800"'

    @pytest.mark.parametrize(
        ("url", "wire"),
        [
            ("https://H.Example/%7e%zz?a='[]", "https://h.example/%7e%zz?a=%27[]"),
            ("https://h.example/a/../b c", "https://h.example/b%20c"),
            ("https://h.example:443/b?", "https://h.example/b"),
            ("https://h.example:80/b", "https://h.example:80/b"),
            ("http://h.example:80/b", "http://h.example/b"),
            ("https://h.example?q=1#f", "https://h.example/?q=1"),
        ],
    )
    def test_the_url_is_read_from_the_wire(self, harness: Harness, url: str, wire: str) -> None:
        request, body, headers = sent(build(harness, method="GET", url=url))
        assert (request["method"], request["url"], request["body"], body) == ("GET", wire, None, b"")
        assert headers["host"] == wire.split("/")[2]

    def test_fetch_writes_known_methods_in_upper_case_after_signing(self, harness: Harness) -> None:
        request, _, _ = sent(build(harness, method="get"))
        assert request["method"] == "GET"

    @pytest.mark.parametrize("url", ["", "/t/", "https://u:p@h.example/", "https://h.example:1/", "ftp://h.example/"])
    def test_fetch_refuses(self, harness: Harness, url: str) -> None:
        assert "refused" in build(harness, method="GET", url=url)

    def test_fetch_refuses_a_get_with_a_body(self, harness: Harness) -> None:
        assert "refused" in build(harness, method="GET", json_text=b"{}")

    def test_a_depth_that_stringify_cannot_take_is_an_error(self, harness: Harness) -> None:
        answer = harness.op(op="minify", text=b"[" * 1_000_000 + b"]" * 1_000_000)
        assert answer["error"]["kind"] == "RangeError"

    def test_a_number_for_an_id_breaks(self, harness: Harness) -> None:
        answer = build(harness, "card_details", json_text=b'{"transaction_id":1}')
        assert answer["error"]["kind"] == "ERR_INVALID_ARG_TYPE"

    def test_buffer_from_is_lenient(self, harness: Harness) -> None:
        signature = "*" + doc.STATUS_SIGNATURE[:76] + " \n" + doc.STATUS_SIGNATURE[76:].rstrip("=")
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}
        urlsafe = signature.replace("+", "-").replace("/", "_")
        assert harness.op(op="verify", signature=urlsafe, **fields) == {"valid": True}

    def test_builds_in_flight_end_apart(self, harness: Harness) -> None:
        fields = {"op": "build", "form": "request", "method": "POST", "merchant_id": "m", "key": "doc"}
        ops = [fields | {"url": f"https://h{n}.example/", "json_text": b"[%d]" % n} for n in range(20)]
        for n, answer in enumerate(harness.ops(ops)):
            request, body, _ = sent(answer)
            assert (request["url"], body) == (f"https://h{n}.example/", b"[%d]" % n)
