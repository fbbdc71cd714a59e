"""The PHP harness: the shared contract, and PHP's own ways."""

from __future__ import annotations

import pytest

from tests.integration.harness_contract import value
from tests.integration.harness_driver import Harness
from tests.integration.merchant_contract import MerchantContract, build, sent
from vectors.generators import document as doc


class TestPhp(MerchantContract):
    name = "php"
    recorded = ("8.2.36", "PHP 8.2.36, OpenSSL 3.0.22 25 Aug 2026, curl 7.88.1")

    def test_minify(self, harness: Harness) -> None:
        """As the contract's, but for `{}`, which is an empty array to PHP."""
        answer = harness.op(op="minify", text=b'{ "a" : [ 1 , "b c" , null ] ,\n"d" : { } }')
        assert value(answer) == b'{"a":[1,"b c",null],"d":[]}'
        assert harness.op(op="minify", text=b'{"a":') == {"refused": "Syntax error"}
        assert "refused" in harness.op(op="minify", text=b"\xff")
        assert "refused" in harness.op(op="minify", text=b"[" * 600 + b"]" * 600)

    def test_json_encode_escapes_and_floats(self, harness: Harness) -> None:
        text = '{"u":"https://x/\u00e9","n":150.20,"w":150.0,"i":12345678901234567890}'
        _, body, headers = sent(build(harness, json_text=text.encode()))
        assert body == rb'{"u":"https:\/\/x\/\u00e9","n":150.2,"w":150,"i":1.2345678901234567e+19}'
        assert headers["content-type"] == "application/json"

    @pytest.mark.parametrize(
        ("url", "wire"),
        [
            ("https://H.Example/%7e%zz?a='[]", "https://H.Example/%7e%zz?a='[]"),
            ("https://h.example/a/../b", "https://h.example/b"),
            ("https://h.example:443/b", "https://h.example/b"),
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

    @pytest.mark.parametrize("url", ["", "https://h.example/a b", "ftp://h.example/", "file:///etc/hostname"])
    def test_curl_refuses(self, harness: Harness, url: str) -> None:
        assert "curl" in build(harness, method="GET", url=url)["refused"]

    def test_a_long_body_is_recorded_whole(self, harness: Harness) -> None:
        """Over 1 MiB curl asks first: `expect: 100-continue`."""
        _, body, headers = sent(build(harness, json_text=b'"' + b"x" * (2 << 20) + b'"'))
        assert len(body) == (2 << 20) + 2
        assert int(headers["content-length"]) == len(body)

    def test_base64_decode_is_lenient(self, harness: Harness) -> None:
        signature = "*" + doc.STATUS_SIGNATURE[:76] + " \n" + doc.STATUS_SIGNATURE[76:].rstrip("=")
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}
        assert harness.op(op="verify", signature=signature, **fields) == {"valid": True}

    def test_a_missing_field_breaks(self, harness: Harness) -> None:
        answer = build(harness, "card_details", json_text=b"{}")
        assert answer == {"error": {"kind": "ErrorException", "message": 'Undefined array key "transaction_id"'}}
