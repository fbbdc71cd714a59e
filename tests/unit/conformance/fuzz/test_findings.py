"""Findings: what is one and the same, and what replies are worth."""

from __future__ import annotations

import pytest

from conformance.corpus import load
from conformance.fuzz.asks import Ask
from conformance.fuzz.findings import Finding, judged, shape
from conformance.fuzz.oracle import demand
from conformance.model import Diagnosis, Judgement, Level, Verdict
from conformance.targets import Fault

KEYS = load().keys
ASK = Ask.of("minify", text=b"[ ]")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$.a[3]: asked 12, sent 13.0: rounded", '$["b c"].d: asked -1e5, sent 0: rounded'),
        (
            '$["1\\""].true: asked 1, sent nothing: it was dropped',
            '$["a:b $.x"]["c"][0]: asked 2, sent nothing: it was dropped',
        ),
        ("differs from byte 17 on", "differs from byte 4 on"),
        ('the word "null": it failed', 'the word "a \\" b": it failed'),
        ("is hex (also: hashed with SHA-1)", "is hex"),
        ("$.a: asked false, sent nothing: it was dropped", '$.b: asked "x: y", sent nothing: it was dropped'),
        ("it refused valid input: no port 7 at https://h/x", "it refused valid input: no port 9 at https://i"),
        ("it broke: TypeError: cannot read 'x' of null", "it broke: TypeError: cannot read 'yy' of null"),
    ],
)
def test_values_and_places_make_no_difference(one: str, other: str) -> None:
    assert shape(one) == shape(other)


def test_other_causes_do() -> None:
    assert shape("the client dropped the port") != shape("the client dropped the fragment")
    assert shape("it broke: TypeError: x") != shape("it broke: RangeError: x")


def test_the_way_leaves_the_form_out() -> None:
    def finding(form: str, sentence: str) -> Finding:
        ask = Ask.of("message", form=form, body=b"")
        found = Judgement(Verdict.FAIL, Level.MUST, Diagnosis("message", sentence))
        return Finding("t", "1", ask, demand(ask, KEYS), found)

    one, other = finding("webhook", "stops at byte 3"), finding("response", "stops at byte 7")
    assert one.key != other.key
    assert one.way == other.way
    assert one.key == finding("webhook", "stops at byte 9").key


def test_several_things_at_once_are_each_a_way() -> None:
    def ways(sentence: str) -> set[tuple[str, ...]]:
        found = Judgement(Verdict.FAIL, Level.MUST, Diagnosis("URL", sentence))
        return set(Finding("t", "1", ASK, demand(ASK, KEYS), found).ways)

    port, dots = "the client dropped the port; send it", "the client collapsed dots in the path; send it"
    both = "the client dropped the port, and collapsed dots in the path; send it"
    assert ways(both) == ways(port) | ways(dots)
    assert len(ways(both)) == 2
    inside = "signed as given (the client dropped the port, and the client collapsed dots in the path); sign it"
    assert ways(inside) == {
        *ways("signed as given (the client dropped the port); sign it"),
        *ways("signed as given (the client collapsed dots in the path); sign it"),
    }


def test_what_replies_are_worth() -> None:
    wanted = demand(ASK, KEYS)
    assert judged(ASK, wanted, {"id": "1", "value": "W10="}, KEYS).verdict is Verdict.PASS
    assert judged(ASK, wanted, {"id": "1", "value": "WyBd"}, KEYS).verdict is Verdict.FAIL
    assert judged(ASK, wanted, {"id": "1", "refused": "no"}, KEYS).verdict is Verdict.FAIL
    died = judged(ASK, wanted, Fault(Verdict.CRASH, "the target died"), KEYS)
    assert died.verdict is Verdict.CRASH
    assert died.diagnosis
    assert died.diagnosis.sentence == "the target died"


def test_a_refusal_is_right_where_policies_are_silent() -> None:
    fields = {"form": "webhook", "method": "POST", "url": "https://h.example/", "merchant_id": "m", "key": "doc"}
    ask = Ask.of("build", json_text=b'["\\udc00"]', **fields)
    assert judged(ask, demand(ask, KEYS), {"id": "1", "refused": "no"}, KEYS).verdict is Verdict.PASS
    settled = Ask.of("build", json_text=b'{"a":1,"b":2}', **fields)
    assert judged(settled, demand(settled, KEYS), {"id": "1", "refused": "no"}, KEYS).verdict is Verdict.FAIL
