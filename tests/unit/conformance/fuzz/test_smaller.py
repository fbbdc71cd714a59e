"""Smaller questions: each differs in one field, JSON stays JSON where it is cut by its parts, the end is in sight."""

from __future__ import annotations

import base64
from itertools import islice

from conformance import tokens
from conformance.fuzz.asks import Ask
from conformance.fuzz.smaller import _of_value, _written, smaller

BUILD = Ask.of(
    "build",
    form="request",
    method="PUT",
    url="https://h.example:8443/a/b?c=d&e=f",
    json_text=b'{"a":[1,{"b":"\\u00e9"}],"c":null}',
    merchant_id="merchant-0042",
    key="rsa-3072",
)


def test_one_field_changes_and_never_the_form() -> None:
    for ask in smaller(BUILD):
        changed = [name for name in BUILD.input if ask.input[name] != BUILD.input[name]]
        assert len(changed) == 1
        assert changed != ["form"]


def test_the_plainest_come_first() -> None:
    urls = [ask.input["url"] for ask in smaller(BUILD) if ask.input["url"] != BUILD.input["url"]]
    assert urls[:3] == ["https://host.example/", "https://host.example/a/b?c=d&e=f", "https://h.example:8443/a/b"]
    assert "https://h.example:8443/a/b?e=f" in urls
    assert all(url.startswith("https://h") for url in urls)
    texts = [ask.fields["json_text"] for ask in smaller(BUILD) if ask.input["json_text"] != BUILD.input["json_text"]]
    assert texts[:4] == [b"{}", b'[1,{"b":"\\u00e9"}]', b"null", b'{"c":null}']


def test_parts_of_json_are_written_as_json() -> None:
    text = b'{"a":[1.50,{"b":"\\u00e9\\"/"},[]],"c":null,"d":{},"a":true}'
    assert _written(tokens.parse(text)) == text
    for other in _of_value(tokens.parse(text), 6):
        assert tokens.difference(tokens.parse(_written(other)), other) is None


def test_what_a_message_needs_is_not_cut_away() -> None:
    ask = Ask.of("verify", form="payout_card_details", transaction_id="ab", card_number="411111111111", key="doc")
    found = list(smaller(ask))
    assert all(one.input["transaction_id"] for one in found)
    assert {one.input["card_number"] for one in found} == {"411111111111"}


def test_a_large_text_has_a_first_candidate_at_once() -> None:
    large = Ask.of("minify", text=b"[" + b"1," * 100_000 + b"1]")
    first = list(islice(smaller(large), 5))
    assert len(first) == 5
    assert len(base64.b64decode(first[1].input["text"])) < 200_000
