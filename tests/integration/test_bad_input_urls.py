"""Bad URLs and methods, one by one: ``sign`` refuses them by name or offset, ``verify`` takes what came over the wire,
``lint`` tells faults and every rewriting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_driver import Call, Done, signkit_all

from signing_core import signature
from tests import key_texts
from tests.rsa_oracle import int_key

HOST = "https://h.example"
# what P43 refuses -> the offset in bytes, and what is wrong
FAULTS = {
    "": (0, "no absolute http(s) one"),
    "h.example/t/": (0, "no absolute http(s) one"),
    "//h.example/": (0, "no absolute http(s) one"),
    "ftp://h.example/": (0, "no absolute http(s) one"),
    "https:/h.example/": (0, "no absolute http(s) one"),
    f" {HOST}/": (0, "no absolute http(s) one"),
    "https://": (8, "no host"),
    "https:///t/": (8, "no host"),
    "https://:443/t/": (8, "no host"),
    f"{HOST}/t/#part": (20, "a fragment"),
    f"{HOST}?a=1#": (21, "a fragment"),
    "https://tom:secret@h.example/": (8, "a user before its host"),
    f"{HOST}/caf\u00e9": (21, "raw non-ASCII"),
    "https://h\u00f6st.example/": (9, "raw non-ASCII"),
    f"{HOST}/\udcff": (18, "raw non-ASCII"),  # the octet 0xFF, as Python holds it
    f"{HOST}/a b": (19, "a blank"),
    f"{HOST}/ ": (18, "a blank"),
    f"{HOST}/a\tb": (19, "control character 0x09"),
    f"{HOST}/\n": (18, "control character 0x0a"),
    f"{HOST}/\x7f": (18, "control character 0x7f"),
    **{f"{HOST}/a{mark}b": (19, f"a raw {mark!r}") for mark in '"<>\\^{}|'},
    f"{HOST}/%": (18, "a '%' that two hex digits do not follow"),
    f"{HOST}/%4": (18, "a '%' that two hex digits do not follow"),
    f"{HOST}/%zz": (18, "a '%' that two hex digits do not follow"),
    f"{HOST}/?a=5%": (22, "a '%' that two hex digits do not follow"),
}
# what P44 refuses -> what is wrong
METHODS = {
    "": "method is empty",
    "get": "method 'get' is not in upper case; sign and send 'GET'",
    "GET ": "method 'GET ' is no HTTP token",
    "G\u00c9T": "is no HTTP token",
    "GET\n": "is no HTTP token",
    "GET,POST": "method 'GET,POST' is no HTTP token",
}
# what some clients rewrite -> the rule, and its place
WARNINGS = {
    "https://H.example/": ("url-upper-case-host", 8),
    "HTTPS://h.example/": ("url-upper-case-host", 0),
    f"{HOST}:443/": ("url-default-port", 0),
    f"{HOST}:/": ("url-default-port", 17),
    HOST: ("url-empty-path", 17),
    f"{HOST}/a/./b": ("url-dot-segment", 19),
    f"{HOST}/a/%2e%2E": ("url-dot-segment", 19),
    f"{HOST}/?": ("url-bare-query", 18),
    f"{HOST}/%c3": ("url-lower-case-escape", 18),
    f"{HOST}/%41": ("url-escaped-unreserved", 18),
    f"{HOST}/?a[]=1": ("url-bracket", 20),
    f"{HOST}/`": ("url-backtick", 18),
    f"{HOST}/?a=O'Brien": ("url-quote", 22),
    f"{HOST}/a%2Fb": ("url-escaped-slash", 19),
    f"{HOST}/?a=%3A": ("url-escaped-delimiter", 21),
    f"{HOST}/?a=b+c": ("url-query-blank", 22),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    folder: Path = tmp_path_factory.mktemp("urls")
    key = int_key()
    (folder / "private.pem").write_bytes(key.pem)
    (folder / "public.pem").write_bytes(key_texts.pem("PUBLIC KEY", key_texts.spki(key.n, key.e)))
    calls = {}
    for method, url in [("GET", url) for url in FAULTS] + [(method, f"{HOST}/") for method in METHODS]:
        request = ("--method", method, "--url", url)
        octets = f"{method}{url}".encode("utf-8", "surrogateescape")
        header = signature.encode(key.sign(octets))
        name = f"{method!r} {url}"
        calls[f"sign {name}"] = Call(("sign", "--key", "private.pem", *request))
        calls[f"verify {name}"] = Call(("verify", "--public-key", "public.pem", "--signature", header, *request))
    for url in (*FAULTS, *WARNINGS):
        calls[f"lint {url}"] = Call(("lint", url, "--json"))
    return signkit_all(calls, folder)


@pytest.mark.parametrize("url", FAULTS)
def test_a_url_that_cannot_be_sent_is_refused_with_its_offset(url: str, told: dict[str, Done]) -> None:
    place, sentence = FAULTS[url]
    done = told[f"sign 'GET' {url}"]
    assert (done.code, done.out) == (2, b"")
    assert sentence in done.err
    assert f"at byte {place};" in done.err
    assert "(P43)" in done.err
    assert "secret" not in done.err


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_is_none_is_refused(method: str, told: dict[str, Done]) -> None:
    done = told[f"sign {method!r} {HOST}/"]
    assert (done.code, done.out) == (2, b"")
    assert METHODS[method] in done.err
    assert "(P44)" in done.err


@pytest.mark.parametrize(
    "request_line", [f"'GET' {url}" for url in FAULTS] + [f"{method!r} {HOST}/" for method in METHODS]
)
def test_verify_takes_what_came_over_the_wire(request_line: str, told: dict[str, Done]) -> None:
    """The signature is over those very octets, made by Python's int."""
    assert told[f"verify {request_line}"].text == "valid: the signature fits the message\n"


@pytest.mark.parametrize("url", [url for url in FAULTS if ":/" in url])
def test_lint_finds_the_same_fault(url: str, told: dict[str, Done]) -> None:
    done = told[f"lint {url}"]
    assert done.code == 1
    finding = next(f for f in json.loads(done.out)["findings"] if f["severity"] == "error")
    assert (finding["place"], finding["clause"]) == (FAULTS[url][0], "P43")
    assert FAULTS[url][1] in finding["message"]
    assert finding["mend"]


@pytest.mark.parametrize("url", [url for url in FAULTS if ":/" not in url])
def test_lint_of_what_is_neither_a_file_nor_a_url(url: str, told: dict[str, Done]) -> None:
    done = told[f"lint {url}"]
    assert (done.code, done.out) == (2, b"")
    assert repr(url) in done.err or not url
    assert "give a file, - for standard input, or a URL that begins with https://" in done.err


@pytest.mark.parametrize("url", WARNINGS)
def test_lint_tells_of_every_rewriting(url: str, told: dict[str, Done]) -> None:
    done = told[f"lint {url}"]
    assert done.code == 0
    findings = {finding["rule"]: finding for finding in json.loads(done.out)["findings"]}
    rule, place = WARNINGS[url]
    assert findings[rule]["place"] == place
    assert findings[rule]["severity"] == "warning"
    assert findings[rule]["mend"]
