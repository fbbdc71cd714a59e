"""Answers against the schema: the shapes each command's answer may have, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.targets.answers import RESULTS, complaint

HELLO: dict[str, Any] = {
    "protocol": 1,
    "implementation": {"name": "n", "version": "1", "language": "l", "runtime": "r", "url": "u"},
    "supports": {"verify": ["webhook"], "minify": True},
    "max_inflight": 1,
}
GOOD: dict[str, dict[str, Any]] = {
    "hello": HELLO,
    "key": {"ok": True},
    "message": {"id": "1", "value": "AAAA"},
    "sign": {"id": "1", "signature": "any text \x00\xff"},
    "verify": {"id": "1", "valid": False},
    "minify": {"id": "1", "value": ""},
    "load_key": {"id": "1", "fingerprint": "0" * 64},
    "build": {"id": "1", "request": {"method": "GET", "url": "u", "body": None, "headers": {"a": "b"}}},
    "noop": {"id": "1"},
}
OPS = sorted(GOOD.keys() - {"hello", "key"})


@pytest.mark.parametrize("kind", GOOD)
def test_the_own_answer_of_each_command_fits(kind: str) -> None:
    assert kind in RESULTS
    assert complaint(kind, GOOD[kind]) is None


@pytest.mark.parametrize("kind", OPS)
@pytest.mark.parametrize("instead", [{"refused": "w"}, {"skip": "w"}, {"error": {"kind": "k", "message": "m"}}])
def test_any_op_may_be_declined(kind: str, instead: dict[str, Any]) -> None:
    assert complaint(kind, {"id": "1", **instead}) is None
    assert complaint(kind, instead) is not None
    if kind != "noop":
        assert "Additional properties" in str(complaint(kind, {**GOOD[kind], **instead}))


@pytest.mark.parametrize("kind", ["message", "sign", "verify", "load_key", "build"])
def test_no_op_takes_the_answer_of_another(kind: str) -> None:
    for other in OPS:
        if RESULTS[other] != RESULTS[kind]:
            assert complaint(kind, GOOD[other]) is not None


@pytest.mark.parametrize(
    ("kind", "answer", "told"),
    [
        ("verify", {"id": "1", "valid": "true"}, 'at /valid, the value is not of type "boolean"'),
        ("verify", {"id": "1", "valid": 1}, "at /valid"),
        ("verify", {"id": "1"}, '"valid" is a required property'),
        ("verify", {"id": 1, "valid": True}, "at /id"),
        ("verify", {"id": "1", "valid": True, "note": "x"}, "'note' was unexpected"),
        ("message", {"id": "1", "value": "AAA"}, "at /value"),
        ("message", {"id": "1", "value": "AAAA\n"}, "at /value"),
        ("message", {"id": "1", "value": None}, "at /value"),
        ("sign", {"id": "1", "signature": "\u0100"}, "at /signature"),
        ("sign", {"id": "1", "signature": "\ud800"}, "no Unicode"),
        ("load_key", {"id": "1", "fingerprint": "A" * 64}, "at /fingerprint"),
        ("build", {"id": "1", "request": {"method": "GET", "url": "u", "headers": {}}}, "body"),
        (
            "build",
            {"id": "1", "request": {"method": "GET", "url": "u", "body": None, "headers": {"a": 1}}},
            "/headers/a",
        ),
        ("key", {"ok": False}, "at /ok, true was expected"),
        ("key", {"skip": "w"}, "'skip' was unexpected"),
        ("hello", {**HELLO, "protocol": 2}, "at /protocol"),
        ("hello", {**HELLO, "max_inflight": 0}, "at /max_inflight"),
        ("hello", {**HELLO, "max_inflight": 1025}, "at /max_inflight"),
        ("hello", {**HELLO, "supports": {"minify": ["x"]}}, "at /supports/minify"),
        ("hello", {**HELLO, "supports": {"verify": ["x"]}}, "at /supports/verify/0"),
        ("hello", {**HELLO, "supports": {"dance": True}}, "'dance' was unexpected"),
    ],
)
def test_a_wrong_shape_is_told(kind: str, answer: dict[str, Any], told: str) -> None:
    sentence = complaint(kind, answer)
    assert sentence is not None
    assert told in sentence


def test_hello_may_say_that_it_cannot_work() -> None:
    assert complaint("hello", {"error": {"kind": "missing", "message": "no curl"}}) is None


def test_values_are_not_repeated() -> None:
    assert "SECRET" not in str(complaint("message", {"id": "1", "value": "SECRET*"}))
