"""Libraries as peers: each signs and verifies like pyca/cryptography, and a missing one says how to get it."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from conformance.speed import peers
from conformance.speed.plan import Unmeasured
from conformance.speed.smoke import corpus

MESSAGE = b"POSThttps://host.example/{}"


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    loaded = load_pem_private_key((corpus().keys["doc"].private_pem or "").encode(), None)
    assert isinstance(loaded, RSAPrivateKey)
    return loaded


@pytest.mark.parametrize("name", ["signing_core", *peers.PEERS])
def test_each_signs_and_verifies(name: str, key: RSAPrivateKey) -> None:
    try:
        peer = peers.ours() if name == "signing_core" else peers.find(name)
    except Unmeasured as why:
        pytest.skip(f"{name}: {why}")
    assert peer.name == name
    assert peer.version[0].isdigit()
    private = peer.private(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = peer.public(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    expected = key.sign(MESSAGE, PKCS1v15(), SHA256())
    assert peer.sign(private, MESSAGE) == expected
    assert peer.verify(public, MESSAGE, expected) is True
    assert peer.verify(public, MESSAGE + b" ", expected) is False
    assert peer.verify(public, MESSAGE, expected[:-1]) is False
    assert peer.verify(public, MESSAGE, key.sign(MESSAGE, PKCS1v15(), SHA1())) is False  # noqa: S303 - another hash
    with pytest.raises(InvalidSignature):
        key.public_key().verify(expected, MESSAGE + b" ", PKCS1v15(), SHA256())


def test_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Crypto", None)
    with pytest.raises(Unmeasured, match=r"^not installed; pip install pycryptodome$"):
        peers.find("pycryptodome")


def test_a_module_of_that_name_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(peers, "version", version)
    with pytest.raises(Unmeasured, match="pip install rsa"):
        peers.find("rsa")


def test_an_unknown_one() -> None:
    with pytest.raises(KeyError):
        peers.find("openssl")
