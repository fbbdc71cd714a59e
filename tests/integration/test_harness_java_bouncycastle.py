"""The Bouncy Castle harness: the shared contract, and what the library accepts by either of its ways."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.integration.harness_contract import PRIVATE, HarnessContract, beyond_baseline, started
from tests.integration.harness_driver import Harness, command
from tests.rsa_oracle import NO_NULL_PREFIX, encoded_message
from vectors.generators import document as doc

NUMBERS = PRIVATE.private_numbers()
N, SIZE = NUMBERS.public_numbers.n, PRIVATE.key_size // 8


def power(encoded: bytes) -> int:
    """What the private exponent makes of any encoded message."""
    return pow(int.from_bytes(encoded), NUMBERS.d, N)


def short() -> tuple[str, bytes]:
    """A value whose signature begins with a zero octet, as one in 256 does."""
    signed = ((value, PRIVATE.sign(value.encode(), PKCS1v15(), SHA256())) for value in map(str, range(10_000)))
    return next((value, signature) for value, signature in signed if signature[0] == 0)


def verified(harness: Harness, signature: bytes, value: str = "24") -> bool:
    header = base64.b64encode(signature).decode()
    answer = harness.op(op="verify", form="payout_lookup", value=value, key="doc", signature=header)
    return bool(answer["valid"])


class TestBouncyCastle(HarnessContract):
    name = "java-bouncycastle"
    recorded = ("1.72", "OpenJDK 64-Bit Server VM 17.0.15+6-Debian-1deb12u1")

    def test_keys_of_other_kinds_are_refused(self, harness: Harness) -> None:
        ed25519 = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + bytes(32)).decode()
        armoured = f"-----BEGIN PUBLIC KEY-----\n{ed25519}\n-----END PUBLIC KEY-----\n"
        assert "refused" in harness.op(op="load_key", public=armoured.encode())
        assert "refused" in harness.op(op="load_key", public=doc.PRIVATE_PEM.encode())
        assert "refused" in harness.op(op="load_key", private=doc.PUBLIC_PEM.encode(), password=None)


@pytest.fixture(scope="module", params=["the JDK's Signature", "lightweight"])
def either(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """The harness by one of the library's ways."""
    more = ["lightweight"] if request.param == "lightweight" else []
    with started([*command("java-bouncycastle"), *more]) as running:
        yield running


def test_a_signature_may_lack_its_leading_zero(either: Harness) -> None:
    value, signature = short()
    assert verified(either, signature, value)
    assert verified(either, signature[1:], value)


def test_it_may_be_neither_longer_nor_out_of_range(either: Harness) -> None:
    number = power(encoded_message(b"24", SIZE))
    assert verified(either, number.to_bytes(SIZE))
    assert not verified(either, number.to_bytes(SIZE + 1))
    assert not verified(either, (number + N).to_bytes(SIZE + 1))
    assert not verified(either, b"")


def test_the_digest_info_may_lack_its_null(either: Harness) -> None:
    assert verified(either, power(encoded_message(b"24", SIZE, NO_NULL_PREFIX)).to_bytes(SIZE))


def test_the_encoded_message_is_where_it_belongs_unless_a_property_says_otherwise(
    either: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    shifted = power(b"\0" + encoded_message(b"24", SIZE - 1)).to_bytes(SIZE)
    assert not verified(either, shifted)
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-Dorg.bouncycastle.pkcs1.not_strict=true")
    with started(command("java-bouncycastle")) as lax:
        assert verified(lax, shifted)


def test_the_lightweight_api_fails_in_the_same_cases() -> None:
    argv = [*command("java-bouncycastle"), "lightweight"]
    assert beyond_baseline("java-bouncycastle", argv, TestBouncyCastle.recorded) == []
