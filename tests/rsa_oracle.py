"""RSA by Python's int and hashlib, keys by the openssl command: what signing_core is compared with.

Nothing here uses signing_core. The primes are read by pyca/cryptography.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
import subprocess
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

OPENSSL = shutil.which("openssl") or "openssl"
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, section 9.2, note 1
NO_NULL_PREFIX = bytes.fromhex("302f300b06096086480165030402010420")  # the same without the NULL


def openssl(command: str, data: bytes = b"") -> bytes:
    """Standard output of ``openssl COMMAND``."""
    return subprocess.run([OPENSSL, *command.split()], input=data, capture_output=True, check=True).stdout


@dataclass(frozen=True)
class IntKey:
    """An RSA key as numbers; ``pem`` is the PKCS#8 text it comes from."""

    pem: bytes
    n: int
    e: int
    d: int
    p: int
    q: int

    @property
    def k(self) -> int:
        return (self.n.bit_length() + 7) // 8

    def power(self, em: bytes) -> bytes:
        """What the private exponent makes of any encoded message, well-formed or not.

        By the Chinese remainder theorem (RFC 8017, section 5.2.1), in a third of the time of one power modulo n.
        """
        value = int.from_bytes(em)
        of_p, of_q = pow(value, self.d % (self.p - 1), self.p), pow(value, self.d % (self.q - 1), self.q)
        return (of_q + (of_p - of_q) * pow(self.q, -1, self.p) % self.p * self.q).to_bytes(self.k)

    def sign(self, message: bytes) -> bytes:
        return self.power(encoded_message(message, self.k))


def encoded_message(message: bytes, k: int, prefix: bytes = SHA256_PREFIX, tail: bytes = b"") -> bytes:
    """EMSA-PKCS1-v1_5, with another DigestInfo prefix or surplus bytes if asked for."""
    info = prefix + hashlib.sha256(message).digest() + tail
    return b"\x00\x01" + b"\xff" * (k - 3 - len(info)) + b"\x00" + info


@functools.cache
def int_key(bits: int = 2048, number: int = 0, exponent: int = 65537) -> IntKey:
    """A key of the openssl command; ``number`` tells keys of one size apart."""
    option = {3: "-3", 65537: "-F4"}[exponent]
    pem = openssl(f"genrsa {option} {bits}")
    key = load_pem_private_key(pem, None)
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == bits  # the command rounds 2049 down
    numbers = key.private_numbers()
    return IntKey(pem, numbers.public_numbers.n, exponent, numbers.d, numbers.p, numbers.q)
