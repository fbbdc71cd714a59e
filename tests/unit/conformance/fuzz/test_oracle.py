"""The oracle against the vectors, whose expectations come from the generators: it must say the same of every case."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from conformance.corpus import load
from conformance.fuzz.asks import Ask
from conformance.fuzz.oracle import OPS, demand, depth, url_fault
from conformance.model import Level

CORPUS = load()
CASES = [case for case in CORPUS.cases if case.op in OPS]


def plain(expect: dict[str, Any]) -> dict[str, Any]:
    """Names of headers in any case and order."""
    request = expect.get("request")
    if request is None:
        return expect
    return {"request": {**request, "headers": sorted(name.lower() for name in request["headers"])}}


def test_it_says_what_the_vectors_say_and_leaves_nothing_of_that_open() -> None:
    assert len(CASES) > 400
    wrong = []
    for case in CASES:
        found = demand(Ask(case.op, case.input), CORPUS.keys)
        if found.open or plain(dict(found.expect)) != plain(dict(case.expect)):
            wrong.append((case.id, found))
    assert wrong == []


def build(text: bytes) -> Ask:
    return Ask.of("build", form="webhook", method="POST", url="https://h.example/", json_text=text, key="doc")


@pytest.mark.parametrize("text", [b'["\\ud800"]', b"0E-400", b"1e99", b"1e-4000", b"1E99999999999999999999"])
def test_what_the_policies_leave_open(text: bytes) -> None:
    found = demand(build(text), CORPUS.keys)
    assert found.open
    assert "request" in found.expect


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[18446744073709551616]", "64 bits"),
        (b"[-9223372036854775809]", "64 bits"),
        (b"[" + b"9" * 5000 + b"]", "64 bits"),
        (b"[0." + b"1" * 64 + b"]", "64 digits"),
        (b"[" * 101 + b"]" * 101, "100 deep"),
        (b"[1,]", "no JSON"),
        (b'[{"a":1,"b":2,"a":1}]', "twice"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
    ],
)
def test_what_no_body_may_hold(text: bytes, why: str) -> None:
    found = demand(build(text), CORPUS.keys)
    assert found.expect == {"refused": True}
    assert why in found.why
    assert found.level is Level.SHOULD


@pytest.mark.parametrize("text", [b"[18446744073709551615,-9223372036854775808]", b"[" * 100 + b"]" * 100, b"1e5"])
def test_what_a_body_may_just_hold(text: bytes) -> None:
    found = demand(build(text), CORPUS.keys)
    assert "request" in found.expect
    assert not found.open


@pytest.mark.parametrize("host", ["h.ex%4ample", "h_x.example", "[", "h.example:65536", "h.example:80a", "[::1]x"])
@pytest.mark.parametrize("op", ["message", "sign", "build"])
def test_hosts_that_no_policy_speaks_of_may_be_refused(host: str, op: str) -> None:
    fields = {"form": "request", "method": "GET", "url": f"https://{host}/", "key": "doc"}
    ask = Ask.of(op, **fields, **({"merchant_id": "m"} if op == "build" else {"body": b""}))
    assert demand(ask, CORPUS.keys).open
    assert not demand(Ask(op, {**ask.input, "url": "https://[2001:db8::1]:8443/%4a?[_"}), CORPUS.keys).open


def test_depth_is_not_misled_by_strings() -> None:
    assert depth(rb'["[[[\"[[", {"a]":[]}]') == 3


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://h.example/a b", "blank"),
        ("https://h.example/#", "fragment"),
        ("https://h.example/%4", "stray %"),
        ("https://h.example/%zz", "stray %"),
        ("https://u:p@h.example/", "user"),
        ("https:///t", "no host"),
        ("https://:443/t", "no host"),
        ("ftp://h.example/", "absolute"),
        ("/t", "absolute"),
        ("https://h.example/é", "ASCII"),
        ("https://h.example/\x7f", "control"),
        ("https://h.example/{id}", "escaped"),
    ],
)
def test_the_faults_of_a_url(url: str, why: str) -> None:
    assert why in str(url_fault(url))


@pytest.mark.parametrize(
    "url", ["https://h.example", "HTTP://h:80/'[]%2f?", "https://h.example/a@b?c=d:e", "https://h/`"]
)
def test_what_is_warned_of_is_no_fault(url: str) -> None:
    assert url_fault(url) is None


def test_lax_spellings_are_a_policy_and_forgeries_a_must() -> None:
    good = demand(Ask.of("sign", form="card_details", transaction_id="1", key="doc"), CORPUS.keys).expect["signature"]

    def asked(signature: str) -> Level:
        ask = Ask.of("verify", form="card_details", transaction_id="1", key="doc", signature=signature)
        found = demand(ask, CORPUS.keys)
        assert found.expect == {"valid": False}
        return found.level

    assert asked(good + "\n") is Level.SHOULD
    assert asked(good.rstrip("=")) is Level.SHOULD
    assert asked("") is Level.MUST
    assert asked(base64.b64encode(bytes(256)).decode()) is Level.MUST
