"""What the flags mean. A flag groups cases by the mistake they look for; a file carries the notes of its own flags."""

from __future__ import annotations

from typing import Any

from .edgecases import notes as edge_notes
from .edgecases.notes import RFC_8017, RFC_9110, note

RFC_8259 = "https://www.rfc-editor.org/rfc/rfc8259"
RFC_3986 = "https://www.rfc-editor.org/rfc/rfc3986"


_ERRATUM = (
    "The document's webhook example does not verify. Its signature is a well-formed PKCS#1 v1.5 signature by the"
    " document's example key over the SHA-256 digest 17e6e9acede8979ecf7f9ae9552a5545c84e711e8534e4d1452bd4d2b58883ed,"
    " which is not the digest of the printed body, nor of some 128 million variations of it (hosts, statuses, spacing,"
    " key order, number types, prefixes). It stands here as an invalid signature; nobody need search for the body that"
    " fits."
)

_SOURCES = {
    "DocExample": note("source", "Printed in the merchant API document, character for character."),
    "DocErratum": note("erratum", _ERRATUM),
    "PrintedWithBlanks": note(
        "source",
        "The document prints this body with blanks, or its amount as a string. A verifier checks the octets received"
        " and never a body that it serialised again; each such case has a minified neighbour.",
    ),
}

_MISUSE = {
    "WrongMessage": note("misuse", "A sound signature by the right key over something that is not the form's message."),
    "WrongKey": note("forgery", "A sound signature over the right message by another key."),
    "Replay": note("forgery", "A sound signature taken from another request, transaction or environment."),
    "EveryControl": note("family", "One character that no URL may hold, for each of them."),
    "EveryText": note("family", "Texts that only look like what was signed, for each form that signs a text."),
    "EveryPair": note("family", "The message of each form under the header of each other."),
    "SameMessage": note(
        "limitation", "Two requests with one message: the signature holds for both, and the document has it so."
    ),
    "Cut": note("family", "Bodies cut short or run on, alike for each form that has one."),
    "ChangedUrl": note("misuse", "The URL that arrived is not, octet by octet, the one that was signed."),
    "ChangedMethod": note("misuse", "The method that arrived is not, octet by octet, the one that was signed."),
    "ChangedBody": note(
        "misuse",
        "The body that arrived is not, octet by octet, the one that was signed, though JSON parsers see no difference.",
    ),
    "BoundDigits": note(
        "limitation", "Which card digits the short signature binds: the first six and the last four, none between."
    ),
}

_SIGNATURES = {
    "ZeroFirst": note("family", "Signatures that begin with a zero octet, once for each key."),
    "EveryForm": note("family", "The likeliest slips of a header's text, once for each form."),
    "Forgery": note("forgery", "Made without the private key; only a verifier with a known fault takes it.", RFC_8017),
}

_KEYS = {
    "KeyRsa3072": note("key", "Uses a key of 3072 bits; the document's keys have 2048."),
    "KeyRsa4096": note("key", "Uses a key of 4096 bits; the document's keys have 2048."),
    "KeyExponent3": note("key", "Uses a key with public exponent 3, which is sound where the verifier is.", RFC_8017),
    "KeyExponent17": note("key", "Uses a key with public exponent 17."),
    "KeyExponent4294967297": note("key", "Uses a key with public exponent 2^32 + 1, beyond what some libraries take."),
    **{
        f"DefectsKey{key}": note("family", f"The defects of signatures once more, with {told}.")
        for key, told in (
            ("Rsa3072", "a key of 3072 bits"),
            ("Rsa4096", "a key of 4096 bits"),
            ("Exponent3", "public exponent 3"),
            ("Exponent17", "public exponent 17"),
            ("Exponent4294967297", "public exponent 2^32 + 1"),
        )
    },
    "KeyFormat": note("format", "A key in a form in which merchants store it or the platform may serve it."),
    "KeySize": note("key", "A key of another size or exponent than openssl genrsa makes by default."),
    "KeyRefused": note(
        "format", "Not a usable key of the wanted kind: refused at once, not when the first signature fails."
    ),
    "Encrypted": note("format", "A private key under a password."),
}

_TEXTS = {
    "TokenKept": note("format", "Minifying takes blanks between tokens away and changes no token.", RFC_8259),
    "NotJson": note("format", "Not JSON; taking its blanks away could turn it into JSON that nobody wrote.", RFC_8259),
    "NotUtf8Json": note("format", "Not UTF-8, or blanks that are not JSON's.", RFC_8259),
    "Depth": note("limit", "Nesting deeper than 100 is refused, and must not exhaust a stack."),
    "CardNumber": note("policy", "A card number has 12 to 19 ASCII digits; anything else is a mistake to be told."),
    "Method": note("policy", "A method is an upper-case token; clients change others after signing.", RFC_9110),
    "UrlRefused": note(
        "policy", "A URL that clients change or cut before sending, so that its signature fails.", RFC_3986
    ),
    "RewrittenUrl": note("compatibility", "A URL that some client rewrites on the way to the wire.", RFC_3986),
    "DecodedValue": note("policy", "The value of a look-up is signed as it is after percent-decoding, once."),
}

_BUILDS = {
    "EmptyContainer": note("compatibility", "Some encoders take {} for [] or drop it."),
    "BigInteger": note(
        "compatibility", "Integers that doubles do not hold; doubles round them, some encoders refuse them."
    ),
    "Precision": note("compatibility", "Decimals near or beyond the precision of doubles."),
    "MemberNames": note("compatibility", "Member names that some encoders reorder or change."),
    "Escapes": note("compatibility", "Characters that encoders spell in several ways, all of them the same value."),
    "Large": note("limit", "Large or deep, within what any API takes."),
    "NonAscii": note(
        "policy", "Data beyond ASCII, which the document rules out: sent escaped, so that the octets are ASCII."
    ),
    "BuildRefused": note("policy", "A request that cannot be right: to be refused before anything is signed."),
}

NOTES: dict[str, dict[str, Any]] = edge_notes.NOTES | _SOURCES | _MISUSE | _SIGNATURES | _KEYS | _TEXTS | _BUILDS
