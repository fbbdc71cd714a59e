"""The Perl harness: the shared contract, and Perl's own ways."""

from __future__ import annotations

import pytest

from tests.integration.harness_contract import value
from tests.integration.harness_driver import Harness
from tests.integration.merchant_contract import MerchantContract, build, sent
from vectors.generators import document as doc


class TestPerl(MerchantContract):
    name = "perl"
    recorded = ("5.36.0", "Perl 5.36.0, Crypt::OpenSSL::RSA 0.33, JSON::PP 4.07, LWP 6.68")
    long_body = 1 << 20  # JSON::PP reads two million characters a second

    def test_json_keeps_utf8_and_15_digits_in_any_order(self, harness: Harness) -> None:
        text = '{"u":"/\u00e9<","a":12345678901234567890,"n":150.20,"w":150.0,"e":"","r":0.12345678901234567891}'
        _, body, headers = sent(build(harness, json_text=text.encode()))
        members = {
            '"u":"/\u00e9<"',
            '"a":12345678901234567890',
            '"n":150.2',
            '"w":150',
            '"e":""',
            '"r":0.123456789012346',
        }
        assert set(body.decode()[1:-1].split(",")) == members
        assert headers["content-type"] == "application/json"

    def test_minify_sorts_and_spells_numbers_anew(self, harness: Harness) -> None:
        assert value(harness.op(op="minify", text=b'{"b": 1e400, "a": 1.50}')) == b'{"a":1.5,"b":Inf}'
        assert "refused" in harness.op(op="minify", text=b"[NaN]")

    @pytest.mark.parametrize(
        ("url", "wire"),
        [
            ("https://H.Example/%7e%zz?a='[]", "https://H.Example/%7e%zz?a='%5B%5D"),
            ("https://h.example/a/../b c", "https://h.example/a/../b%20c"),
            ("https://h.example:443/b?", "https://h.example:443/b?"),
            ("http://h.example:80/b", "http://h.example:80/b"),
            ("https://h.example?q=1#f", "https://h.example/?q=1"),
            ("https://u:p@h.example/\u00e9", "https://h.example/%C3%A9"),
        ],
    )
    def test_the_url_is_read_from_the_wire(self, harness: Harness, url: str, wire: str) -> None:
        request, body, headers = sent(build(harness, method="GET", url=url))
        assert (request["method"], request["url"], request["body"], body) == ("GET", wire, None, b"")
        assert headers["host"] == wire.split("/")[2]

    @pytest.mark.parametrize("url", ["", "/t/", "ftp://h.example/", "file:///etc/hostname"])
    def test_lwp_refuses(self, harness: Harness, url: str) -> None:
        assert "LWP" in build(harness, method="GET", url=url)["refused"]

    def test_a_long_body_is_recorded_whole(self, harness: Harness) -> None:
        _, body, headers = sent(build(harness, json_text=b'"' + b"x" * (1 << 20) + b'"'))
        assert len(body) == (1 << 20) + 2
        assert int(headers["content-length"]) == len(body)

    def test_a_missing_field_breaks(self, harness: Harness) -> None:
        assert "uninitialized" in build(harness, "card_details", json_text=b"{}")["error"]["message"]

    def test_decode_base64_is_lenient(self, harness: Harness) -> None:
        signature = "*" + doc.STATUS_SIGNATURE[:76] + " \n" + doc.STATUS_SIGNATURE[76:].rstrip("=")
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}
        assert harness.op(op="verify", signature=signature, **fields) == {"valid": True}
