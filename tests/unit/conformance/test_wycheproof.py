"""The Wycheproof-shaped export: its schema, and every test of it judged by pyca/cryptography."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema_rs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from conformance import corpus as corpus_module
from conformance.model import Corpus
from conformance.resources import vectors_root
from conformance.wycheproof import Export, export

SCHEMA = json.loads((vectors_root() / "schema" / "wycheproof.schema.json").read_text(encoding="utf-8"))


@cache
def corpus() -> Corpus:
    return corpus_module.load()


@cache
def whole() -> Export:
    return export(corpus(), corpus().cases, "1.2.3")


def exported() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for group in whole().document["testGroups"]:
        for test in group["tests"]:
            yield group, test


def case_id(test: dict[str, Any]) -> str:
    return str(test["comment"].partition(": ")[0])


def is_canonical(header: str) -> bool:
    """Whether Python's encoder, given what its decoder makes of the text, gives the text again."""
    try:
        decoded = base64.b64decode(header.encode("utf-8"))
    except binascii.Error:
        return False
    return base64.b64encode(decoded).decode() == header


def test_it_fits_its_schema() -> None:
    jsonschema_rs.validate(SCHEMA, whole().document)
    for wrong in ({"sha": "SHA-512"}, {"surprise": 1}, {"tests": []}):
        broken = json.loads(json.dumps(whole().document))
        broken["testGroups"][0] |= wrong
        assert not jsonschema_rs.is_valid(SCHEMA, broken)


def test_each_verify_case_is_there_once_or_left_out() -> None:
    ids = [case_id(test) for _, test in exported()]
    verify = [case for case in corpus().cases if case.op == "verify"]
    assert sorted([*ids, *whole().left_out]) == sorted(case.id for case in verify)
    assert [test["tcId"] for _, test in sorted(exported(), key=lambda pair: pair[1]["tcId"])] == [
        *range(1, len(ids) + 1)
    ]
    assert whole().document["numberOfTests"] == len(ids) > 100
    headers = {case.id: case.input["signature"] for case in verify}
    for name in whole().left_out:
        assert not is_canonical(headers[name])


def test_pyca_agrees_with_every_result() -> None:
    results = set()
    for group, test in exported():
        key = load_pem_public_key(group["publicKeyPem"].encode())
        assert isinstance(key, rsa.RSAPublicKey)
        try:
            key.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]), padding.PKCS1v15(), hashes.SHA256())
            told = "valid"
        except InvalidSignature:
            told = "invalid"
        assert test["result"] in (told, "acceptable"), test["comment"]
        results.add(test["result"])
    assert {"valid", "invalid"} <= results


def test_the_forms_of_a_key_agree() -> None:
    groups = whole().document["testGroups"]
    assert len({group["publicKeyPem"] for group in groups}) == len(groups)
    for group in groups:
        key = load_pem_public_key(group["publicKeyPem"].encode())
        assert isinstance(key, rsa.RSAPublicKey)
        for form in ("publicKeyDer", "publicKeyAsn"):
            assert load_der_public_key(bytes.fromhex(group[form])) == key
        numbers = group["publicKey"]
        assert int.from_bytes(bytes.fromhex(numbers["modulus"]), "big", signed=True) == key.public_numbers().n
        assert int.from_bytes(bytes.fromhex(numbers["publicExponent"]), "big", signed=True) == key.public_numbers().e
        assert group["keySize"] == key.public_numbers().n.bit_length()


def test_every_flag_has_its_note_and_no_other_is_there() -> None:
    assert set(whole().document["notes"]) == {flag for _, test in exported() for flag in test["flags"]}


def test_a_should_is_acceptable_and_a_spelling_is_left_out() -> None:
    case = next(c for c in corpus().cases if c.op == "verify" and c.expect["valid"] and c.level == "must")
    padded = replace(case, id="padded", input={**case.input, "signature": f" {case.input['signature']}"})
    accented = replace(case, id="accented", input={**case.input, "signature": "\u00e9"})
    policy = replace(case, id="policy", level=type(case.level)("should"))
    made = export(corpus(), (padded, policy, accented), "1")
    assert made.left_out == ("padded", "accented")
    (test,) = made.document["testGroups"][0]["tests"]
    assert (case_id(test), test["tcId"], test["result"]) == ("policy", 1, "acceptable")
