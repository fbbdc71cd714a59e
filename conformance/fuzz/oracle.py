"""What must come out of an op, said without signing_core: the statements and policies, ``tokens``, integers and pyca.

The reference is judged by this as any target is, so that it cannot vouch for itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from conformance import diagnose, tokens
from conformance.fuzz.asks import Ask
from conformance.judge import message_of
from conformance.model import Key, Level

MAX_DEPTH = 100  # P41, P42
MAX_DIGITS = 64  # P41
_TOKEN_CHARACTERS = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")  # RFC 9110, 5.6.2, and P44
_CLAUSES = {
    "request": ("S7", "P1"),
    "card_details": ("S8",),
    "payout_card_details": ("S28",),
    "payout_lookup": ("S29", "P8"),
    "response": ("S10", "P13"),
    "webhook": ("S36", "P13"),
}
_HEADERS = {
    "request": ("x-merchant-id", "x-signature"),
    "card_details": ("x-merchant-id", "x-short-signature"),
    "payout_card_details": ("x-merchant-id", "x-short-signature"),
    "payout_lookup": ("x-merchant-id", "x-signature"),
    "response": ("x-signature",),
    "webhook": ("x-signature",),
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What is demanded of an answer: ``expect`` as in a vector file, and why.

    ``open``: the policies leave it open, so a refusal is as good as the expected answer.
    """

    expect: Mapping[str, Any]
    why: str
    level: Level
    clauses: tuple[str, ...]
    open: bool = False


def demand(ask: Ask, keys: Mapping[str, Key]) -> Demand:
    """What must come out of ``ask``. Pure; ``keys`` are the corpus's by name."""
    return _DEMANDS[ask.op](ask, keys)


def _refused(why: str, *clauses: str) -> Demand:
    return Demand({"refused": True}, why, Level.SHOULD, clauses)


# --- what the fields of a message may hold --------------------------------------------------------------------------


def url_fault(url: str) -> str | None:
    """Which error of P43 a URL has; None where it may be signed."""
    scheme, mark, rest = url.partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return "the URL is no absolute http(s) one"
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return "the URL names a user"
    if authority.partition(":")[0] == "":
        return "the URL has no host"
    for at, char in enumerate(url):
        if char in _URL_FAULTS:
            return _URL_FAULTS[char]
        if not "!" <= char <= "~":
            return "the URL holds what is not ASCII" if char > "~" and char != "\x7f" else "the URL holds a control"
        if char == "%" and not re.fullmatch("[0-9A-Fa-f]{2}", url[at + 1 : at + 3], re.ASCII):
            return "the URL holds a stray %"
    return None


def is_plain(url: str) -> bool:
    """Whether the host is a name of letters, digits, dots and hyphens or an address, and the port a number.

    RFC 3986 lets a host hold escapes and other marks. The policies do not speak of them, and many clients refuse them.
    """
    authority = re.split("[/?#]", url.partition("://")[2], maxsplit=1)[0]
    found = re.fullmatch(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]*))?", authority)
    return found is not None and int(found[1] or 0) < 65536


_URL_FAULTS = {"#": "the URL has a fragment", " ": "the URL holds a blank"}
_URL_FAULTS |= dict.fromkeys('"<>\\^{|}', "the URL holds a character that is to be escaped")


def _fields_fault(form: str, fields: Mapping[str, Any]) -> Demand | None:
    if form == "request":
        method = str(fields["method"])
        if not method or not _TOKEN_CHARACTERS.issuperset(method):
            return _refused("the method is no upper-case token", "P44")
        if (fault := url_fault(fields["url"])) is not None:
            return _refused(fault, "P43")
    if form == "payout_card_details" and not re.fullmatch("[0-9]{12,19}", fields["card_number"]):
        return _refused("the card number is not 12 to 19 digits", "P11")
    return None


def _message(ask: Ask, keys: Mapping[str, Key]) -> Demand:
    form, fields = str(ask.form), ask.fields
    value = base64.b64encode(b"" if (fault := _fields_fault(form, fields)) else message_of(form, fields)).decode()
    return fault or Demand({"value": value}, f"the message of {form}", Level.MUST, _CLAUSES[form], _unsettled(fields))


def _sign(ask: Ask, keys: Mapping[str, Key]) -> Demand:
    form, fields = str(ask.form), ask.fields
    fault = _fields_fault(form, fields)
    if fault is not None:
        return fault
    raw = sign(str(keys[fields["key"]].private_pem), message_of(form, fields))
    expect = {"signature": base64.b64encode(raw).decode()}
    return Demand(expect, f"the signature of {form}", Level.MUST, (*_CLAUSES[form], "P2"), _unsettled(fields))


def _unsettled(fields: Mapping[str, Any]) -> bool:
    return "url" in fields and not is_plain(fields["url"])


@lru_cache(maxsize=16)
def private_key(pem: str) -> RSAPrivateKey:
    """A key of the corpus, read by pyca/cryptography."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)  # noqa: S101 - the corpus holds no others
    return key


@lru_cache(maxsize=4096)
def sign(private_pem: str, message: bytes) -> bytes:
    """The RSASSA-PKCS1-v1_5 SHA-256 signature, by pyca/cryptography."""
    return private_key(private_pem).sign(message, PKCS1v15(), hashes.SHA256())


# --- verify: RFC 8017, 8.2.2, in integers ---------------------------------------------------------------------------

_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_INFO_WITHOUT_NULL = bytes.fromhex("302f300b0609608648016503040201" + "0420")


def encoded_message(message: bytes, k: int, info: bytes = _INFO) -> bytes:
    """EM of RFC 8017, 9.2, of ``k`` bytes."""
    end = info + hashlib.sha256(message).digest()
    return b"\x00\x01" + b"\xff" * (k - len(end) - 3) + b"\x00" + end


@lru_cache(maxsize=16)
def numbers(public_pem: str) -> tuple[int, int, int]:
    """(n, e, k) of a public key; k is the length of n in bytes."""
    found = load_pem_public_key(public_pem.encode()).public_numbers()  # type: ignore[union-attr]  # the corpus's are RSA
    n, e = int(found.n), int(found.e)  # type: ignore[union-attr]  # as above
    return n, e, (n.bit_length() + 7) // 8


def signature_fault(raw: bytes, message: bytes, public_pem: str) -> tuple[str, Level] | None:
    """What is wrong with a signature, and who demands that it is refused; None where it is good."""
    n, e, k = numbers(public_pem)
    value = int.from_bytes(raw, "big")
    if len(raw) != k:
        return "the signature has another length than the modulus", Level.MUST
    if value >= n:
        return "the signature is not less than the modulus", Level.MUST
    em = pow(value, e, n).to_bytes(k, "big")
    if em == encoded_message(message, k):
        return None
    if em == encoded_message(message, k, _INFO_WITHOUT_NULL):
        return "the DigestInfo lacks the NULL", Level.SHOULD
    return "the signature opens to another encoded message", Level.MUST


def _lax(header: str) -> bytes:
    """What a decoder that skips everything strange makes of a header."""
    digits = re.sub(r"[^A-Za-z0-9+/]", "", header.replace("-", "+").replace("_", "/"))
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return base64.b64decode(digits + "=" * (-len(digits) % 4))


def _verify(ask: Ask, keys: Mapping[str, Key]) -> Demand:
    form, fields = str(ask.form), ask.fields
    message, public = message_of(form, fields), keys[fields["key"]].public_pem
    header = str(fields["signature"])
    raw = diagnose.strict(header)
    if raw is None:
        level = Level.MUST if signature_fault(_lax(header), message, public) else Level.SHOULD
        return Demand({"valid": False}, "the header is not strict base64", level, ("P2", "P45"))
    fault = signature_fault(raw, message, public)
    if fault is None:
        padded = header != header.strip(" \t")
        why = "a good signature with blanks or tabs around it" if padded else "a good signature"
        return Demand({"valid": True}, why, Level.SHOULD if padded else Level.MUST, (*_CLAUSES[form], "P45"))
    return Demand({"valid": False}, fault[0], fault[1], ("P46", "RFC 8017 8.2.2"))


# --- JSON -----------------------------------------------------------------------------------------------------------

_STRING_OR_BLANKS = re.compile(rb'("(?:[^"\\]|\\.)*")|[ \t\r\n]+')
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


def depth(text: bytes) -> int:
    """How deep valid JSON is nested."""
    deepest = now = 0
    for mark in _STRING.sub(b"", text):
        now += (mark in b"[{") - (mark in b"]}")
        deepest = max(deepest, now)
    return deepest


def _json_fault(text: bytes) -> Demand | None:
    try:
        tokens.parse(text)
    except tokens.JsonError as error:
        return _refused(f"no JSON: {str(error).rpartition(' at byte')[0]}", "P42", "RFC 8259 2")
    return _refused("nested over 100 deep", "P41", "P42") if depth(text) > MAX_DEPTH else None


def _minify(ask: Ask, keys: Mapping[str, Key]) -> Demand:
    text = ask.fields["text"]
    fault = _json_fault(text)
    if fault is not None:
        return fault
    value = _STRING_OR_BLANKS.sub(lambda found: found[1] or b"", text)
    return Demand({"value": base64.b64encode(value).decode()}, "minified text", Level.SHOULD, ("P4", "S41"))


@dataclass
class _Survey:
    """What a JSON value holds that policies speak of."""

    huge: bool = False  # an integer outside 64 bits
    long: bool = False  # a decimal of more than 64 digits
    exponent: bool = False  # a number that would have about as many without its exponent
    imprecise: bool = False  # a number that doubles do not hold for certain
    lone: bool = False
    duplicate: bool = False
    beyond_ascii: bool = False

    def take(self, value: tokens.Value) -> None:
        rest = [value]
        while rest:
            item = rest.pop()
            if isinstance(item, tokens.Object):
                names = [name for name, _ in item.members]
                self.duplicate |= len(set(names)) < len(names)
                rest += [*names, *(member for _, member in item.members)]
            elif isinstance(item, list):
                rest += item
            elif isinstance(item, tokens.Number):
                self.number(item)
            elif isinstance(item, str):
                self.lone |= any("\ud800" <= char <= "\udfff" for char in item)
                self.beyond_ascii |= not item.isascii()

    def fault(self) -> Demand | None:
        if self.huge:
            return _refused("an integer outside 64 bits", "P41")
        if self.long:
            return _refused("a decimal of more than 64 digits", "P41")
        return _refused("a name stands twice in one object", "P42") if self.duplicate else None

    def number(self, number: tokens.Number) -> None:
        lexeme = number.lexeme
        if lexeme.lstrip("-").isdigit():
            if len(lexeme) > 24 or not -(2**63) <= int(lexeme) < 2**64:
                self.huge = True
            elif abs(int(lexeme)) >= 2**53:
                self.imprecise = True
            return
        _, digits, power = number.exact
        mantissa, mark, exponent = lexeme.lower().partition("e")
        if mark:  # how many digits it takes without its exponent is the encoder's affair
            self.exponent |= len(exponent) > 3 or len(mantissa) + abs(int(exponent)) > MAX_DIGITS
        else:
            self.long |= sum(map(str.isdigit, lexeme)) > MAX_DIGITS
        self.imprecise |= len(digits) > 15 or not isinstance(power, int) or abs(power) > 15


# --- build ----------------------------------------------------------------------------------------------------------


def _build(ask: Ask, keys: Mapping[str, Key]) -> Demand:
    form, fields = str(ask.form), ask.fields
    fault = _fields_fault("request", fields)
    text = fields.get("json_text")
    value: tokens.Value = None
    if fault is None and text is not None:
        fault = _json_fault(text)
        value = None if fault else tokens.parse(text)
    survey = _Survey()
    if fault is None:
        survey.take(value)
        fault = survey.fault() or _form_fault(form, value, fields["url"])
    if fault is not None:
        return fault
    expect = {"request": {"headers": list(_HEADERS[form]), "json_text": ask.input.get("json_text")}}
    soft = survey.imprecise or survey.beyond_ascii
    clauses = ("S41", *(("P41",) if survey.imprecise else ()), *(("S2", "P17") if survey.beyond_ascii else ()))
    unsettled = survey.lone or survey.exponent or _unsettled(fields)
    level = Level.SHOULD if soft or unsettled else Level.MUST
    return Demand(expect, f"a whole {form}", level, clauses, open=unsettled)


def _form_fault(form: str, value: tokens.Value, url: str) -> Demand | None:
    def text(name: str) -> str | None:
        found = value.get(name) if isinstance(value, tokens.Object) else None
        return found if isinstance(found, str) else None

    if form in ("card_details", "payout_card_details") and not text("transaction_id"):
        return _refused("the body has no transaction_id that could be signed", "S8", "S28")
    if form == "payout_card_details" and not re.fullmatch("[0-9]{12,19}", text("number") or ""):
        return _refused("the card number is not 12 to 19 digits", "P11")
    if form == "payout_lookup":
        pairs = parse_qsl(url.partition("?")[2], keep_blank_values=True)
        given = [found for name, found in pairs if name in ("uuid", "external_id")]
        if len(given) != 1 or not given[0]:
            return _refused("the query has not exactly one of uuid and external_id", "P8")
    return None


_DEMANDS: dict[str, Callable[[Ask, Mapping[str, Key]], Demand]] = {
    "message": _message,
    "sign": _sign,
    "verify": _verify,
    "minify": _minify,
    "build": _build,
}
OPS = tuple(_DEMANDS)
