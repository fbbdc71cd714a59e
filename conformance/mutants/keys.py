"""Readers of key files that take too much, too little, or tell another fingerprint (P18, P19, P46)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate

from conformance.mutants.registry import mutant
from conformance.mutants.right import Right, fingerprint
from conformance.targets import Refused
from signing_core import PrivateKey, PublicKey, SigningError

FILES = "key-files"
Load = Callable[[Right, bytes | None, bytes | None, str | None], str]


def _given(private: bytes | None, public: bytes | None) -> bytes:
    return (private if private is not None else public) or b""


class Narrow(Right):
    """Refuses files that are right but of one guise."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        if self.declines(_given(private, public), password):
            raise Refused("of this guise no key is read")
        return fingerprint(private, public, password)

    def declines(self, data: bytes, password: str | None) -> bool:
        """Whether a file of this guise is refused."""
        raise NotImplementedError


class Wide(Right):
    """Takes files that must be refused."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        found = self.taken(private, public, password)
        return fingerprint(private, public, password) if found is None else found

    def taken(self, private: bytes | None, public: bytes | None, password: str | None) -> str | None:
        """The fingerprint of what should have been refused; None for other files."""
        raise NotImplementedError


class OtherFingerprint(Right):
    """Takes the right files and tells another fingerprint."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        right = fingerprint(private, public, password)
        try:
            if private is not None:
                key = PrivateKey.from_pem(private, password).public_key
            else:
                key = PublicKey.from_pem(public or b"")
        except SigningError:
            return right
        return self.told(key)

    def told(self, key: PublicKey) -> str:
        """The wrong fingerprint."""
        raise NotImplementedError


# --- guises ---------------------------------------------------------------------------------------------------------


@mutant("load_key", "strict PEM readers", FILES)
class LinesOnly(Narrow):
    """PEM on one line, as the document prints it, is refused."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"-----BEGIN" in data and data.strip().count(b"\n") == 0 and b"\\n" not in data


@mutant("load_key", "environment variables", FILES)
class LiteralNewlinesRefused(Narrow):
    r"""Line ends spelled \n are not understood."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"\\n" in data


@mutant("load_key", "Unix-only readers", FILES)
class CarriageReturnsRefused(Narrow):
    """CR LF line ends are not understood."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"\r\n" in data


@mutant("load_key", "readers that await BEGIN at the first octet", FILES)
class BlanksAroundRefused(Narrow):
    """Blanks before the BEGIN line are not skipped."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return data[:1].isspace()


@mutant("load_key", "Java, .NET, merchants' code for this very API", FILES)
class OnlyPkcs8(Narrow):
    """PKCS#1 private keys are not read."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"BEGIN RSA PRIVATE KEY" in data


@mutant("load_key", "old libraries", FILES)
class OnlyPkcs1(Narrow):
    """PKCS#8 private keys are not read."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"BEGIN PRIVATE KEY" in data or b"BEGIN ENCRYPTED PRIVATE KEY" in data


@mutant("load_key", "Java's X509EncodedKeySpec", FILES)
class OnlySpki(Narrow):
    """PKCS#1 public keys are not read."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"BEGIN RSA PUBLIC KEY" in data


@mutant("load_key", "readers of files, not of the document's key address", FILES)
class OnlyPem(Narrow):
    """base64 without armour is not read."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"-----BEGIN" not in data


@mutant("load_key", "readers that decode base64 once and await DER", FILES)
class NoBase64OfPem(Narrow):
    """base64 of PEM is not read; of DER it is."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return data.startswith(base64.b64encode(b"-----BEGIN ")[:12])


@mutant("load_key", "readers that decode base64 once and await PEM", FILES)
class NoBase64OfDer(Narrow):
    """base64 of DER is not read; of PEM it is."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return data.startswith(b"MI")


@mutant("load_key", "readers without a password field", FILES)
class NoEncryptedKeys(Narrow):
    """Encrypted keys are not read."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"ENCRYPTED" in data


@mutant("load_key", "libraries without OpenSSL's older encryption", FILES)
class NoOlderEncryption(Narrow):
    """PKCS#1 with a DEK-Info header is not read."""

    def declines(self, data: bytes, password: str | None) -> bool:
        return b"DEK-Info" in data


@mutant("load_key", "systems for 2048 bits alone", FILES)
class Only2048Bits(Right):
    """Longer keys are refused."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        right = fingerprint(private, public, password)
        key = PublicKey.from_pem(public) if public else None
        bits = key.bits if key else PrivateKey.from_pem(private or b"", password).bits
        if bits != 2048:
            raise Refused("not 2048 bits")
        return right


@mutant("load_key", "systems for 65537 alone", FILES)
class OnlyUsualExponent(Right):
    """An exponent other than 65537 is refused."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        right = fingerprint(private, public, password)
        key = PublicKey.from_pem(public) if public else PrivateKey.from_pem(private or b"", password)
        if key.exponent != 65537:
            raise Refused("an unusual exponent")
        return right


# --- what must be refused -------------------------------------------------------------------------------------------


@mutant("load_key", "all of 18 verifiers", FILES)
class TakesWeakKeys(Wide):
    """Keys of fewer than 2048 bits are taken."""

    def taken(self, private: bytes | None, public: bytes | None, password: str | None) -> str | None:
        try:
            if private is not None:
                return PrivateKey.from_pem(private, password, allow_weak=True).fingerprint
            return PublicKey.from_pem(public or b"", allow_weak=True).fingerprint
        except SigningError:
            return None


@mutant("load_key", "15 of 18 verifiers, which take e = 1", FILES)
class TakesAnyExponent(Wide):
    """Exponents that are even, 0 or 1 are taken."""

    def taken(self, private: bytes | None, public: bytes | None, password: str | None) -> str | None:
        if public is None or b"-----BEGIN PUBLIC KEY-----" not in public:
            return None
        body = re.sub(rb"-----[A-Z ]+-----|\s", b"", public)
        try:
            der = base64.b64decode(body, validate=True)
        except ValueError:
            return None
        rsa = bytes.fromhex("06092a864886f70d010101")
        sound = rsa in der and len(der) > 4 and 4 + int.from_bytes(der[2:4], "big") == len(der)
        return hashlib.sha256(der).hexdigest() if sound else None


@mutant("load_key", "readers that take whatever holds a key", FILES)
class TakesCertificates(Wide):
    """A certificate's key is taken for a public key."""

    def taken(self, private: bytes | None, public: bytes | None, password: str | None) -> str | None:
        data = _given(private, public)
        if b"BEGIN CERTIFICATE" not in data:
            return None
        return _spki(load_pem_x509_certificate(data).public_key())


@mutant("load_key", "readers that take whatever holds a key", FILES)
class TakesPrivateForPublic(Wide):
    """A private key is taken where the public one is wanted."""

    def taken(self, private: bytes | None, public: bytes | None, password: str | None) -> str | None:
        if public is None or b"PRIVATE KEY" not in public:
            return None
        try:
            key = load_pem_private_key(public, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return None
        return _spki(key.public_key()) if isinstance(key, RSAPrivateKey) else None


@mutant("load_key", "readers that take whatever holds a key", FILES)
class TakesOtherAlgorithms(Wide):
    """Keys of other algorithms than RSA are taken."""

    def taken(self, private: bytes | None, public: bytes | None, password: str | None) -> str | None:
        try:
            if private is not None:
                return _spki(load_pem_private_key(private, None).public_key())
            key = load_pem_public_key(public or b"")
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return None
        return None if isinstance(key, RSAPublicKey) else _spki(key)


@mutant("load_key", "readers that ignore the armour", FILES)
class IgnoresArmour(Wide):
    """The BEGIN and END lines are thrown away, whatever they say."""

    def taken(self, private: bytes | None, public: bytes | None, password: str | None) -> str | None:
        data = re.sub(rb"-----[A-Z ]+-----", b"", _given(private, public))
        try:
            body = base64.b64encode(base64.b64decode(data))
            ours, theirs = (body, None) if private is not None else (None, body)
            return fingerprint(ours, theirs, None) if body else None
        except (Refused, ValueError):
            return None


@mutant("load_key", "agents that keep passwords", FILES)
class RemembersPasswords(Right):
    """A password that once opened a key is tried again where the given one is wrong or missing."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        known: list[str | None] = self.__dict__.setdefault("known", [])
        for tried in (password, *known):
            try:
                found = fingerprint(private, public, tried)
            except Refused as error:
                refusal = error
            else:
                known.append(tried)
                return found
        raise refusal


def _spki(key: object) -> str:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return hashlib.sha256(der).hexdigest()


@mutant("load_key", "reloading: the error is logged, the key before stays in use", FILES)
class KeepsEarlierKey(Right):
    """A file that cannot be read leaves the key that was loaded before."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        try:
            self.last = fingerprint(private, public, password)
        except Refused:
            if not hasattr(self, "last"):
                raise
        return self.last


# --- the fingerprint ------------------------------------------------------------------------------------------------


@mutant("load_key", "fingerprints over the file", FILES)
class FingerprintOfFile(Right):
    """The fingerprint is the hash of the file, not of the key."""

    def load_key(self, private: bytes | None = None, public: bytes | None = None, password: str | None = None) -> str:
        fingerprint(private, public, password)
        return hashlib.sha256(_given(private, public)).hexdigest()


@mutant(
    "load_key",
    "fingerprints over RSAPublicKey",
    FILES,
    twin_of=("fingerprint-of-file", "both are wrong for every key there is; they are read off different octets"),
)
class FingerprintOfPkcs1(OtherFingerprint):
    """The fingerprint is the hash of the PKCS#1 public key, without its algorithm."""

    def told(self, key: PublicKey) -> str:
        return hashlib.sha256(key.pyca().public_bytes(Encoding.DER, PublicFormat.PKCS1)).hexdigest()
