"""The Ruby harness: the shared contract, and Ruby's own ways."""

from __future__ import annotations

import pytest

from tests.integration.harness_contract import value
from tests.integration.harness_driver import Harness
from tests.integration.merchant_contract import MerchantContract, build, sent
from vectors.generators import document as doc


class TestRuby(MerchantContract):
    name = "ruby"
    recorded = ("3.1.7", "Ruby 3.1.7, json 2.6.1, openssl 3.0.1, OpenSSL 3.0.22 25 Aug 2026")

    def test_json_keeps_integers_and_utf8_and_rounds_decimals(self, harness: Harness) -> None:
        text = '{"b":"/\u00e9<","a":12345678901234567890,"n":150.20,"e":{},"r":0.12345678901234567891}'
        _, body, headers = sent(build(harness, json_text=text.encode()))
        assert body.decode() == '{"b":"/\u00e9<","a":12345678901234567890,"n":150.2,"e":{},"r":0.12345678901234568}'
        assert headers["content-type"] == "application/json"

    def test_parse_takes_comments_and_merges_duplicates(self, harness: Harness) -> None:
        assert value(harness.op(op="minify", text=b'{"b":1 /* x */, "b":"\\x"}')) == b'{"b":"x"}'
        assert harness.op(op="minify", text=b"[NaN]") == {"refused": "JSON::ParserError"}
        assert "refused" in harness.op(op="minify", text=b"[" * 101 + b"]" * 101)

    @pytest.mark.parametrize(
        ("url", "wire"),
        [
            ("https://H.Example/%7e?a='[]", "https://H.Example/%7e?a=%27[]"),
            ("https://h.example/a/../b?q=a b", "https://h.example/a/../b?q=a%20b"),
            ("https://h.example:443/b?", "https://h.example/b?"),
            ("https://h.example:80/b", "https://h.example:80/b"),
            ("http://h.example:80/b", "http://h.example/b"),
            ("https://h.example?q=1#f", "https://h.example/?q=1"),
            ("https://u:p@h.example/b", "https://h.example/b"),
        ],
    )
    def test_the_url_is_read_from_the_wire(self, harness: Harness, url: str, wire: str) -> None:
        request, body, headers = sent(build(harness, method="GET", url=url))
        assert (request["method"], request["url"], request["body"], body) == ("GET", wire, None, b"")
        assert headers["host"] == wire.split("/")[2]

    @pytest.mark.parametrize(
        "url", ["", "/t/", "https://h.example/a b", "https://h.example/\u00e9", "ftp://h.example/"]
    )
    def test_uri_refuses(self, harness: Harness, url: str) -> None:
        assert "refused" in build(harness, method="GET", url=url)

    def test_net_http_refuses_a_header_of_two_lines(self, harness: Harness) -> None:
        assert "ArgumentError" in build(harness, json_text=b"{}", merchant_id="m\r\nx: y")["refused"]

    def test_a_long_body_is_recorded_whole(self, harness: Harness) -> None:
        _, body, _ = sent(build(harness, json_text=b'"' + b"x" * (2 << 20) + b'"'))
        assert len(body) == (2 << 20) + 2

    def test_a_missing_field_breaks(self, harness: Harness) -> None:
        assert build(harness, "card_details", json_text=b"{}")["error"]["kind"] == "TypeError"

    def test_decode64_is_lenient(self, harness: Harness) -> None:
        signature = "*" + doc.STATUS_SIGNATURE[:76] + " \n" + doc.STATUS_SIGNATURE[76:].rstrip("=")
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}
        assert harness.op(op="verify", signature=signature, **fields) == {"valid": True}
