"""What keys tell and do; how they are read is in test_armor.py, what is refused in test_loading.py."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signing_core import KeyFormatError, PrivateKey, PublicKey, WeakKeyError
from tests.key_texts import PASSWORD, raw
from tests.rsa_oracle import IntKey, int_key

VECTORS = Path(__file__).parents[3] / "vectors"


def test_files(tmp_path: Path, private_forms: dict[str, bytes], public_forms: dict[str, bytes]) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(private_forms["encrypted PKCS#1, AES"])
    key = PrivateKey.from_file(path, PASSWORD)
    path.write_bytes(public_forms["SPKI"])
    assert PublicKey.from_file(str(path)) == key.public_key
    path.write_bytes(b"")
    for read in (PublicKey.from_file, PrivateKey.from_file):
        with pytest.raises(KeyFormatError, match=re.escape(f"{path}: the key is empty")):
            read(path)
    path.write_bytes(int_key(1024).pem)
    with pytest.raises(WeakKeyError, match=re.escape(f"{path}: the key has 1024 bits")):
        PrivateKey.from_file(path)
    assert PrivateKey.from_file(path, allow_weak=True).bits == 1024
    with pytest.raises(FileNotFoundError, match="nowhere"):
        PrivateKey.from_file(tmp_path / "nowhere")
    with pytest.raises(KeyFormatError, match="has 65537 bytes or more"):
        PublicKey.from_file("/dev/zero")


def test_the_documented_key() -> None:
    cases = json.loads((VECTORS / "request" / "documented-examples.json").read_bytes())
    documented = [entry for entry in cases["keys"].values() if entry["private_pem"] and entry["bits"] == 2048]
    keys = [PrivateKey.from_pem(entry["private_pem"]) for entry in documented]
    assert any(key.is_documented and key.public_key.is_documented for key in keys)
    assert not PrivateKey.from_pem(int_key().pem).is_documented


def test_numbers_and_names(key: PrivateKey, numbers: IntKey, public_forms: dict[str, bytes]) -> None:
    public = key.public_key
    assert (key.bits, key.exponent) == (public.bits, public.exponent) == (2048, 65537)
    assert public.modulus == numbers.n
    assert key.fingerprint == public.fingerprint == hashlib.sha256(raw(public_forms["SPKI"])).hexdigest()
    assert repr(key) == f"<PrivateKey 2048 bits {key.fingerprint}>"
    assert repr(public) == f"<PublicKey 2048 bits {key.fingerprint}>"
    assert public.to_pem() == public_forms["SPKI"]
    assert raw(key.to_pem()) == raw(numbers.pem)


@pytest.mark.parametrize("password", [PASSWORD, PASSWORD.encode(), "pässwörd €", "x" * 1023])
def test_to_pem_with_a_password(key: PrivateKey, password: str | bytes) -> None:
    text = key.to_pem(password)
    secret = password.encode() if isinstance(password, str) else password
    theirs = load_pem_private_key(text, secret)
    assert isinstance(theirs, RSAPrivateKey)
    assert theirs.public_key().public_numbers().n == key.public_key.modulus
    assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert PrivateKey.from_pem(text, password).fingerprint == key.fingerprint


def test_passwords_that_cannot_be(key: PrivateKey) -> None:
    with pytest.raises(KeyFormatError, match="the password has 0 bytes; 1 to 1023 are possible"):
        key.to_pem("")
    with pytest.raises(KeyFormatError, match="the password has 1024 bytes"):
        key.to_pem("x" * 1024)
    with pytest.raises(TypeError, match="a password must be str, bytes or None, not int"):
        key.to_pem(5)


def test_generate() -> None:
    key = PrivateKey.generate()
    assert (key.bits, key.exponent) == (2048, 65537)
    assert key.fingerprint != PrivateKey.generate().fingerprint
    with pytest.raises(WeakKeyError, match="the key has 2047 bits, at least 2048"):
        PrivateKey.generate(2047)
    with pytest.raises(KeyFormatError, match="the key has 8193 bits, at most 8192"):
        PrivateKey.generate(8193)
    with pytest.raises(TypeError, match="bits must be an int, not str"):
        PrivateKey.generate("2048")


def test_check(key: PrivateKey, backend: str) -> None:
    checks = key.check()
    assert [check.name for check in checks] == ["size", "exponent", "primes", "private exponent", "pair"]
    assert all(check.ok for check in checks), backend
    assert [check.name for check in key.public_key.check()] == ["size", "exponent"]
    weak = PrivateKey.from_pem(int_key(1024).pem, allow_weak=True).check()
    assert [(check.name, check.detail) for check in weak if not check.ok] == [
        ("size", "1024 bits, at least 2048 are required")
    ]


@pytest.mark.parametrize("copier", [pickle.dumps, copy.copy, copy.deepcopy])
def test_private_keys_are_not_copied(key: PrivateKey, copier: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="a private key cannot be pickled or copied"):
        copier(key)


def test_public_keys_are_values(key: PrivateKey) -> None:
    public = key.public_key
    for other in (pickle.loads(pickle.dumps(public)), copy.deepcopy(public), PublicKey.from_pem(public.to_pem())):  # noqa: S301 - our own
        assert other == public
        assert hash(other) == hash(public)
    assert public != PrivateKey.from_pem(int_key(2048, 1).pem).public_key
    assert public != public.fingerprint
