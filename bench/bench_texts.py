"""What is done to text around a signature: write JSON, minify it, prepare the message, encode and decode the header."""

from __future__ import annotations

import base64
import json
import platform
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import orjson
import pytest

from conformance.speed.pairs import Call
from signing_core import PrivateKey, canonical, messages, signature

from .inputs import URL, pem, pretty, requests, value

pytestmark = pytest.mark.benchmark(group="texts")
full = pytest.mark.full

SIZES = (1, pytest.param(10, marks=full), 300)  # transactions of a body: 0.2, 2 and 70 KB
PYTHON = platform.python_version()


def ours(call: Callable[[], object]) -> Call:
    return Call("signing_core", version("signkit"), call)


def compact(data: object) -> bytes:
    """As the json module writes what signing_core writes."""
    return json.dumps(data, separators=(",", ":")).encode()


@pytest.mark.parametrize("items", SIZES)
def test_dumps_orjson(pair: Any, items: int) -> None:
    data = value(items)
    peer = Call("orjson", version("orjson"), lambda: orjson.dumps(data))
    note = "ours refuses first what would not survive other encoders; bare orjson does not look"
    pair("dumps", ours(lambda: canonical.dumps(data)), peer, octets=len(compact(data)), note=note)


@pytest.mark.parametrize("items", SIZES)
def test_dumps_json(pair: Any, items: int) -> None:
    data = value(items)
    peer = Call("json", PYTHON, lambda: compact(data))
    pair("dumps", ours(lambda: canonical.dumps(data)), peer, octets=len(compact(data)))


@pytest.mark.parametrize("items", [*SIZES, pytest.param(4500, marks=full)])
def test_minify_json(pair: Any, items: int) -> None:
    text = pretty(items)
    peer = Call("json", PYTHON, lambda: compact(json.loads(text)))
    note = "json reads the text and writes it anew, which changes numbers; ours only drops blanks"
    pair("minify", ours(lambda: canonical.minify(text)), peer, octets=len(text), note=note)


@pytest.mark.parametrize("items", [pytest.param(1, marks=full), 300])
def test_minify_orjson(pair: Any, items: int) -> None:
    text = pretty(items)
    peer = Call("orjson", version("orjson"), lambda: orjson.dumps(orjson.loads(text)))
    note = "orjson reads the text and writes it anew, which changes numbers; ours only drops blanks"
    pair("minify", ours(lambda: canonical.minify(text)), peer, octets=len(text), note=note)


@pytest.mark.parametrize("octets", [600, pytest.param(65536, marks=full)])
def test_message(pair: Any, octets: int) -> None:
    body = requests(1, octets)[0][4 + len(URL) :]
    peer = Call("by hand", PYTHON, lambda: b"POST" + URL.encode() + body)
    note = "ours refuses URLs that clients rewrite; by hand is three strings put together"
    pair("message", ours(lambda: messages.request("POST", URL, body)), peer, octets=octets, note=note)


@pytest.mark.parametrize("op", ["encode", "decode"])
def test_base64(pair: Any, op: str) -> None:
    raw = PrivateKey.from_pem(pem(2048)).sign(b"message")
    text = signature.encode(raw)
    mine, theirs = {
        "encode": (lambda: signature.encode(raw), lambda: base64.b64encode(raw).decode()),
        "decode": (lambda: signature.decode(text), lambda: base64.b64decode(text, validate=True)),
    }[op]
    note = "" if op == "encode" else "ours also refuses texts that are not the one encoding of their bytes"
    pair(f"base64 {op}", ours(mine), Call("base64", PYTHON, theirs), octets=len(raw), note=note)
