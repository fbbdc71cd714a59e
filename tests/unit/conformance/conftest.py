"""Keys made by pyca/cryptography, and cases around them, for the tests of judging and telling."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.model import Case, Key, Level


def as_key(name: str, private: RSAPrivateKey) -> Key:
    """A corpus key without its private half."""
    spki = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Key(name, private.key_size, 65537, None, spki.decode(), "made for the tests")


class Signer:
    """A 2048-bit key that signs rightly and wrongly."""

    def __init__(self, name: str) -> None:
        self.private = generate_private_key(65537, 2048)
        self.key = as_key(name, self.private)
        numbers = self.private.private_numbers()
        self.n, self.d, self.k = numbers.public_numbers.n, numbers.d, self.private.key_size // 8

    def raw(self, message: bytes, padding: Any = None, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
        """A signature, PKCS#1 v1.5 with SHA-256 unless told otherwise."""
        return self.private.sign(message, padding or PKCS1v15(), algorithm or hashes.SHA256())

    def header(self, message: bytes, **options: Any) -> str:
        """The same as header text."""
        return base64.b64encode(self.raw(message, **options)).decode()

    def of_em(self, em: bytes) -> str:
        """Header text of the signature that opens to ``em``."""
        value = pow(int.from_bytes(em, "big"), self.d, self.n)
        return base64.b64encode(value.to_bytes(self.k, "big")).decode()


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer("merchant")


@pytest.fixture(scope="session")
def other() -> Signer:
    return Signer("platform")


@pytest.fixture(scope="session")
def keys(signer: Signer, other: Signer) -> dict[str, Key]:
    return {"merchant": signer.key, "platform": other.key}


MakeCase = Callable[..., Case]


@pytest.fixture
def make_case() -> MakeCase:
    def make(op: str, given: dict[str, Any], expect: dict[str, Any], **changes: Any) -> Case:
        fields: dict[str, Any] = {
            "id": f"suite/{op}",
            "suite": "suite",
            "comment": "What this case is about.",
            "level": Level.MUST,
            "clauses": ("S7",),
            "flags": (),
            "differs_from": None,
        }
        return Case(op=op, input=given, expect=expect, **{**fields, **changes})

    return make
