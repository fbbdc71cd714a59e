"""One key in the forms that the backends take: pyca's object always, the C core's when it is first asked for."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from signing_core import _native

__all__ = ["PrivateMaterial", "PublicMaterial"]


class PublicMaterial:
    """What verification needs of a public key."""

    __slots__ = ("_native_key", "_pyca_key")

    def __init__(self, pyca_key: rsa.RSAPublicKey) -> None:
        self._pyca_key = pyca_key
        self._native_key: _native.Key | None = None

    def pyca(self) -> rsa.RSAPublicKey:
        return self._pyca_key

    def native(self) -> _native.Key:
        # Two threads may both find None and both make one: the loser's is freed, and both are right.
        if self._native_key is None:
            spki = self._pyca_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            self._native_key = _native.Key.public(spki)
        return self._native_key


class PrivateMaterial:
    """What signing needs of a private key."""

    __slots__ = ("_native_key", "_pyca_key")

    def __init__(self, pyca_key: rsa.RSAPrivateKey) -> None:
        self._pyca_key = pyca_key
        self._native_key: _native.Key | None = None

    def pyca(self) -> rsa.RSAPrivateKey:
        return self._pyca_key

    def native(self) -> _native.Key:
        if self._native_key is None:
            # The DER is ours alone, so it is wiped; what pyca kept of it on the way is beyond Python's reach.
            der = self._pyca_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            try:
                self._native_key = _native.Key.private(der)
            finally:
                _native.wipe(der)
        return self._native_key
