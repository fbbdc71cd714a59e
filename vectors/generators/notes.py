"""What the flags mean. A flag groups cases by the mistake they look for; a file carries the notes of its own flags."""

from __future__ import annotations

from typing import Any


def _note(kind: str, description: str, *links: str) -> dict[str, Any]:
    return {"kind": kind, "description": description, "links": list(links)}


RFC_8017 = "https://www.rfc-editor.org/rfc/rfc8017"

NOTES: dict[str, dict[str, Any]] = {
    "DocExample": _note("source", "Printed in the merchant API document, character for character."),
    "DocErratum": _note(
        "erratum",
        "The document's webhook example does not verify. Its signature is a well-formed PKCS#1 v1.5 signature by the"
        " document's example key over the SHA-256 digest"
        " 17e6e9acede8979ecf7f9ae9552a5545c84e711e8534e4d1452bd4d2b58883ed, which is not the digest of the printed"
        " body, nor of some 128 million variations of it (hosts, statuses, spacing, key order, number types, prefixes)."
        " It stands here as an invalid signature; nobody need search for the body that fits.",
    ),
    "PrintedWithBlanks": _note(
        "format",
        "The document prints this body with blanks, or its amount as a string. A verifier checks the octets it received"
        " and never a body that it serialised again; each such case has a minified neighbour.",
    ),
}
