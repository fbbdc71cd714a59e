"""A wrong signature has no speed: before anyone is timed, a few cases of the corpus are put to him.

They are ``must`` cases that any right implementation passes: right signatures, and wrong ones of each kind. The whole
corpus is what ``signkit run`` is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from conformance import corpus as corpora
from conformance.judge import judge
from conformance.model import FORMS, Case, Corpus, Key, Verdict
from conformance.speed.peers import Peer
from conformance.speed.plan import Unmeasured
from conformance.targets import Fault
from conformance.targets.answers import complaint
from conformance.targets.inprocess import InProcess
from signing_core import InvalidSignature, messages, signature

__all__ = ["CASES", "corpus", "give", "keys", "try_peer", "try_target"]

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


Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@cache
def corpus() -> Corpus:
    """The shipped cases and keys."""
    return corpora.load()


def keys() -> tuple[Key, ...]:
    """The keys that the cases need; they are given to a target before it is asked."""
    names = dict.fromkeys(case.key for op in CASES for case in _cases(op))
    return tuple(corpus().keys[str(name)] for name in names)


@cache
def _cases(op: str) -> tuple[Case, ...]:
    by_id = {case.id: case for case in corpus().cases}
    return tuple(by_id[name] for name in CASES[op])


def give(ask: Ask, given: Iterable[Key]) -> None:
    """Hand keys over. Raises Unmeasured where one is not taken."""
    for key in given:
        pems = {"private_pem": key.private_pem, "public_pem": key.public_pem}
        answer = ask({"cmd": "key", "name": key.name, **pems})
        if "ok" not in answer:
            told = answer.get("refused") or answer.get("error", {}).get("message")
            raise Unmeasured(f"not conformant: it does not take the key {key.name}: {told}")


def try_target(ask: Ask, op: str) -> None:
    """Put the cases of ``op`` to a target that has the keys. Raises Unmeasured at the first that it fails."""
    for case in _cases(op):
        answer = ask({"cmd": "op", "id": "1", "op": op, **case.input})
        wrong = complaint(op, answer)
        if wrong is None:
            found = judge(case, answer, corpus().keys)
            if found.verdict is Verdict.PASS:
                continue
            wrong = found.diagnosis.sentence if found.diagnosis else str(found.verdict)
        raise Unmeasured(f"not conformant: {case.id}: {wrong}")


def try_peer(peer: Peer, op: str) -> None:
    """Put the cases of ``op`` to a library. Raises Unmeasured at the first that it fails."""
    ask = InProcess(_Target(peer)).ask
    try:
        give(ask, keys())
        try_target(ask, op)
    except Fault as fault:
        raise Unmeasured(f"not conformant: {fault.sentence}") from None


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
