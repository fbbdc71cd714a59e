"""Every signature and message of the corpus, confirmed by pyca/cryptography and a second statement of the forms."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from tests.vectors.oracle import header_octets, message

Keys = dict[str, dict[str, Any]]
Cases = list[dict[str, Any]]


@pytest.fixture(scope="module")
def private(keys: Keys) -> dict[str, RSAPrivateKey]:
    return {name: _private(key["private_pem"]) for name, key in keys.items()}


@pytest.fixture(scope="module")
def public(keys: Keys) -> dict[str, RSAPublicKey]:
    return {name: _public(key["public_pem"]) for name, key in keys.items()}


def _private(pem: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _public(pem: str) -> RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, RSAPublicKey)
    return key


def test_keys_are_what_they_say(keys: Keys, private: dict[str, RSAPrivateKey], public: dict[str, RSAPublicKey]) -> None:
    for name, key in keys.items():
        numbers = public[name].public_numbers()
        assert (public[name].key_size, numbers.e) == (key["bits"], key["e"])
        assert private[name].public_key().public_numbers() == numbers


def test_sizes_and_exponents_that_sign(cases: Cases, keys: Keys) -> None:
    signing = {case["input"]["key"] for case in cases if case["op"] == "sign"}
    assert {(keys[name]["bits"], keys[name]["e"]) for name in signing} >= {
        (2048, 65537),
        (3072, 65537),
        (4096, 65537),
        (2048, 3),
        (2048, 17),
        (2048, 2**32 + 1),
    }


def test_messages(cases: Cases) -> None:
    stated = {
        case["id"]: case["expect"]["value"] for case in cases if case["op"] == "message" and "value" in case["expect"]
    }
    told = {case["id"]: base64.b64encode(message(case["input"])).decode() for case in cases if case["id"] in stated}
    assert stated == told


def test_sign(cases: Cases, private: dict[str, RSAPrivateKey]) -> None:
    for case in cases:
        if case["op"] == "sign" and "signature" in case["expect"]:
            signature = private[case["input"]["key"]].sign(message(case["input"]), PKCS1v15(), hashes.SHA256())
            assert case["expect"]["signature"] == base64.b64encode(signature).decode(), case["id"]


def test_verify(cases: Cases, public: dict[str, RSAPublicKey]) -> None:
    for case in cases:
        if case["op"] == "verify":
            octets = header_octets(case["input"]["signature"])
            accepted = octets is not None and _accepts(public[case["input"]["key"]], octets, message(case["input"]))
            assert case["expect"]["valid"] is accepted, case["id"]


def _accepts(key: RSAPublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed, PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def test_s_plus_n_is_s_plus_n(cases: Cases, public: dict[str, RSAPublicKey]) -> None:
    """The case is what it claims to be: 256 octets, out of range, and right modulo n."""
    (case,) = (case for case in cases if case["id"] == "signature/number/s-plus-n")
    numbers = public["doc"].public_numbers()
    octets = header_octets(case["input"]["signature"])
    assert octets is not None
    s = int.from_bytes(octets, "big")
    assert (len(octets), s >= numbers.n) == (256, True)
    assert _accepts(public["doc"], (s - numbers.n).to_bytes(256, "big"), message(case["input"]))


def test_stripped_signature_is_right_with_its_zero(cases: Cases, public: dict[str, RSAPublicKey]) -> None:
    (case,) = (case for case in cases if case["id"] == "signature/leading-zero/stripped")
    octets = header_octets(case["input"]["signature"])
    assert octets is not None
    assert len(octets) == 255
    assert _accepts(public["doc"], b"\x00" + octets, message(case["input"]))


@pytest.mark.parametrize("name", ["forged-without-private-key", "forged-without-padding"])
def test_forgeries_begin_like_an_encoded_message(cases: Cases, public: dict[str, RSAPublicKey], name: str) -> None:
    """A verifier that stops reading after the digest would take them."""
    (case,) = (case for case in cases if case["id"] == f"request/exponent-3/{name}")
    octets = header_octets(case["input"]["signature"])
    assert octets is not None
    numbers = public["exponent-3"].public_numbers()
    em = pow(int.from_bytes(octets, "big"), numbers.e, numbers.n).to_bytes(256, "big")
    digest = hashes.Hash(hashes.SHA256())
    digest.update(message(case["input"]))
    assert em.startswith(b"\x00\x01")
    assert em.find(digest.finalize()) in range(20, 64)
