"""Takes card numbers, card security codes, passwords and private keys out of a judgement, lengths kept where offsets
matter. The vectors' own are public test data; whoever tests with real ones must not find them in a report."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from conformance.model import Case, Diagnosis, Judgement
from conformance.targets.base import without_keys

_ROOM = 400  # characters of an input that are told
_SIGNATURE_ROOM = 80  # its bytes say little; its beginning and length do
_BYTES = ("body", "text", "json_text")
_CARD_FORMS = ("card_details", "payout_card_details")
_CARD = re.compile(r"([0-9]{6})([0-9]{2,})([0-9]{4})")
_NUMBER = re.compile(rb'"number"\s*:\s*"?([0-9]{12,19})')
_CODE = re.compile(r'("(?:csc|cvv|cvc)"\s*:\s*"?)([0-9]{3,4})')


def redacted(case: Case, judgement: Judgement) -> Judgement:
    """The judgement without secrets: the middle of card numbers and all of card codes as ``*``."""
    found = judgement.diagnosis
    if found is None:
        return judgement

    def clean(data: bytes | None) -> bytes | None:
        return None if data is None else _clean(case, data.decode("latin-1")).encode("latin-1")

    sentence = _clean(case, found.sentence)
    return replace(judgement, diagnosis=Diagnosis(found.stage, sentence, clean(found.expected), clean(found.actual)))


def told_input(case: Case) -> dict[str, str]:
    """What the case puts to the target, for a report: bytes as text, long ones cut, without secrets."""
    told = {}
    for name, value in case.input.items():
        if value is None or name == "form":
            continue
        if name == "password":
            told[name] = "[left out]"
        elif name in ("private", "public"):
            told[name] = f"{len(base64.b64decode(value))} bytes"
        else:
            text = base64.b64decode(value).decode("utf-8", "backslashreplace") if name in _BYTES else str(value)
            text = _clean(case, text)
            room = _SIGNATURE_ROOM if name == "signature" else _ROOM
            told[name] = text if len(text) <= room else f"{text[:room]}... ({len(text)} characters)"
    return told


def _clean(case: Case, text: str) -> str:
    text = without_keys(text)
    if case.op == "load_key" and case.input.get("password"):
        text = text.replace(case.input["password"], "[password left out]")
    if case.form in _CARD_FORMS:
        number = _card_number(case)
        if number:  # first, for digits of an id may stand right before it
            text = text.replace(number, _CARD.sub(_masked, number))
        text = _CARD.sub(_masked, text)
        text = _CODE.sub(lambda m: m[1] + "*" * len(m[2]), text)
    return text


def _masked(match: re.Match[str]) -> str:
    return match[1] + "*" * len(match[2]) + match[3]


def _card_number(case: Case) -> str | None:
    """The card number that the case puts to the target."""
    if "card_number" in case.input:
        return str(case.input["card_number"])
    found = _NUMBER.search(base64.b64decode(case.input.get("json_text") or ""))
    return found[1].decode() if found else None
