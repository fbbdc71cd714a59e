"""Fixtures for the tests of signing_core: ``backend`` runs a test on each one, ``gate`` holds AsyncSigner's threads."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator

import pytest

from signing_core import PrivateKey, aio, backends
from signing_core._engines import NativeEngine
from tests.async_gate import Gate
from tests.key_texts import PASSWORD
from tests.rsa_oracle import OPENSSL, IntKey, int_key, openssl


@pytest.fixture(params=["ifma", "openssl", "pyca"])
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    reason = backends.info().unavailable.get(name)
    if reason is not None:
        pytest.skip(reason)
    backends.use(name)
    yield name
    backends.use("auto")


@pytest.fixture(scope="session")
def numbers() -> IntKey:
    """A 2048-bit key as plain numbers."""
    return int_key()


@pytest.fixture(scope="session")
def key(numbers: IntKey) -> PrivateKey:
    """The same key as signing_core reads it."""
    return PrivateKey.from_pem(numbers.pem)


@pytest.fixture(scope="session")
def private_forms(numbers: IntKey) -> dict[str, bytes]:
    """One key in every form of its private half, by the openssl command; the encrypted ones under PASSWORD."""
    with_password = ["-passout", f"pass:{PASSWORD}"]

    def run(*arguments: str) -> bytes:
        return subprocess.run([OPENSSL, *arguments], input=numbers.pem, capture_output=True, check=True).stdout

    return {
        "PKCS#8": numbers.pem,
        "PKCS#1": run("rsa", "-traditional"),
        "encrypted PKCS#8": run("pkcs8", "-topk8", "-v2", "aes-256-cbc", *with_password),
        "encrypted PKCS#8, scrypt": run("pkcs8", "-topk8", "-scrypt", *with_password),
        "encrypted PKCS#1, AES": run("rsa", "-aes256", "-traditional", *with_password),
        "encrypted PKCS#1, 3DES": run("rsa", "-des3", "-traditional", *with_password),
    }


@pytest.fixture(scope="session")
def public_forms(numbers: IntKey) -> dict[str, bytes]:
    return {
        "SPKI": openssl("rsa -pubout", numbers.pem),
        "PKCS#1": openssl("rsa -RSAPublicKey_out", numbers.pem),
    }


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(aio, "sign_items", gate.sign_items)
    monkeypatch.setattr(NativeEngine, "errand", lambda _, key, message: gate.errand(key, message))
    yield gate
    gate.opened.set()


@pytest.fixture
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "AsyncSigner"]
