"""A wrong signature has no speed: before anyone is timed, a few cases of the corpus are put to him.

They are ``must`` cases that any right implementation passes: right signatures, and wrong ones of each kind. The whole
corpus is what ``signkit run`` is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from conformance import corpus as corpora
from conformance.events import fold
from conformance.judge import judge
from conformance.ledger import RunOptions
from conformance.model import FORMS, Case, Corpus, Verdict
from conformance.runner import run
from conformance.speed.peers import Peer
from conformance.speed.plan import Unmeasured
from conformance.targets.inprocess import InProcess
from signing_core import InvalidSignature, messages, signature

__all__ = ["CASES", "Implementation", "try_command", "try_peer"]

CASES = {
    "sign": (
        "request/post-with-body/doc-sign",
        "request/get-with-query/doc-sign",
        "request/get-by-id/doc-sign",
        "signature/leading-zero/sign",
    ),
    "verify": (
        "request/post-with-body/doc",
        "request/get-with-query/doc",
        "webhook/executed/example-key",
        "response/payment-status/doc-minified",
        "webhook/executed/doc-erratum",
        "signature/leading-zero/valid",
        "signature/leading-zero/stripped",
        "signature/hash/zero-octet-first",
        "neighbours/request/valid",
        "neighbours/request/response-signed",
        "signature/bit-flip/first-octet",
        "signature/bit-flip/middle-octet",
        "signature/bit-flip/last-octet",
        "signature/length/zero-prefixed",
        "signature/length/last-octet-cut",
        "signature/number/zero",
        "signature/number/one",
        "signature/number/encoded-message",
        "signature/hash/sha1",
        "signature/hash/sha512",
        "signature/hash/double",
        "signature/digestinfo/none",
        "signature/digestinfo/parameters-garbage",
        "signature/padding/block-type-2",
        "signature/padding/padding-ninth-zero",
        "signature/padding/trailing-garbage",
        "signature/padding/one-octet-of-padding",
        "signature/scheme/pss",
    ),
}


@dataclass(frozen=True)
class Implementation:
    """Who answered the handshake."""

    name: str
    version: str
    runtime: str


@cache
def corpus() -> Corpus:
    """The shipped cases and keys."""
    return corpora.load()


@cache
def _cases(op: str) -> tuple[Case, ...]:
    by_id = {case.id: case for case in corpus().cases}
    return tuple(by_id[name] for name in CASES[op])


def try_peer(peer: Peer, op: str) -> None:
    """Put the cases of ``op`` to a library. Raises Unmeasured at the first that it fails."""
    asked = InProcess(_Target(peer))
    for name in dict.fromkeys(case.key for case in _cases(op)):
        key = corpus().keys[str(name)]
        told = asked.ask(
            {"cmd": "key", "name": name, "private_pem": key.private_pem, "public_pem": key.public_pem},
        )
        if "ok" not in told:
            raise Unmeasured(f"not conformant: it does not take the key {name}: {_complaint(told)}")
    for case in _cases(op):
        found = judge(case, asked.ask({"cmd": "op", "id": "1", "op": op, **case.input}), corpus().keys)
        if found.verdict is not Verdict.PASS:
            sentence = found.diagnosis.sentence if found.diagnosis else str(found.verdict)
            raise Unmeasured(f"not conformant: {case.id}: {sentence}")


def try_command(spec: str, ops: Sequence[str], seconds: float) -> tuple[Implementation, dict[str, str]]:
    """Put the cases of ``ops`` to a target: who it is, and for each op it fails, why it is not timed.

    ``seconds`` limit its start. Raises Unmeasured where it does not get so far.
    """
    cases = [case for op in ops for case in _cases(op)]
    report = fold(run(corpus(), cases, spec, RunOptions(start_timeout=seconds), lambda event: None))
    if report.end == "interrupted":
        raise KeyboardInterrupt
    who = report.header["target"]["implementation"]
    if report.problem is not None or who is None:
        raise Unmeasured(f"it does not run: {report.problem}")
    faults: dict[str, str] = {}
    for outcome in report.outcomes:
        if outcome.verdict is not Verdict.PASS:
            sentence = outcome.diagnosis.sentence if outcome.diagnosis else str(outcome.verdict)
            faults.setdefault(outcome.op, f"not conformant: {outcome.id}: {sentence}")
    return Implementation(who["name"], who["version"], who["runtime"]), faults


def _complaint(answer: dict[str, Any]) -> str:
    return str(answer.get("refused") or answer.get("error", {}).get("message"))


class _Target:
    """A library as a target of the kit, with our messages and our codec: what is asked is its RSA alone."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._private: dict[str, Any] = {}
        self._public: dict[str, Any] = {}

    def hello(self) -> dict[str, Any]:
        return {"supports": {"sign": list(FORMS), "verify": list(FORMS)}}

    def key(self, name: str, private_pem: str, public_pem: str) -> None:
        self._private[name] = self._peer.private(private_pem.encode())
        self._public[name] = self._peer.public(public_pem.encode())

    def sign(self, form: str, key: str, **fields: Any) -> str:
        return signature.encode(self._peer.sign(self._private[key], _message(form, fields)))

    def verify(self, form: str, key: str, **fields: Any) -> bool:
        try:
            raw = signature.decode(fields.pop("signature"))
        except InvalidSignature:
            return False
        return self._peer.verify(self._public[key], _message(form, fields), raw)


def _message(form: str, fields: dict[str, Any]) -> bytes:
    if form == "request":
        return messages.request(**fields, strict=False)
    made: bytes = getattr(messages, form)(**fields)
    return made
