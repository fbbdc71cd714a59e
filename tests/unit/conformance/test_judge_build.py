"""The judge of build: each of its five judgements, in their order."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.judge import judge
from conformance.model import Judgement, Key, Level, Verdict
from tests.fakes.judged import BODY, URL, UUID, Built, sentence, stage


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
