"""Edge cases for a user's own key: valid by schema and loader, judged by pyca, private key kept out."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from conformance import corpus, own_vectors
from conformance.model import Case, Corpus
from signing_core import KeyFormatError, PrivateKey
from tests.vectors.oracle import header_octets, message


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generate()


@pytest.fixture(scope="module")
def made(key: PrivateKey) -> bytes:
    return own_vectors.make(key)


@pytest.fixture(scope="module")
def loaded(made: bytes, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    path = tmp_path_factory.mktemp("own") / "own.json"
    path.write_bytes(made)
    return corpus.load([path])


def test_it_loads_and_has_every_kind_of_fault(loaded: Corpus) -> None:
    groups = {case.id.split("/")[1] for case in loaded.cases}
    assert groups >= {"hash", "digestinfo", "padding", "scheme", "length", "number", "bit-flip", "header", "valid"}
    assert corpus.counted(loaded.cases, loaded.notes) > 300
    assert {case.op for case in loaded.cases} == {"verify"}


def test_the_private_key_stays_out(made: bytes, key: PrivateKey) -> None:
    assert json.loads(made)["keys"]["own"]["private_pem"] is None
    assert b"PRIVATE" not in made
    secret = "".join(key.to_pem().decode().splitlines()[1:-1])
    assert not any(secret[at : at + 40].encode() in made for at in range(0, len(secret) - 40, 40))


def test_the_same_key_makes_the_same_bytes(made: bytes, key: PrivateKey) -> None:
    assert own_vectors.make(PrivateKey.from_pem(key.to_pem())) == made


def test_the_private_key_goes_in_where_it_is_asked_for(key: PrivateKey, tmp_path: Path) -> None:
    (tmp_path / "own.json").write_bytes(own_vectors.make(key, include_private=True))
    found = corpus.load([tmp_path / "own.json"])
    pem = found.keys["own"].private_pem
    assert pem is not None
    assert PrivateKey.from_pem(pem).fingerprint == key.fingerprint
    signing = [case for case in found.cases if case.op == "sign"]
    assert signing
    for case in signing:
        expected = base64.b64encode(key.sign(message(dict(case.input)))).decode()
        assert case.expect == {"signature": expected}


def test_pyca_judges_each_case_alike(loaded: Corpus) -> None:
    public = load_pem_public_key(loaded.keys["own"].public_pem.encode())
    assert isinstance(public, RSAPublicKey)
    for case in loaded.cases:
        assert _accepts(public, case) is case.expect["valid"], case.id


def _accepts(public: RSAPublicKey, case: Case) -> bool:
    octets = header_octets(case.input["signature"])
    if octets is None:
        return False
    try:
        public.verify(octets, message(dict(case.input)), PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def test_s_plus_n_and_a_leading_zero_are_there_for_any_key(loaded: Corpus) -> None:
    ids = {case.id for case in loaded.cases}
    assert {"own-key/number/s-plus-n", "own-key/leading-zero/valid", "own-key/leading-zero/stripped"} <= ids


def test_a_key_that_would_take_minutes_is_refused(monkeypatch: pytest.MonkeyPatch, key: PrivateKey) -> None:
    monkeypatch.setattr(own_vectors, "MAX_BITS", 1024)
    with pytest.raises(KeyFormatError, match="the key has 2048 bits; edge cases are made for keys of up to 1024"):
        own_vectors.make(key)


def test_faults_are_those_of_the_shipped_corpus(loaded: Corpus) -> None:
    """One statement of the edge cases: what stands there for the document's key stands here for the user's."""
    shipped: dict[str, Any] = {case.id: case for case in corpus.load().cases}
    for case in loaded.cases:
        name = case.id.removeprefix("own-key/")
        twin = shipped.get(name if name.startswith("header/") else f"signature/{name}")
        if twin is not None and not name.startswith("leading-zero"):
            assert (twin.comment, twin.level, twin.expect) == (case.comment, case.level, case.expect)
