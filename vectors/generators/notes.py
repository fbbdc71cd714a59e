"""What the flags mean. A flag groups cases by the mistake they look for; a file carries the notes of its own flags."""

from __future__ import annotations

from typing import Any

RFC_8017 = "https://www.rfc-editor.org/rfc/rfc8017"
RFC_8259 = "https://www.rfc-editor.org/rfc/rfc8259"
RFC_4648 = "https://www.rfc-editor.org/rfc/rfc4648"
RFC_3986 = "https://www.rfc-editor.org/rfc/rfc3986"
RFC_9110 = "https://www.rfc-editor.org/rfc/rfc9110"


def _note(kind: str, description: str, *links: str) -> dict[str, Any]:
    return {"kind": kind, "description": description, "links": list(links)}


_ERRATUM = (
    "The document's webhook example does not verify. Its signature is a well-formed PKCS#1 v1.5 signature by the"
    " document's example key over the SHA-256 digest 17e6e9acede8979ecf7f9ae9552a5545c84e711e8534e4d1452bd4d2b58883ed,"
    " which is not the digest of the printed body, nor of some 128 million variations of it (hosts, statuses, spacing,"
    " key order, number types, prefixes). It stands here as an invalid signature; nobody need search for the body that"
    " fits."
)

_SOURCES = {
    "DocExample": _note("source", "Printed in the merchant API document, character for character."),
    "DocErratum": _note("erratum", _ERRATUM),
    "PrintedWithBlanks": _note(
        "source",
        "The document prints this body with blanks, or its amount as a string. A verifier checks the octets received"
        " and never a body that it serialised again; each such case has a minified neighbour.",
    ),
}

_MISUSE = {
    "WrongMessage": _note(
        "misuse", "A sound signature by the right key over something that is not the form's message."
    ),
    "WrongKey": _note("forgery", "A sound signature over the right message by another key."),
    "Replay": _note("forgery", "A sound signature taken from another request, transaction or environment."),
    "ChangedUrl": _note("misuse", "The URL that arrived is not, octet by octet, the one that was signed."),
    "ChangedMethod": _note("misuse", "The method that arrived is not, octet by octet, the one that was signed."),
    "ChangedBody": _note(
        "misuse",
        "The body that arrived is not, octet by octet, the one that was signed, though JSON parsers see no difference.",
    ),
    "BoundDigits": _note(
        "limitation", "Which card digits the short signature binds: the first six and the last four, none between."
    ),
    "NoSignature": _note("misuse", "The header's text does not encode the signature at all."),
}

_SIGNATURES = {
    "Forgery": _note("forgery", "Made without the private key; only a verifier with a known fault takes it.", RFC_8017),
    "Length": _note("malformed", "A signature is exactly as long as the modulus, zeros included.", RFC_8017),
    "Range": _note("malformed", "The signature as a number: below the modulus, and the right one.", RFC_8017),
    "WrongHash": _note("malformed", "Another digest, or the digest of something else, in a sound frame.", RFC_8017),
    "DigestInfo": _note("malformed", "DigestInfo differs from the one DER encoding that RFC 8017 makes.", RFC_8017),
    "Padding": _note("malformed", "The frame 00 01 FF..FF 00 of the encoded message has a fault.", RFC_8017),
    "Scheme": _note("malformed", "Another signature scheme than RSASSA-PKCS1-v1_5.", RFC_8017),
    "BitFlip": _note("malformed", "A right signature with one bit flipped.", RFC_8017),
    "MissingNull": _note(
        "malformed", "DigestInfo without the NULL parameters, which several well-known verifiers accept.", RFC_8017
    ),
    "strict": _note("policy", "Strict verifiers refuse it, lenient ones do not, and no forgery follows from it."),
    "HeaderBlanks": _note("format", "Blanks and tabs around a header's value are HTTP's, not the value's.", RFC_9110),
    "StrictBase64": _note(
        "format", "Standard base64 that re-encodes to itself is the one accepted spelling of a signature.", RFC_4648
    ),
}

_KEYS = {
    "KeyRsa3072": _note("key", "Uses a key of 3072 bits; the document's keys have 2048."),
    "KeyRsa4096": _note("key", "Uses a key of 4096 bits; the document's keys have 2048."),
    "KeyExponent3": _note("key", "Uses a key with public exponent 3, which is sound where the verifier is.", RFC_8017),
    "KeyFormat": _note("format", "A key in a form in which merchants store it or the platform may serve it."),
    "KeySize": _note("key", "A key of another size or exponent than openssl genrsa makes by default."),
    "KeyRefused": _note(
        "format", "Not a usable key of the wanted kind: refused at once, not when the first signature fails."
    ),
    "Encrypted": _note("format", "A private key under a password."),
}

_TEXTS = {
    "TokenKept": _note("format", "Minifying takes blanks between tokens away and changes no token.", RFC_8259),
    "NotJson": _note("format", "Not JSON; taking its blanks away could turn it into JSON that nobody wrote.", RFC_8259),
    "NotUtf8Json": _note("format", "Not UTF-8, or blanks that are not JSON's.", RFC_8259),
    "Depth": _note("limit", "Nesting deeper than 100 is refused, and must not exhaust a stack."),
    "CardNumber": _note("policy", "A card number has 12 to 19 ASCII digits; anything else is a mistake to be told."),
    "Method": _note("policy", "A method is an upper-case token; clients change others after signing.", RFC_9110),
    "UrlRefused": _note(
        "policy", "A URL that clients change or cut before sending, so that its signature fails.", RFC_3986
    ),
    "RewrittenUrl": _note("compatibility", "A URL that some client rewrites on the way to the wire.", RFC_3986),
    "DecodedValue": _note("policy", "The value of a look-up is signed as it is after percent-decoding, once."),
}

_BUILDS = {
    "EmptyContainer": _note("compatibility", "Some encoders take {} for [] or drop it."),
    "BigInteger": _note(
        "compatibility", "Integers that doubles do not hold; doubles round them, some encoders refuse them."
    ),
    "Precision": _note("compatibility", "Decimals near or beyond the precision of doubles."),
    "MemberNames": _note("compatibility", "Member names that some encoders reorder or change."),
    "Escapes": _note("compatibility", "Characters that encoders spell in several ways, all of them the same value."),
    "Large": _note("limit", "Large or deep, within what any API takes."),
    "NonAscii": _note(
        "policy", "Data beyond ASCII, which the document rules out: sent escaped, so that the octets are ASCII."
    ),
    "BuildRefused": _note("policy", "A request that cannot be right: to be refused before anything is signed."),
}

NOTES: dict[str, dict[str, Any]] = _SOURCES | _MISUSE | _SIGNATURES | _KEYS | _TEXTS | _BUILDS
