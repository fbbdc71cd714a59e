"""Signed reports; pyca/cryptography confirms and makes signatures beside the library."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from conformance.corpus import load
from conformance.events import Event, fold, stream_digest
from conformance.reports import FORMATS, MATRIX_FORMATS, SealError
from conformance.reports.kept import parse
from conformance.reports.sealing import check, sign
from signing_core import PrivateKey, PublicKey

PYCA = rsa.generate_private_key(65537, 2048)
KEY = PrivateKey.from_pem(PYCA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
OTHER = PrivateKey.generate(2048).public_key


def seal_of(data: bytes, form: str) -> dict[str, Any]:
    seal: dict[str, Any] = json.loads(data if form != "events" else data.splitlines()[-1])
    return seal


@pytest.mark.parametrize("form", ["json", "events", "matrix"])
def test_a_signature_fits_and_pyca_agrees(form: str, full_stream: list[Event]) -> None:
    several = form == "matrix"
    data = MATRIX_FORMATS["json"]([full_stream] * 2, ["a", "b"]) if several else FORMATS[form](full_stream)
    signed = sign(data, KEY)
    seal = seal_of(signed, form)
    message = f"signkit-report/1 sha256:{seal['digest']}".encode()
    PYCA.public_key().verify(base64.b64decode(seal["signature"]["value"]), message, padding.PKCS1v15(), hashes.SHA256())
    kept = parse(signed)
    assert kept.digest == parse(data).digest
    assert kept.runs == parse(data).runs
    assert [check(kept, key).signature for key in (KEY.public_key, OTHER, None)] == [
        "fits",
        "does not fit",
        "unchecked",
    ]
    assert [check(kept, key).fits for key in (KEY.public_key, OTHER, None)] == [True, False, True]
    assert sign(signed, KEY) == signed  # replaced, not added


@pytest.mark.parametrize("form", ["json", "events"])
def test_without_a_signature_a_key_is_not_satisfied(form: str, full_stream: list[Event]) -> None:
    kept = parse(FORMATS[form](full_stream))
    assert (check(kept).fits, check(kept).signature) == (True, "none")
    assert "not who made it" in check(kept).sentence
    assert check(kept, KEY.public_key).fits is False


def test_without_a_digest_nothing_fits(full_stream: list[Event]) -> None:
    events = [dict(event) for event in full_stream]
    del events[-1]["digest"]
    found = check(parse(FORMATS["events"](events)))
    assert (found.fits, found.sentence) == (False, "it carries no digest, so nothing shows whether it was changed")


@pytest.mark.parametrize("value", ["", "AAAA", "no base64", base64.b64encode(b"\x00" * 256).decode()])
def test_a_signature_that_is_none(value: str, full_stream: list[Event]) -> None:
    data = json.loads(sign(FORMATS["json"](full_stream), KEY))
    data["signature"]["value"] = value
    found = check(parse(json.dumps(data).encode()), KEY.public_key)
    assert (found.fits, found.signature) == (False, "does not fit")


def test_the_signature_of_another_report_does_not_fit(full_stream: list[Event]) -> None:
    """With a new digest, which anyone can make."""
    data = json.loads(sign(FORMATS["json"](full_stream), KEY))
    data["stderr"] = "other"
    data["digest"] = stream_digest([data])
    found = check(parse(json.dumps(data).encode()), KEY.public_key)
    assert (found.fits, found.signature) == (False, "does not fit")


def test_the_documents_own_key_signs_no_report(full_stream: list[Event]) -> None:
    pems = [key.private_pem for key in load().keys.values() if key.private_pem is not None]
    keys = [PrivateKey.from_pem(pem, allow_weak=True) for pem in pems]
    known = [key for key in keys if key.is_documented]
    assert len(known) == 1
    with pytest.raises(SealError, match="known to everyone"):
        sign(FORMATS["json"](full_stream), known[0])


def test_nothing_secret_is_in_a_signed_report(full_stream: list[Event]) -> None:
    signed = sign(FORMATS["events"](full_stream), KEY)
    numbers = PYCA.private_numbers()
    for secret in (numbers.p, numbers.q, numbers.d):
        raw = secret.to_bytes(256, "big").lstrip(b"\0")
        assert base64.b64encode(raw)[:40] not in signed
        assert raw.hex().encode()[:40] not in signed
    assert fold(parse(signed).data)


def test_a_public_key_is_public(full_stream: list[Event]) -> None:
    pem = PYCA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert check(parse(sign(FORMATS["json"](full_stream), KEY)), PublicKey.from_pem(pem)).fits
