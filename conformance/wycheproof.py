"""The verify cases as a test vector file of Project Wycheproof's shape, for tools that read it.

Its field names and number formats are those of its schema ``rsassa_pkcs1_verify_schema_v1.json`` and of its page on
formats: one group a key, integers as two's complement in hex, messages and signatures as raw octets. A verify case
whose header text is not the one spelling of some octets (P2, P45) has no raw signature, so it is left out and counted.
``vectors/schema/wycheproof.schema.json`` states the shape in our own words, with what this export promises beyond it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from conformance.judge import message_of
from conformance.model import Case, Corpus, Key, Level

FILE_SCHEMA = "rsassa_pkcs1_verify_schema_v1.json"
HEADER = (
    "RSASSA-PKCS1-v1_5 with SHA-256 signatures over the messages of a merchant API, exported by signkit.",
    "A comment begins with the id of its case; signkit show ID tells it in full.",
    "acceptable: RFC 8017 and the API document leave it open, a policy of signkit does not.",
)

# What a flag's kind is among Wycheproof's types of bugs; a kind that is not here is an edge case.
_BUG_TYPES = {
    "malformed": "AUTH_BYPASS",
    "forgery": "AUTH_BYPASS",
    "misuse": "AUTH_BYPASS",
    "key": "FUNCTIONALITY",
    "source": "BASIC",
    "family": "BASIC",
}


@dataclass(frozen=True, slots=True)
class Export:
    """The file's content as JSON data, and the ids of the verify cases that it cannot hold."""

    document: Mapping[str, Any]
    left_out: tuple[str, ...]


def export(corpus: Corpus, cases: Sequence[Case], version: str) -> Export:
    """The verify cases among ``cases``, in their order, grouped by key. ``version`` is told as the source's.

    The same cases give the same document.
    """
    tests: dict[str, list[dict[str, Any]]] = {}
    flags: dict[str, None] = {}
    left_out = []
    exported = 0
    for case in cases:
        if case.op != "verify":
            continue
        signature = _raw(case.input["signature"])
        if signature is None:
            left_out.append(case.id)
            continue
        exported += 1
        flags |= dict.fromkeys(case.flags)
        tests.setdefault(case.input["key"], []).append(_test(case, signature, exported))
    groups = [_group(corpus.keys[name], found, version) for name, found in tests.items()]
    document = {
        "algorithm": "RSASSA-PKCS1-v1_5",
        "schema": FILE_SCHEMA,
        "numberOfTests": exported,
        "header": list(HEADER),
        "notes": {flag: _note(corpus.notes[flag]) for flag in sorted(flags)},
        "testGroups": groups,
    }
    return Export(document, tuple(left_out))


def _raw(header: str) -> bytes | None:
    """The octets whose only base64 spelling the header's text is; None for any other text."""
    try:
        raw = base64.b64decode(header.encode("ascii"), validate=True)
    except ValueError:
        return None
    return raw if base64.b64encode(raw).decode("ascii") == header else None


def _test(case: Case, signature: bytes, number: int) -> dict[str, Any]:
    fields = dict(case.input)
    if "body" in fields:
        fields["body"] = base64.b64decode(fields["body"])
    result = "valid" if case.expect["valid"] else "invalid"
    return {
        "tcId": number,
        "comment": f"{case.id}: {case.comment}",
        "flags": list(case.flags),
        "msg": message_of(fields["form"], fields).hex(),
        "sig": signature.hex(),
        "result": result if case.level is Level.MUST else "acceptable",
    }


def _group(key: Key, tests: list[dict[str, Any]], version: str) -> dict[str, Any]:
    public = load_pem_public_key(key.public_pem.encode("ascii"))
    assert isinstance(public, RSAPublicKey)  # noqa: S101 - verify cases have no other keys
    numbers = public.public_numbers()
    return {
        "type": "RsassaPkcs1Verify",
        "source": {"name": "signkit", "version": version},
        "publicKey": {"modulus": _big_int(numbers.n), "publicExponent": _big_int(numbers.e)},
        "publicKeyAsn": public.public_bytes(Encoding.DER, PublicFormat.PKCS1).hex(),
        "publicKeyDer": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex(),
        "publicKeyPem": key.public_pem,
        "keySize": public.key_size,
        "sha": "SHA-256",
        "tests": tests,
    }


def _big_int(value: int) -> str:
    """Hex of the two's complement: a leading zero octet where the first bit would be set."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big").hex()


def _note(note: Mapping[str, Any]) -> dict[str, Any]:
    bug = _BUG_TYPES.get(note["kind"], "EDGE_CASE")
    return {"bugType": bug, "description": note["description"], "links": list(note["links"])}
