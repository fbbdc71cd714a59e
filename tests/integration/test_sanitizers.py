"""The C core under AddressSanitizer and UndefinedBehaviorSanitizer: tests/c/driver.c, fed with good and damaged input.

Expected values are Python's: int, hashlib and json. The sanitizers end the driver at the first error or leak.
"""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tests.c_programs import CannotBuildError, Record, answers, build
from tests.rsa_oracle import IntKey, encoded_message, int_key


@pytest.fixture(scope="module", params=["ifma, sanitized", "portable, sanitized"])
def variant(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def is_portable(variant: str) -> bool:
    return variant.startswith("portable")


@pytest.fixture(scope="module")
def driver(variant: str) -> Path:
    """The compiled driver: with the kernel in AVX-512 IFMA, and in portable C."""
    try:
        return build("driver", variant)
    except CannotBuildError as lack:
        pytest.skip(str(lack))


def run(driver: Path, records: list[Record]) -> list[str]:
    """The driver's answers, one a record; a sanitizer's report fails the test."""
    head, lines = answers(driver, records)
    assert head.startswith("OpenSSL ")
    assert len(lines) == len(records)
    return lines


OPENSSL, LANES = b"\x00", b"\x01"


@pytest.fixture
def kernel(driver: Path) -> bytes:
    """What asks for the eight-lane kernel."""
    if answers(driver, [])[0].endswith("lanes 0"):
        pytest.skip("processor or system lack AVX-512 IFMA")
    return LANES


def der(oracle: IntKey) -> tuple[bytes, bytes]:
    key = load_pem_private_key(oracle.pem, None)
    return (
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


def test_signing(driver: Path) -> None:
    oracles = [int_key(1024), int_key(2048)]
    keys = [der(oracle)[0] for oracle in oracles]
    messages = [b"x" * size for size in (0, 1, 55, 64, 600, 100_000)]
    head = [OPENSSL, *keys]
    many, one, none = run(driver, [("s", [*head, *messages]), ("s", [*head, b"m"]), ("s", head)])
    assert many.split(",") == [oracles[i % 2].sign(message).hex() for i, message in enumerate(messages)]
    assert one == oracles[0].sign(b"m").hex()
    assert none == ""


@pytest.mark.parametrize("bits", [(2048, 2048), (2048, 3072), (4096, 1024)])
def test_signing_in_groups(driver: Path, kernel: bytes, is_portable: bool, bits: tuple[int, int]) -> None:
    if is_portable and 4096 in bits:
        bits = (2048, 1024)
    oracles = [int_key(size, number) for number, size in enumerate(bits)]
    keys = [der(oracle)[0] for oracle in oracles]
    messages = [b"x" * size for size in range(18)]
    expected = [oracles[i % 2].sign(message).hex() for i, message in enumerate(messages)]
    counts = [*range(10), 16, 17, 18] if bits[0] == bits[1] else [2, 9, 18]
    if is_portable:  # a hundred times slower
        counts = [3, 9] if bits[0] == bits[1] else [4]
    records = [("s", [kernel, *keys, *messages[:count]]) for count in counts]
    assert [line.split(",") for line in run(driver, records)] == [expected[:count] or [""] for count in counts]


def test_a_fault_in_any_lane_is_caught(driver: Path, kernel: bytes, is_portable: bool) -> None:
    oracles = [int_key(2048), int_key(2048, 1)]
    keys = [der(oracle)[0] for oracle in oracles]
    messages = [bytes([i]) for i in range(8)]
    expected = ",".join(oracles[i % 2].sign(message).hex() for i, message in enumerate(messages))
    records: list[Record] = []
    wanted = [0xA5] if is_portable else [1 << lane for lane in range(8)] + [0xFF]
    caught = ["0"]
    for lanes in wanted:
        records += [("f", [bytes([lanes])]), ("s", [kernel, *keys, *messages])]
        caught += [expected, str(int(caught[-1]) + lanes.bit_count())]
    assert run(driver, [*records, ("f", [b"\0"])]) == caught


def damaged_signatures(oracles: list[IntKey], count: int) -> tuple[list[bytes], str]:
    """Messages and signatures, of the keys in turn, good ones and others; and the verdicts, by Python's int."""
    generator = random.Random(1)  # noqa: S311 - the same input each time
    fields, expected = [], ""
    for i in range(count):
        oracle = oracles[i % 2]
        message = generator.randbytes(generator.randrange(100))
        signature = oracle.sign(message) if i < count // 5 else generator.randbytes(oracle.k)
        match i % 20:
            case 2 | 3:
                signature = signature[: generator.randrange(oracle.k)]
            case 4 | 5:
                signature += b"\x00"
            case 6 | 7:
                signature = oracle.n.to_bytes(oracle.k)
            case 8 | 9:
                signature = (oracle.n - 1).to_bytes(oracle.k)
            case 10 | 11:
                signature = b""
        value = int.from_bytes(signature)
        right = (
            len(signature) == oracle.k
            and value < oracle.n
            and pow(value, oracle.e, oracle.n).to_bytes(oracle.k) == encoded_message(message, oracle.k)
        )
        fields += [message, signature]
        expected += str(int(right))
    assert count // 20 < expected.count("1") < count // 5
    return fields, expected


def test_verifying_damaged_signatures(driver: Path) -> None:
    oracles = [int_key(1024), int_key(2048)]
    head = [OPENSSL, *(der(oracle)[1] for oracle in oracles)]
    fields, expected = damaged_signatures(oracles, 200)
    assert run(driver, [("v", [*head, *fields]), ("v", head)]) == [expected, ""]


@pytest.mark.parametrize("bits", [(2048, 2048), (3072, 4096), (2048, 1024)])
def test_verifying_damaged_signatures_in_groups(driver: Path, kernel: bytes, bits: tuple[int, int]) -> None:
    oracles = [int_key(size, number) for number, size in enumerate(bits)]
    head = [kernel, *(der(oracle)[1] for oracle in oracles)]
    fields, expected = damaged_signatures(oracles, 100)
    records = [("v", [*head, *fields[: 2 * count]]) for count in (0, 1, 2, 3, 5, 8, 100)]
    assert run(driver, records) == [expected[:count] for count in (0, 1, 2, 3, 5, 8, 100)]


def test_keys_cut_and_damaged(driver: Path) -> None:
    private, public = der(int_key(1024))
    generator = random.Random(2)  # noqa: S311 - the same input each time
    records = [("k", [private]), ("k", [public])]
    for data in (private, public):
        records += [("k", [data[:size]]) for size in range(0, len(data), 5)]
        for _ in range(150):
            damaged = bytearray(data)
            damaged[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
            records.append(("k", [bytes(damaged)]))
    answers = run(driver, records)
    assert answers[:2] == ["private 128", "public 128"]
    cut = [
        answer
        for answer, (_, [data]) in zip(answers, records, strict=True)
        if len(data) not in (len(private), len(public))
    ]
    assert set(cut) == {"-"}


def test_encoding(driver: Path) -> None:
    sizes = [1, 54, 61, 62, 63, 128, 256, 1024]
    digest = hashlib.sha256(b"m").digest()
    answers = run(driver, [("e", [digest, b"\xaa" * k]) for k in sizes])
    assert answers == ["-" if k < 62 else encoded_message(b"m", k).hex() for k in sizes]


def test_minifying(driver: Path) -> None:
    value = {"a": [1, -0.5, 1e30, True, None, 'é "\\ €😀'], "b": {"c": {}, "d": [[], ""]}}
    texts = [json.dumps(value, indent=2, ensure_ascii=ascii_).encode() for ascii_ in (True, False)]
    compact = [json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_).encode() for ascii_ in (True, False)]
    generator = random.Random(3)  # noqa: S311 - the same input each time
    damaged = []
    for _ in range(2000):
        text = bytearray(texts[1])
        text[generator.randrange(len(text))] = generator.randrange(256)
        damaged.append(bytes(text))
    cut = [text[:size] for text in texts for size in range(len(text))]
    deep = [b"[" * depth + b"]" * depth for depth in (1, 100, 101, 5000)]
    answers = run(driver, [("m", [text]) for text in [*texts, *cut, *deep, *damaged]])
    assert [answer.split(" ") for answer in answers[:2]] == [["0", "0", text.hex()] for text in compact]
    codes = [int(answer.split(" ")[0]) for answer in answers]
    assert 0 not in codes[2 : 2 + len(cut)]
    at = 2 + len(cut)
    assert [code == 0 for code in codes[at : at + 4]] == [True, True, False, False]
    assert all(int(a.split(" ")[1]) <= len(t) for a, t in zip(answers[at + 4 :], damaged, strict=True))
