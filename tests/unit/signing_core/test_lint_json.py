"""lint.json: each rule on the least text that breaks it and on one that does not."""

from __future__ import annotations

import json

import pytest

from signing_core import PayloadError, canonical, lint
from signing_core._lint_json import json as private_json

DOCUMENTED = (
    b'{"external_id":"24","amount":150.23,"currency":"eur","redirect_url_success":"https://example.com/ok",'
    b'"payer_details":{"first_name":"Edvard","state":"","phone":"+4723493500","zip":"0578"}}'
)


def rules(text: bytes) -> set[str]:
    return {finding.rule.removeprefix("json-") for finding in lint.json(text)}


def find(text: bytes, rule: str) -> lint.Finding:
    found = [finding for finding in lint.json(text) if finding.rule == f"json-{rule}"]
    assert len(found) == 1, f"{rule}: {found}"
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":"b"}', set()),
        (b"[1,-1,0,true,false]", set()),
        (b'""', set()),
        (b"9007199254740991", set()),
        (b"-9007199254740991", set()),
        (b'"\\n\\t\\r\\"\\\\"', set()),
        (b"[]", set()),
        (b"[null]", set()),
        # whitespace
        (b"[1, 2]", {"whitespace"}),
        (b'{"a" :1}', {"whitespace"}),
        (b" 1", {"outer-whitespace"}),
        (b"1\n", {"outer-whitespace"}),
        (b"\n[ ]\n", {"outer-whitespace", "whitespace"}),
        # names and members
        (b'{"a":1,"a":2}', {"duplicate-name"}),
        (b'{"a":1,"\\u0061":2}', {"duplicate-name", "needless-escape"}),
        (b'[{"a":1},{"a":1}]', set()),
        (b'{"a":{"a":1}}', set()),
        (b'{"b":1,"a":2}', {"name-order"}),
        (b'{"a":1,"b":{"a":1}}', set()),
        (b'{"1":1,"2":2,"a":3}', set()),
        (b'{"2":1,"1":2}', {"integer-name", "name-order"}),
        (b'{"10":1,"9":2}', {"integer-name"}),
        (b'{"!":1,"1":2}', {"integer-name"}),
        (b'{"!":1,"01":2}', set()),
        (b'{"!":1,"4294967294":2}', {"integer-name"}),
        (b'{"!":1,"4294967295":2}', set()),
        (b'{"a":{}}', {"empty-object"}),
        (b'{"a":null}', {"null"}),
        (b"[" * 64 + b"]" * 64, set()),
        (b"[" * 65 + b"]" * 65, {"depth"}),
        # strings
        (b'"a/b"', {"slash"}),
        (b'"a\\/b"', {"escaped-slash"}),
        (b'"\\\\/"', {"slash"}),
        (b'"\\\\\\/"', {"escaped-slash"}),
        (b'"<"', {"html"}),
        (b'"&"', {"html"}),
        (b'"\'"', {"quote"}),
        (b'"a=b"', {"quote"}),
        (b'"\x7f"', {"delete"}),
        ('"é"'.encode(), {"non-ascii"}),
        ('"\u2028"'.encode(), {"non-ascii", "line-separator"}),
        ('"\u2027"'.encode(), {"non-ascii"}),
        ('"😀"'.encode(), {"non-ascii", "beyond-bmp"}),
        ('{"é":1}'.encode(), {"non-ascii"}),
        # escapes
        (b'"\\u00e9"', {"non-ascii-escape"}),
        (b'"\\u00E9"', {"non-ascii-escape", "upper-case-escape"}),
        (b'"\\ud83d\\ude00"', {"non-ascii-escape"}),
        (b'"\\ud83d"', {"lone-surrogate"}),
        (b'"\\ude00\\ud83d"', {"lone-surrogate"}),
        (b'"\\ud83d\\n\\ude00"', {"lone-surrogate"}),
        (b'"\\\\ud83d"', set()),
        (b'"\\u0041"', {"needless-escape"}),
        (b'"\\u002f"', {"needless-escape"}),
        (b'"\\u003C"', {"needless-escape", "upper-case-escape"}),
        (b'"\\b"', {"control-escape"}),
        (b'"\\u0008"', {"control-escape"}),
        (b'"\\u001F"', {"control-escape", "upper-case-escape"}),
        (b'"\\\\u0041\\\\b"', set()),
        # numbers
        (b"1e5", {"exponent"}),
        (b"1.50E-3", {"exponent"}),
        (b"1e400", {"exponent"}),
        (b"-0", {"negative-zero"}),
        (b"9007199254740992", {"big-integer"}),
        (b"-9007199254740992", {"big-integer"}),
        (b"9223372036854775807", {"big-integer"}),
        (b"9223372036854775808", {"integer-over-int64"}),
        (b"18446744073709551615", {"integer-over-int64"}),
        (b"18446744073709551616", {"integer-over-64-bit"}),
        (b"-9223372036854775808", {"big-integer"}),
        (b"-9223372036854775809", {"integer-over-64-bit"}),
        (b"9" * 10_000, {"integer-over-64-bit"}),
        (b"150.5", {"float"}),
        (b"150.2", {"float", "17-digits"}),
        (b"150.20", {"float", "17-digits", "trailing-zero"}),
        (b"150.0", {"float", "whole-fraction"}),
        (b"150.00", {"float", "whole-fraction"}),
        (b"0.5", {"float"}),
        (b"0.0", {"float", "whole-fraction"}),
        (b"9999999.5", {"float"}),
        (b"10000000.5", {"float", "java-double"}),
        (b"0.0009765625", {"float", "java-double"}),
        (b"0.1234567890123456789", {"float", "lost-digits"}),
        (b"4503599627370496.25", {"float", "lost-digits", "java-double"}),
    ],
)
def test_exactly_these_rules(text: bytes, expected: set[str]) -> None:
    assert rules(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"",
            b" ",
            b"{",
            b"[1,]",
            b'"\xff"',
            b"\xef\xbb\xbf{}",
            b"NaN",
            b"01",
            b"1 2",
            b"{'a':1}",
            b"[" * 101,
            b'{"{":{x',
        ),
        *(b'{"a":1,', b'["\\x"]', b'["a\n"]', b"-", b"tru", b"[" * 100_000),
    ],
)
def test_what_is_no_json_is_one_error_at_the_place_that_minify_tells(text: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        canonical.minify(text)
    finding = find(text, "invalid")
    assert (finding.severity, finding.clause, finding.place) == ("error", "P42", caught.value.place)
    assert finding.message.split(" ($")[0] in str(caught.value)
    assert finding.mend in str(caught.value)


def test_what_stands_before_the_fault_is_told_too() -> None:
    assert rules(b'{"a":150.20,"b":1e5,]') == {"float", "trailing-zero", "17-digits", "exponent", "invalid"}


def test_a_finding_tells_place_path_and_count() -> None:
    text = b'{"a":[1.5,{"b c":2.25}],"d":3.125}'
    finding = find(text, "float")
    assert (finding.place, finding.path, finding.count) == (6, "$.a[0]", 3)
    assert "3 places, the first $.a[0]" in finding.message
    assert "1.5" in finding.message
    only = find(b'[0,{"b c":"x/y"}]', "slash")
    assert (only.place, only.path, only.count) == (12, '$[1]["b c"]', 1)
    assert "places" not in only.message
    assert find(b'[[],{"a":{}}]', "empty-object").path == "$[1].a"
    assert find(b'{"x":0,"a":{"c":1,"c":2}}', "duplicate-name").path == "$.a.c"


def test_severity_who_and_clause() -> None:
    error = find(b"1e5", "exponent")
    assert (error.severity, error.clause) == ("error", "P41")
    warning = find(b'"/"', "slash")
    assert (warning.severity, warning.who) == ("warning", ("PHP",))
    for text in (b'{"a":1,"a":2}', b'"\\ud800"', b"18446744073709551616"):
        assert "error" in {finding.severity for finding in lint.json(text)}


def test_no_integer_and_no_text_is_shown() -> None:
    text = b'{"number":9999000011112222333344,"csc":"12/3","pan":"4000 0278 9138 0961 <"}'
    told = " ".join(f"{finding}" for finding in lint.json(text))
    for secret in ("99990000", "12/3", "0278"):
        assert secret not in told


def test_long_things_are_shown_short() -> None:
    name, deep = b"n" * 5000, b'{"loooooooooooooong":' * 65 + b"1.5" + b"}" * 65
    for text in (b'{"' + name + b'":1,"' + name + b'":2}', deep, b"0." + b"5" * 5000):
        for finding in lint.json(text):
            assert len(finding.message) < 250


def test_many_breaches_are_one_finding() -> None:
    findings = lint.json(b"[" + b",".join([b'"/"'] * 10_000) + b"]")
    assert [(finding.rule, finding.count) for finding in findings] == [("json-slash", 10_000)]


def test_the_documents_own_body_has_no_errors() -> None:
    findings = lint.json(DOCUMENTED)
    assert {finding.severity for finding in findings} == {"warning"}
    assert {finding.rule for finding in findings} == {"json-float", "json-17-digits", "json-slash", "json-name-order"}


def test_the_17_digits_are_those_of_python() -> None:
    # "%.17g" is what serialize_precision=17 means.
    for number in ("150.2", "150.23", "0.1", "100.75", "3.0625"):
        differs = f"{float(number):.17g}" != number
        assert ("17-digits" in rules(number.encode())) == differs


@pytest.mark.parametrize("wrong", ["{}", bytearray(b"{}"), None])
def test_it_takes_bytes_only(wrong: object) -> None:
    with pytest.raises(TypeError):
        lint.json(wrong)  # type: ignore[arg-type]


def test_the_face_is_complete() -> None:
    assert lint.__all__ == sorted(lint.__all__)
    assert lint.json is private_json
    finding = find(b"-0", "negative-zero")
    assert json.loads(json.dumps(finding.message))
    with pytest.raises(AttributeError):
        finding.count = 2  # type: ignore[misc]
