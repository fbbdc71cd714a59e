"""minify, load_key and build cases, confirmed by parsers and key loaders that are not ours."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import orjson
import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

Cases = list[dict[str, Any]]

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s"\[\]{},:]+', re.DOTALL)
MAX_DEPTH = 100


def _of(cases: Cases, op: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [(case["id"], case["input"], case["expect"]) for case in cases if case["op"] == op]


def _depth(text: bytes) -> int:
    """How deep brackets nest, strings left aside."""
    deepest = depth = 0
    for token in TOKEN.findall(text):
        depth += (token in b"[{") - (token in b"]}")
        deepest = max(deepest, depth)
    return deepest


def test_minified_texts_keep_every_token_and_no_blank(cases: Cases) -> None:
    for case_id, input_, expect in _of(cases, "minify"):
        if "value" in expect:
            text, minified = base64.b64decode(input_["text"]), base64.b64decode(expect["value"])
            assert b"".join(TOKEN.findall(text)) == minified, case_id
            assert TOKEN.findall(text) == TOKEN.findall(minified), case_id
            assert _depth(text) <= MAX_DEPTH, case_id
            json.loads(minified)


def test_refused_texts_are_no_json_or_too_deep(cases: Cases) -> None:
    refused = [(i, base64.b64decode(n["text"])) for i, n, e in _of(cases, "minify") if "refused" in e]
    assert len(refused) >= 40
    for case_id, text in refused:
        if _depth(text) <= MAX_DEPTH:
            assert not _is_json(text), case_id


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def test_built_bodies_are_what_was_handed_in(cases: Cases) -> None:
    for case_id, input_, expect in _of(cases, "build"):
        if "request" in expect:
            assert expect["request"]["json_text"] == input_.get("json_text"), case_id
            if "json_text" in input_:
                json.loads(base64.b64decode(input_["json_text"]))


def test_headers_of_built_requests(cases: Cases) -> None:
    stated = {
        (input_["form"], tuple(expect["request"]["headers"]))
        for _, input_, expect in _of(cases, "build")
        if "request" in expect
    }
    assert stated == {
        ("request", ("x-merchant-id", "x-signature")),
        ("payout_lookup", ("x-merchant-id", "x-signature")),
        ("card_details", ("x-merchant-id", "x-short-signature")),
        ("payout_card_details", ("x-merchant-id", "x-short-signature")),
        ("response", ("x-signature",)),
        ("webhook", ("x-signature",)),
    }


def _unwrapped(file: bytes) -> bytes:
    """PEM in lines, or DER, out of the wrappings of P18 and P19."""
    if b"-----" not in file:
        inner = base64.b64decode(file)
        return _unwrapped(inner) if b"-----" in inner else inner
    text = file.replace(b"\\n", b"\n").strip()
    if match := re.fullmatch(rb"(-----[^-]+-----) ([^-]+) (-----[^-]+-----)", text):
        text = b"\n".join([match[1], *match[2].split(), match[3]])
    return text + b"\n"


def _fingerprint(input_: dict[str, Any]) -> str:
    kind = "private" if "private" in input_ else "public"
    file = _unwrapped(base64.b64decode(input_[kind]))
    if kind == "private":
        password = None if input_["password"] is None else input_["password"].encode()
        load = serialization.load_pem_private_key if b"-----" in file else serialization.load_der_private_key
        key = load(file, password)
        assert isinstance(key, RSAPrivateKey)
        public = key.public_key()
    else:
        found = serialization.load_pem_public_key(file) if b"-----" in file else serialization.load_der_public_key(file)
        assert isinstance(found, RSAPublicKey)
        public = found
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def test_fingerprints_of_key_files(cases: Cases) -> None:
    positive = [(i, n, e["fingerprint"]) for i, n, e in _of(cases, "load_key") if "fingerprint" in e]
    assert len(positive) >= 20
    for case_id, input_, stated in positive:
        assert _fingerprint(input_) == stated, case_id


def test_encrypted_files_stay_closed_without_their_password(cases: Cases) -> None:
    closed = [n for i, n, e in _of(cases, "load_key") if i.startswith("load-key/encrypted/") and "refused" in e]
    assert len(closed) >= 3
    for input_ in closed:
        with pytest.raises((ValueError, TypeError, UnsupportedAlgorithm)):
            _fingerprint(input_)
