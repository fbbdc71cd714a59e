"""What every harness must do, whatever its language and library: verify, sign, read keys, speak the line protocol.

A test module subclasses ``HarnessContract`` (or ``MerchantContract``, where the harness also builds requests) and names
the harness's folder and the versions its baseline was recorded with; the rest of the class is the library's own ways.
Oracles: the document's printed signatures and pyca/cryptography.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from conformance import corpus as corpus_module
from conformance.baseline import Baseline
from conformance.events import fold
from conformance.model import Verdict
from conformance.runner import RunOptions, run
from tests.integration.harness_driver import HARNESSES, Answer, Harness, command
from tests.integration.pem_forms import encrypted, one_line, pem
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
PRIVATE_FILES: dict[str, tuple[bytes, str | None]] = {
    "PKCS#1": (pem(PRIVATE, serialization.PrivateFormat.TraditionalOpenSSL), None),
    "PKCS#8": (pem(PRIVATE, serialization.PrivateFormat.PKCS8), None),
    "encrypted PKCS#8": (encrypted(PRIVATE, b"pass phrase"), "pass phrase"),
    "one line": (one_line(doc.PRIVATE_PEM), None),
}


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


class HarnessContract:
    """The tests that all harnesses share.

    ``name`` is the harness's folder; ``recorded`` the version and the runtime in the handshake that its baseline was
    made with. The others say where it is unlike most.
    """

    name: ClassVar[str]
    recorded: ClassVar[tuple[str, str]]
    supports: ClassVar[dict[str, Any]] = {"sign": FORMS, "verify": FORMS, "load_key": True}
    reads: ClassVar[Collection[str]] = ("PKCS#1", "PKCS#8", "encrypted PKCS#8")  # of PRIVATE_FILES
    refused_keys: ClassVar[Collection[str]] = ()  # those of the vectors that the library refuses whole
    long_body: ClassVar[int] = 8 << 20  # bytes

    def test_hello_declares_its_ops_and_forms(self, harness: Harness) -> None:
        hello = harness.hello()
        assert hello["supports"] == self.supports
        assert hello["max_inflight"] >= 8

    @pytest.mark.parametrize("form", FORMS)
    def test_message_sign_and_verify(self, harness: Harness, form: str) -> None:
        fields, message = FIELDS[form]
        if "message" in self.supports:
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

    @pytest.mark.parametrize("form", PRIVATE_FILES)
    def test_load_a_private_key(self, harness: Harness, form: str) -> None:
        file, password = PRIVATE_FILES[form]
        answer = harness.op(op="load_key", private=file, password=password)
        assert answer == {"fingerprint": FINGERPRINT} if form in self.reads else "refused" in answer

    def test_load_a_public_key(self, harness: Harness) -> None:
        assert harness.op(op="load_key", public=doc.PUBLIC_PEM.encode()) == {"fingerprint": FINGERPRINT}

    def test_what_is_no_key_is_refused(self, harness: Harness) -> None:
        assert "refused" in harness.op(op="load_key", private=b"no key", password=None)
        assert "refused" in harness.op(op="load_key", public=b"no key")

    @pytest.mark.parametrize("password", ["wrong", None])
    def test_an_encrypted_key_needs_its_password(self, harness: Harness, password: str | None) -> None:
        file, _ = PRIVATE_FILES["encrypted PKCS#8"]
        assert "refused" in harness.op(op="load_key", private=file, password=password)

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
        body = b"x" * self.long_body
        signature = base64.b64encode(PRIVATE.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()
        fields = {"op": "verify", "form": "webhook", "key": "doc", "signature": signature}
        assert harness.op(body=body, **fields) == {"valid": True}
        assert harness.op(body=body[1:], **fields) == {"valid": False}

    def test_errors_and_refusals_keep_keys(self, harness: Harness) -> None:
        broken = doc.PRIVATE_PEM.replace("MIIEpAIB", "MIIEpAIC")
        answers = [
            harness.key("broken", broken, doc.PUBLIC_PEM),
            harness.key("broken", "garbage" + doc.PRIVATE_PEM[100:], doc.PUBLIC_PEM),
            harness.op(op="load_key", private=broken.encode(), password=None),
        ]
        assert doc.PRIVATE_PEM[100:160] not in json.dumps(answers) + harness.stderr()

    @pytest.mark.parametrize("end", [Harness.bye, Harness.end_of_input])
    def test_it_ends_in_order(self, end: Callable[[Harness], int]) -> None:
        with started(command(self.name)) as harness:
            self.use(harness)
            assert end(harness) == 0
            assert harness.stderr() == ""

    def use(self, harness: Harness) -> None:
        """An op that leaves what has to be tidied up."""
        assert harness.op(op="noop") == {}

    def test_the_baseline_tells_every_failure(self) -> None:
        assert beyond_baseline(self.name, command(self.name), self.recorded, self.refused_keys) == []


def beyond_baseline(
    name: str, argv: Sequence[str], recorded: tuple[str, str], refused_keys: Collection[str] = ()
) -> list[str]:
    """A whole run with the harness's baseline: what it does not tell, and what it tells wrongly.

    Ops that the harness has not are no news. ``recorded`` is the version and the runtime in the handshake that the
    baseline was made with. Another version may differ from it, and skips where it does; the run must succeed with any.
    ``refused_keys`` are those it is known to refuse.
    """
    corpus = corpus_module.load()
    baseline = Baseline.load(HARNESSES / name / "baseline.json")
    events = run(corpus, corpus.cases, f"cmd:{shlex.join(argv)}", RunOptions(baseline=baseline), lambda event: None)
    report = fold(events)
    assert (report.end, report.violations, report.restarts) == ("complete", (), ())
    told = (Verdict.PASS, Verdict.XFAIL, Verdict.SKIP)
    beyond = [*(outcome.id for outcome in report.outcomes if outcome.verdict not in told), *report.stale]
    beyond += sorted({*report.refused_keys} ^ {*refused_keys})
    who = report.header["target"]["implementation"]
    assert baseline.target == who["name"]
    version = (who["version"], who["runtime"])
    if version != recorded and beyond:
        pytest.skip(f"the baseline was recorded with {recorded}, and {version} differs in {', '.join(beyond[:5])}")
    return beyond
