"""Keys, signatures and headers with pyca/cryptography and base64, as merchants use them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from protocol import Implementation, Refused


class Pyca(Implementation):
    """The RSA of a harness that is about something else: its client."""

    def private_key(self, data: bytes, password: str | None) -> rsa.RSAPrivateKey:
        """A PEM file's key. Raises Refused."""
        try:
            key = serialization.load_pem_private_key(data, None if password is None else password.encode())
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: a password too many, or too few
            raise Refused(str(error)) from error
        return _rsa(key, rsa.RSAPrivateKey)

    def public_key(self, data: bytes) -> rsa.RSAPublicKey:
        """A PEM file's key. Raises Refused."""
        try:
            key = serialization.load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Refused(str(error)) from error
        return _rsa(key, rsa.RSAPublicKey)

    def fingerprint(self, key: Any) -> str:
        """See Implementation."""
        public = key.public_key() if isinstance(key, rsa.RSAPrivateKey) else key
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest()

    def sign(self, message: bytes, key: rsa.RSAPrivateKey) -> str:
        """See Implementation."""
        return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()

    def verify(self, message: bytes, signature: str, key: rsa.RSAPublicKey) -> bool:
        """See Implementation."""
        try:
            key.verify(base64.b64decode(signature), message, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):  # ValueError: no base64
            return False
        return True


def _rsa(key: Any, kind: type) -> Any:
    if not isinstance(key, kind):
        raise Refused("not an RSA key")
    return key
