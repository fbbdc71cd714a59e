"""The keys of a corpus, shared by all mutants of a process, and the RSA operations they are broken with.

What was signed, verified or opened is remembered, for hundreds of mutants ask for the same. Besides the library's own
signing and verifying there are the raw numbers: a signature opened with the public key, and any encoded message signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from conformance.model import Key
from signing_core import InvalidSignature, KeyFormatError, PrivateKey, PublicKey, WeakKeyError

DIGEST_INFO = {
    "md5": bytes.fromhex("3020300c06082a864886f70d020505000410"),
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha224": bytes.fromhex("302d300d06096086480165030402040500041c"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What stands before the digest in an encoded message, by hash (RFC 8017, section 9.2, note 1)."""


def digest(message: bytes, hash_name: str = "sha256") -> bytes:
    """The message's digest."""
    return hashlib.new(hash_name, message, usedforsecurity=False).digest()


def framed(content: bytes, k: int) -> bytes:
    """``content`` padded to k octets as EMSA-PKCS1-v1_5 does (RFC 8017, section 9.2)."""
    return b"\x00\x01" + b"\xff" * (k - len(content) - 3) + b"\x00" + content


class HeldKey:
    """One key of the corpus."""

    def __init__(self, key: Key) -> None:
        self.public = PublicKey.from_pem(key.public_pem)
        self.private = None if key.private_pem is None else PrivateKey.from_pem(key.private_pem)
        self.n, self.e = self.public.modulus, self.public.exponent
        self.k = (self.public.bits + 7) // 8
        self._pem = key.private_pem
        self._signatures: dict[bytes, bytes] = {}
        self._powers: dict[bytes, bytes] = {}
        self._opened: dict[bytes, bytes] = {}
        self._held: dict[tuple[bytes, bytes], bool] = {}

    def sign(self, message: bytes) -> bytes:
        """The right signature."""
        found = self._signatures.get(message)
        if found is None:
            if self.private is None:
                raise LookupError("the key came without its private half")
            found = self._signatures[message] = self.private.sign(message)
        return found

    def sign_with(self, message: bytes, padding: AsymmetricPadding, algorithm: HashAlgorithm) -> bytes:
        """A signature of another scheme, by pyca/cryptography."""
        return self._pyca.sign(message, padding, algorithm)

    def holds(self, message: bytes, raw: bytes) -> bool:
        """Whether ``raw`` is the right signature, as the library says."""
        found = self._held.get((message, raw))
        if found is None:
            try:
                self.public.verify(message, raw)
                found = True
            except InvalidSignature:
                found = False
            self._held[message, raw] = found
        return found

    def opened(self, raw: bytes) -> bytes:
        """s^e mod n in k octets, for any octets: the encoded message that a signature holds, if it is one."""
        found = self._opened.get(raw)
        if found is None:
            found = self._opened[raw] = pow(int.from_bytes(raw, "big"), self.e, self.n).to_bytes(self.k, "big")
        return found

    def sign_encoded(self, em: bytes) -> bytes:
        """The signature that opens to ``em``, by the Chinese remainder theorem."""
        found = self._powers.get(em)
        if found is None:
            numbers, m = self._numbers, int.from_bytes(em, "big")
            at_p, at_q = pow(m, numbers.dmp1, numbers.p), pow(m, numbers.dmq1, numbers.q)
            s = at_q + numbers.q * ((at_p - at_q) * numbers.iqmp % numbers.p)
            found = self._powers[em] = s.to_bytes(self.k, "big")
        return found

    @cached_property
    def _pyca(self) -> RSAPrivateKey:
        private = load_pem_private_key((self._pem or "").encode(), None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(private, RSAPrivateKey):
            raise TypeError("the key is not an RSA key")
        return private

    @cached_property
    def _numbers(self) -> RSAPrivateNumbers:
        return self._pyca.private_numbers()


class Keyring(Mapping[str, HeldKey]):
    """The keys by name; ``refused`` tells of those that the library does not take, whose cases cannot be asked."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._held: dict[str, HeldKey] = {}
        self.refused: dict[str, str] = {}
        for key in keys:
            try:
                self._held[key.name] = HeldKey(key)
            except (KeyFormatError, WeakKeyError) as error:
                self.refused[key.name] = str(error)

    def __getitem__(self, name: str) -> HeldKey:
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)
