"""Key files in the forms that merchants have."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes


def encrypted(key: PrivateKeyTypes, password: bytes) -> bytes:
    """PKCS#8 PEM under a password."""
    algorithm = serialization.BestAvailableEncryption(password)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, algorithm)


def one_line(pem: str) -> bytes:
    """A PEM with blanks for line ends, as the document prints it."""
    return " ".join(pem.split("\n")).encode()
