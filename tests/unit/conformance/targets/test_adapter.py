"""A Python object behind the commands, directly (inprocess) and what its answers look like."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model import Verdict
from conformance.targets import Fault, Refused, Skip
from conformance.targets.adapter import Adapter
from conformance.targets.inprocess import InProcess
from tests.fakes.cases import key, text
from tests.fakes.python_targets import Good


class Recorder(Good):
    """Keeps what it was called with and returns, or raises, what it was given."""

    def __init__(self, result: Any) -> None:
        self.result = result
        self.calls: list[dict[str, Any]] = []

    def _call(self, **fields: Any) -> Any:
        self.calls.append(fields)
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result

    message = sign = verify = load_key = build = minify = _call  # type: ignore[assignment]

    def key(self, name: str, private_pem: str | None, public_pem: str) -> None:
        self._call(name=name, private_pem=private_pem, public_pem=public_pem)


def ask(result: Any, op: str, **fields: Any) -> dict[str, Any]:
    return InProcess(Recorder(result)).ask({"cmd": "op", "id": "5", "op": op, **fields})


def test_hello_is_completed() -> None:
    answer = InProcess(Good()).ask({"cmd": "hello", "protocol": 1})
    assert (answer["protocol"], answer["max_inflight"]) == (1, 8)


def test_fields_arrive_as_keyword_arguments_bytes_as_bytes() -> None:
    target = Recorder({"method": "POST", "url": "u", "body": b"{}", "headers": {}})
    fields = {"form": "request", "method": "POST", "url": "u", "merchant_id": "m", "key": "k"}
    answer = Adapter(target).answer({"cmd": "op", "id": "1", "op": "build", "json_text": text(b"{ }"), **fields})
    assert target.calls == [{**fields, "json_text": b"{ }"}]
    assert answer == {"id": "1", "request": {"method": "POST", "url": "u", "body": text(b"{}"), "headers": {}}}


def test_absent_fields_are_not_passed() -> None:
    target = Recorder("0" * 64)
    Adapter(target).answer({"cmd": "op", "id": "1", "op": "load_key", "public": text(b"pem"), "password": None})
    assert target.calls == [{"public": b"pem", "password": None}]


@pytest.mark.parametrize(
    ("op", "result", "answer"),
    [
        ("message", b"\x00", {"value": "AA=="}),
        ("minify", b"", {"value": ""}),
        ("sign", "c2ln", {"signature": "c2ln"}),
        ("verify", False, {"valid": False}),
        ("load_key", "0" * 64, {"fingerprint": "0" * 64}),
        ("verify", Refused("no"), {"refused": "no"}),
        ("verify", Skip("never"), {"skip": "never"}),
        ("verify", KeyError("k"), {"error": {"kind": "KeyError", "message": "'k'"}}),
    ],
)
def test_results_become_answers(op: str, result: Any, answer: dict[str, Any]) -> None:
    assert ask(result, op) == {"id": "5", **answer}


@pytest.mark.parametrize(
    ("op", "result"),
    [
        ("message", "text"),
        ("sign", b"bytes"),
        ("verify", 1),
        ("verify", None),
        ("load_key", None),
        ("build", b"bytes"),
        ("build", {"method": "GET", "url": "u", "body": "text", "headers": {}}),
    ],
)
def test_a_result_of_the_wrong_type_is_an_error(op: str, result: Any) -> None:
    assert ask(result, op)["error"]["kind"] == "TypeError"


@pytest.mark.parametrize(
    ("op", "result"),
    [("sign", "\u0100"), ("load_key", "ABC"), ("build", {"method": "GET"}), ("build", {1: 2})],
)
def test_a_result_of_the_wrong_shape_is_a_protocol_error(op: str, result: Any) -> None:
    with pytest.raises(Fault) as caught:
        ask(result, op)
    assert caught.value.verdict is Verdict.PROTOCOL_ERROR


def test_wanting_to_exit_is_a_crash() -> None:
    with pytest.raises(Fault) as caught:
        ask(SystemExit(3), "verify")
    assert caught.value.verdict is Verdict.CRASH


def test_noop_is_answered_for_everyone() -> None:
    assert InProcess(object()).ask({"cmd": "op", "id": "1", "op": "noop"}) == {"id": "1"}


def test_a_method_that_is_not_there_is_an_error() -> None:
    answer = InProcess(Good()).ask({"cmd": "op", "id": "1", "op": "sign", "form": "webhook", "body": "", "key": "k"})
    assert answer["error"] == {"kind": "AttributeError", "message": "Good has no method 'sign'"}


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        (None, {"ok": True}),
        (Refused("weak"), {"refused": "weak"}),
        (Skip("unable"), {"refused": "unable"}),
        (ValueError("bad"), {"error": {"kind": "ValueError", "message": "bad"}}),
    ],
)
def test_keys(result: Any, answer: dict[str, Any]) -> None:
    command = {"cmd": "key", "name": "k", "private_pem": None, "public_pem": key().public_pem}
    assert InProcess(Recorder(result)).ask(command) == answer


def test_secrets_of_the_command_stay_out_of_messages() -> None:
    pem = key().private_pem or ""
    lines = pem.splitlines()
    for told in (pem, repr(pem), lines[3], f"line {lines[3]} is bad"):
        command = {"cmd": "key", "name": "k", "private_pem": pem, "public_pem": ""}
        answer = InProcess(Recorder(ValueError(told))).ask(command)
        assert not [line for line in lines[1:-1] if line in answer["error"]["message"]]
    fields = {"private": text(pem.encode()), "password": "correct horse"}
    answer = ask(Refused(f"{lines[5]} with correct horse"), "load_key", **fields)
    assert answer["refused"] == "[left out] with [left out]"
    answer = ask(ValueError("no: 4111111111111111"), "sign", form="payout_card_details", card_number="4111111111111111")
    assert answer["error"]["message"] == "no: [left out]"


def test_a_text_that_cannot_be_had() -> None:
    class Odd(Exception):  # noqa: N818 - it is odd
        def __str__(self) -> str:
            raise RuntimeError

    assert ask(Odd(), "verify")["error"] == {"kind": "Odd", "message": "(its text cannot be had)"}


def test_long_messages_are_cut() -> None:
    assert len(ask(ValueError("x" * 10_000), "verify")["error"]["message"]) == 500
