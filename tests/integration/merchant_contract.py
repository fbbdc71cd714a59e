"""What every merchant harness must do on top of ``harness_contract``: build the request that is sent, and minify."""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

import pytest

from tests.integration.harness_contract import CARD, DOCUMENTED, FORMS, ID, HarnessContract, fits, value
from tests.integration.harness_driver import Answer, Harness
from vectors.generators import document as doc


def build(harness: Harness, form: str = "request", **fields: Any) -> Answer:
    """A build op with the usual fields, and its answer."""
    usual = {"method": "POST", "url": doc.CREATE_URL, "merchant_id": "m-1", "key": "doc"}
    return harness.op(op="build", form=form, **usual | fields)


def sent(answer: Answer) -> tuple[dict[str, Any], bytes, dict[str, str]]:
    """The request that was built, its body, and its headers under lower-case names."""
    assert "request" in answer, answer
    request = answer["request"]
    body = base64.b64decode(request["body"] or "", validate=True)
    return request, body, {name.lower(): text for name, text in request["headers"].items()}


class MerchantContract(HarnessContract):
    """The tests that all merchant harnesses share."""

    supports: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("message", "sign", "verify", "build"), FORMS),
        "minify": True,
        "load_key": True,
    }

    @pytest.mark.parametrize(("method", "url", "body", "signature"), DOCUMENTED)
    def test_build_of_the_documented_requests(
        self, harness: Harness, method: str, url: str, body: bytes, signature: str
    ) -> None:
        given = {"json_text": body} if body else {}
        request, sent_body, headers = sent(build(harness, method=method, url=url, **given))
        assert (request["method"], request["url"]) == (method, url)
        assert (request["body"] is None) == (not body)
        assert not body or json.loads(sent_body) == json.loads(body)
        assert headers["x-merchant-id"] == "m-1"
        assert "x-short-signature" not in headers
        assert fits(headers["x-signature"], f"{method}{url}".encode() + sent_body)
        if sent_body == body:
            assert headers["x-signature"] == signature

    def test_build_of_card_forms_uses_the_short_signature(self, harness: Harness) -> None:
        card = {"transaction_id": ID, "number": CARD, "exp_month": 6, "exp_year": 2030}
        for form, message in (("card_details", ID), ("payout_card_details", f"{ID}4000020961")):
            _, body, headers = sent(build(harness, form, json_text=json.dumps(card).encode()))
            assert json.loads(body) == card
            assert "x-signature" not in headers
            assert headers["x-merchant-id"] == "m-1"
            assert fits(headers["x-short-signature"], message.encode())

    def test_build_of_notices_signs_the_body_alone(self, harness: Harness) -> None:
        for form in ("response", "webhook"):
            _, body, headers = sent(build(harness, form, json_text=b'{"status": "executed"}'))
            assert body == b'{"status":"executed"}'
            assert "x-merchant-id" not in headers
            assert fits(headers["x-signature"], body)

    @pytest.mark.parametrize("query", ["uuid=" + ID, "external_id=24", "external_id=a%20b%2Bc", "x=1&uuid=7"])
    def test_build_of_a_payout_lookup_signs_the_decoded_value(self, harness: Harness, query: str) -> None:
        url = f"{doc.SANDBOX}/payouts?{query}"
        signed = {"external_id=a%20b%2Bc": "a b+c", "x=1&uuid=7": "7"}.get(query, query.partition("=")[2])
        request, _, headers = sent(build(harness, "payout_lookup", method="GET", url=url))
        assert (request["method"], request["url"], request["body"]) == ("GET", url, None)
        assert headers["x-merchant-id"] == "m-1"
        assert fits(headers["x-signature"], signed.encode())

    @pytest.mark.parametrize("query", ["", "?uuid=1&external_id=2", "?other=1"])
    def test_build_of_a_payout_lookup_needs_one_parameter(self, harness: Harness, query: str) -> None:
        answer = build(harness, "payout_lookup", method="GET", url=f"{doc.SANDBOX}/payouts{query}")
        assert "refused" in answer

    def test_build_refuses_what_is_not_json(self, harness: Harness) -> None:
        assert "refused" in build(harness, json_text=b'{"number": 4242424242424242')
        assert "refused" in build(harness, json_text=b"")

    def test_build_tells_headers_octet_by_octet_or_refuses(self, harness: Harness) -> None:
        for merchant_id in ("m\u00e9", "m\u0141"):
            answer = build(harness, json_text=b"{}", merchant_id=merchant_id)  # the driver checks the answer's form
            assert "refused" in answer or sent(answer)[2]["x-merchant-id"].startswith("m")

    def test_minify(self, harness: Harness) -> None:
        answer = harness.op(op="minify", text=b'{ "a" : [ 1 , "b c" , null ] ,\n"d" : { } }')
        assert value(answer) == b'{"a":[1,"b c",null],"d":{}}'
        assert "refused" in harness.op(op="minify", text=b'{"a":')

    def test_refusals_keep_card_numbers(self, harness: Harness) -> None:
        text = f'{{"transaction_id":"1","number":{CARD}x}}'
        told = build(harness, "payout_card_details", json_text=text.encode())
        assert CARD not in json.dumps(told) + harness.stderr()

    def use(self, harness: Harness) -> None:
        sent(build(harness, json_text=b"{}"))
