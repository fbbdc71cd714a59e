"""Signatures of reports: who ran it. The digest alone shows accidents; whoever edits a report can make a new digest.

Signed is ``signkit-report/1 sha256:`` and the digest in hex, SHA256withRSA like everything here. The prefix keeps a
report's signature from ever being that of a request (a method and URL), response, webhook (JSON) or id.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.reports.errors import SealError
from conformance.reports.kept import Kept, dump, parse
from signing_core import InvalidSignature, PrivateKey, PublicKey, signature

SIGNABLE = ("json", "events")


@dataclass(frozen=True, slots=True)
class Finding:
    """What ``check`` found: does all that could be checked fit, in which words, and what became of the signature
    (``none``, ``unchecked``, ``fits`` or ``does not fit``)."""

    fits: bool
    signature: str
    sentence: str


def sign(data: bytes, key: PrivateKey) -> bytes:
    """A report's file content with the signature in it (one that stood there is replaced).

    Raises NotAReportError, StreamError, and SealError for the merchant document's own key (its private half is public).
    """
    refuse_public(key)
    kept = parse(data)
    made = {"key": key.fingerprint, "value": signature.encode(key.sign(_message(kept.digest)))}
    sealed = {**kept.seal, "digest": kept.digest, "signature": made}
    return dump(kept.form, [*kept.data[:-1], sealed])


def refuse_public(key: PrivateKey) -> None:
    """Raises SealError for the merchant document's own key."""
    if key.is_documented:
        raise SealError(
            "the merchant document's own key is known to everyone, so its signature says nothing about a report: "
            "sign with a key of your own (signkit keys generate)"
        )


def check(kept: Kept, key: PublicKey | None = None) -> Finding:
    """Does the report carry its digest, and is it signed by this key? (``kept`` was refused if its digest is wrong.)"""
    if kept.told is None:
        return Finding(False, "none", "it carries no digest, so nothing shows whether it was changed")
    made = kept.seal.get("signature")
    if made is None:
        told = "it is not signed: its digest shows accidents, not who made it"
        return Finding(key is None, "none", told)
    if key is None:
        return Finding(True, "unchecked", f"it says that key {made['key']} signed it; --public-key FILE checks that")
    if made["key"] != key.fingerprint:
        told = f"it was signed with key {made['key']}, and the key given is {key.fingerprint}"
        return Finding(False, "does not fit", told)
    try:
        key.verify(_message(kept.digest), signature.decode(made["value"]))
    except InvalidSignature:
        return Finding(False, "does not fit", f"its signature does not fit its digest and key {key.fingerprint}")
    return Finding(True, "fits", f"signed with key {key.fingerprint}")


def _message(digest: str) -> bytes:
    return b"signkit-report/1 sha256:" + digest.encode("ascii")
