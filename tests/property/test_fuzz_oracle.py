"""The reference and the fuzzer's oracle share no code; on whatever the strategies make they must agree."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given

from conformance import tokens
from conformance.corpus import load
from conformance.fuzz import json_texts
from conformance.fuzz.asks import Ask
from conformance.fuzz.findings import judged
from conformance.fuzz.oracle import demand
from conformance.fuzz.smaller import smaller
from conformance.fuzz.strategies import asks
from conformance.model import FORMS, Verdict
from conformance.reference import Reference
from conformance.targets.inprocess import InProcess
from signing_core import PayloadError, canonical

KEYS = {name: key for name, key in load().keys.items() if name in ("doc", "exponent-3")}
PAIRS: list[tuple[str, str | None]] = [(op, form) for op in ("message", "sign", "verify", "build") for form in FORMS]
PAIRS.append(("minify", None))


@pytest.fixture(scope="module")
def reference() -> InProcess:
    target = InProcess(Reference())
    for key in KEYS.values():
        pems = {"private_pem": key.private_pem, "public_pem": key.public_pem}
        assert "ok" in target.ask({"cmd": "key", "name": key.name, **pems})
    return target


def agree(reference: InProcess, ask: Ask) -> None:
    answer = reference.ask({"cmd": "op", "id": "1", "op": ask.op, **ask.input})
    judgement = judged(ask, demand(ask, KEYS), answer, KEYS)
    assert judgement.verdict is Verdict.PASS, judgement


@given(ask=asks(PAIRS, KEYS))
def test_the_reference_answers_as_the_oracle_demands(reference: InProcess, ask: Ask) -> None:
    agree(reference, ask)


@given(ask=asks(PAIRS, KEYS))
def test_so_it_does_for_smaller_questions(reference: InProcess, ask: Ask) -> None:
    for number, other in enumerate(smaller(ask)):
        if number % 7 == 0:
            agree(reference, other)
        if number > 40:
            break


@given(text=json_texts.valid)
def test_what_is_read_exactly_is_written_with_the_same_value(text: bytes) -> None:
    """dumps(loads(text)) against the independent reader: no member, digit or character is lost."""
    value: Any = json.loads(text, parse_float=Decimal)
    try:
        written = canonical.dumps(value, non_ascii="escape")
    except PayloadError:
        assume(False)
    asked = tokens.parse(text)
    assume(not any(_repeated(item) for item in _values(asked)))
    assert tokens.difference(asked, tokens.parse(written)) is None
    assert tokens.first_blank(written) is None
    assert written.isascii()


def _repeated(value: tokens.Value) -> bool:
    return isinstance(value, tokens.Object) and len(value.grouped()) < len(value.members)


def _values(value: tokens.Value) -> list[tokens.Value]:
    found, rest = [], [value]
    while rest:
        item = rest.pop()
        found.append(item)
        if isinstance(item, tokens.Object):
            rest += [member for _, member in item.members]
        elif isinstance(item, list):
            rest += item
    return found
