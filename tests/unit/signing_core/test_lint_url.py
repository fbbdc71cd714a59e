"""lint.url: errors where messages.request refuses, warnings where clients rewrite; httpx and requests bear witness."""

from __future__ import annotations

import httpx
import pytest
import requests
from urllib3.util import parse_url

from signing_core import PayloadError, lint, messages


def rules(url: str | bytes) -> set[str]:
    return {finding.rule.removeprefix("url-") for finding in lint.url(url)}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h.example/", set()),
        ("http://h.example:8080/a/b-._~!$&()*,;=:@c?x=1&y=a:b@c/d?e", set()),
        ("https://[::1]:8443/", set()),
        ("https://h/%20%C3%A9%25", set()),
        ("https://h/...//..a/.b", set()),
        # errors
        ("", {"not-absolute"}),
        ("/t/", {"not-absolute"}),
        ("ftp://h/", {"not-absolute"}),
        ("https:///", {"no-host"}),
        ("https://u:p@h/", {"userinfo"}),
        ("https://h/#", {"fragment"}),
        ("https://h/a b", {"blank"}),
        ("https://h/\t", {"control"}),
        ("https://h/é", {"non-ascii"}),
        ("https://h/\ud800", {"non-ascii"}),
        (b"https://h/\xff", {"non-ascii"}),
        ("https://h/%", {"stray-percent"}),
        ('https://h/"<>\\^{}|', {"forbidden"}),
        ("https:// /{é#%", {"blank", "forbidden", "non-ascii", "fragment", "stray-percent"}),
        # warnings
        ("https://H/", {"upper-case-host"}),
        ("HTTPS://h/", {"upper-case-host"}),
        ("https://h/A", set()),
        ("https://h:443/", {"default-port"}),
        ("http://h:80/", {"default-port"}),
        ("https://h:80/", set()),
        ("http://h:443/", set()),
        ("https://h:8443/", set()),
        ("https://h:/", {"default-port"}),
        ("https://h", {"empty-path"}),
        ("https://h?a=1", {"empty-path"}),
        ("https://h/a/./b", {"dot-segment"}),
        ("https://h/a/..", {"dot-segment"}),
        ("https://h/%2E%2e/a", {"dot-segment", "escaped-unreserved", "lower-case-escape"}),
        ("https://h/?a=/../", set()),
        ("https://h/?", {"bare-query"}),
        ("https://h/??", set()),
        ("https://h/%c3%A9", {"lower-case-escape"}),
        ("https://h/%41", {"escaped-unreserved"}),
        ("https://h/?a=%7E", {"escaped-unreserved"}),
        ("https://h/[", {"bracket"}),
        ("https://h/?a[]=1", {"bracket"}),
        ("https://h/?q=O'Brien", {"quote"}),
        ("https://h/`", {"backtick"}),
        ("https://h/%2F", {"escaped-slash"}),
        ("https://h/?q=%3A%40%2C%27", {"escaped-delimiter"}),
        ("https://h/%3A", set()),
        ("https://h/?q=a+b", {"query-blank"}),
        ("https://h/?q=a%20b", {"query-blank"}),
        ("https://h/a+b%20", set()),
    ],
)
def test_exactly_these_rules(url: str | bytes, expected: set[str]) -> None:
    assert rules(url) == expected


@pytest.mark.parametrize(
    "url", ["https://h/", "https://h/%2f", "https://h/a b", "x", "https://u@h", "https://h/%zz", "https://h?"]
)
def test_an_error_is_what_messages_refuse(url: str) -> None:
    errors = [finding for finding in lint.url(url) if finding.severity == "error"]
    if errors:
        with pytest.raises(PayloadError) as caught:
            messages.request("GET", url)
        assert caught.value.place == errors[0].place
        assert errors[0].clause == "P43"
    else:
        assert messages.request("GET", url) == b"GET" + url.encode()


def as_sent_by_httpx(url: str) -> str:
    request = httpx.Request("GET", url)
    return f"{request.url.scheme}://{request.url.netloc.decode()}{request.url.raw_path.decode()}"


CLIENTS = {
    "requests": lambda url: requests.Request("GET", url).prepare().url,
    "urllib3": lambda url: parse_url(url).url,
    "httpx": as_sent_by_httpx,
}


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        *(
            ("https://H.example/", "upper-case-host"),
            ("https://h:443/", "default-port"),
            ("https://h/a/../b", "dot-segment"),
        ),
        *(
            ("https://h/?", "bare-query"),
            ("https://h/%c3%a9", "lower-case-escape"),
            ("https://h/%41", "escaped-unreserved"),
        ),
        *(("https://h/[x]", "bracket"), ("https://h/?q=[x]", "bracket"), ("https://h/`", "backtick")),
    ],
)
def test_the_clients_named_do_rewrite(url: str, rule: str) -> None:
    (finding,) = (finding for finding in lint.url(url) if finding.rule == f"url-{rule}")
    for who in finding.who:
        assert CLIENTS[who](url) != url, f"{who} keeps {url}"


@pytest.mark.parametrize(
    "url", ["https://h.example/a;b/c?x=1&y=(2)*3,4:5@6/7?8", "https://h/%25%C3%A9", "http://h:8080/~a"]
)
def test_no_client_rewrites_what_is_clean(url: str) -> None:
    assert lint.url(url) == []
    for name, as_sent in CLIENTS.items():
        assert as_sent(url) == url, name


def test_places_are_byte_offsets_and_counts_are_told() -> None:
    findings = {finding.rule: finding for finding in lint.url("https://é.example/%2f%2f?q=a+b")}
    assert findings["url-non-ascii"].place == 8
    assert findings["url-lower-case-escape"].place == 19
    assert findings["url-lower-case-escape"].count == 2
    assert "%2f" in findings["url-lower-case-escape"].message
    assert findings["url-query-blank"].place == 29


def test_no_password_is_shown() -> None:
    assert "s3cret" not in str(lint.url("https://User:s3cret@H:443/"))


@pytest.mark.parametrize("wrong", [None, 1, bytearray(b"https://h/")])
def test_it_takes_text_only(wrong: object) -> None:
    with pytest.raises(TypeError):
        lint.url(wrong)  # type: ignore[arg-type]
