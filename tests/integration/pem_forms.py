"""Key files in the forms that merchants have."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes


def pem(key: PrivateKeyTypes, form: serialization.PrivateFormat, password: bytes | None = None) -> bytes:
    """PEM of one of the formats, under a password if there is one."""
    algorithm = serialization.NoEncryption() if password is None else serialization.BestAvailableEncryption(password)
    return key.private_bytes(serialization.Encoding.PEM, form, algorithm)


def encrypted(key: PrivateKeyTypes, password: bytes) -> bytes:
    """PKCS#8 PEM under a password."""
    return pem(key, serialization.PrivateFormat.PKCS8, password)


def one_line(text: str) -> bytes:
    """A PEM with blanks for line ends, as the document prints it."""
    return " ".join(text.split("\n")).encode()
