"""Takes card numbers, card security codes, passwords and private keys out of a judgement, lengths kept where offsets
matter. The vectors' own are public test data; whoever tests with real ones must not find them in a report."""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.model import Case, Diagnosis, Judgement
from conformance.targets.base import without_keys

_CARD_FORMS = ("card_details", "payout_card_details")
_CARD = re.compile(r"(?<![0-9])([0-9]{6})([0-9]{2,9})([0-9]{4})(?![0-9])")
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


def _clean(case: Case, text: str) -> str:
    text = without_keys(text)
    if case.op == "load_key" and case.input.get("password"):
        text = text.replace(case.input["password"], "[password left out]")
    if case.form in _CARD_FORMS:
        text = _CARD.sub(lambda m: m[1] + "*" * len(m[2]) + m[3], text)
        text = _CODE.sub(lambda m: m[1] + "*" * len(m[2]), text)
    return text
