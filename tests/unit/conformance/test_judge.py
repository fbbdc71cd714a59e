"""The judge: verdict, level, stage and sentence for each op but build."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.judge import judge, message_of
from conformance.model import Case, Judgement, Key, Level, Verdict
from tests.fakes.judged import BODY, MESSAGE, REQUEST, URL, UUID, Built, b64, sentence, stage


def test_messages_of_the_documented_forms() -> None:
    card = {"transaction_id": UUID, "card_number": "4242421234569999"}
    assert message_of("request", {"method": "GET", "url": "https://h/é", "body": b""}) == "GEThttps://h/é".encode()
    assert message_of("request", {"method": "POST", "url": URL, "body": BODY}) == MESSAGE
    assert message_of("card_details", card) == UUID.encode()
    assert message_of("payout_card_details", card) == f"{UUID}4242429999".encode()
    assert message_of("payout_lookup", {"value": "a b"}) == b"a b"
    assert message_of("response", {"body": b"\xff"}) == message_of("webhook", {"body": b"\xff"}) == b"\xff"
    with pytest.raises(ValueError, match="no such form"):
        message_of("postcard", {})


# --- answers that are the same for all ops


@pytest.mark.parametrize("expect", [{"value": "QQ=="}, {"refused": True}])
def test_an_error_is_never_a_right_answer(make_case: Any, expect: dict[str, Any]) -> None:
    case = make_case("minify", {"text": "QQ=="}, expect)
    judged = judge(case, {"id": "1", "error": {"kind": "TypeError", "message": "boom"}}, {})
    assert (judged.verdict, stage(judged)) == (Verdict.ERROR, "answer")
    assert sentence(judged) == "it broke: TypeError: boom"


def test_a_skip_inside_declared_support_fails(make_case: Any) -> None:
    case = make_case("minify", {"text": "QQ=="}, {"refused": True})
    judged = judge(case, {"id": "1", "skip": "cannot"}, {})
    assert judged.verdict is Verdict.FAIL
    assert "declares support: cannot" in sentence(judged)


@pytest.mark.parametrize("level", list(Level))
def test_a_refusal_where_one_is_due_passes(make_case: Any, level: Level) -> None:
    for op, given in (("minify", {"text": ""}), ("load_key", {"public": "", "password": None}), ("build", REQUEST)):
        case = make_case(op, given, {"refused": True}, level=level)
        assert judge(case, {"id": "1", "refused": "no"}, {}) == Judgement(Verdict.PASS, level)


@pytest.mark.parametrize(
    ("op", "given", "answer"),
    [
        ("message", {"form": "webhook", "body": ""}, {"value": ""}),
        ("sign", {"form": "webhook", "body": "", "key": "merchant"}, {"signature": "AAAA"}),
        ("minify", {"text": ""}, {"value": ""}),
        ("load_key", {"public": "", "password": None}, {"fingerprint": "0" * 64}),
        ("build", REQUEST, {"request": {"method": "GET", "url": "", "body": None, "headers": {}}}),
    ],
)
def test_what_must_be_refused_and_is_not(
    make_case: Any, op: str, given: dict[str, Any], answer: dict[str, Any]
) -> None:
    judged = judge(make_case(op, given, {"refused": True}), {"id": "1", **answer}, {})
    assert judged.verdict is Verdict.FAIL
    assert sentence(judged) == "it took input that must be refused: What this case is about."


# --- message, sign, verify


def test_message(make_case: Any) -> None:
    case = make_case("message", {**REQUEST, "body": b64(BODY)}, {"value": b64(MESSAGE)})
    assert judge(case, {"id": "1", "value": b64(MESSAGE)}, {}).verdict is Verdict.PASS
    wrong = judge(case, {"id": "1", "value": b64(BODY)}, {})
    assert (wrong.verdict, stage(wrong)) == (Verdict.FAIL, "message")
    assert sentence(wrong).startswith("signed the body alone; ")
    refused = judge(case, {"id": "1", "refused": "why"}, {})
    assert sentence(refused) == "it refused valid input: why"


def test_an_answer_in_loose_base64_is_compared_by_its_bytes(make_case: Any) -> None:
    case = make_case("minify", {"text": "QQ=="}, {"value": "QQ=="})
    assert judge(case, {"id": "1", "value": "QR=="}, {}).verdict is Verdict.PASS


def sign_case(make_case: Any, signer: Any) -> Case:
    given = {**REQUEST, "body": b64(BODY), "key": "merchant"}
    case: Case = make_case("sign", given, {"signature": signer.header(MESSAGE)})
    return case


def test_sign(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    case = sign_case(make_case, signer)
    good = signer.header(MESSAGE)
    assert judge(case, {"id": "1", "signature": good}, keys).verdict is Verdict.PASS
    assert judge(case, {"id": "1", "signature": f" {good}"}, keys).verdict is Verdict.PASS  # stripped by HTTP (P45)
    wrong = judge(case, {"id": "1", "signature": signer.header(BODY)}, keys)
    assert (wrong.verdict, wrong.level, stage(wrong)) == (Verdict.FAIL, Level.MUST, "message")
    newline = judge(case, {"id": "1", "signature": good + "\n"}, keys)
    assert stage(newline) == "header text"


def test_a_wrong_vector_is_not_blamed_on_the_message(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    case = make_case("sign", {**REQUEST, "body": b64(BODY), "key": "merchant"}, {"signature": signer.header(BODY)})
    assert "the vector is wrong" in sentence(judge(case, {"id": "1", "signature": signer.header(MESSAGE)}, keys))


@pytest.mark.parametrize("valid", [True, False])
def test_verify_agrees(make_case: Any, valid: bool) -> None:
    case = make_case("verify", {"form": "webhook", "body": "", "key": "k", "signature": ""}, {"valid": valid})
    assert judge(case, {"id": "1", "valid": valid}, {}).verdict is Verdict.PASS


def test_verify_that_refuses_a_good_signature(make_case: Any, keys: dict[str, Key]) -> None:
    case = make_case("verify", {"form": "webhook", "body": "", "key": "merchant", "signature": ""}, {"valid": True})
    judged = judge(case, {"id": "1", "valid": False}, keys)
    assert sentence(judged).endswith("genuine traffic is turned away: What this case is about.")
    refused = judge(case, {"id": "1", "refused": "odd"}, keys)
    assert (refused.verdict, "false for a malformed header" in sentence(refused)) == (Verdict.FAIL, True)


def test_verify_that_accepts_tells_what_is_wrong_with_the_signature(
    make_case: Any, signer: Any, keys: dict[str, Key]
) -> None:
    def accepted(header: str) -> str:
        given = {"form": "webhook", "body": b64(BODY), "key": "merchant", "signature": header}
        return sentence(judge(make_case("verify", given, {"valid": False}), {"id": "1", "valid": True}, keys))

    told = accepted(signer.header(BODY) + "\n")
    assert told.startswith("it accepted a signature that must be refused: What this case is about. (header text: ")
    assert "one spelling only" in told
    assert "digest: of another message" in accepted(signer.header(b"else"))
    assert "cut short" in accepted(b64(signer.raw(BODY)[:-1] + b"")[:40])
    assert accepted(signer.header(BODY)) == "it accepted a signature that must be refused: What this case is about."


def test_verify_refused_where_false_is_due_fails(make_case: Any) -> None:
    case = make_case("verify", {"form": "webhook", "body": "", "key": "k", "signature": ""}, {"valid": False})
    assert judge(case, {"id": "1", "refused": "malformed"}, {}).verdict is Verdict.FAIL
    assert judge(case, {"id": "1", "error": {"kind": "k", "message": "m"}}, {}).verdict is Verdict.ERROR


# --- minify and load_key


def test_minify(make_case: Any) -> None:
    case = make_case("minify", {"text": b64(b'{"a": "x y"}')}, {"value": b64(b'{"a":"x y"}')})
    assert judge(case, {"id": "1", "value": b64(b'{"a":"x y"}')}, {}).verdict is Verdict.PASS
    wrong = judge(case, {"id": "1", "value": b64(b'{"a":"xy"}')}, {})
    assert "blanks inside the string were eaten" in sentence(wrong)


def test_load_key_names_the_key_whose_fingerprint_was_answered(
    make_case: Any, signer: Any, other: Any, keys: dict[str, Key]
) -> None:
    def fingerprint(one: Any) -> str:
        spki = one.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(spki).hexdigest()

    case = make_case("load_key", {"public": "", "password": None}, {"fingerprint": fingerprint(signer)})
    assert judge(case, {"id": "1", "fingerprint": fingerprint(signer)}, keys).verdict is Verdict.PASS
    assert "the key platform's" in sentence(judge(case, {"id": "1", "fingerprint": fingerprint(other)}, keys))
    assert "SubjectPublicKeyInfo" in sentence(judge(case, {"id": "1", "fingerprint": "0" * 64}, keys))


# --- secrets


def test_card_numbers_passwords_and_keys_do_not_reach_a_judgement(
    make_case: Any, signer: Any, keys: dict[str, Key]
) -> None:
    number = "4000027891380961"
    given = {"form": "payout_card_details", "transaction_id": UUID, "card_number": number, "key": "merchant"}
    case = make_case("sign", given, {"signature": signer.header(f"{UUID}4000020961".encode())})
    judged = judge(case, {"id": "1", "signature": signer.header(f"{UUID}{number}".encode())}, keys)
    assert "full card number" in sentence(judged)
    assert judged.diagnosis is not None
    assert judged.diagnosis.actual == f"{UUID}400002******0961".encode()
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAmjioBgaues2Cv2jl\n-----END RSA PRIVATE KEY-----"
    load = make_case("load_key", {"private": "", "password": "hunter2"}, {"fingerprint": "0" * 64})
    told = sentence(judge(load, {"id": "1", "error": {"kind": "E", "message": f"hunter2 {pem}"}}, keys))
    assert "hunter2" not in told
    assert "MIIE" not in told


def test_card_codes_do_not_reach_a_judgement(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    text = b'{"transaction_id":"x","number":"4000027891380961","csc":"123"}'
    built = Built(make_case, signer, keys, json_text=text)
    built.given["form"] = "card_details"
    built.wanted = ["x-merchant-id", "x-short-signature"]
    built.body = text.replace(b":", b": ")
    built.sign(b"x")
    judged = built.judge()
    assert stage(judged) == "body"
    assert judged.diagnosis is not None
    assert b"123" not in (judged.diagnosis.actual or b"") + (judged.diagnosis.expected or b"")
