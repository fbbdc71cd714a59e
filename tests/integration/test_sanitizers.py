"""The C core under AddressSanitizer and UndefinedBehaviorSanitizer: tests/c/driver.c, fed with good and damaged input.

Expected values are Python's: int, hashlib and json. The sanitizers end the driver at the first error or leak.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tests.rsa_oracle import IntKey, encoded_message, int_key

ROOT = Path(__file__).parents[2]
CORE = ROOT / "signing_core" / "_c"
DRIVER = ROOT / "tests" / "c" / "driver.c"
FLAGS = [
    "-std=c11",
    "-g",
    "-O1",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled driver."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("driver")
    (folder / "probe.c").write_text("#include <openssl/evp.h>\nint main(void) { return 0; }\n")
    probe = [compiler, *FLAGS, "-o", str(folder / "probe"), str(folder / "probe.c"), "-lcrypto"]
    result = subprocess.run(probe, capture_output=True, text=True, check=False)
    if result.returncode or subprocess.run([folder / "probe"], capture_output=True, check=False).returncode:
        pytest.skip(f"the sanitizers or OpenSSL's headers are missing: {result.stderr[:200]}")
    program = folder / "driver"
    sources = [str(DRIVER), *map(str, sorted(CORE.glob("*.c")))]
    subprocess.run([compiler, *FLAGS, f"-I{CORE}", "-o", str(program), *sources, "-lcrypto"], check=True)
    return program


def run(driver: Path, records: list[tuple[str, list[bytes]]]) -> list[str]:
    """The driver's answers, one a record; a sanitizer's report fails the test."""
    stream = b"".join(
        op.encode() + struct.pack("<I", len(fields)) + b"".join(struct.pack("<I", len(f)) + f for f in fields)
        for op, fields in records
    )
    options = os.environ | {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1"}
    result = subprocess.run([driver], input=stream, capture_output=True, check=False, env=options, timeout=120)
    assert result.returncode == 0, result.stderr.decode(errors="replace")[-4000:]
    head, *answers = result.stdout.decode("ascii").splitlines()
    assert head.startswith("OpenSSL ")
    assert len(answers) == len(records)
    return answers


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
    many, one, none = run(driver, [("s", [*keys, *messages]), ("s", [*keys, b"m"]), ("s", keys)])
    assert many.split(",") == [oracles[i % 2].sign(message).hex() for i, message in enumerate(messages)]
    assert one == oracles[0].sign(b"m").hex()
    assert none == ""


def test_verifying_damaged_signatures(driver: Path) -> None:
    oracles = [int_key(1024), int_key(2048)]
    keys = [der(oracle)[1] for oracle in oracles]
    generator = random.Random(1)  # noqa: S311 - the same input each time
    fields, expected = [], ""
    for i in range(200):
        oracle = oracles[i % 2]
        message = generator.randbytes(generator.randrange(100))
        signature = oracle.sign(message) if i < 40 else generator.randbytes(oracle.k)
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
    assert run(driver, [("v", [*keys, *fields]), ("v", keys)]) == [expected, ""]
    assert 10 < expected.count("1") < 40


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
