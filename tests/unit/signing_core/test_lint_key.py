"""lint.key: size, exponent, and the key that everyone has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing_core import PublicKey, lint

VECTORS = Path(__file__).parents[3] / "vectors"
ODD = 0xC0FFEE << 1000 | 1  # lint does not factor moduli


def public_key(bits: int, exponent: int) -> PublicKey:
    modulus = 1 << (bits - 1) | ODD
    key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    return PublicKey.from_pem(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), allow_weak=True)


@pytest.mark.parametrize(
    ("bits", "exponent", "expected"),
    [
        (2048, 65537, []),
        (2048, 257, []),
        (2048, 3, [("key-small-exponent", "warning", "exponent", "P46")]),
        (2048, 17, [("key-small-exponent", "warning", "exponent", "P46")]),
        (2047, 65537, [("key-weak", "error", "bits", "P19")]),
        (1536, 65537, [("key-weak", "error", "bits", "P19")]),
        (2049, 65537, [("key-size", "warning", "bits", "S5")]),
        (4096, 3, [("key-size", "warning", "bits", "S5"), ("key-small-exponent", "warning", "exponent", "P46")]),
    ],
)
def test_findings(bits: int, exponent: int, expected: list[tuple[str, str, str, str]]) -> None:
    findings = lint.key(public_key(bits, exponent))
    assert [(f.rule, f.severity, f.place, f.clause) for f in findings] == expected
    for finding in findings:
        assert str(bits if finding.place == "bits" else exponent) in finding.message


def test_the_documents_key_is_warned_of() -> None:
    documented = json.loads((VECTORS / "request" / "documented-examples.json").read_bytes())["keys"]["doc"]
    (finding,) = lint.key(PublicKey.from_pem(documented["public_pem"]))
    assert (finding.rule, finding.severity, finding.clause) == ("key-documented", "warning", "P40")
