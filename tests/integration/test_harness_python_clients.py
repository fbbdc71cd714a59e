"""The harnesses of Python's HTTP clients: the shared contract, and what each client does to a request on its way."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration.harness_contract import FINGERPRINT, one_line, started
from tests.integration.harness_driver import Harness, command
from tests.integration.merchant_contract import MerchantContract, build, sent
from vectors.generators import document as doc

QUERY = "https://h.example/?at=10%3A30&u=a%2fb&t=%7e&n=O'B&l[]=1"


class ClientContract(MerchantContract):
    """What the three share: json, pyca and base64 at their defaults, and a request that is read from the wire."""

    reads = ("PKCS#1", "PKCS#8", "encrypted PKCS#8", "one line")

    def test_the_decoder_skips_garbage(self, harness: Harness) -> None:
        fields = {"form": "request", "method": "GET", "url": doc.STATUS_URL, "body": b"", "key": "doc"}
        assert harness.op(op="verify", signature=f"?{doc.STATUS_SIGNATURE}", **fields) == {"valid": True}

    def test_a_one_line_public_key(self, harness: Harness) -> None:
        assert harness.op(op="load_key", public=one_line(doc.PUBLIC_PEM)) == {"fingerprint": FINGERPRINT}

    @pytest.mark.parametrize(
        ("url", "wire"),
        [
            ("https://H.Example/a/../t#f", "https://h.example/t"),
            ("https://h.example:443/t", "https://h.example/t"),
            ("http://h.example:443/t", "http://h.example:443/t"),
            ("https://u:p@h.example", "https://h.example/"),
            ("https://192.0.2.7:8443/t", "https://192.0.2.7:8443/t"),
            ("https://[2001:db8::1]/t", "https://[2001:db8::1]/t"),
        ],
    )
    def test_the_url_is_read_from_the_wire(self, harness: Harness, url: str, wire: str) -> None:
        request, body, headers = sent(build(harness, method="GET", url=url))
        assert (request["method"], request["url"], request["body"], body) == ("GET", wire, None, b"")
        assert headers["host"] == wire.split("/")[2]
        assert ("authorization" in headers) == ("u:p@" in url)

    @pytest.mark.parametrize("url", ["", "/t/", "ftp://h.example/", "https:///t", "https://h.example:x/"])
    def test_the_client_refuses(self, harness: Harness, url: str) -> None:
        assert "refused" in build(harness, method="GET", url=url)

    def test_a_refusal_leaves_nothing_for_the_next_request(self, harness: Harness) -> None:
        assert "refused" in build(harness, method="GE T")
        request, body, _ = sent(build(harness, json_text=b'{"a":1}'))
        assert (request["method"], request["url"], body) == ("POST", doc.CREATE_URL, b'{"a":1}')

    def test_a_long_body_is_recorded_whole(self, harness: Harness) -> None:
        _, body, headers = sent(build(harness, json_text=b'"' + b"x" * (2 << 20) + b'"'))
        assert len(body) == (2 << 20) + 2
        assert int(headers["content-length"]) == len(body)

    def test_a_proxy_of_the_environment_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        with started(command(self.name)) as harness:
            sent(build(harness, json_text=b"{}"))


class TestRequests(ClientContract):
    name = "python-requests"
    recorded = ("2.34.2", "CPython 3.11.7, urllib3 2.8.0, cryptography 50.0.2")

    def test_it_respells_escapes(self, harness: Harness) -> None:
        request, _, _ = sent(build(harness, method="GET", url=QUERY))
        assert request["url"] == "https://h.example/?at=10%3A30&u=a%2Fb&t=~&n=O'B&l%5B%5D=1"

    def test_it_sends_the_text_that_was_signed(self, harness: Harness) -> None:
        _, body, _ = sent(build(harness, json_text='{"b": "é<", "n": 150.20}'.encode()))
        assert body == rb'{"b":"\u00e9<","n":150.2}'


class TestHttpx(ClientContract):
    name = "python-httpx"
    recorded = ("0.28.1", "CPython 3.11.7, httpcore 1.0.9, cryptography 50.0.2")

    def test_it_keeps_escapes(self, harness: Harness) -> None:
        request, _, _ = sent(build(harness, method="GET", url=QUERY))
        assert request["url"] == QUERY

    def test_json_is_compact_utf_8(self, harness: Harness) -> None:
        _, body, _ = sent(build(harness, json_text='{"b": "é<", "n": 150.20}'.encode()))
        assert body == '{"b":"é<","n":150.2}'.encode()
        assert "refused" in build(harness, json_text=b"[NaN]")


class TestAiohttp(ClientContract):
    name = "python-aiohttp"
    recorded = ("3.14.5", "CPython 3.11.7, yarl 1.25.1, cryptography 50.0.2")

    def test_it_decodes_escapes(self, harness: Harness) -> None:
        request, _, _ = sent(build(harness, method="GET", url=QUERY))
        assert request["url"] == "https://h.example/?at=10:30&u=a/b&t=~&n=O'B&l%5B%5D=1"

    def test_it_sends_the_text_that_was_signed(self, harness: Harness) -> None:
        _, body, _ = sent(build(harness, json_text='{"b": "é<", "n": 150.20}'.encode()))
        assert body == rb'{"b":"\u00e9<","n":150.2}'


@pytest.fixture(scope="module", params=["python-requests", "python-aiohttp"])
def by_json(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """requests and aiohttp with the serialiser of their own ``json=``."""
    with started([*command(request.param), "--json"]) as running:
        yield running


def test_json_at_its_defaults_sends_blanks_that_were_not_signed(by_json: Harness) -> None:
    request, body, headers = sent(build(by_json, json_text=doc.CREATE_BODY))
    assert request["url"] == doc.CREATE_URL
    assert body == json.dumps(json.loads(doc.CREATE_BODY)).encode()
    assert headers["x-signature"] == doc.CREATE_SIGNATURE


def test_json_of_null_is_no_body(by_json: Harness) -> None:
    assert sent(build(by_json, json_text=b"null"))[0]["body"] is None
