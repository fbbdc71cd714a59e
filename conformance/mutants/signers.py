"""Signers that hash, pad or encode otherwise, or that answer with another message's signature (S7; P2, P45).

Where the mistake is the library's, its verifying half makes it too: such a pair agrees with itself, with nobody else.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15

from conformance.mutants.keyring import DIGEST_INFO, digest, framed
from conformance.mutants.meeting import Racing
from conformance.mutants.registry import mutant
from conformance.mutants.right import SHORT_FORMS, Right

DEFECTS = "signature-defects"
EXAMPLES = "documented-examples"
HEADERS = "header-values"


class OtherScheme(Right):
    """Signs another encoded message, and takes only that."""

    def em(self, message: bytes, k: int) -> bytes:
        """The wrong encoded message."""
        raise NotImplementedError

    def signature(self, key: str, message: bytes) -> bytes:
        held = self.keys[key]
        return held.sign_encoded(self.em(message, held.k))

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return len(raw) == held.k and held.opened(raw) == self.em(message, held.k)


def _with_hash(name: str, message: bytes, k: int) -> bytes:
    return framed(DIGEST_INFO[name] + digest(message, name), k)


@mutant("signer", "PHP's openssl_sign without its fourth argument", EXAMPLES, DEFECTS)
class Sha1(OtherScheme):
    """SHA-1, the default, instead of SHA-256."""

    def em(self, message: bytes, k: int) -> bytes:
        return _with_hash("sha1", message, k)

    def signature(self, key: str, message: bytes) -> bytes:
        return self.keys[key].sign_with(message, PKCS1v15(), hashes.SHA1())  # noqa: S303 - that is the mistake


@mutant("signer", "other gateways' schemes", EXAMPLES, DEFECTS)
class Sha512(OtherScheme):
    """SHA-512 instead of SHA-256."""

    def em(self, message: bytes, k: int) -> bytes:
        return _with_hash("sha512", message, k)

    def signature(self, key: str, message: bytes) -> bytes:
        return self.keys[key].sign_with(message, PKCS1v15(), hashes.SHA512())


@mutant("signer", "MD5withRSA of old samples", EXAMPLES, DEFECTS)
class Md5(OtherScheme):
    """MD5 instead of SHA-256."""

    def em(self, message: bytes, k: int) -> bytes:
        return _with_hash("md5", message, k)

    def signature(self, key: str, message: bytes) -> bytes:
        return self.keys[key].sign_with(message, PKCS1v15(), hashes.MD5())  # noqa: S303 - that is the mistake


@mutant("signer", "readers of 'hash, then sign'", EXAMPLES, DEFECTS)
class DoubleHash(OtherScheme):
    """The digest is handed to a function that hashes again."""

    def em(self, message: bytes, k: int) -> bytes:
        return _with_hash("sha256", digest(message), k)

    def signature(self, key: str, message: bytes) -> bytes:
        return self.keys[key].sign(digest(message))


@mutant("signer", "PHP's hash() and Python's hexdigest()", EXAMPLES, DEFECTS)
class HexDigest(OtherScheme):
    """The digest's hex text is handed to a function that hashes again."""

    def em(self, message: bytes, k: int) -> bytes:
        return _with_hash("sha256", digest(message).hex().encode(), k)

    def signature(self, key: str, message: bytes) -> bytes:
        return self.keys[key].sign(digest(message).hex().encode())


@mutant("signer", "openssl_private_encrypt, RSA_private_encrypt, NONEwithRSA", EXAMPLES, DEFECTS)
class BareDigest(OtherScheme):
    """The digest is padded without DigestInfo."""

    def em(self, message: bytes, k: int) -> bytes:
        return framed(digest(message), k)


@mutant("signer", "openssl_private_encrypt of the hex text", EXAMPLES, DEFECTS)
class HexInDigestInfo(OtherScheme):
    """The digest's hex text stands in DigestInfo."""

    def em(self, message: bytes, k: int) -> bytes:
        content = digest(message).hex().encode()
        start = bytearray(DIGEST_INFO["sha256"])
        start[1] += 32
        start[-1] += 32
        return framed(bytes(start) + content, k)


@mutant("signer", "home-made DigestInfo", EXAMPLES, DEFECTS)
class WithoutNull(OtherScheme):
    """DigestInfo is written without the NULL parameters, and expected so."""

    def em(self, message: bytes, k: int) -> bytes:
        return framed(bytes.fromhex("302f300b06096086480165030402010420") + digest(message), k)


@mutant("signer", "encryption's block type", EXAMPLES, DEFECTS)
class BlockTypeTwo(OtherScheme):
    """The encoded message has block type 02."""

    def em(self, message: bytes, k: int) -> bytes:
        return b"\x00\x02" + _with_hash("sha256", message, k)[2:]


@mutant("signer", "RSASSA-PSS where libraries offer it as the better choice", EXAMPLES, DEFECTS)
class Pss(OtherScheme):
    """PSS with SHA-256 and an empty salt instead of PKCS#1 v1.5."""

    def em(self, message: bytes, k: int) -> bytes:
        return _pss(message, k, b"")

    def signature(self, key: str, message: bytes) -> bytes:
        return self.keys[key].sign_with(message, PSS(MGF1(hashes.SHA256()), 0), hashes.SHA256())


@mutant("signer", "RSASSA-PSS at the length of salt that libraries take", EXAMPLES, DEFECTS)
class PssSalted(OtherScheme):
    """PSS with SHA-256 and a salt of 32 octets instead of PKCS#1 v1.5."""

    def em(self, message: bytes, k: int) -> bytes:
        return _pss(message, k, digest(message))

    def signature(self, key: str, message: bytes) -> bytes:
        return self.keys[key].sign_with(message, PSS(MGF1(hashes.SHA256()), 32), hashes.SHA256())

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        if len(raw) != held.k:
            return False
        em = held.opened(raw)
        mask = _mgf1(em[-33:-1], held.k - 33)
        salt = bytes(a ^ b for a, b in zip(em, mask, strict=False))[-32:]
        return em == _pss(message, held.k, salt)


def _pss(message: bytes, k: int, salt: bytes) -> bytes:
    """EMSA-PSS (RFC 8017, section 9.1.1) for moduli of 8k bits."""
    hashed = digest(bytes(8) + digest(message) + salt)
    block = b"\x01".rjust(k - 33 - len(salt), b"\x00") + salt
    masked = bytes(a ^ b for a, b in zip(block, _mgf1(hashed, len(block)), strict=True))
    return bytes((masked[0] & 0x7F,)) + masked[1:] + hashed + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    blocks = range(-(-length // 32))
    return b"".join(digest(seed + count.to_bytes(4, "big")) for count in blocks)[:length]


@mutant("signer", "Windows' CryptoAPI", EXAMPLES, DEFECTS)
class LittleEndian(Right):
    """The signature's octets are in little-endian order."""

    def signature(self, key: str, message: bytes) -> bytes:
        return super().signature(key, message)[::-1]

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        return super().holds(key, message, raw[::-1])


@mutant("signer", "big numbers written with as few octets as they need", DEFECTS)
class LeadingZerosDropped(Right):
    """A signature that begins with a zero octet is sent without it, and expected so."""

    def signature(self, key: str, message: bytes) -> bytes:
        return super().signature(key, message).lstrip(b"\x00")

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return raw == raw.lstrip(b"\x00") and held.holds(message, raw.rjust(held.k, b"\x00"))


@mutant("signer", "Java's BigInteger.toByteArray", "build-requests", "webhook-bodies")
class SignOctetAdded(Right):
    """A signature whose first bit is set gets a zero octet before it."""

    def signature(self, key: str, message: bytes) -> bytes:
        raw = super().signature(key, message)
        return b"\x00" + raw if raw[0] & 0x80 else raw


@mutant("signer", "a swallowed error", EXAMPLES, "payment-cards", "payout-lookups", blunt=True)
class EmptyMessage(Right):
    """The error of an earlier step was swallowed, and the empty string is signed."""

    def signature(self, key: str, message: bytes) -> bytes:
        return super().signature(key, b"")


@mutant("signer", "one key in the code for all environments", "request-signatures", "payment-cards", "payout-lookups")
class OneKeyForAll(Right):
    """The sandbox's key signs for production as well."""

    def signature(self, key: str, message: bytes) -> bytes:
        return super().signature("doc" if key == "production" else key, message)


# --- the header's text ----------------------------------------------------------------------------------------------


@mutant("signer", "MIME encoders, openssl base64", EXAMPLES, HEADERS)
class LineWrapped(Right):
    """The base64 is wrapped into lines of 76, which the verifying half takes."""

    def encode(self, raw: bytes) -> str:
        return base64.encodebytes(raw).decode()

    def decode(self, text: str) -> bytes:
        return super().decode(re.sub(r"[\r\n]", "", text))


@mutant("signer", "JWT libraries", EXAMPLES, HEADERS)
class Base64Url(Right):
    """base64url with padding, both ways."""

    def encode(self, raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode()

    def decode(self, text: str) -> bytes:
        return super().decode(text.replace("+", "!").replace("/", "!").replace("-", "+").replace("_", "/"))


@mutant("signer", "JWT libraries, Go's RawStdEncoding", EXAMPLES, HEADERS)
class PaddingDropped(Right):
    """base64 without padding, both ways."""

    def encode(self, raw: bytes) -> str:
        return super().encode(raw).rstrip("=")

    def decode(self, text: str) -> bytes:
        text = text.strip(" \t")
        return super().decode("" if text.endswith("=") else text + "=" * (-len(text) % 4))


@mutant("signer", "PHP's bin2hex", EXAMPLES, HEADERS)
class HexText(Right):
    """The signature is spelled in hex, both ways."""

    def encode(self, raw: bytes) -> str:
        return raw.hex()

    def decode(self, text: str) -> bytes:
        try:
            return binascii.unhexlify(text)
        except ValueError:
            return b""


@mutant("signer", "an encoding client over an encoding library", EXAMPLES, HEADERS)
class EncodedTwice(Right):
    """base64 of the base64, both ways."""

    def encode(self, raw: bytes) -> str:
        return super().encode(super().encode(raw).encode())

    def decode(self, text: str) -> bytes:
        return super().decode(super().decode(text).decode("latin-1"))


@mutant("signer", "form encoders", EXAMPLES, HEADERS)
class PercentEncoded(Right):
    """The base64 is percent-encoded as in a form, both ways."""

    def encode(self, raw: bytes) -> str:
        return quote(super().encode(raw), safe="")

    def decode(self, text: str) -> bytes:
        raw = super().decode(unquote(text))
        return raw if self.encode(raw) == text.strip(" \t") else b""


@mutant("signer", "merchants' code for this very API", "payment-cards", "payout-cards")
class FirstSixtyFour(Right):
    """The short signature is the first 64 characters of a whole one."""

    def sign(self, form: str, key: str, **fields: Any) -> str:
        text = super().sign(form=form, key=key, **fields)
        return text[:64] if form in SHORT_FORMS else text

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return super().headers(form, text[:64] if form in SHORT_FORMS else text, merchant_id)


@mutant("signer", "an import that fails, its error swallowed: merchants' code for this very API", EXAMPLES)
class EmptySignature(Right):
    """Signing failed unnoticed, and an empty header is sent."""

    def encode(self, raw: bytes) -> str:
        return ""


# --- state that outlives a call -------------------------------------------------------------------------------------


@mutant("signer", "a cache whose key forgets the message", EXAMPLES, "webhook-bodies")
class CachedByKey(Right):
    """The first signature that a key made is answered ever after."""

    def signature(self, key: str, message: bytes) -> bytes:
        cache: dict[str, bytes] = self.__dict__.setdefault("cache", {})
        return cache.setdefault(key, super().signature(key, message))


@mutant("signer", "a signer object with its last answer in a field, shared by threads", EXAMPLES, "webhook-bodies")
class CachedSignature(Racing):
    """The signature is kept in a field and read back from there: by then another thread's call has overwritten it."""

    def sign(self, form: str, key: str, **fields: Any) -> str:
        self.last = super().sign(form=form, key=key, **fields)
        self.meeting.wait()
        return self.last


@mutant("signer", "one hash or signature object for all threads, such as Java's Signature", EXAMPLES, "webhook-bodies")
class ThreadSharedState(Racing):
    """Threads feed one hash object: what one adds, another signs with."""

    def signature(self, key: str, message: bytes) -> bytes:
        fed: list[bytes] = self.__dict__.setdefault("fed", [])
        fed.append(message)
        self.meeting.wait()
        return super().signature(key, b"".join(fed))
