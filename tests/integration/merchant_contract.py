"""What every merchant harness must do, whatever its language: the document's examples, the forms, the line protocol.

A test module subclasses ``MerchantContract`` and gives the running harness as a module-scoped fixture ``harness`` with
the document's key taken as ``doc``. Oracles: the document's printed signatures and pyca/cryptography.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from conformance import corpus as corpus_module
from conformance.baseline import Baseline
from conformance.events import fold
from conformance.model import Verdict
from conformance.runner import RunOptions, run
from tests.integration.harness_driver import HARNESSES, Answer, Harness
from vectors.generators import document as doc

FORMS = ["request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook"]
ID = doc.TRANSACTION_ID
CARD = "4000027891380961"
PRIVATE = serialization.load_pem_private_key(doc.PRIVATE_PEM.encode(), None)
assert isinstance(PRIVATE, rsa.RSAPrivateKey)
PUBLIC = PRIVATE.public_key()
FINGERPRINT = hashlib.sha256(
    PUBLIC.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).hexdigest()

# fields of each form, and the message they make by S7, S8, S10, S28, S29, S36
FIELDS: dict[str, tuple[dict[str, Any], bytes]] = {
    "request": (
        {"method": "POST", "url": doc.CREATE_URL, "body": b'{"a":"\xc3\xa9"}'},
        f"POST{doc.CREATE_URL}".encode() + b'{"a":"\xc3\xa9"}',
    ),
    "card_details": ({"transaction_id": ID}, ID.encode()),
    "payout_card_details": ({"transaction_id": ID, "card_number": CARD}, f"{ID}4000020961".encode()),
    "payout_lookup": ({"value": "a b/+\u00e9"}, "a b/+\u00e9".encode()),
    "response": ({"body": b'{"status": "executed"}\n'}, b'{"status": "executed"}\n'),
    "webhook": ({"body": b"\xff\x00"}, b"\xff\x00"),
}
DOCUMENTED = [
    ("POST", doc.CREATE_URL, doc.CREATE_BODY, doc.CREATE_SIGNATURE),
    ("GET", doc.LOOKUP_URL, b"", doc.LOOKUP_SIGNATURE),
    ("GET", doc.STATUS_URL, b"", doc.STATUS_SIGNATURE),
]


@contextmanager
def started(argv: Sequence[str]) -> Iterator[Harness]:
    """A harness that has the document's key. The first answer may take long: some languages compile first."""
    with Harness(argv, timeout=180) as harness:
        harness.hello()
        assert harness.key("doc", doc.PRIVATE_PEM, doc.PUBLIC_PEM) == {"ok": True}
        yield harness


def value(answer: Answer) -> bytes:
    """The bytes of a message or minify answer."""
    return base64.b64decode(answer["value"], validate=True)


def fits(signature: str, message: bytes) -> bool:
    """Whether a header's text is strict base64 of a signature by the document's key."""
    try:
        PUBLIC.verify(base64.b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


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


class MerchantContract:
    """The tests that all merchant harnesses share."""

    def test_hello_declares_every_op_and_form(self, harness: Harness) -> None:
        hello = harness.hello()
        assert hello["supports"] == {
            **dict.fromkeys(("message", "sign", "verify", "build"), FORMS),
            "minify": True,
            "load_key": True,
        }
        assert hello["max_inflight"] >= 8

    @pytest.mark.parametrize("form", FORMS)
    def test_message_sign_and_verify(self, harness: Harness, form: str) -> None:
        fields, message = FIELDS[form]
        assert value(harness.op(op="message", form=form, **fields)) == message
        signature = harness.op(op="sign", form=form, key="doc", **fields)["signature"]
        assert fits(signature, message)
        assert harness.op(op="verify", form=form, key="doc", signature=signature, **fields) == {"valid": True}
        other = fields | {name: fields[name] + type(fields[name])() + fields[name][:1] for name in list(fields)[:1]}
        assert harness.op(op="verify", form=form, key="doc", signature=signature, **other) == {"valid": False}

    @pytest.mark.parametrize(("method", "url", "body", "signature"), DOCUMENTED)
    def test_documented_signatures(self, harness: Harness, method: str, url: str, body: bytes, signature: str) -> None:
        fields = {"form": "request", "method": method, "url": url, "body": body, "key": "doc"}
        assert harness.op(op="verify", signature=signature, **fields) == {"valid": True}
        assert harness.op(op="sign", **fields) == {"signature": signature}

    @pytest.mark.parametrize("header", ["", "AAAA", "not base64 \u00ff", doc.LOOKUP_SIGNATURE])
    def test_a_wrong_header_is_false(self, harness: Harness, header: str) -> None:
        answer = harness.op(
            op="verify", form="request", method="GET", url=doc.STATUS_URL, body=b"", key="doc", signature=header
        )
        assert answer == {"valid": False}

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

    def test_load_key(self, harness: Harness) -> None:
        encoding, private, public = serialization.Encoding.PEM, serialization.PrivateFormat, serialization.PublicFormat
        for form in (private.TraditionalOpenSSL, private.PKCS8):
            pem = PRIVATE.private_bytes(encoding, form, serialization.NoEncryption())
            assert harness.op(op="load_key", private=pem, password=None) == {"fingerprint": FINGERPRINT}
        spki = PUBLIC.public_bytes(encoding, public.SubjectPublicKeyInfo)
        assert harness.op(op="load_key", public=spki) == {"fingerprint": FINGERPRINT}
        assert "refused" in harness.op(op="load_key", public=b"no key")

    def test_a_key_that_is_none_is_refused(self, harness: Harness) -> None:
        assert "refused" in harness.key("bad", None, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")

    def test_a_public_key_alone_verifies(self, harness: Harness) -> None:
        assert harness.key("half", None, doc.PUBLIC_PEM) == {"ok": True}
        method, url, body, signature = DOCUMENTED[1]
        fields = {"form": "request", "method": method, "url": url, "body": body, "key": "half"}
        assert harness.op(op="verify", signature=signature, **fields) == {"valid": True}
        assert "error" in harness.op(op="sign", **fields)

    def test_what_breaks_is_an_error(self, harness: Harness) -> None:
        assert "error" in harness.op(op="sign", form="card_details", transaction_id=ID, key="never handed over")

    @pytest.mark.parametrize(
        "line",
        [b"", b"garbage", b"[]", b"7", b'{"cmd":"op"', b'{"cmd":"dance"}', b'{"cmd":1}', b"[" * 100_000, b"\xff\xfe"],
    )
    def test_a_malformed_line_is_answered_and_survived(self, harness: Harness, line: bytes) -> None:
        harness.write(line + b"\n")
        assert "error" in harness.receive()
        assert harness.op(op="noop") == {}

    @pytest.mark.parametrize(
        "line",
        [
            {"op": "dance"},
            {"op": "message"},
            {"op": "message", "form": "dance"},
            {"op": "message", "form": "webhook", "body": "%"},
            {"op": "message", "form": "webhook", "body": 7},
            {"op": "verify", "form": "card_details", "transaction_id": ID, "key": "doc", "signature": None},
            {"op": "load_key"},
            {"op": "build", "form": "request", "key": "doc"},
        ],
    )
    def test_a_malformed_op_is_answered_under_its_id(self, harness: Harness, line: dict[str, Any]) -> None:
        harness.write(json.dumps({"cmd": "op", "id": "odd", **line}).encode() + b"\n")
        answer = harness.receive()
        assert answer["id"] == "odd"
        assert harness.op(op="noop") == {}

    def test_eight_in_flight(self, harness: Harness) -> None:
        fields, message = FIELDS["request"]
        ops = [{"op": "sign", "form": "request", "key": "doc", **fields}, {"op": "noop"}] * 4
        answers = harness.ops(ops)
        assert all(fits(answer["signature"], message) for answer in answers[::2])
        assert answers[1::2] == [{}] * 4

    def test_a_long_line(self, harness: Harness) -> None:
        body = b"x" * (8 << 20)
        assert value(harness.op(op="message", form="webhook", body=body)) == body

    def test_errors_and_refusals_keep_secrets(self, harness: Harness) -> None:
        broken = doc.PRIVATE_PEM.replace("MIIEpAIB", "MIIEpAIC")
        harness.key("broken", broken, doc.PUBLIC_PEM)
        answers = [
            harness.key("broken", "garbage" + doc.PRIVATE_PEM[100:], doc.PUBLIC_PEM),
            build(harness, "payout_card_details", json_text=f'{{"transaction_id":"1","number":{CARD}x}}'.encode()),
        ]
        told = json.dumps(answers) + harness.stderr()
        assert CARD not in told
        assert doc.PRIVATE_PEM[100:160] not in told


def ends_in_order(argv: Sequence[str]) -> bool:
    """Whether the harness ends at bye, and at the end of its input, with status 0 and nothing more said."""
    statuses = []
    for end in (Harness.bye, Harness.end_of_input):
        with started(argv) as harness:
            statuses.append(end(harness))
    return statuses == [0, 0]


def beyond_baseline(name: str, argv: Sequence[str], recorded: tuple[str, str]) -> list[str]:
    """A whole run with the harness's baseline: what it does not tell, and what it tells wrongly.

    Ops that the harness has not are no news. ``recorded`` is the version and the runtime in the handshake that the
    baseline was made with. Another version may differ from it, and skips where it does; the run must succeed with any.
    """
    corpus = corpus_module.load()
    baseline = Baseline.load(HARNESSES / name / "baseline.json")
    events = run(corpus, corpus.cases, f"cmd:{shlex.join(argv)}", RunOptions(baseline=baseline), lambda event: None)
    report = fold(events)
    assert (report.end, report.violations, report.restarts) == ("complete", (), ())
    told = (Verdict.PASS, Verdict.XFAIL, Verdict.SKIP)
    beyond = [*(outcome.id for outcome in report.outcomes if outcome.verdict not in told), *report.stale]
    beyond += report.refused_keys
    who = report.header["target"]["implementation"]
    assert baseline.target == who["name"]
    version = (who["version"], who["runtime"])
    if version != recorded and beyond:
        pytest.skip(f"the baseline was recorded with {recorded}, and {version} differs in {', '.join(beyond[:5])}")
    return beyond
