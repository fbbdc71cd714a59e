"""Verifiers that accept too much, or nothing: one check of RFC 8017, section 8.2.2, dropped or done by halves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.mutants.keyring import DIGEST_INFO, digest, framed
from conformance.mutants.registry import mutant
from conformance.mutants.right import Right
from signing_core import InvalidSignature

DEFECTS = "signature-defects"
REQUESTS = "request-signatures"
SHA256 = DIGEST_INFO["sha256"]
TEXTBOOK = "home-made verifiers"


@mutant("verifier", "stubs left in production, handlers that only log", "request-signatures", DEFECTS, blunt=True)
class AlwaysTrue(Right):
    """Whatever arrives is taken: the check is a stub, or its answer is not looked at."""

    def verify(self, **fields: Any) -> bool:
        return True


@mutant("verifier", "a key of another environment configured", "documented-examples", "webhook-bodies", blunt=True)
class AlwaysFalse(Right):
    """Nothing is taken, so that genuine traffic is turned away."""

    def verify(self, **fields: Any) -> bool:
        return False


@mutant("verifier", "openssl_verify answers -1 for an error, which is true in PHP", "header-values", DEFECTS)
class ErrorIsTrue(Right):
    """What cannot be decoded, or is no signature by its length, is an error, and the error counts as true."""

    def verify(self, form: str, key: str, signature: str, **fields: Any) -> bool:
        try:
            raw = self.decode(signature)
        except InvalidSignature:
            return True
        return len(raw) != self.keys[key].k or super().verify(form=form, key=key, signature=signature, **fields)


@mutant("verifier", "multi-tenant servers that try every key they hold", "request-signatures", "webhook-bodies")
class AnyKey(Right):
    """The signature may be by any key that is held, not only by the sender's."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        return any(held.holds(message, raw) for held in self.keys.values())


# --- the signature as octets and as a number -----------------------------------------------------------------------


@mutant("verifier", "verifiers that keep a signature as a big number only", DEFECTS)
class IgnoresLength(Right):
    """The octets become a number at once: leading zeros may be missing or stand before it."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        number = int.from_bytes(raw, "big")
        return number < held.n and held.holds(message, number.to_bytes(held.k, "big"))


@mutant("verifier", "mono", DEFECTS)
class TakesLeadingZero(Right):
    """One zero octet before the signature, a sign octet of big numbers, is dropped."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return held.holds(message, raw[1:] if len(raw) == held.k + 1 and raw[0] == 0 else raw)


@mutant("verifier", "Bouncy Castle", DEFECTS)
class PadsShortSignatures(Right):
    """A signature that is too short gets its leading zeros back."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return held.holds(message, raw.rjust(held.k, b"\x00"))


@mutant("verifier", "C code with a zeroed buffer of k octets", DEFECTS)
class PadsOnTheRight(Right):
    """A short signature is copied to the start of a zeroed buffer."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return held.holds(message, raw.ljust(held.k, b"\x00"))


@mutant("verifier", "C code that reads k octets", DEFECTS)
class CutsToFirst(Right):
    """Only the first k octets are read; what follows them is ignored."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return held.holds(message, raw[: held.k])


@mutant("verifier", "big-number code that keeps the low words", DEFECTS)
class CutsToLast(Right):
    """Only the last k octets are read; what stands before them is ignored."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return held.holds(message, raw[-held.k :])


@mutant("verifier", "Go 1.19, python-rsa", DEFECTS)
class BeyondModulus(Right):
    """The number is not compared with n: s + n opens to the same encoded message."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return len(raw) == held.k and held.opened(raw) == framed(SHA256 + digest(message), held.k)


@mutant("verifier", "exponentiation whose sign is lost, as in Rabin schemes", DEFECTS)
class SignIgnored(Right):
    """n - s passes for s: the encoded message is compared up to its sign."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        return held.holds(message, raw) or held.holds(message, _negative(held.n, raw, held.k))


def _negative(n: int, raw: bytes, k: int) -> bytes:
    number = int.from_bytes(raw, "big")
    return (n - number).to_bytes(k, "big") if number < n else raw


# --- the encoded message ------------------------------------------------------------------------------------------


class Opening(Right):
    """Opens the signature; what is broken says whether the encoded message will do."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        if len(raw) != held.k or int.from_bytes(raw, "big") >= held.n:
            return False
        return self.fits(held.opened(raw), message)

    def fits(self, em: bytes, message: bytes) -> bool:
        """Whether the encoded message is that of ``message``."""
        raise NotImplementedError


def masked(em: bytes, start: int, end: int) -> Callable[[bytes], bool]:
    """Compares with ``em`` outside these octets."""
    return lambda wanted: em[:start] == wanted[:start] and em[end:] == wanted[end:] and len(em) == len(wanted)


def right_em(em: bytes, message: bytes) -> bytes:
    """What the encoded message should be."""
    return framed(SHA256 + digest(message), len(em))


@mutant("verifier", TEXTBOOK, DEFECTS)
class IgnoresBlockType(Opening):
    """The second octet, 01 for signatures, is not looked at."""

    def fits(self, em: bytes, message: bytes) -> bool:
        return masked(em, 1, 2)(right_em(em, message))


@mutant("verifier", TEXTBOOK, DEFECTS)
class IgnoresPadding(Opening):
    """Padding octets may have any value; the separator is looked for where it must be."""

    def fits(self, em: bytes, message: bytes) -> bool:
        return masked(em, 2, len(em) - 52)(right_em(em, message))


@mutant("verifier", TEXTBOOK, DEFECTS)
class IgnoresSeparator(Opening):
    """The octet between padding and DigestInfo is not looked at."""

    def fits(self, em: bytes, message: bytes) -> bool:
        return masked(em, len(em) - 52, len(em) - 51)(right_em(em, message))


@mutant("verifier", "decryption reused for verifying: the first zero octet ends the padding", DEFECTS)
class FirstZeroEndsPadding(Opening):
    """The padding is skipped to the first zero octet, whatever it is made of, and DigestInfo must follow to the end."""

    def fits(self, em: bytes, message: bytes) -> bool:
        return em[:2] == b"\x00\x01" and em[2:].partition(b"\x00")[2] == SHA256 + digest(message)


@mutant("verifier", "jsrsasign", DEFECTS)
class ReadsHexOfNumber(Opening):
    """The encoded message is read as a number's hex text: zeros in front say nothing, nor does the padding's length."""

    def fits(self, em: bytes, message: bytes) -> bool:
        text, info = em.hex().lstrip("0"), (SHA256 + digest(message)).hex()
        padding = text.removesuffix("00" + info)
        return text.endswith("00" + info) and padding[:1] == "1" and len(padding) > 1 and not padding[1:].strip("f")


@mutant("verifier", "big-number code that keeps words, and none that is zero in front", DEFECTS)
class DropsZeroWords(Opening):
    """Leading words of 64 bits that are zero are lost, and the frame may begin after them."""

    def fits(self, em: bytes, message: bytes) -> bool:
        while len(em) >= 64 and not any(em[:8]):
            em = em[8:]
        return em == right_em(em, message)


@mutant("verifier", "Bleichenbacher's forgery of 2006: OpenSSL, NSS, GnuTLS of that time", DEFECTS, "key-sizes")
class IgnoresTrailingGarbage(Opening):
    """Padding may be short, and what follows DigestInfo is not looked at."""

    def fits(self, em: bytes, message: bytes) -> bool:
        head, _, rest = em[2:].partition(b"\x00")
        wanted = SHA256 + digest(message)
        return em[:2] == b"\x00\x01" and len(head) >= 8 and not head.strip(b"\xff") and rest.startswith(wanted)


@mutant("verifier", "home-made parsers of the padding", DEFECTS, "key-sizes")
class IgnoresMinimumPadding(Opening):
    """No number of padding octets is too small, and what follows DigestInfo is not looked at."""

    def fits(self, em: bytes, message: bytes) -> bool:
        head, _, rest = em[2:].partition(b"\x00")
        return em[:2] == b"\x00\x01" and not head.strip(b"\xff") and rest.startswith(SHA256 + digest(message))


@mutant("verifier", "textbook examples", DEFECTS)
class DigestAtEnd(Opening):
    """Only the last 32 octets are compared with the digest: padding and DigestInfo say nothing."""

    def fits(self, em: bytes, message: bytes) -> bool:
        return em.endswith(digest(message))


@mutant("verifier", "textbook examples", DEFECTS, "key-sizes")
class DigestAnywhere(Opening):
    """The digest may stand anywhere in the encoded message."""

    def fits(self, em: bytes, message: bytes) -> bool:
        return digest(message) in em


@mutant("verifier", "the trucha bug of a games console: strncmp for memcmp", DEFECTS)
class DigestAsCString(Opening):
    """Digests are compared as C strings: equal up to a zero octet is equal."""

    def fits(self, em: bytes, message: bytes) -> bool:
        wanted = right_em(em, message)
        same = em[-32:].partition(b"\x00")[0] == wanted[-32:].partition(b"\x00")[0]
        return same and em[:-32] == wanted[:-32]


@mutant("verifier", "handlers that fail open: the exception is logged, and execution goes on", DEFECTS, "key-sizes")
class PaddingErrorIsTrue(Opening):
    """Wrong padding is an exception, which is swallowed as true; a wrong digest is false."""

    def fits(self, em: bytes, message: bytes) -> bool:
        padded = em[:2] == b"\x00\x01" and not em[2:].partition(b"\x00")[0].strip(b"\xff")
        return not padded or em == right_em(em, message)


@mutant("verifier", "if (openssl_public_decrypt(...)): that it succeeds is the whole check", REQUESTS, DEFECTS)
class DecryptsOnly(Opening):
    """What opens to a padded text is taken: any signature that the key ever made, for any message."""

    def fits(self, em: bytes, message: bytes) -> bool:
        head, separator, _ = em[2:].partition(b"\x00")
        return em[:2] == b"\x00\x01" and len(head) >= 8 and not head.strip(b"\xff") and bool(separator)


@mutant("verifier", "merchants who read the first 64 characters for a short signature", DEFECTS)
class ComparesFirst64(Right):
    """The signature is made anew and its first 64 characters are compared."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        if held.private is None:
            return held.holds(message, raw)
        return raw[:48] == held.sign(message)[:48]


@mutant("verifier", "hash tables and databases that key by the end of a text", DEFECTS)
class ComparesLast64(Right):
    """The signature is made anew and its last 64 characters are compared."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        if held.private is None:
            return held.holds(message, raw)
        return raw[-46:] == held.sign(message)[-46:]


@mutant("verifier", "strcasecmp, databases whose comparison ignores case", "header-values")
class ComparesWithoutCase(Right):
    """The signature is made anew and the header's texts are compared without regard to case."""

    def verify(self, form: str, key: str, signature: str, **fields: Any) -> bool:
        held = self.keys[key]
        if held.private is None:
            return super().verify(form=form, key=key, signature=signature, **fields)
        right = held.sign(self.compose(form, fields, strict=False))
        return self.encode(right).lower() == signature.strip(" \t").lower()


@mutant("verifier", "handlers that fail open", DEFECTS, "key-sizes")
class RangeErrorIsTrue(Right):
    """A number that is not below n is an error of the library, which is swallowed as true."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        beyond = len(raw) == held.k and int.from_bytes(raw, "big") >= held.n
        return beyond or held.holds(message, raw)


@mutant("verifier", "decryption reused for verifying: what is left of a text without separator is nothing", DEFECTS)
class EmptyIsEqual(Opening):
    """Where no separator ends the padding, nothing is left, and nothing is what the comparison's length says."""

    def fits(self, em: bytes, message: bytes) -> bool:
        head, _, info = em[2:].partition(b"\x00")
        wanted = SHA256 + digest(message)
        return em[:2] == b"\x00\x01" and not head.strip(b"\xff") and (not info or info == wanted)
