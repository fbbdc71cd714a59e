"""lint for public keys (P40, P46, S5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing_core._lint_finding import Finding, Findings, Rule

if TYPE_CHECKING:
    from signing_core.keys import PublicKey

__all__ = ["key"]

_WEAK = Rule(
    "key-weak",
    "the key has {shown} bits: its signatures can be forged, or soon can",
    "make a key of 2048 bits: openssl genrsa -out my-private-key.pem 2048",
    "P19",
    severity="error",
)
_LARGE = Rule(
    "key-size",
    "the key has {shown} bits, where the document asks for 2048: the gateway may refuse it",
    "make a key of 2048 bits",
    "S5",
)
_EXPONENT = Rule(
    "key-small-exponent",
    "the public exponent is {shown}: sound with a strict verifier, forgeable with a lax one",
    "make a key with the exponent 65537",
    "P46",
)
_DOCUMENTED = Rule(
    "key-documented",
    "this is the key pair that the merchant document prints: everyone can sign with it",
    "make your own key for anything but tests",
    "P40",
)

_BITS = 2048
_SMALL_EXPONENTS = (3, 17)


def key(pub: PublicKey) -> list[Finding]:
    """What is unwise about a public key: size, exponent, its being printed. ``place`` names the property."""
    findings = Findings()
    if pub.bits != _BITS:
        findings.add(_WEAK if pub.bits < _BITS else _LARGE, "bits", str(pub.bits))
    if pub.exponent in _SMALL_EXPONENTS:
        findings.add(_EXPONENT, "exponent", str(pub.exponent))
    if pub.is_documented:
        findings.add(_DOCUMENTED, "fingerprint")
    return findings.list()
