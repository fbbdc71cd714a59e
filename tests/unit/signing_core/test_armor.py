"""The guises that keys come in: every one yields the same key."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest

from signing_core import PrivateKey, PublicKey
from tests.key_texts import PASSWORD, raw


def one_line(text: bytes) -> bytes:
    """As the merchant document prints keys: the lines joined by blanks."""
    return b" ".join(text.split(b"\n")).strip()


GUISES: dict[str, Callable[[bytes], str | bytes]] = {
    "as it is": lambda text: text,
    "str": bytes.decode,
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "one line": one_line,
    "one line, no blanks at the labels": lambda text: (
        one_line(text).replace(b"----- ", b"-----").replace(b" -----", b"-----")
    ),
    "literal \\n": lambda text: text.replace(b"\n", b"\\n"),
    "literal \\r\\n": lambda text: text.replace(b"\n", b"\\r\\n"),
    "quoted, literal \\n": lambda text: b'"' + text.replace(b"\n", b"\\n") + b'"\n',
    "indented": lambda text: b"\n".join(b"    " + line for line in text.split(b"\n")),
    "tabs and blank lines": lambda text: b"\n\n" + text.replace(b"\n", b"\n\t\n"),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "text around": lambda text: b"Bag Attributes\n    friendlyName: k\n" + text + b"that was the key\n",
    "base64 of PEM": base64.b64encode,
    "base64 of PEM in lines": base64.encodebytes,
}


@pytest.mark.parametrize("guise", GUISES)
@pytest.mark.parametrize(
    "form",
    [
        "PKCS#8",
        "PKCS#1",
        "encrypted PKCS#8",
        "encrypted PKCS#8, scrypt",
        "encrypted PKCS#1, AES",
        "encrypted PKCS#1, 3DES",
    ],
)
def test_private_keys_in_every_guise(
    private_forms: dict[str, bytes], public_forms: dict[str, bytes], form: str, guise: str
) -> None:
    text = private_forms[form]
    key = PrivateKey.from_pem(GUISES[guise](text), PASSWORD if "encrypted" in form else None)
    assert key.fingerprint == hashlib.sha256(raw(public_forms["SPKI"])).hexdigest()


@pytest.mark.parametrize("guise", GUISES)
@pytest.mark.parametrize("form", ["SPKI", "PKCS#1"])
def test_public_keys_in_every_guise(public_forms: dict[str, bytes], form: str, guise: str) -> None:
    key = PublicKey.from_pem(GUISES[guise](public_forms[form]))
    assert key.fingerprint == hashlib.sha256(raw(public_forms["SPKI"])).hexdigest()


@pytest.mark.parametrize("wrap", [base64.b64encode, base64.encodebytes, lambda der: base64.b64encode(der).decode()])
def test_base64_of_der(
    private_forms: dict[str, bytes], public_forms: dict[str, bytes], wrap: Callable[[bytes], str | bytes]
) -> None:
    expected = hashlib.sha256(raw(public_forms["SPKI"])).hexdigest()
    for form in public_forms.values():
        assert PublicKey.from_pem(wrap(raw(form))).fingerprint == expected
    assert PrivateKey.from_pem(wrap(raw(private_forms["PKCS#8"]))).fingerprint == expected
    assert PrivateKey.from_pem(wrap(raw(private_forms["PKCS#1"]))).fingerprint == expected
    assert PrivateKey.from_pem(wrap(raw(private_forms["encrypted PKCS#8"])), PASSWORD).fingerprint == expected


def test_a_pair_in_one_text(private_forms: dict[str, bytes], public_forms: dict[str, bytes]) -> None:
    first, second = one_line(private_forms["PKCS#1"]), one_line(public_forms["SPKI"])
    for glued in (first + second, second + b"\n" + first, base64.b64encode(first + second)):
        assert PrivateKey.from_pem(glued).public_key == PublicKey.from_pem(glued)


def test_bytes_likes_and_passwords_as_bytes(private_forms: dict[str, bytes]) -> None:
    text = private_forms["encrypted PKCS#8"]
    a = PrivateKey.from_pem(bytearray(text), PASSWORD.encode())
    b = PrivateKey.from_pem(memoryview(text), PASSWORD)
    assert a.fingerprint == b.fingerprint
