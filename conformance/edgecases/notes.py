"""What the flags of edge cases mean, as vector files print it. A flag of kind ``family`` marks cases a loop makes."""

from __future__ import annotations

from typing import Any

RFC_8017 = "https://www.rfc-editor.org/rfc/rfc8017"
RFC_4648 = "https://www.rfc-editor.org/rfc/rfc4648"
RFC_9110 = "https://www.rfc-editor.org/rfc/rfc9110"


def note(kind: str, description: str, *links: str) -> dict[str, Any]:
    """A note as the vector schema has it."""
    return {"kind": kind, "description": description, "links": list(links)}


NOTES: dict[str, dict[str, Any]] = {
    "NoSignature": note("misuse", "The header's text does not encode the signature at all."),
    "Length": note("malformed", "A signature is exactly as long as the modulus, zeros included.", RFC_8017),
    "Range": note("malformed", "The signature as a number: below the modulus, and the right one.", RFC_8017),
    "WrongHash": note("malformed", "Another digest, or the digest of something else, in a sound frame.", RFC_8017),
    "DigestInfo": note("malformed", "DigestInfo differs from the one DER encoding that RFC 8017 makes.", RFC_8017),
    "Padding": note("malformed", "The frame 00 01 FF..FF 00 of the encoded message has a fault.", RFC_8017),
    "Scheme": note("malformed", "Another signature scheme than RSASSA-PKCS1-v1_5.", RFC_8017),
    "BitFlip": note("malformed", "A right signature with one bit flipped.", RFC_8017),
    "EveryOctet": note("family", "One flipped bit in each octet of a right signature."),
    "MissingNull": note(
        "malformed", "DigestInfo without the NULL parameters, which several well-known verifiers accept.", RFC_8017
    ),
    "strict": note("policy", "Strict verifiers refuse it, lenient ones do not, and no forgery follows from it."),
    "HeaderBlanks": note("format", "Blanks and tabs around a header's value are HTTP's, not the value's.", RFC_9110),
    "StrictBase64": note(
        "format", "Standard base64 that re-encodes to itself is the one accepted spelling of a signature.", RFC_4648
    ),
}
