"""The judge: verdict, level, stage and sentence for each op and each of build's five judgements."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.judge import judge, message_of
from conformance.model import Case, Judgement, Key, Level, Verdict

UUID = "3a5f04af-fb52-41ce-b9bc-283e72207cd5"
URL = "https://api-dev.example.com/api/v1/merchant/transactions/"
BODY = b'{"amount":150.23,"city":"Oslo"}'
MESSAGE = b"POST" + URL.encode() + BODY
REQUEST = {"form": "request", "method": "POST", "url": URL}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sentence(judgement: Judgement) -> str:
    assert judgement.diagnosis is not None
    return judgement.diagnosis.sentence


def stage(judgement: Judgement) -> str:
    assert judgement.diagnosis is not None
    return judgement.diagnosis.stage


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


# --- build


class Built:
    """A right answer to a build case, to be spoilt field by field."""

    def __init__(self, make_case: Any, signer: Any, keys: dict[str, Key], json_text: bytes | None = BODY) -> None:
        self.signer, self.keys = signer, keys
        self.given: dict[str, Any] = {**REQUEST, "merchant_id": "m-1", "key": "merchant"}
        if json_text is None:
            self.given["method"] = "GET"
        else:
            self.given["json_text"] = b64(json_text)
        self.wanted = ["x-merchant-id", "x-signature"]
        self.make_case = make_case
        self.method, self.url, self.body = str(self.given["method"]), URL, json_text
        self.headers: dict[str, str] = {"X-Merchant-Id": "m-1"}
        self.level = Level.MUST

    @property
    def case(self) -> Case:
        expect = {"request": {"headers": self.wanted, "json_text": self.given.get("json_text")}}
        case: Case = self.make_case("build", self.given, expect, level=self.level)
        return case

    def sign(self, message: bytes | None = None) -> None:
        if message is None:
            message = f"{self.method}{self.url}".encode() + (self.body or b"")
        name = "X-Signature" if "x-signature" in self.wanted else "X-Short-Signature"
        self.headers[name] = self.signer.header(message)

    def judge(self) -> Judgement:
        body = None if self.body is None else b64(self.body)
        request = {"method": self.method, "url": self.url, "body": body, "headers": self.headers}
        return judge(self.case, {"id": "1", "request": request}, self.keys)


@pytest.fixture
def built(make_case: Any, signer: Any, keys: dict[str, Key]) -> Built:
    return Built(make_case, signer, keys)


def test_a_right_request_passes_whatever_its_spelling(built: Built) -> None:
    built.headers |= {"Content-Type": "application/json", "accept-encoding": "gzip"}
    for body in (BODY, b'{"city":"Oslo","amount":150.230}', rb'{"city":"\u004fslo","amount":15023e-2}'):
        built.body = body
        built.sign()
        assert built.judge() == Judgement(Verdict.PASS, Level.MUST)


def test_judgement_1_headers(built: Built) -> None:
    built.sign()
    good = dict(built.headers)
    for spoilt, told in (
        ({"X-Signature": good["X-Signature"]}, "x-merchant-id missing"),
        ({"X-Merchant-Id": "m-1"}, "x-signature missing"),
        ({**good, "x-short-signature": "AAAA"}, "x-short-signature not wanted here"),
        ({**good, "x-signature": "AAAA"}, "x-signature is there twice"),
        ({**good, "X-Merchant-Id": "m-2"}, "does not carry the merchant id"),
    ):
        built.headers = spoilt
        judged = built.judge()
        assert (judged.verdict, judged.level, stage(judged)) == (Verdict.FAIL, Level.MUST, "headers")
        assert told in sentence(judged)


@pytest.mark.parametrize(
    ("signed", "told"),
    [
        (
            b'POSThttps://api-dev.example.com/api/v1/merchant/transactions/{"amount": 150.23, "city": "Oslo"}',
            "json.dumps",
        ),
        (BODY, "message: signed the body alone"),
        (b"nothing like it", "digest: of another message"),
    ],
)
def test_judgement_2_signed_is_sent(built: Built, signed: bytes, told: str) -> None:
    built.sign(signed)
    judged = built.judge()
    assert (judged.verdict, stage(judged)) == (Verdict.FAIL, "signed = sent")
    assert told in sentence(judged)


def test_judgement_2_knows_what_was_asked_for(built: Built) -> None:
    built.given["url"] = URL + "?a=b%2fc"
    built.url = URL + "?a=b%2Fc"
    built.sign(b"POST" + built.given["url"].encode() + BODY)
    told = (
        "signed the URL as it was given, not as the client sends it (the client wrote the URL's escapes in upper case)"
    )
    assert told in sentence(built.judge())
    built.url = built.given["url"]
    built.body = b'{"city":"Oslo","amount":150.23}'
    built.sign(b"POST" + built.url.encode() + BODY)
    assert "signed the body as it was given, not as it is sent" in sentence(built.judge())


def test_judgement_2_header_text(built: Built) -> None:
    built.sign()
    built.headers["X-Signature"] += "\n"
    judged = built.judge()
    assert stage(judged) == "signed = sent"
    assert sentence(judged).startswith("header text: the header ends in a newline")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"amount": 150.23,"city":"Oslo"}', "not minified: a blank outside strings at byte 10"),
        (b'{"amount":150.23,"city":"Bergen"}', '$.city: asked "Oslo", sent "Bergen"'),
        (b"amount=150.23", "the body is not JSON"),
        (None, "the body is not JSON"),
    ],
)
def test_judgement_3_body(built: Built, body: bytes | None, told: str) -> None:
    built.body = body
    built.sign()
    judged = built.judge()
    assert (judged.verdict, stage(judged)) == (Verdict.FAIL, "body")
    assert told in sentence(judged)


def test_judgement_3_without_a_body(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    built = Built(make_case, signer, keys, json_text=None)
    for body in (None, b""):
        built.body = body
        built.sign()
        assert built.judge().verdict is Verdict.PASS
    built.body = b"null"
    built.sign()
    assert (stage(built.judge()), "where none was asked for" in sentence(built.judge())) == ("body", True)


def test_judgement_4_url_and_method(built: Built) -> None:
    built.url = URL.rstrip("/")
    built.sign()
    assert (stage(built.judge()), "slash" in sentence(built.judge())) == ("URL", True)
    built.url, built.method = URL, "PUT"
    built.sign()
    assert (stage(built.judge()), "the method sent is 'PUT'" in sentence(built.judge())) == ("URL", True)


def test_judgement_5_ascii_is_a_policy(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    built = Built(make_case, signer, keys, json_text='{"city":"Zürich"}'.encode())
    built.sign()
    judged = built.judge()
    assert (judged.verdict, judged.level, stage(judged)) == (Verdict.FAIL, Level.SHOULD, "ASCII")
    assert "beyond ASCII at 10" in sentence(judged)
    built.body = rb'{"city":"Z\u00fcrich"}'
    built.sign()
    assert built.judge().verdict is Verdict.PASS
    built.level = Level.MAY
    built.body = '{"city":"Zürich"}'.encode()
    built.sign()
    assert built.judge().level is Level.MAY


def test_refusing_data_beyond_ascii_misses_only_the_policy(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    for text in ('{"city":"Zürich"}'.encode(), rb'{"city":"Z\u00fcrich"}'):
        built = Built(make_case, signer, keys, json_text=text)
        judged = judge(built.case, {"id": "1", "refused": "not ASCII"}, keys)
        assert (judged.verdict, judged.level, stage(judged)) == (Verdict.FAIL, Level.SHOULD, "ASCII")
    built = Built(make_case, signer, keys)
    judged = judge(built.case, {"id": "1", "refused": "why"}, keys)
    assert (judged.verdict, judged.level, stage(judged)) == (Verdict.FAIL, Level.MUST, "answer")


def test_card_forms_sign_what_the_answered_body_holds(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    text = b'{"transaction_id":"%s","number":"4242421234569999","exp_month":6}' % UUID.encode()
    built = Built(make_case, signer, keys, json_text=text)
    built.wanted = ["x-merchant-id", "x-short-signature"]
    for form, message in (("card_details", UUID), ("payout_card_details", f"{UUID}4242429999")):
        built.given["form"] = form
        built.body = text
        built.sign(message.encode())
        assert built.judge().verdict is Verdict.PASS
        built.sign(b"POST" + URL.encode() + text)
        assert "signed the whole request, as x-signature does" in sentence(built.judge())
        built.body = text.replace(b'"transaction_id":"', b'"transaction":"')
        assert (stage(built.judge()), "$.transaction_id" in sentence(built.judge())) == ("body", True)
        built.body = b"["
        assert stage(built.judge()) == "body"
    built.body = text.replace(b'"4242421234569999"', b"4242421234569999")
    assert "$.number: not a string" in sentence(built.judge())


def test_a_look_up_signs_the_decoded_value(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    built = Built(make_case, signer, keys, json_text=None)
    built.given |= {"form": "payout_lookup", "url": "https://h.example/payouts?external_id=a%20b%2Fc"}
    built.url = built.given["url"]
    built.sign(b"a b/c")
    assert built.judge().verdict is Verdict.PASS
    built.sign()
    assert "as other GETs do" in sentence(built.judge())
    for query in ("", "?x=1", "?uuid=1&external_id=2"):
        built.url = "https://h.example/payouts" + query
        assert (stage(built.judge()), "exactly one is looked up" in sentence(built.judge())) == ("URL", True)


def test_responses_and_webhooks_sign_the_body_alone(make_case: Any, signer: Any, keys: dict[str, Key]) -> None:
    built = Built(make_case, signer, keys)
    built.given["form"] = "webhook"
    built.wanted = ["x-signature"]
    built.headers = {}
    built.sign(BODY)
    assert built.judge().verdict is Verdict.PASS
    built.sign()
    assert "signed method, URL and body" in sentence(built.judge())


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
