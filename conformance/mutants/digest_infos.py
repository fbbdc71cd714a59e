"""Verifiers that read DigestInfo with lenience (RFC 8017, section 9.2 and appendix A.2.4)."""

from __future__ import annotations

import hashlib

from conformance.mutants.keyring import DIGEST_INFO, digest
from conformance.mutants.registry import mutant
from conformance.mutants.verifiers import DEFECTS, SHA256, Opening


class ReadingDigestInfo(Opening):
    """Takes the padding strictly; what is broken reads DigestInfo."""

    def fits(self, em: bytes, message: bytes) -> bool:
        head, separator, info = em[2:].partition(b"\x00")
        padded = em[:2] == b"\x00\x01" and len(head) >= 8 and not head.strip(b"\xff") and bool(separator)
        return padded and self.names(info, message)

    def names(self, info: bytes, message: bytes) -> bool:
        """Whether DigestInfo names the message."""
        raise NotImplementedError


WITHOUT_NULL = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20"


@mutant("verifier", "Java's own provider, Bouncy Castle, pycryptodome, phpseclib", DEFECTS)
class TakesMissingNull(ReadingDigestInfo):
    """DigestInfo without the NULL parameters is taken as well."""

    def names(self, info: bytes, message: bytes) -> bool:
        return info in (SHA256 + digest(message), WITHOUT_NULL + digest(message))


@mutant("verifier", "forgeries against parsers of the algorithm identifier: Firefox, CyaSSL in 2014", DEFECTS)
class IgnoresParameters(ReadingDigestInfo):
    """Whatever stands in the algorithm's parameters is skipped."""

    def names(self, info: bytes, message: bytes) -> bool:
        oid = bytes.fromhex("0609608648016503040201")
        fits = len(info) > 3 and info[0] == 0x30 and info[1] == len(info) - 2 and info[2] == 0x30
        end = 4 + info[3] if fits else 0
        return fits and info[4:].startswith(oid) and info[end:] == b"\x04\x20" + digest(message)


@mutant("verifier", "node-forge", DEFECTS)
class IgnoresHashOid(ReadingDigestInfo):
    """The object identifier may be any: the digest alone is compared."""

    def names(self, info: bytes, message: bytes) -> bool:
        return info[:6] == SHA256[:6] and info[15:] == SHA256[15:] + digest(message)


@mutant("verifier", "jsrsasign", DEFECTS)
class TakesAnyPrefix(ReadingDigestInfo):
    """What stands before the digest may be of any hash, with the length that it has; it is not looked at again."""

    def names(self, info: bytes, message: bytes) -> bool:
        return any(info == start + digest(message) for start in DIGEST_INFO.values())


@mutant("verifier", "python-rsa", DEFECTS)
class TakesAnyHash(ReadingDigestInfo):
    """The hash is the one that the signature names, not the one that was agreed."""

    def names(self, info: bytes, message: bytes) -> bool:
        return any(info == start + digest(message, name) for name, start in DIGEST_INFO.items())


@mutant("verifier", "phpseclib in its relaxed mode", DEFECTS)
class TakesBerLengths(ReadingDigestInfo):
    """Lengths may be spelled in BER: the long form, where DER has the short one."""

    def names(self, info: bytes, message: bytes) -> bool:
        plain = info.replace(b"\x30\x81\x31", b"\x30\x31").replace(b"\x30\x81\x0d", b"\x30\x0d")
        plain = plain.replace(b"\x04\x81\x20", b"\x04\x20")
        return plain == SHA256 + digest(message)


@mutant("verifier", "home-made parsers of DER", DEFECTS)
class IgnoresDigestInfoLengths(ReadingDigestInfo):
    """The lengths inside DigestInfo are not compared with what is there."""

    def names(self, info: bytes, message: bytes) -> bool:
        wanted = SHA256 + digest(message)
        plain = bytearray(info[: len(wanted)])
        for place in (1, 3, 5, 16, 18):
            if place < len(plain):
                plain[place] = wanted[place]
        return bytes(plain) == wanted and len(info) >= len(wanted)


@mutant("verifier", "NONEwithRSA of Java, RSA_private_encrypt of C and PHP", DEFECTS)
class TakesBareDigest(ReadingDigestInfo):
    """The digest may stand in the padding without DigestInfo."""

    def names(self, info: bytes, message: bytes) -> bool:
        return info in (SHA256 + digest(message), digest(message))


@mutant("verifier", "servers that still serve old clients", DEFECTS)
class FallsBackToSha1(ReadingDigestInfo):
    """Where SHA-256 does not fit, SHA-1 is tried."""

    def names(self, info: bytes, message: bytes) -> bool:
        return info in (SHA256 + digest(message), DIGEST_INFO["sha1"] + digest(message, "sha1"))


@mutant("verifier", "C code that compares as many octets as the signature holds", DEFECTS)
class ComparesShortDigests(ReadingDigestInfo):
    """As much of the digest is compared as DigestInfo holds: an empty one always fits."""

    def names(self, info: bytes, message: bytes) -> bool:
        held = info[19:]
        return info[4:17] == SHA256[4:17] and hashlib.sha256(message).digest().startswith(held)
