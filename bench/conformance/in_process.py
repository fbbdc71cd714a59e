"""The kit's own work for a case of an in-process target: all that the runner does but the pipe, on one processor.

The target is the embedded reference. A case is asked, its answer checked against the schema and judged, its event made;
the footer's digest of all events is in, too. Loading the corpus and handing over the keys is not.

What is RSA is timed where it is called: signing and verifying by the target, reading and checking keys (the load_key
cases) by the target, and verifying by the judge (the build cases). The hash of the message is part of these calls. The
two clock readings around each call count as the kit's work.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from conformance import corpus as corpora
from conformance import judge
from conformance.ledger import Ledger, RunOptions
from conformance.model import OPS, Corpus, Verdict
from conformance.reference import Reference
from conformance.targets.inprocess import InProcess
from signing_core import PrivateKey, PublicKey


def measure(count: str) -> dict[str, Any]:
    """Cases by op, and the seconds of each round: elapsed, those of each op, and what went into RSA and into keys."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    corpus = corpora.load()
    with _timed() as spent:
        rounds = [_round(corpus, spent) for _ in range(int(count) + 1)]
    return {"ops": Counter(case.op for case in corpus.cases), "rounds": rounds[1:]}  # the first warms up


def _round(corpus: Corpus, spent: dict[str, float]) -> dict[str, Any]:
    asked = InProcess(Reference())
    ledger = Ledger(corpus, corpus.cases, RunOptions(), lambda event: None)
    ledger.tell_header("in-process", asked.ask({"cmd": "hello", "protocol": 1}))
    for key in corpus.keys.values():
        asked.ask({"cmd": "key", "name": key.name, "private_pem": key.private_pem, "public_pem": key.public_pem})
    spent.update(dict.fromkeys(spent, 0.0))
    ops = dict.fromkeys(OPS, 0.0)
    begun = since = perf_counter()
    for case in corpus.cases:
        answer = asked.ask(ledger.command(case))
        ledger.judge(case, answer, perf_counter() - since)
        before, since = since, perf_counter()
        ops[case.op] += since - before
    events = ledger.finish("complete", None, "", 0)
    took = {"elapsed": perf_counter() - begun, "ops": ops, **spent}
    if events[-1]["counts"] != {Verdict.PASS: len(corpus.cases)}:
        raise SystemExit(f"the reference does not pass every case, so this measures something else: {events[-1]}")
    return took


@RSAPublicKey.register
class _TimedKey:
    """A public key of pyca's, for the judge, whose verifications are timed."""

    def __init__(self, key: Any, timed: Callable[..., Any]) -> None:
        self._verify = timed("rsa", key.verify)

    def verify(self, *arguments: Any) -> None:
        self._verify(*arguments)


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """While it is open, seconds spent in RSA calls (``rsa``) and in reading keys (``keys``) are added up."""
    spent = {"rsa": 0.0, "keys": 0.0}

    def timed(kind: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*arguments: Any, **named: Any) -> Any:
            begun = perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                spent[kind] += perf_counter() - begun

        return measured

    with ExitStack() as patches:
        patch = patches.enter_context
        patch(mock.patch.object(PrivateKey, "sign", timed("rsa", PrivateKey.sign)))
        patch(mock.patch.object(PublicKey, "verify", timed("rsa", PublicKey.verify)))
        for kind in (PrivateKey, PublicKey):
            patch(mock.patch.object(kind, "from_pem", staticmethod(timed("keys", kind.from_pem))))
        # The judge knows pyca's keys by their class, and keeps those that it has read.
        patch(mock.patch.object(judge, "load_pem_public_key", lambda pem: _TimedKey(load_pem_public_key(pem), timed)))
        yield spent
