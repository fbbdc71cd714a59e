"""Mutants that nobody thought of: the right implementation with any one check dropped, any one stage swapped.

Checks and stages are named in tables, and a class is made for each entry. Twins of hand-made mutants are no fault here;
survivors are.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from conformance.mutants.keyring import DIGEST_INFO, digest, framed
from conformance.mutants.registry import Kind, Mutant
from conformance.mutants.right import Fields, Right
from conformance.targets import Refused
from signing_core import InvalidSignature, PayloadError, canonical, lint, messages, signature

Stage = Callable[..., Any]

KNOWN = "derived: no one's, and anyone's"


def derived() -> Iterator[Mutant]:
    """All of them."""
    for make in (_verifiers, _hashes, _headers, _requests, _cards, _targets, _minifiers, _builders):
        yield from make()


def _mutant(name: str, kind: Kind, mistake: str, suite: str, **stages: Stage) -> Mutant:
    return Mutant(name, kind, mistake, KNOWN, (suite,), type(name, (Right,), stages), derived=True)


# --- verifying: each check of RFC 8017, section 8.2.2 ----------------------------------------------------------------

# The pieces of an encoded message: from the front, and from the end, where DigestInfo stands.
PIECES = {
    "first-octet": (0, 1),
    "block-type": (1, 2),
    "padding": (2, -52),
    "separator": (-52, -51),
    "outer-length": (-51, -49),
    "algorithm-length": (-49, -47),
    "oid": (-47, -36),
    "null": (-36, -34),
    "digest-length": (-34, -32),
    "digest-first-half": (-32, -16),
    "digest-last-half": (-16, None),
}


def _verifiers() -> Iterator[Mutant]:
    for dropped in ("length", "range", *PIECES):
        told = f"The check of {dropped.replace('-', ' ')} is dropped from verifying."
        yield _mutant(f"drop-{dropped}", "verifier", told, "signature-defects", holds=_holds_without(dropped))


def _holds_without(dropped: str) -> Stage:
    start, end = PIECES.get(dropped, (0, 0))

    def holds(self: Right, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        if dropped != "length" and len(raw) != held.k:
            return False
        if dropped != "range" and int.from_bytes(raw, "big") >= held.n:
            return False
        found, wanted = bytearray(held.opened(raw)), framed(DIGEST_INFO["sha256"] + digest(message), held.k)
        found[start:end] = wanted[start:end]
        return bytes(found) == wanted

    return holds


def _hashes() -> Iterator[Mutant]:
    for name in DIGEST_INFO:
        if name != "sha256":
            told = f"The hash is swapped for {name}."
            yield _mutant(f"swap-hash-{name}", "verifier", told, "signature-defects", holds=_holds_with(name))


def _holds_with(name: str) -> Stage:
    def holds(self: Right, key: str, message: bytes, raw: bytes) -> bool:
        held = self.keys[key]
        wanted = framed(DIGEST_INFO[name] + digest(message, name), held.k)
        return len(raw) == held.k and int.from_bytes(raw, "big") < held.n and held.opened(raw) == wanted

    return holds


def _headers() -> Iterator[Mutant]:
    for dropped in ("trimming", "alphabet", "canonical-form"):
        told = f"{dropped.replace('-', ' ').capitalize()} is dropped from reading the header."
        yield _mutant(f"drop-{dropped}", "verifier", told, "header-values", decode=_decode_without(dropped))


def _decode_without(dropped: str) -> Stage:
    def decode(self: Right, text: str) -> bytes:
        trimmed = text if dropped == "trimming" else text.strip(" \t")
        try:
            raw = base64.b64decode(trimmed, validate=dropped != "alphabet")
        except ValueError:
            raise InvalidSignature("not base64") from None
        letters = re.sub(r"[^A-Za-z0-9+/=]", "", trimmed) if dropped == "alphabet" else trimmed
        if dropped != "canonical-form" and (not raw or signature.encode(raw) != letters):
            raise InvalidSignature("not canonical")
        return raw

    return decode


# --- messages: each part dropped, any two swapped --------------------------------------------------------------------


def _requests() -> Iterator[Mutant]:
    parts: dict[str, Callable[[Fields], bytes]] = {
        "method": lambda fields: fields["method"].encode(),
        "url": lambda fields: fields["url"].encode(),
        "body": lambda fields: fields["body"],
    }
    yield from _arranged("request", parts, "request-signatures")


def _cards() -> Iterator[Mutant]:
    parts: dict[str, Callable[[Fields], bytes]] = {
        "id": lambda fields: fields["transaction_id"].encode(),
        "first-six": lambda fields: fields["card_number"][:6].encode(),
        "last-four": lambda fields: fields["card_number"][-4:].encode(),
    }
    yield from _arranged("payout_card_details", parts, "payout-cards")
    for dropped, pattern in (("fewest", r"[0-9]{0,19}"), ("most", r"[0-9]{12,}"), ("digits", r"(?s).{12,19}")):
        told = f"The check of a card number's {dropped} digits is dropped."
        name = f"drop-card-{dropped}"
        yield _mutant(name, "message", told, "payout-cards", compose=_card_without(pattern))


def _card_without(pattern: str) -> Stage:
    def compose(self: Right, form: str, fields: Fields, strict: bool) -> bytes:
        if form != "payout_card_details" or not re.fullmatch(pattern, fields["card_number"]):
            return Right.compose(self, form, fields, strict)
        number = fields["card_number"]
        return str(fields["transaction_id"] + number[:6] + number[-4:]).encode()

    return compose


def _arranged(form: str, parts: dict[str, Callable[[Fields], bytes]], suite: str) -> Iterator[Mutant]:
    names = list(parts)
    for dropped in names:
        order = [name for name in names if name != dropped]
        told = f"The part {dropped} is dropped from the message of {form}."
        yield _mutant(f"drop-part-{dropped}", "message", told, suite, compose=_joined(form, parts, order))
    for one, other in combinations(names, 2):
        swapped = {one: other, other: one}
        told = f"{one} and {other} are swapped in the message of {form}."
        order = [swapped.get(name, name) for name in names]
        yield _mutant(f"swap-{one}-{other}", "message", told, suite, compose=_joined(form, parts, order))


def _joined(form: str, parts: dict[str, Callable[[Fields], bytes]], order: list[str]) -> Stage:
    def compose(self: Right, given: str, fields: Fields, strict: bool) -> bytes:
        right = Right.compose(self, given, fields, strict)
        return b"".join(parts[name](fields) for name in order) if given == form else right

    return compose


# --- refusals: each rule about URLs, methods and JSON -----------------------------------------------------------------

URL_RULES = (
    "url-not-absolute",
    "url-no-host",
    "url-userinfo",
    "url-fragment",
    "url-blank",
    "url-control",
    "url-non-ascii",
    "url-stray-percent",
    "url-forbidden",
)


def _targets() -> Iterator[Mutant]:
    for rule in URL_RULES:
        told = f"URLs that break the rule {rule} are signed."
        yield _mutant(f"drop-{rule}", "message", told, "message-urls", compose=_url_without(rule))
    yield _mutant("drop-method", "message", "Any method is signed.", "message-bodies", compose=_any_method)


def _url_without(rule: str) -> Stage:
    def compose(self: Right, form: str, fields: Fields, strict: bool) -> bytes:
        if form == "request" and strict:
            broken = {found.rule for found in lint.url(fields["url"]) if found.severity == "error"}
            if broken and broken <= {rule}:
                messages.request(fields["method"], "https://host.example/")  # the method is still checked
                strict = False
        return Right.compose(self, form, fields, strict)

    return compose


def _any_method(self: Right, form: str, fields: Fields, strict: bool) -> bytes:
    if form == "request" and strict:
        messages.request("GET", fields["url"])
        strict = False
    return Right.compose(self, form, fields, strict)


# What a refusal says -> the check that gave it.
JSON_CHECKS = {
    "empty": "the text is empty",
    "byte-order-mark": "byte order mark",
    "utf-8": "is not UTF-8",
    "end": "ends before its value does",
    "open-string": "ends inside a string",
    "control": "stands raw in a string",
    "escape": "begins no JSON escape",
    "value": "value is wanted|no JSON|have no single quotes|has no comments",
    "digit": "wants a digit",
    "leading-zero": "has a leading zero",
    "name": "name is wanted, found",
    "colon": "':' is wanted",
    "comma": "',' or the closing bracket",
    "trailing-comma": "right before this bracket",
    "surplus": "has ended and",
    "depth": "nested more than",
}
_BLANKS = re.compile(rb'(?s)("(?:[^"\\]|\\.)*")|[ \t\r\n]+')


def _minifiers() -> Iterator[Mutant]:
    for dropped, said in JSON_CHECKS.items():
        told = f"The check of {dropped} is dropped from minifying."
        name = f"drop-json-{dropped}"
        yield _mutant(name, "minify", told, "minify-refusals", minify=_minify_without(said))


def _minify_without(said: str) -> Stage:
    def minify(self: Right, text: bytes) -> bytes:
        try:
            return canonical.minify(text)
        except PayloadError as error:
            if not re.search(said, str(error)):
                raise Refused(str(error)) from None
        return _BLANKS.sub(lambda found: found[1] or b"", text)

    return minify


# --- building: each stage of it ---------------------------------------------------------------------------------------


def _builders() -> Iterator[Mutant]:
    def unescaped(self: Right, value: Any) -> bytes:
        return canonical.dumps(value, non_ascii="allow")

    def unchecked(self: Right, method: str, url: str) -> None:
        return

    def without_id(self: Right, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return {name: value for name, value in Right.headers(self, form, text, merchant_id).items() if "id" not in name}

    def swapped(self: Right, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return Right.headers(self, form, merchant_id, text)

    suite = "build-requests"
    yield _mutant(
        "drop-escaping", "builder", "Escaping of characters beyond ASCII is dropped.", suite, serialise=unescaped
    )
    yield _mutant("drop-admittance", "builder", "URLs of short forms are not checked.", "build-forms", admit=unchecked)
    yield _mutant("drop-merchant-id", "builder", "x-merchant-id is dropped.", suite, headers=without_id)
    yield _mutant("swap-headers", "builder", "Signature and merchant id are swapped.", suite, headers=swapped)
