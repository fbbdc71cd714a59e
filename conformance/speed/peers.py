"""Libraries that sign in Python, each by its fastest plain use: what its users have in a service today.

``find`` gives a peer or says how to install it. Its key is read from PEM; ``sign`` and ``verify`` take the message and
hash it themselves, as ours do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from conformance.speed.plan import Unmeasured

__all__ = ["PEERS", "Peer", "find", "ours"]


@dataclass(frozen=True)
class Peer:
    """A library: ``name`` is that of its distribution."""

    name: str
    version: str
    private: Callable[[bytes], Any]  # a private key of its PEM (PKCS #8)
    public: Callable[[bytes], Any]  # a public key of its PEM (SPKI)
    sign: Callable[[Any, bytes], bytes]
    verify: Callable[[Any, bytes, bytes], bool]


def ours() -> Peer:
    """signing_core, on whichever backend is in use."""
    from signing_core import InvalidSignature, PrivateKey, PublicKey

    def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
        try:
            key.verify(message, signature)
        except InvalidSignature:
            return False
        return True

    return Peer(
        "signing_core", version("signkit"), PrivateKey.from_pem, PublicKey.from_pem, lambda k, m: k.sign(m), verify
    )


def find(name: str) -> Peer:
    """The peer of this name. Raises Unmeasured, which says what to install, and KeyError for an unknown one."""
    make, module = PEERS[name]
    try:
        import_module(module)
        return make(version(name))
    except (ImportError, PackageNotFoundError):  # the latter: another distribution has a module of this name
        raise Unmeasured(f"not installed; pip install {name}") from None


def _cryptography(told: str) -> Peer:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

    padding, digest = PKCS1v15(), SHA256()

    def verify(key: Any, message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message, padding, digest)
        except InvalidSignature:
            return False
        return True

    return Peer(
        "cryptography",
        told,
        lambda pem: load_pem_private_key(pem, None),
        load_pem_public_key,
        lambda key, message: key.sign(message, padding, digest),
        verify,
    )


def _pycryptodome(told: str) -> Peer:
    rsa, scheme, sha256 = (
        import_module(f"Crypto.{name}") for name in ("PublicKey.RSA", "Signature.pkcs1_15", "Hash.SHA256")
    )

    def verify(key: Any, message: bytes, signature: bytes) -> bool:
        try:
            key.verify(sha256.new(message), signature)
        except ValueError:
            return False
        return True

    def load(pem: bytes) -> Any:
        return scheme.new(rsa.import_key(pem))

    return Peer("pycryptodome", told, load, load, lambda key, message: key.sign(sha256.new(message)), verify)


def _awscrt(told: str) -> Peer:
    crypto = import_module("awscrt.crypto")
    scheme = crypto.RSASignatureAlgorithm.PKCS1_5_SHA256

    return Peer(
        "awscrt",
        told,
        lambda pem: crypto.RSA.new_private_key_from_pem_data(_pkcs1(pem)),
        lambda pem: crypto.RSA.new_public_key_from_pem_data(_pkcs1_public(pem)),
        lambda key, message: key.sign(scheme, hashlib.sha256(message).digest()),
        lambda key, message, signature: key.verify(scheme, hashlib.sha256(message).digest(), signature),
    )


def _rsa(told: str) -> Peer:
    rsa = import_module("rsa")

    def verify(key: Any, message: bytes, signature: bytes) -> bool:
        try:
            found: str = rsa.verify(message, signature, key)
        except rsa.VerificationError:
            return False
        return found == "SHA-256"  # it takes the hash function from the signature

    return Peer(
        "rsa",
        told,
        lambda pem: rsa.PrivateKey.load_pkcs1(_pkcs1(pem)),
        rsa.PublicKey.load_pkcs1_openssl_pem,
        lambda key, message: rsa.sign(message, key, "SHA-256"),
        verify,
    )


def _pkcs1(pem: bytes) -> bytes:
    """The key in the older form that some read alone."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(pem, None)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _pkcs1_public(pem: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_public_key(pem)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)


# distribution -> what makes the peer, and the module that it needs
PEERS: Mapping[str, tuple[Callable[[str], Peer], str]] = {
    "cryptography": (_cryptography, "cryptography"),
    "pycryptodome": (_pycryptodome, "Crypto"),
    "awscrt": (_awscrt, "awscrt.crypto"),
    "rsa": (_rsa, "rsa"),
}
