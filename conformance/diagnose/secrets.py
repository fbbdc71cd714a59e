"""Takes card numbers, card security codes, passwords and private keys out of a judgement, lengths kept where offsets
matter. The vectors' own are public test data; whoever tests with real ones must not find them in a report."""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.model import Case, Diagnosis, Judgement

_CARD_FORMS = ("card_details", "payout_card_details")
_CARD = re.compile(rb"(?<![0-9])([0-9]{6})([0-9]{2,9})([0-9]{4})(?![0-9])")
_CODE = re.compile(rb'("(?:csc|cvv|cvc)"\s*:\s*"?)([0-9]{3,4})')
_PEM = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def redacted(case: Case, judgement: Judgement) -> Judgement:
    """The judgement without secrets: the middle of card numbers and card codes as ``*``."""
    found = judgement.diagnosis
    if found is None:
        return judgement
    clean = Diagnosis(
        found.stage,
        _clean(case, found.sentence.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass"),
        None if found.expected is None else _clean(case, found.expected),
        None if found.actual is None else _clean(case, found.actual),
    )
    return replace(judgement, diagnosis=clean)


def _clean(case: Case, data: bytes) -> bytes:
    data = _PEM.sub(b"(a private key)", data)
    if case.op == "load_key" and case.input.get("password"):
        data = data.replace(case.input["password"].encode(), b"(the password)")
    if case.form in _CARD_FORMS:
        data = _CARD.sub(lambda m: m[1] + b"*" * len(m[2]) + m[3], data)
        data = _CODE.sub(lambda m: m[1] + b"*" * len(m[2]), data)
    return data
