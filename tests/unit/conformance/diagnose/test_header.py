"""Header text: strict base64 or what else it is."""

from __future__ import annotations

import base64
import json
import textwrap
from urllib.parse import quote

import pytest

from conformance.diagnose.header import read, strict

RAW = bytes(range(256))
GOOD = base64.b64encode(RAW).decode()


@pytest.mark.parametrize("text", [GOOD, f" {GOOD}\t", "AA==", "AAA="])
def test_strict_takes_canonical_base64(text: str) -> None:
    assert strict(text) == base64.b64decode(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        GOOD + "\n",
        GOOD[:-1],
        GOOD + "=",
        "AB==",
        "AAB=",
        GOOD + "," + GOOD,
        "A A=",
        "é",
        "AA-_",
        "\u00a0AAAA",
        "=",
        "====",
    ],
)
def test_strict_refuses_all_else(text: str) -> None:
    assert strict(text) is None


def test_a_good_header_has_no_defect() -> None:
    assert read(GOOD, 256) == (RAW, None)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (GOOD + "\n", "ends in a newline"),
        (GOOD + "\r\n", "ends in a newline"),
        ("\n".join(textwrap.wrap(GOOD, 64)), "wrapped into lines"),
        ("\r\n".join(textwrap.wrap(GOOD, 76)) + "\r\n", "wrapped into lines"),
        ("\n ".join(textwrap.wrap(GOOD, 76)), "wrapped into lines"),
        (" ".join(textwrap.wrap(GOOD, 76)), "holds blanks"),  # with + for them it would be longer than the signature
        ("\\n".join(textwrap.wrap(GOOD, 76)), "as the two characters"),
        (GOOD.replace("+", "-").replace("/", "_"), "base64url"),
        (GOOD.replace("+", "-").replace("/", "_").rstrip("="), "base64url"),
        (GOOD.rstrip("="), "lacks its padding"),
        (GOOD + "=", "surplus padding"),
        (RAW.hex(), "is hex"),
        (RAW.hex().upper(), "is hex"),
        (RAW.hex(":"), "is hex"),
        (base64.b64encode(GOOD.encode()).decode(), "base64 twice"),
        (RAW.decode("latin-1"), "the raw signature"),
        (f'"{GOOD}"', "in quotes"),
        (f"b'{GOOD}'", "Python bytes literal"),
        (quote(GOOD, safe=""), "percent-encoded"),
        (GOOD.replace("+", " "), "decoded as a form"),
        (GOOD.replace("/", "\\/"), "escapes / as"),
        (str(list(RAW)), "list of byte values"),
        (f"sha256={GOOD}", "scheme or name"),
        (f"Signature {GOOD}", "scheme or name"),
        (f"{GOOD}, {GOOD}", "joined by a comma"),
        (GOOD + "\0", "ends in a character that is not base64"),
        ((GOOD[:-3] + chr(ord(GOOD[-3]) + 1) + "=="), "non-zero bits"),
    ],
)
def test_defects_are_named_and_undone(text: str, phrase: str) -> None:
    raw, defect = read(text, 256)
    assert defect is not None
    assert phrase in defect
    assert raw == RAW


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("null", 'the word "null"'),
        ("undefined", "the word"),
        ("[object Object]", "the word"),
        ("[object Promise]", "not base64"),
        ("Signature generation failed!", "is not base64: the first wrong character is at 9"),
    ],
)
def test_texts_that_hold_no_signature(text: str, phrase: str) -> None:
    raw, defect = read(text, 256)
    assert raw is None
    assert phrase in (defect or "")


def test_json_of_the_text_is_quotes() -> None:
    assert read(json.dumps(GOOD), 256)[1] == "is in quotes"
