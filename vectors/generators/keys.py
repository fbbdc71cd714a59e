"""The corpus's keys, and the formats in which keys travel (RFC 8017 A.1, RFC 5208, RFC 5280 4.1)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from . import document
from .edgecases import der
from .edgecases.rsa import Key

DATA = Path(__file__).parent / "data"
KEYS_FILE = DATA / "keys.json"
RSA_ALGORITHM = der.sequence(der.oid(der.OID_RSA), der.NULL)


def pkcs1_private(key: Key) -> bytes:
    """RSAPrivateKey, DER."""
    return der.sequence(*map(der.integer, (0, key.n, key.e, key.d, key.p, key.q, *key.crt)))


def pkcs8_private(key: Key) -> bytes:
    """PrivateKeyInfo, DER."""
    return der.sequence(der.integer(0), RSA_ALGORITHM, der.octets(pkcs1_private(key)))


def pkcs1_public_numbers(n: int, e: int) -> bytes:
    """RSAPublicKey, DER, of any two numbers, so that bad exponents can be written too."""
    return der.sequence(der.integer(n), der.integer(e))


def spki_numbers(n: int, e: int) -> bytes:
    """SubjectPublicKeyInfo, DER, of any two numbers."""
    return der.sequence(RSA_ALGORITHM, der.bits(pkcs1_public_numbers(n, e)))


def pkcs1_public(key: Key) -> bytes:
    """RSAPublicKey, DER."""
    return pkcs1_public_numbers(key.n, key.e)


def spki(key: Key) -> bytes:
    """SubjectPublicKeyInfo, DER."""
    return spki_numbers(key.n, key.e)


def fingerprint(key: Key) -> str:
    """SHA-256 of the SPKI DER, hex."""
    return hashlib.sha256(spki(key)).hexdigest()


def private_pem(key: Key) -> str:
    """The private key as vector files hand it to a harness: PKCS#1 for the document's own, as printed, else PKCS#8."""
    if key is DOC:
        return der.pem("RSA PRIVATE KEY", pkcs1_private(key))
    return der.pem("PRIVATE KEY", pkcs8_private(key))


def public_pem(key: Key) -> str:
    """The public key as the vector files hand it to a harness."""
    return der.pem("PUBLIC KEY", spki(key))


def entry(key: Key) -> dict[str, Any]:
    """The key as a vector file lists it."""
    return {
        "bits": key.bits,
        "e": key.e,
        "private_pem": private_pem(key),
        "public_pem": public_pem(key),
        "source": key.source,
    }


def _document_key() -> Key:
    _, n, e, _, p, q, *_ = der.read_integers(der.unpem(document.PRIVATE_PEM))
    if p * q != n:
        raise ValueError("the document's key was copied wrongly")
    return Key("doc", p, q, e, "the merchant API document's example key pair (S43); its private half is public")


def _seeded_key(name: str, made: dict[str, Any]) -> Key:
    source = f"made for this corpus from the seed {made['seed']!r}; a test key that protects nothing"
    return Key(name, int(made["p"], 16), int(made["q"], 16), made["e"], source)


SEEDED: dict[str, dict[str, Any]] = json.loads(KEYS_FILE.read_text("ascii"))

DOC = _document_key()
PRODUCTION = _seeded_key("production", SEEDED["production"])
PLATFORM = _seeded_key("platform", SEEDED["platform"])
STRANGER = _seeded_key("stranger", SEEDED["stranger"])
EXPONENT_3 = _seeded_key("exponent-3", SEEDED["exponent-3"])
EXPONENT_17 = _seeded_key("exponent-17", SEEDED["exponent-17"])
EXPONENT_33_BITS = _seeded_key("exponent-4294967297", SEEDED["exponent-4294967297"])
RSA_3072 = _seeded_key("rsa-3072", SEEDED["rsa-3072"])
RSA_4096 = _seeded_key("rsa-4096", SEEDED["rsa-4096"])
WEAK_1024 = _seeded_key("weak-1024", SEEDED["weak-1024"])
