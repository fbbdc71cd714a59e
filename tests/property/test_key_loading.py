"""Whatever is put in place of a key is read, or refused with one of the two errors; nothing else comes out."""

from __future__ import annotations

import base64
import contextlib

from hypothesis import given
from hypothesis import strategies as st

from signing_core import KeyFormatError, PrivateKey, PublicKey, WeakKeyError
from tests.key_texts import integer, pem, raw, sequence, spki, tlv
from tests.rsa_oracle import int_key, openssl

PRIVATE = int_key(1024).pem
PUBLIC = openssl("rsa -pubout", PRIVATE)
TEXTS = [
    PRIVATE,
    PUBLIC,
    openssl("rsa -traditional", PRIVATE),
    openssl("rsa -RSAPublicKey_out", PRIVATE),
    openssl("pkcs8 -topk8 -passout pass:x", PRIVATE),
    openssl("rsa -aes128 -traditional -passout pass:x", PRIVATE),
]
LABELS = ["PUBLIC KEY", "RSA PUBLIC KEY", "PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE"]


def read(data: str | bytes) -> None:
    for password in (None, "x"):
        with contextlib.suppress(KeyFormatError, WeakKeyError):
            PrivateKey.from_pem(data, password, allow_weak=True)
    with contextlib.suppress(KeyFormatError, WeakKeyError):
        PublicKey.from_pem(data, allow_weak=True)


@given(st.sampled_from(TEXTS), st.data())
def test_damaged_texts(text: bytes, data: st.DataObject) -> None:
    damaged = bytearray(text)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read(bytes(damaged))
    read(damaged.decode("latin-1"))


@given(st.sampled_from(LABELS), st.sampled_from(TEXTS[:5]), st.data())
def test_damaged_der_under_any_label(label: str, text: bytes, data: st.DataObject) -> None:
    der = bytearray(raw(text))
    der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    read(pem(label, bytes(der)))
    read(base64.b64encode(der))


ELEMENTS = st.recursive(
    st.one_of(
        st.integers(-(2**70), 2**70).map(integer),
        st.builds(tlv, st.sampled_from([0x02, 0x03, 0x04, 0x05, 0x06, 0xA0]), st.binary(max_size=12)),
    ),
    lambda inner: st.lists(inner, max_size=10).map(lambda parts: sequence(*parts)),
    max_leaves=20,
)


@given(st.sampled_from(LABELS), ELEMENTS)
def test_any_der(label: str, der: bytes) -> None:
    read(pem(label, der))
    read(base64.b64encode(der))


@given(st.integers(-3, 2**600), st.integers(-3, 2**70))
def test_any_public_numbers(n: int, e: int) -> None:
    read(pem("PUBLIC KEY", spki(n, e)))


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_any_text(data: str | bytes) -> None:
    read(data)
