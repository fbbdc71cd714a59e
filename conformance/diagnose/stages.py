"""The stage diff of a signature: opens it, reads it, and tells the first stage that differs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from conformance.diagnose import encoded, header
from conformance.diagnose.encoded import Reading
from conformance.diagnose.guesses import Guess, candidates
from conformance.diagnose.mistakes import Subject
from conformance.model import Diagnosis, Key


class Modulus(NamedTuple):
    """A public key's numbers; ``k`` is the modulus' length in bytes."""

    n: int
    e: int
    k: int
    bits: int


class Opening(NamedTuple):
    """A signature that opened to something legible: its bytes, EM, the reading, and what was wrong with the bytes."""

    raw: bytes
    em: bytes
    reading: Reading
    flaw: str | None


@lru_cache(maxsize=512)
def modulus(pem: str) -> Modulus | None:
    """The numbers of a public PEM; None where pyca/cryptography refuses the key."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, RSAPublicKey):
        return None
    numbers = key.public_numbers()
    return Modulus(numbers.n, numbers.e, (key.key_size + 7) // 8, key.key_size)


def signature(
    subject: Subject,
    message: bytes,
    text: str,
    key: Key,
    keys: Mapping[str, Key],
    expected: str | None = None,
) -> Diagnosis | None:
    """Why ``text`` is not the header of ``message``'s signature by ``key``; None where it is one.

    ``keys`` are those of the corpus, to tell which other key signed; ``expected`` is the right header, where known.
    """
    public = modulus(key.public_pem)
    if public is None:
        return Diagnosis("signature", f"not the expected signature, and key {key.name} cannot open it")
    read = header.read(text, public.k)
    if read.raw is None:
        return _header_fault(text, read.defect, expected)
    opening = _open(read.raw, key, public, keys, message)
    if opening is None:
        return _illegible(text, message, read, public, expected)
    return _first_stage(subject, message, text, public, read, opening, expected)


def _open(raw: bytes, key: Key, public: Modulus, keys: Mapping[str, Key], message: bytes) -> Opening | None:
    """Opens with the key itself, then with the bytes mended, then with the corpus's other keys."""
    for flaw, value in _mended(raw, public):
        opening = _try(value, public, flaw)
        if opening is not None and (flaw is None or opening.reading.flaw is None or opening.reading.fits(message)):
            return opening
    for name, other in keys.items():
        numbers = modulus(other.public_pem)
        if numbers is None or name == key.name or numbers.n == public.n or len(raw) != numbers.k:
            continue
        opening = _try(raw, numbers, f"made with the key {name} in place of {key.name}")
        if opening is not None and (opening.reading.flaw is None or opening.reading.fits(message)):
            return opening
    return None


def _try(raw: bytes, public: Modulus, flaw: str | None) -> Opening | None:
    value = int.from_bytes(raw, "big")
    if len(raw) != public.k or value >= public.n or value in (0, 1, public.n - 1):
        return None
    em = pow(value, public.e, public.n).to_bytes(public.k, "big")
    reading = encoded.read(em, public.bits)
    return None if reading is None else Opening(raw, em, reading, flaw)


def _mended(raw: bytes, public: Modulus) -> Iterator[tuple[str | None, bytes]]:
    k = public.k
    yield None, raw
    value = int.from_bytes(raw, "big")
    if len(raw) < k:
        yield f"{len(raw)} bytes in place of {k}: leading zeros were dropped (RFC 8017, 8.2.1)", raw.rjust(k, b"\x00")
        yield f"{len(raw)} bytes in place of {k}: zeros at its end were dropped", raw.ljust(k, b"\x00")
    elif len(raw) > k:
        yield f"{len(raw)} bytes in place of {k}: something was put before it", raw[-k:]
        yield f"{len(raw)} bytes in place of {k}: something follows it", raw[:k]
    elif value >= public.n:
        yield "not less than the modulus: n was added to it (P46)", (value % public.n).to_bytes(k, "big")
    yield "with its bytes reversed (little-endian, as Windows CryptoAPI gives it)", raw[::-1]


def _header_fault(text: str, defect: str | None, expected: str | None) -> Diagnosis:
    wanted = None if expected is None else expected.encode("latin-1")
    return Diagnosis("header text", f"the header {defect}", wanted, text.encode("latin-1", "replace"))


def _illegible(text: str, message: bytes, read: header.HeaderText, public: Modulus, expected: str | None) -> Diagnosis:
    raw = read.raw or b""
    value = int.from_bytes(raw, "big")
    em = encoded.encode("sha256", hashlib.sha256(message).digest(), public.k)
    if len(raw) != public.k:
        what = f"{len(raw)} bytes, where the modulus has {public.k}"
        if len(raw) < public.k:
            what += (
                f": cut short ({len(text)} characters in place of {-(-public.k // 3) * 4}), or made with a smaller key"
            )
    elif not any(raw):
        what = "nothing but zero bytes: the signing call failed, and an empty buffer was sent"
    elif value % public.n in (0, 1, public.n - 1):
        what = "a number that anybody can write down (0, 1 or n - 1, perhaps with n added), not a signature"
    elif raw == em:
        what = "the encoded message itself: the private key was not applied"
    elif value == pow(int.from_bytes(em, "big"), public.e, public.n):
        what = "the encoded message raised to the public exponent: sign with the private key"
    elif value >= public.n:
        what = "not less than the modulus, so it was made with another key or damaged"
    else:
        what = "opens to random bytes: made with another key, or damaged afterwards"
    wanted = None if expected is None else header.strict(expected)
    return Diagnosis("signature", what + _besides(header_defect=read.defect), wanted, raw)


def _besides(
    hash_name: str = "sha256", padding: str | None = None, raw: str | None = None, header_defect: str | None = None
) -> str:
    """What is wrong at later stages, in brackets."""
    also = [
        f"hashed with {encoded.TITLES[hash_name]}" if hash_name != "sha256" else None,
        f"encoded message: {padding}" if padding else None,
        f"signature {raw}" if raw else None,
        f"the header {header_defect}" if header_defect else None,
    ]
    told = "; ".join(item for item in also if item)
    return f" (also: {told})" if told else ""


def _first_stage(
    subject: Subject,
    message: bytes,
    text: str,
    public: Modulus,
    read: header.HeaderText,
    opening: Opening,
    expected: str | None,
) -> Diagnosis | None:
    reading = opening.reading
    digest = hashlib.sha256(message).digest()
    if not reading.fits(message):
        if reading.digest == digest:
            wanted = encoded.encode("sha256", digest, len(opening.em))
            told = f"DigestInfo names {encoded.TITLES[reading.hash_name]}, yet the digest is SHA-256's"
            return Diagnosis("encoded message", told, wanted, opening.em)
        found = _search(subject, message, reading)
        besides = _besides(reading.hash_name, reading.flaw, opening.flaw, read.defect)
        if found is not None:
            return Diagnosis("message", f"{found.phrase}; {found.mend}{besides}", message, found.message)
        if reading.digest is None:
            wanted = encoded.encode("sha256", digest, len(opening.em))
            return Diagnosis("encoded message", f"{reading.flaw}; over another message, too", wanted, opening.em)
        return Diagnosis("digest", f"of another message, none that the kit can guess{besides}", digest, reading.digest)
    if reading.hash_name != "sha256":
        besides = _besides(padding=reading.flaw, raw=opening.flaw, header_defect=read.defect)
        told = f"hashed with {encoded.TITLES[reading.hash_name]} in place of SHA-256"
        if reading.hash_name == "sha1":
            told += " (the default of PHP's openssl_sign)"
        return Diagnosis("digest", f"{told}; ask for SHA-256 by name{besides}", digest, reading.digest)
    if reading.flaw is not None:
        besides = _besides(raw=opening.flaw, header_defect=read.defect)
        wanted = encoded.encode("sha256", digest, len(opening.em))
        return Diagnosis("encoded message", reading.flaw + besides, wanted, opening.em)
    if opening.flaw is not None:
        right = header.strict(expected) if expected else opening.raw if opening.raw != read.raw else None
        told = opening.flaw + _besides(header_defect=read.defect)
        return Diagnosis("signature", told, right, read.raw)
    if read.defect is not None:
        return _header_fault(text, read.defect, expected or base64.b64encode(opening.raw).decode())
    return None


def _search(subject: Subject, message: bytes, reading: Reading) -> Guess | None:
    return next((guess for guess in candidates(subject, message) if reading.fits(guess.message)), None)
