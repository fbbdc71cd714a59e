"""RSA keys: read, generate, check, sign and verify with one of them.

What is read, and what is refused with which bounds, is in ``_armor`` and ``_loading``. Keys never change once made, so
threads may share them. A private key cannot be pickled or copied, and shows nothing but its size and fingerprint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from cryptography.exceptions import InternalError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from signing_core import _loading
from signing_core._armor import LONGEST
from signing_core._material import PrivateMaterial, PublicMaterial
from signing_core.batch import Octets, octets, sign_items, verify_items
from signing_core.errors import InvalidSignature, KeyFormatError, NativeError, SigningError, WeakKeyError

__all__ = ["Check", "PrivateKey", "PublicKey"]

DOCUMENTED_FINGERPRINT = "1ffc6d394485e699af20e4d2716d44d9243ba4919cdba5e8861810f936739e31"
"""Fingerprint of the key pair that the merchant document prints, whose private half is therefore public (S43, P40)."""

_PROBE = b"signing_core: pairwise consistency test"
_LONGEST_PASSWORD = 1023  # OpenSSL's bound

_T = TypeVar("_T")


class Check(NamedTuple):
    """One line of a key's examination."""

    name: str
    ok: bool
    detail: str


class PublicKey(PublicMaterial):
    """An RSA public key; made by ``from_pem``, ``from_file`` or ``PrivateKey.public_key``. Equal if the numbers are."""

    @classmethod
    def from_pem(cls, data: str | bytes, allow_weak: bool = False) -> PublicKey:
        """Read a SubjectPublicKeyInfo or PKCS#1 public key: any guise of PEM, base64 of PEM or of DER (P18, P19).

        ``allow_weak`` takes keys from 512 bits up. A private key beside the public one is passed over. Raises
        KeyFormatError, WeakKeyError, and TypeError if ``data`` is neither str nor bytes.
        """
        return cls(_loading.public_key(data, allow_weak=allow_weak))

    @classmethod
    def from_file(cls, path: str | PathLike[str], allow_weak: bool = False) -> PublicKey:
        """``from_pem`` of a file; its errors name the path. Raises OSError if the file cannot be read."""
        return _read(path, lambda data: cls.from_pem(data, allow_weak))

    @property
    def bits(self) -> int:
        """Length of the modulus in bits."""
        return self.pyca().key_size

    @property
    def exponent(self) -> int:
        """The public exponent e."""
        return self.pyca().public_numbers().e

    @property
    def modulus(self) -> int:
        """The modulus n."""
        return self.pyca().public_numbers().n

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the SubjectPublicKeyInfo in DER: 64 hexadecimal digits in lower case."""
        return hashlib.sha256(self.pyca().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    @property
    def is_documented(self) -> bool:
        """Whether this is the merchant document's own key, whose private half everyone can read (P40)."""
        return self.fingerprint == DOCUMENTED_FINGERPRINT

    def to_pem(self) -> bytes:
        """The key as SubjectPublicKeyInfo in PEM."""
        return self.pyca().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verify(self, message: Octets, signature: Octets) -> None:
        """Return if ``signature`` is the raw signature of ``message`` (RFC 8017, section 8.2.2; P46).

        Raises InvalidSignature if it is not, TypeError for other types than bytes, bytearray and memoryview,
        NativeError if the library fails.
        """
        message, signature = octets(message, "message"), octets(signature, "signature")
        if verify_items([self], [message], [signature], threads=1) != [True]:
            raise InvalidSignature(f"the signature does not fit the message and key {self.fingerprint[:16]}…")

    def verify_many(
        self, messages: Iterable[Octets], signatures: Iterable[Octets], threads: int | None = None
    ) -> list[bool]:
        """Whether each signature fits its message, in order; a bad one never aborts the batch.

        Raises TypeError if there are not as many signatures as messages, else as ``verify``.
        """
        return verify_items([self], messages, signatures, threads)

    def check(self) -> list[Check]:
        """Examine the key: its size and its exponent. What cannot be used at all was refused when it was read."""
        return [_check_size(self.bits), _check_exponent(self.exponent)]

    def __eq__(self, other: object) -> bool:
        return self.fingerprint == other.fingerprint if isinstance(other, PublicKey) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"<PublicKey {self.bits} bits {self.fingerprint}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (self.to_pem(),)


class PrivateKey(PrivateMaterial):
    """An RSA private key; made by ``from_pem``, ``from_file`` or ``generate``."""

    @classmethod
    def from_pem(cls, data: str | bytes, password: str | bytes | None = None, allow_weak: bool = False) -> PrivateKey:
        """Read a PKCS#1 or PKCS#8 private key, encrypted or not, in the guises that ``PublicKey.from_pem`` takes (P19).

        The numbers are checked to be those of an RSA key. ``allow_weak`` takes keys from 512 bits up. A password for a
        key that is not encrypted is an error. Raises KeyFormatError, WeakKeyError, TypeError for wrong types.
        """
        return cls(_loading.private_key(data, password, allow_weak=allow_weak))

    @classmethod
    def from_file(
        cls, path: str | PathLike[str], password: str | bytes | None = None, allow_weak: bool = False
    ) -> PrivateKey:
        """``from_pem`` of a file; its errors name the path. Raises OSError if the file cannot be read."""
        return _read(path, lambda data: cls.from_pem(data, password, allow_weak))

    @classmethod
    def generate(cls, bits: int = 2048) -> PrivateKey:
        """Make a new key with exponent 65537. Raises WeakKeyError below 2048 bits, KeyFormatError above 8192."""
        if not isinstance(bits, int) or isinstance(bits, bool):
            raise TypeError(f"bits must be an int, not {type(bits).__name__}")
        _loading.check_size(bits, allow_weak=False)
        try:
            return cls(rsa.generate_private_key(65537, bits))
        except InternalError as fault:
            raise NativeError(f"no key could be made: {fault}") from None

    @cached_property
    def public_key(self) -> PublicKey:
        """The public half."""
        return PublicKey(self.pyca().public_key())

    @property
    def bits(self) -> int:
        """Length of the modulus in bits."""
        return self.public_key.bits

    @property
    def exponent(self) -> int:
        """The public exponent e."""
        return self.public_key.exponent

    @property
    def fingerprint(self) -> str:
        """The public half's fingerprint."""
        return self.public_key.fingerprint

    @property
    def is_documented(self) -> bool:
        """Whether this is the merchant document's own key (P40)."""
        return self.public_key.is_documented

    def to_pem(self, password: str | bytes | None = None) -> bytes:
        """The key as PKCS#8 in PEM, encrypted (PBES2, AES-256) if a password is given.

        It is a secret: store it with mode 0600. Raises KeyFormatError for a password of no bytes or more than 1023.
        """
        encryption: KeySerializationEncryption = NoEncryption()
        secret = _loading.secret(password)
        if secret is not None:
            if not 1 <= len(secret) <= _LONGEST_PASSWORD:
                raise KeyFormatError(f"the password has {len(secret)} bytes; 1 to {_LONGEST_PASSWORD} are possible")
            encryption = BestAvailableEncryption(secret)
        return self.pyca().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)

    def sign(self, message: Octets) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 over ``message`` as it stands (RFC 8017, section 8.2.1; P2).

        Returns k bytes, k the length of the modulus. Raises TypeError for other types than bytes, bytearray and
        memoryview, NativeError if the library fails.
        """
        return sign_items([self], [octets(message, "message")], threads=1)[0]

    def sign_many(self, messages: Iterable[Octets], threads: int | None = None) -> list[bytes]:
        """Sign each message, in order, on ``threads`` threads (None: one for each usable processor).

        Raises TypeError that names the item with a wrong type, before anything is signed; else as ``sign``.
        """
        return sign_items([self], messages, threads)

    def check(self) -> list[Check]:
        """Examine the key: size, exponent, the primes, the private exponent, and a signature that must verify.

        The numbers pass through Python's int, which does not wipe its memory.
        """
        numbers = self.pyca().private_numbers()
        p, q, n, e = numbers.p, numbers.q, numbers.public_numbers.n, numbers.public_numbers.e
        inverse = all(e * numbers.d % (prime - 1) == 1 for prime in (p, q))
        return [
            *self.public_key.check(),
            Check("primes", p * q == n, "p · q is n" if p * q == n else "p · q is not n"),
            Check("private exponent", inverse, "d is the inverse of e" if inverse else "d is not the inverse of e"),
            self._check_pair(),
        ]

    def _check_pair(self) -> Check:
        try:
            self.public_key.verify(_PROBE, self.sign(_PROBE))
        except SigningError as fault:
            return Check("pair", ok=False, detail=f"a signature of this key does not verify: {fault}")
        return Check("pair", ok=True, detail="a signature of this key verifies")

    def __repr__(self) -> str:
        return f"<PrivateKey {self.bits} bits {self.fingerprint}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            "a private key cannot be pickled or copied; pass the object itself, or to_pem() with a password"
        )


def _restore(pem: bytes) -> PublicKey:
    return PublicKey.from_pem(pem, allow_weak=True)


def _read(path: str | PathLike[str], parse: Callable[[bytes], _T]) -> _T:
    with Path(path).open("rb") as file:
        data = file.read(LONGEST + 1)  # one byte more than is looked at, so that a longer file is refused
    try:
        return parse(data)
    except (KeyFormatError, WeakKeyError) as error:
        raise type(error)(f"{path}: {error}") from None


def _check_size(bits: int) -> Check:
    enough = bits >= _loading.MIN_BITS
    return Check("size", enough, f"{bits} bits" + ("" if enough else f", at least {_loading.MIN_BITS} are required"))


def _check_exponent(exponent: int) -> Check:
    """3 and 17 are sound, though not every verifier takes them: lint says so (P46)."""
    return Check("exponent", exponent % 2 == 1 and exponent >= 3, f"public exponent {exponent}")
