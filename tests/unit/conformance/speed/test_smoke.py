"""The smoke test: the right pass it, and whoever gives a wrong answer is not timed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1

from conformance import corpus as corpora
from conformance.model import Level
from conformance.mutants import Keyring, Mutant, all_mutants
from conformance.speed import peers, smoke
from conformance.speed.plan import Unmeasured
from conformance.targets.inprocess import InProcess
from tests.fakes.fuzz_targets import Trusting

PYCA = peers.find("cryptography")


def test_the_cases_are_demands_of_both_kinds() -> None:
    cases = {case.id: case for case in corpora.load().cases}
    for op, names in smoke.CASES.items():
        assert len(set(names)) == len(names)
        assert {cases[name].op for name in names} == {op}
        assert {cases[name].level for name in names} == {Level.MUST}
    verdicts = [cases[name].expect["valid"] for name in smoke.CASES["verify"]]
    assert verdicts.count(True) >= 5
    assert verdicts.count(False) >= 15


@pytest.mark.parametrize("op", smoke.CASES)
def test_the_right_pass(op: str) -> None:
    smoke.try_peer(peers.ours(), op)
    smoke.try_peer(PYCA, op)


def flipped(signature: bytes) -> bytes:
    return bytes([signature[0] ^ 1]) + signature[1:]


WRONG_SIGNERS = {
    "SHA-1": replace(PYCA, sign=lambda key, message: key.sign(message, PKCS1v15(), SHA1())),  # noqa: S303 - the fault
    "one bit": replace(PYCA, sign=lambda key, message: flipped(PYCA.sign(key, message))),
    "nothing": replace(PYCA, sign=lambda key, message: b""),
    "body alone": replace(PYCA, sign=lambda key, message: PYCA.sign(key, message[4:])),
}
WRONG_VERIFIERS = {
    "always": replace(PYCA, verify=lambda *_: True),
    "never": replace(PYCA, verify=lambda *_: False),
    "length alone": replace(PYCA, verify=lambda key, message, signature: len(signature) == 256),
    "no bool": replace(PYCA, verify=lambda *_: 1),
    "raises": replace(PYCA, verify=lambda *_: 1 // 0),
}


@pytest.mark.parametrize("name", WRONG_SIGNERS)
def test_wrong_signers(name: str) -> None:
    with pytest.raises(Unmeasured, match=r"^not conformant: "):
        smoke.try_peer(WRONG_SIGNERS[name], "sign")


@pytest.mark.parametrize("name", WRONG_VERIFIERS)
def test_wrong_verifiers(name: str) -> None:
    with pytest.raises(Unmeasured, match=r"^not conformant: "):
        smoke.try_peer(WRONG_VERIFIERS[name], "verify")


def test_a_peer_that_takes_no_key() -> None:
    def refuse(pem: bytes) -> Any:
        raise ValueError("no key of this size")

    with pytest.raises(Unmeasured, match="it does not take the key doc: no key of this size"):
        smoke.try_peer(replace(PYCA, public=refuse), "verify")


def test_an_op_is_judged_by_itself() -> None:
    ask = InProcess(Trusting()).ask
    smoke.give(ask, smoke.keys())
    smoke.try_target(ask, "sign")
    with pytest.raises(Unmeasured, match="not conformant: webhook/executed/doc-erratum: "):
        smoke.try_target(ask, "verify")


def test_an_answer_of_the_wrong_shape() -> None:
    def ask(command: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"id": "1", "signature": True}

    with pytest.raises(Unmeasured, match="not conformant: request/post-with-body/doc-sign: "):
        smoke.try_target(ask, "sign")


BLUNT = [mutant for mutant in all_mutants() if mutant.blunt and mutant.kind in ("signer", "verifier")]


@pytest.mark.parametrize("mutant", BLUNT, ids=lambda mutant: mutant.name)
def test_mutants(mutant: Mutant) -> None:
    op = {"signer": "sign", "verifier": "verify"}[mutant.kind]
    with pytest.raises(Unmeasured, match=r"^not conformant: "):
        smoke.try_target(InProcess(mutant.target(Keyring(smoke.corpus().keys.values()))).ask, op)
