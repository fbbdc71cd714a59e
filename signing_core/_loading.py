"""From a key's text to pyca's object: what it is, whether it is fit, and a message that names the mend if not.

Bounds, on every way in:

- at least 2048 bits (P19); with ``allow_weak`` at least 512, below which no SHA-256 message fits the padding;
- at most 8192 bits: the time of an operation grows with the cube of the size, so a key from a stranger could stall a
  verifier; Go, BoringSSL and others draw the same line (OpenSSL's is 16384);
- exponent odd, at least 3 (P46) and below 2^64, OpenSSL's bound for large moduli, for the same reason.
"""

from __future__ import annotations

from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
)

from signing_core import _armor, _der, _native
from signing_core._armor import Block
from signing_core._der import Kind
from signing_core.errors import KeyFormatError, WeakKeyError

__all__ = ["MAX_BITS", "MIN_BITS", "check_exponent", "check_size", "private_key", "public_key", "secret"]

MIN_BITS = 2048
WEAKEST_BITS = 512
MAX_BITS = 8192
_MAX_EXPONENT = 2**64

# PEM labels and the structure each one promises (RFC 7468; OpenSSL's own for PKCS#1)
_PRIVATE = {
    "RSA PRIVATE KEY": Kind.PKCS1_PRIVATE,
    "PRIVATE KEY": Kind.PKCS8,
    "ENCRYPTED PRIVATE KEY": Kind.PKCS8_ENCRYPTED,
}
_PUBLIC = {"RSA PUBLIC KEY": Kind.PKCS1_PUBLIC, "PUBLIC KEY": Kind.SPKI}

_PEM_CIPHERS = {"AES-128-CBC", "AES-256-CBC", "DES-EDE3-CBC"}  # of DEK-Info, as far as pyca reads them

_ENCRYPT_ANEW = "encrypt it anew: openssl pkcs8 -topk8 -in KEY.pem"
_NEW_KEY = "make an RSA key: openssl genrsa -out KEY.pem 2048"
_TAKE_FROM_CERTIFICATE = "take the public key out of it: openssl x509 -pubkey -noout -in CERT.pem"
_FOREIGN = {
    "CERTIFICATE": ("a certificate", _TAKE_FROM_CERTIFICATE),
    "TRUSTED CERTIFICATE": ("a certificate", _TAKE_FROM_CERTIFICATE),
    "CERTIFICATE REQUEST": (
        "a certificate request",
        "take the public key out of it: openssl req -pubkey -noout -in REQUEST.pem",
    ),
    "NEW CERTIFICATE REQUEST": (
        "a certificate request",
        "take the public key out of it: openssl req -pubkey -noout -in REQUEST.pem",
    ),
    "OPENSSH PRIVATE KEY": ("an OpenSSH private key", "convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY"),
    "SSH2 PUBLIC KEY": (
        "an SSH public key",
        "convert it: ssh-keygen -i -f KEY.pub | ssh-keygen -e -m PKCS8 -f /dev/stdin",
    ),
    "EC PRIVATE KEY": ("an EC key", _NEW_KEY),
    "EC PARAMETERS": ("a file of EC parameters", _NEW_KEY),
    "DSA PRIVATE KEY": ("a DSA key", _NEW_KEY),
}

_PRIVATE_KINDS = {*_PRIVATE.values(), Kind.MULTI_PRIME, Kind.DSA_PRIVATE, Kind.EC_PRIVATE}
_PUBLIC_KINDS = {*_PUBLIC.values()}


def private_key(
    data: str | bytes | bytearray | memoryview, password: str | bytes | None, *, allow_weak: bool
) -> rsa.RSAPrivateKey:
    """The one RSA private key in ``data``. Raises KeyFormatError and WeakKeyError."""
    blocks = _armor.read(data)
    try:
        return _private(_pick(blocks, "private"), secret(password), allow_weak=allow_weak)
    finally:
        # Our copies are wiped; the caller's text and what was decoded on the way are immutable and out of our hands.
        for block in blocks:
            _native.wipe(block.der)


def public_key(data: str | bytes | bytearray | memoryview, *, allow_weak: bool) -> rsa.RSAPublicKey:
    """The one RSA public key in ``data``. Raises KeyFormatError and WeakKeyError."""
    block = _pick(_armor.read(data), "public")
    found = _identified(block, _PUBLIC)
    modulus, exponent = _public_numbers(found)
    _check_numbers(modulus, exponent, allow_weak=allow_weak)
    try:
        key = load_der_public_key(bytes(block.der))
    except (ValueError, UnsupportedAlgorithm, InternalError):
        raise KeyFormatError(f"{found.kind.value} that OpenSSL does not read; export it anew") from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise _not_rsa(key)
    return key


def check_size(bits: int, *, allow_weak: bool) -> None:
    """Refuse a modulus of ``bits`` bits outside the bounds above: WeakKeyError below, KeyFormatError above."""
    if bits < WEAKEST_BITS:
        raise WeakKeyError(f"the key has {bits} bits; fewer than {WEAKEST_BITS} cannot sign at all; {_NEW_KEY}")
    if bits < MIN_BITS and not allow_weak:
        raise WeakKeyError(
            f"the key has {bits} bits, at least {MIN_BITS} are required; {_NEW_KEY} (for tests only: allow weak keys)"
        )
    if bits > MAX_BITS:
        raise KeyFormatError(f"the key has {bits} bits, at most {MAX_BITS} are accepted; {_NEW_KEY}")


def check_exponent(exponent: int) -> None:
    """Refuse a public exponent outside the bounds above: KeyFormatError."""
    if exponent < 3 or exponent % 2 == 0:
        raise KeyFormatError(
            f"the public exponent is {_short(exponent)}; an odd number from 3 up is wanted; {_NEW_KEY}"
        )
    if exponent >= _MAX_EXPONENT:
        raise KeyFormatError(
            f"the public exponent has {exponent.bit_length()} bits, at most 64 are accepted; {_NEW_KEY}"
        )


def _short(exponent: int) -> str:
    return str(exponent) if abs(exponent) < _MAX_EXPONENT else f"an even number of {exponent.bit_length()} bits"


def _check_numbers(modulus: int, exponent: int, *, allow_weak: bool) -> None:
    if modulus <= 0:
        raise KeyFormatError("the modulus is not a positive number: this is no RSA key; export it anew")
    check_size(modulus.bit_length(), allow_weak=allow_weak)
    check_exponent(exponent)
    if modulus % 2 == 0:
        raise KeyFormatError("the modulus is even: this is no RSA key; export it anew")


def _pick(blocks: list[Block], wanted: str) -> Block:
    """The one block of the wanted sort; one of the other sort beside it, as in a file with a pair, is passed over."""
    chosen = [block for block in blocks if _sort(block) == wanted]
    if len(chosen) > 1:
        raise KeyFormatError(f"{len(chosen)} {wanted} keys in one text; give one of them alone")
    if chosen:
        return chosen[0]
    first = blocks[0]
    if _sort(first) == "private":
        raise KeyFormatError(
            "this is a private key where a public one is wanted; take the public one: openssl pkey -in KEY.pem -pubout"
        )
    if _sort(first) == "public":
        raise KeyFormatError(
            "this is a public key where a private one is wanted; give the file that openssl genrsa made"
        )
    if first.label in _FOREIGN:
        what, mend = _FOREIGN[first.label]
        if wanted == "private" and "CERTIFICATE" in first.label:
            mend = "give the file of the private key that it was made with"
        raise KeyFormatError(f"this is {what}, not an RSA {wanted} key; {mend}")
    if first.label is not None:
        raise KeyFormatError(f'"BEGIN {first.label}" is no RSA {wanted} key; {_NEW_KEY}')
    raise _wrong_kind(_der.identify(first.der).kind)


def _sort(block: Block) -> str | None:
    """``private``, ``public`` or None: by the label, or by the structure where there is none."""
    if block.label is not None:
        return "private" if block.label in _PRIVATE else "public" if block.label in _PUBLIC else None
    try:
        kind = _der.identify(block.der).kind
    except _der.Malformed as fault:
        raise KeyFormatError(f"the key is damaged ({fault}); copy the whole file") from None
    return "private" if kind in _PRIVATE_KINDS else "public" if kind in _PUBLIC_KINDS else None


def _wrong_kind(kind: Kind) -> KeyFormatError:
    mend = _TAKE_FROM_CERTIFICATE if kind is Kind.CERTIFICATE else _NEW_KEY
    return KeyFormatError(f"this is {kind.value}; {mend}")


def _identified(block: Block, labels: dict[str, Kind]) -> _der.Found:
    """What the block is, once it is what its label promises and RSA."""
    try:
        found = _der.identify(block.der)
    except _der.Malformed as fault:
        raise KeyFormatError(f"the key is damaged ({fault}); copy the whole file") from None
    if block.label is not None and found.kind is not labels[block.label]:
        right = next((label for label, kind in (_PRIVATE | _PUBLIC).items() if kind is found.kind), None)
        mend = f'its label must be "{right}"' if right else _NEW_KEY
        raise KeyFormatError(f'labelled "{block.label}", but the content is {found.kind.value}; {mend}')
    if found.kind not in labels.values():
        raise _wrong_kind(found.kind)
    if found.kind is not Kind.PKCS8_ENCRYPTED and found.algorithm != "RSA":
        reason = " (bound to PSS padding; PKCS#1 v1.5 is wanted)" if found.algorithm == "RSA-PSS" else ""
        raise KeyFormatError(f"this is a key for {found.algorithm}, not for RSA{reason}; {_NEW_KEY}")
    return found


def _public_numbers(found: _der.Found) -> tuple[int, int]:
    """Modulus and public exponent of an RSA structure that is not encrypted."""
    try:
        numbers = _der.integers(found.inner)
    except _der.Malformed as fault:
        raise KeyFormatError(f"the key is damaged ({fault}); copy the whole file") from None
    wanted, at = (2, 0) if found.kind in _PUBLIC_KINDS else (9, 1)
    if len(numbers) != wanted:
        raise KeyFormatError(
            f"{found.kind.value} with {len(numbers)} numbers inside instead of {wanted}; export it anew"
        )
    return numbers[at], numbers[at + 1]


def secret(password: str | bytes | None) -> bytes | None:
    if password is None or isinstance(password, bytes):
        return password
    if isinstance(password, str):
        return password.encode("utf-8", "surrogateescape")  # as it came from the environment or the command line
    raise TypeError(f"a password must be str, bytes or None, not {type(password).__name__}")


def _private(block: Block, password: bytes | None, *, allow_weak: bool) -> rsa.RSAPrivateKey:
    if block.encryption:  # the DER is ciphertext
        return _decrypted(block, password, allow_weak=allow_weak)
    found = _identified(block, _PRIVATE)
    if found.kind is Kind.PKCS8_ENCRYPTED:
        return _decrypted(block, password, allow_weak=allow_weak)
    if password is not None:
        raise KeyFormatError("a password was given, but the key is not encrypted; leave the password out")
    _check_numbers(*_public_numbers(found), allow_weak=allow_weak)
    try:
        key = load_der_private_key(block.der, None)
    except (ValueError, UnsupportedAlgorithm, InternalError):
        raise KeyFormatError(_why_unfit(found)) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _not_rsa(key)
    return key


def _why_unfit(found: _der.Found) -> str:
    """Which relation of RFC 8017, section 3.2, the numbers break."""
    _, n, e, d, p, q, *_ = _der.integers(found.inner)
    if p * q != n:
        return "the key's numbers do not belong together (p · q is not n); export it anew, or make a new one"
    if min(p, q) > 2 and (e * d % (p - 1) != 1 or e * d % (q - 1) != 1):
        return "the key's numbers do not belong together (d is not the inverse of e); export it anew, or make a new one"
    return "the key's numbers are not those of an RSA key (p, q or the CRT numbers are wrong); make a new one"


def _decrypted(block: Block, password: bytes | None, *, allow_weak: bool) -> rsa.RSAPrivateKey:
    if not password:
        raise KeyFormatError("the key is encrypted; give its password")
    if block.encryption and block.encryption.cipher not in _PEM_CIPHERS:
        raise KeyFormatError(
            f"the key is encrypted with {block.encryption.cipher}, which is not supported; {_ENCRYPT_ANEW}"
        )
    try:
        load = load_pem_private_key if block.encryption else load_der_private_key
        key = load(block.pem() if block.encryption else block.der, password)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        # A wrong password yields bytes that are no key: nobody can tell it from a damaged file.
        raise KeyFormatError(
            "the key cannot be decrypted: the password is wrong, the key is damaged or its encryption is not supported"
            f" (then {_ENCRYPT_ANEW})"
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _not_rsa(key)
    numbers = key.public_key().public_numbers()
    _check_numbers(numbers.n, numbers.e, allow_weak=allow_weak)
    return key


def _not_rsa(key: object) -> KeyFormatError:
    name = type(key).__name__.removesuffix("PrivateKey").removesuffix("PublicKey")
    return KeyFormatError(f"this is a key for {name}, not for RSA; {_NEW_KEY}")
