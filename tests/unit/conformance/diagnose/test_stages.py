"""A wrong signature is opened and the first stage that differs is told, with its bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from conformance.diagnose import Subject, signature
from conformance.model import Diagnosis, Key

URL = "https://api-dev.example.com/api/v1/merchant/transactions/?external_id=a%2fb"
BODY = b'{"amount":150.20,"city":"Oslo","note":"a/b \\u00e9","url":"https://x.example/?a=1&b=2"}'
MESSAGE = b"POST" + URL.encode() + BODY
REQUEST = Subject("request", method="POST", url=URL, body=BODY, merchant_id="m-1")
DIGEST = hashlib.sha256(MESSAGE).digest()
INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def em(payload: bytes, k: int, head: bytes = b"\x00\x01", fill: bytes = b"\xff") -> bytes:
    return head + fill * (k - len(payload) - len(head) - 1) + b"\x00" + payload


def told(
    signer: Any, keys: dict[str, Key], header: str, subject: Subject = REQUEST, message: bytes = MESSAGE
) -> Diagnosis:
    found = signature(subject, message, header, signer.key, keys, signer.header(message))
    assert found is not None
    return found


def test_a_right_signature_has_no_fault(signer: Any, keys: dict[str, Key]) -> None:
    header = signer.header(MESSAGE)
    assert signature(REQUEST, MESSAGE, header, signer.key, keys, header) is None


@pytest.mark.parametrize(
    ("signed", "phrase"),
    [
        (BODY, "signed the body alone"),
        (URL.encode(), "signed the URL alone"),
        (b"POST" + URL.encode(), "signed method and URL without the body"),
        (URL.encode() + BODY, "signed URL and body without the method"),
        (b"POST " + URL.encode() + BODY, "put a blank between method and URL"),
        (b"POST\n" + URL.encode() + b"\n" + BODY, "put a newline between method, URL and body"),
        (b"post" + URL.encode() + BODY, "wrote the method in lower case"),
        (b"POST" + URL.partition("?")[0].encode() + BODY, "dropped the URL's query string"),
        (MESSAGE.replace(b"%2f", b"/"), "decoded the URL's query"),
        (MESSAGE.replace(b"%2f", b"%2F"), "wrote the URL's escapes in upper case"),
        (MESSAGE.replace(b"transactions/", b"transactions"), "toggled the slash at the end of the URL's path"),
        (MESSAGE.replace(b"api-dev.", b"api."), "swapped the sandbox's and the production's host"),
        (b"POST/api/v1/merchant/transactions/?external_id=a%2fb" + BODY, "signed the path and query without the host"),
        (
            b"POST" + URL.encode() + json.dumps(json.loads(BODY)).replace("150.2", "150.20").encode(),
            "Python's json.dumps",
        ),
        (MESSAGE.replace(b"150.20", b"150.2").replace(b"\\u00e9", "é".encode()), "with numbers as doubles print them"),
        (
            MESSAGE.replace(b"a/b \\u00e9", b"a\\/b \\u00e9").replace(
                b"https://x.example/", b"https:\\/\\/x.example\\/"
            ),
            "PHP",
        ),
        (MESSAGE.replace(b"\\u00e9", "é".encode()), "with escapes undone"),
        (MESSAGE.replace(b"&b", b"\\u0026b").replace(b"\\u00e9", "é".encode()), "as Go's encoder does"),
        (MESSAGE + b"\n", "added a newline at the end"),
        (DIGEST, "hashed twice"),
        (DIGEST.hex().encode(), "signed the SHA-256 of the message in hex"),
        (base64.b64encode(DIGEST), "signed the SHA-256 in base64"),
        (b"", "signed nothing at all"),
        (MESSAGE.decode().encode("utf-16-le"), "signed UTF-16 (little-endian)"),
        (b"\xef\xbb\xbf" + MESSAGE, "put a byte order mark before the message"),
        (b"m-1" + MESSAGE, "put the merchant id before the message"),
        (json.dumps(MESSAGE.decode()).encode(), "signed the message as a JSON string"),
        (b"POST" + URL.encode() + b"[object Object]", "[object Object]"),
        (b"a/b", "signed the query's value alone, as a payout look-up does"),
        (b"post" + URL.encode() + BODY + b"\n", "wrote the method in lower case, and added a newline"),
        (
            b"post" + MESSAGE[4:].replace(b"api-dev.", b"api."),
            "swapped the sandbox's and the production's host, and wrote the method in lower case",
        ),
    ],
)
def test_another_message_is_named(signer: Any, keys: dict[str, Key], signed: bytes, phrase: str) -> None:
    found = told(signer, keys, signer.header(signed))
    assert found.stage == "message"
    assert phrase in found.sentence
    assert "; " in found.sentence  # the mend
    assert (found.expected, found.actual) == (MESSAGE, signed)


def test_an_unknown_message_is_told_by_its_digest(signer: Any, keys: dict[str, Key]) -> None:
    found = told(signer, keys, signer.header(b"something else"))
    assert (found.stage, found.expected) == ("digest", DIGEST)
    assert found.actual == hashlib.sha256(b"something else").digest()
    assert "of another message" in found.sentence


@pytest.mark.parametrize(
    ("algorithm", "title"),
    [(hashes.SHA1(), "SHA-1"), (hashes.SHA512(), "SHA-512"), (hashes.MD5(), "MD5")],  # noqa: S303 - mistakes
)
def test_another_hash_is_named(signer: Any, keys: dict[str, Key], algorithm: hashes.HashAlgorithm, title: str) -> None:
    found = told(signer, keys, signer.header(MESSAGE, algorithm=algorithm))
    assert found.stage == "digest"
    assert f"hashed with {title} in place of SHA-256" in found.sentence


def test_two_faults_tell_the_earlier_stage_and_mention_the_later(signer: Any, keys: dict[str, Key]) -> None:
    found = told(signer, keys, signer.header(BODY, algorithm=hashes.SHA1()) + "\n")  # noqa: S303 - a mistake
    assert found.stage == "message"
    assert found.sentence.startswith("signed the body alone; ")
    assert "(also: hashed with SHA-1; the header ends in a newline" in found.sentence


@pytest.mark.parametrize(
    ("payload", "head", "fill", "phrase"),
    [
        (DIGEST, b"\x00\x01", b"\xff", "the bare digest without DigestInfo"),
        (DIGEST.hex().encode(), b"\x00\x01", b"\xff", "the digest as hex text"),
        (
            bytes.fromhex("302f300b06096086480165030402010420") + DIGEST,
            b"\x00\x01",
            b"\xff",
            "without its NULL parameter",
        ),
        (
            bytes.fromhex("308130300d060960864801650304020105000420") + DIGEST,
            b"\x00\x01",
            b"\xff",
            "not SHA-256's DigestInfo",
        ),
        (INFO + DIGEST + b"\x01\x02", b"\x00\x01", b"\xff", "2 bytes after the digest"),
        (INFO + DIGEST, b"\x00\x02", b"\xaa", "block type 2"),
        (INFO + DIGEST, b"\x00\x01", b"\xfe", "the padding is not FF bytes"),
        (INFO + DIGEST, b"\x01\x01", b"\xff", "EM is not 00 01, FF bytes"),
        (INFO.replace(b"\x02\x01", b"\x02\x06") + DIGEST, b"\x00\x01", b"\xff", "DigestInfo names SHA-512/256"),
        (b"\x99" + INFO + DIGEST, b"\x00\x01", b"\xff", "not SHA-256's DigestInfo"),
        (bytes.fromhex("3020300c06082a864886f70d020505000410") + DIGEST, b"\x00\x01", b"\xff", "DigestInfo of another"),
        (INFO + DIGEST, b"\x00\x00\x01", b"\xff", "padded for a shorter modulus"),
        (INFO + DIGEST, bytes(100) + b"\x01", b"\xff", "padded for a shorter modulus"),
        (INFO + DIGEST, bytes(100), b"\x00", "no padding at all"),
    ],
)
def test_a_wrong_encoded_message_is_named(
    signer: Any, keys: dict[str, Key], payload: bytes, head: bytes, fill: bytes, phrase: str
) -> None:
    made = em(payload, signer.k, head, fill)
    found = told(signer, keys, signer.of_em(made))
    assert found.stage == "encoded message"
    assert phrase in found.sentence
    assert (found.expected, found.actual) == (em(INFO + DIGEST, signer.k), made)


def test_short_padding_and_none(signer: Any, keys: dict[str, Key]) -> None:
    short = b"\x00\x01\xff\xff\x00" + INFO + DIGEST
    found = told(signer, keys, signer.of_em(short + bytes(signer.k - len(short))))
    assert found.stage == "encoded message"
    assert "bytes after the digest" in found.sentence
    textbook = told(signer, keys, signer.of_em(DIGEST.rjust(signer.k, b"\x00")))
    assert textbook.stage == "encoded message"
    assert "no padding at all" in textbook.sentence


@pytest.mark.parametrize("salt", [32, 20, 0, PSS.MAX_LENGTH])
def test_pss_is_named(signer: Any, keys: dict[str, Key], salt: int) -> None:
    found = told(signer, keys, signer.header(MESSAGE, padding=PSS(MGF1(hashes.SHA256()), salt)))
    assert found.stage == "encoded message"
    assert found.sentence.startswith("PSS padding in place of PKCS#1 v1.5")


def test_pss_over_another_message(signer: Any, keys: dict[str, Key]) -> None:
    pss = PSS(MGF1(hashes.SHA256()), 32)
    assert told(signer, keys, signer.header(BODY, padding=pss)).stage == "message"
    unknown = told(signer, keys, signer.header(b"else", padding=pss))
    assert (unknown.stage, "over another message, too" in unknown.sentence) == ("encoded message", True)


def test_a_short_message_padded_without_hashing(signer: Any, keys: dict[str, Key]) -> None:
    uuid = "3a5f04af-fb52-41ce-b9bc-283e72207cd5"
    subject = Subject("card_details", transaction_id=uuid)
    found = told(signer, keys, signer.of_em(em(uuid.encode(), signer.k)), subject, uuid.encode())
    assert found.stage == "encoded message"
    assert "padded without being hashed" in found.sentence


def test_another_key_of_the_corpus_is_named(signer: Any, other: Any, keys: dict[str, Key]) -> None:
    found = told(signer, keys, other.header(MESSAGE))
    assert (found.stage, found.sentence) == ("signature", "made with the key platform in place of merchant")
    body = told(signer, keys, other.header(BODY))
    assert body.stage == "message"
    assert "signature made with the key platform" in body.sentence


def test_a_key_that_nobody_knows(signer: Any, other: Any) -> None:
    found = told(signer, {"merchant": signer.key}, other.header(MESSAGE))
    assert found.stage == "signature"
    assert "made with another key" in found.sentence or "not less than the modulus" in found.sentence
    assert found.expected == signer.raw(MESSAGE)
    assert found.actual == other.raw(MESSAGE)


def test_a_key_of_another_size(signer: Any, keys: dict[str, Key]) -> None:
    small = generate_private_key(65537, 1024)  # noqa: S505 - a mistake to be told
    raw = small.sign(MESSAGE, PKCS1v15(), hashes.SHA256())
    found = told(signer, keys, base64.b64encode(raw).decode())
    assert found.stage == "signature"
    assert "128 bytes, where the modulus has 256" in found.sentence


@pytest.mark.parametrize(
    ("damage", "phrase"),
    [
        (lambda raw, n: raw[::-1], "bytes reversed"),
        (lambda raw, n: b"\x00" + raw, "257 bytes in place of 256: something was put before it"),
        (lambda raw, n: raw + b"\x00", "257 bytes in place of 256: something follows it"),
        (lambda raw, n: bytes(256), "nothing but zero bytes"),
        (lambda raw, n: raw[:48], "cut short"),
        (lambda raw, n: raw[:-1] + bytes([raw[-1] ^ 1]), "opens to random bytes"),
        (lambda raw, n: b"\xff" * 256, "not less than the modulus"),
        (lambda raw, n: bytes(255) + b"\x01", "a number that anybody can write down"),
        (lambda raw, n: (n - 1).to_bytes(256, "big"), "a number that anybody can write down"),
        (lambda raw, n: n.to_bytes(256, "big"), "a number that anybody can write down"),
        (lambda raw, n: em(INFO + DIGEST, 256), "the encoded message itself"),
        (
            lambda raw, n: pow(int.from_bytes(em(INFO + DIGEST, 256), "big"), 65537, n).to_bytes(256, "big"),
            "raised to the public exponent",
        ),
    ],
)
def test_damaged_bytes(signer: Any, keys: dict[str, Key], damage: Any, phrase: str) -> None:
    found = told(signer, keys, base64.b64encode(damage(signer.raw(MESSAGE), signer.n)).decode())
    assert (found.stage, phrase in found.sentence) == ("signature", True), found.sentence


def test_a_leading_zero_that_was_dropped_and_n_that_was_added(signer: Any, keys: dict[str, Key]) -> None:
    zero = next(m for i in range(5000) if signer.raw(m := b"%d" % i)[0] == 0)
    subject = Subject("payout_lookup", value=zero.decode())
    found = told(signer, keys, base64.b64encode(signer.raw(zero)[1:]).decode(), subject, zero)
    assert (found.stage, "leading zeros were dropped" in found.sentence) == ("signature", True)
    large = int.from_bytes(signer.raw(zero), "big") + signer.n
    found = told(signer, keys, base64.b64encode(large.to_bytes(256, "big")).decode(), subject, zero)
    assert (found.stage, "n was added" in found.sentence) == ("signature", True)


def test_the_header_is_told_last_and_with_both_texts(signer: Any, keys: dict[str, Key]) -> None:
    good = signer.header(MESSAGE)
    found = told(signer, keys, good + "\n")
    assert (found.stage, found.expected, found.actual) == ("header text", good.encode(), good.encode() + b"\n")
    assert told(signer, keys, "").sentence.startswith("the header is empty")


@pytest.mark.parametrize(
    ("form", "fields", "right", "signed", "phrase"),
    [
        (
            "card_details",
            {"transaction_id": "id-1", "method": "POST", "url": "https://h.example/c"},
            b"id-1",
            b"https://h.example/c",
            "the URL",
        ),
        (
            "payout_card_details",
            {"transaction_id": "id-1", "card_number": "4242424242424242"},
            b"id-14242424242",
            b"id-14242424242424242",
            "full card number",
        ),
        (
            "payout_card_details",
            {"transaction_id": "id-1", "card_number": "4242420000001234"},
            b"id-14242421234",
            b"id-11234",
            "left out the BIN",
        ),
        (
            "payout_card_details",
            {"transaction_id": "id-1", "card_number": "4242420000001234"},
            b"id-14242421234",
            b"id-11234424242",
            "put the last 4 digits before the BIN",
        ),
        (
            "payout_lookup",
            {"value": "24", "method": "GET", "url": "https://h.example/payouts?external_id=24"},
            b"24",
            b"GEThttps://h.example/payouts?external_id=24",
            "as other GETs do",
        ),
        ("payout_lookup", {"value": "24"}, b"24", b"external_id=24", "external_id=value"),
        ("webhook", {"body": b'{"a": 1}'}, b'{"a": 1}', b'{"a":1}', "minified"),
        ("response", {"body": b'{"id":"x"}'}, b'{"id":"x"}', b"x", "id alone"),
    ],
)
def test_the_other_forms(
    signer: Any, keys: dict[str, Key], form: str, fields: dict[str, Any], right: bytes, signed: bytes, phrase: str
) -> None:
    found = told(signer, keys, signer.header(signed), Subject(form, **fields), right)
    assert (found.stage, phrase in found.sentence) == ("message", True), found.sentence


def test_a_key_that_cannot_be_read(signer: Any) -> None:
    broken = Key("broken", 2048, 65537, None, "no key", "")
    found = signature(REQUEST, MESSAGE, signer.header(MESSAGE), broken, {})
    assert found is not None
    assert "broken" in found.sentence
