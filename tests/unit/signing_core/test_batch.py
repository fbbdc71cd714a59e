"""sign and verify, alone and in batches: against Python's int, the openssl command and pyca."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from signing_core import InvalidSignature, PrivateKey, PublicKey, _pool, backends, sign_batch, verify_batch
from tests.malformed import flipped, malformed
from tests.rsa_oracle import IntKey, encoded_message, int_key, openssl

MESSAGES = [b"", b"\x00", b"POSThttps://h.example/", bytes(range(256)), "naïve €".encode(), b"x" * 100_000]

pytestmark = pytest.mark.usefixtures("backend")


def test_sign_is_the_power_of_the_encoded_message(key: PrivateKey, numbers: IntKey) -> None:
    assert [key.sign(message) for message in MESSAGES] == [numbers.sign(message) for message in MESSAGES]


def test_openssl_command_verifies_and_signs_alike(key: PrivateKey, tmp_path: Path) -> None:
    for name, data in {
        "key": key.to_pem(),
        "pub": key.public_key.to_pem(),
        "message": b"GEThttps://h.example/t",
    }.items():
        (tmp_path / name).write_bytes(data)
    theirs = openssl(f"dgst -sha256 -sign {tmp_path}/key {tmp_path}/message")
    assert key.sign(b"GEThttps://h.example/t") == theirs
    key.public_key.verify(b"GEThttps://h.example/t", theirs)
    (tmp_path / "signature").write_bytes(key.sign(b"GEThttps://h.example/t"))
    answer = openssl(f"dgst -sha256 -verify {tmp_path}/pub -signature {tmp_path}/signature {tmp_path}/message")
    assert answer == b"Verified OK\n"


def test_pyca_verifies(key: PrivateKey) -> None:
    public = load_pem_public_key(key.public_key.to_pem())
    assert isinstance(public, RSAPublicKey)
    for message in MESSAGES:
        public.verify(key.sign(message), message, PKCS1v15(), SHA256())


@pytest.mark.parametrize("bits", [512, 1024, 2047, 2048, 2050, 3072, 4096])
def test_every_size(bits: int) -> None:
    oracle = int_key(bits)
    key = PrivateKey.from_pem(oracle.pem, allow_weak=True)
    signature = oracle.sign(b"message")
    assert key.sign(b"message") == signature
    assert len(signature) == (bits + 7) // 8
    key.public_key.verify(b"message", signature)
    assert key.public_key.verify_many([b"other"], [signature]) == [False]


def test_exponent_3() -> None:
    oracle = int_key(2048, exponent=3)
    key = PrivateKey.from_pem(oracle.pem)
    assert key.exponent == 3
    assert key.sign(b"message") == oracle.sign(b"message")
    key.public_key.verify(b"message", oracle.sign(b"message"))


@pytest.mark.parametrize("bits", [1024, 2047, 2048])
def test_malformed_signatures_are_refused(bits: int) -> None:
    oracle = int_key(bits)
    public = PrivateKey.from_pem(oracle.pem, allow_weak=True).public_key
    message = b"POSThttps://h.example/"
    cases = malformed(oracle, message)
    verdicts = public.verify_many([message] * len(cases), list(cases.values()))
    assert [name for name, verdict in zip(cases, verdicts, strict=True) if verdict] == []
    flips = flipped(oracle.sign(message))
    assert not any(public.verify_many([message] * len(flips), flips))
    assert public.verify_many([message], [oracle.sign(message)]) == [True]
    for signature in cases.values():
        with pytest.raises(InvalidSignature):
            public.verify(message, signature)


def test_signature_plus_modulus_is_refused() -> None:
    # n below half of the byte range, so that s + n always fits into k bytes
    oracle = int_key(2047)
    public = PrivateKey.from_pem(oracle.pem, allow_weak=True).public_key
    raised = int.from_bytes(oracle.sign(b"m")) + oracle.n
    assert public.verify_many([b"m"], [raised.to_bytes(oracle.k)]) == [False]
    assert pow(raised, oracle.e, oracle.n).to_bytes(oracle.k) == encoded_message(b"m", oracle.k)


def test_verify_returns_nothing_and_its_error_names_the_key(key: PrivateKey) -> None:
    public = key.public_key
    assert public.verify(b"m", key.sign(b"m")) is None  # type: ignore[func-returns-value]
    with pytest.raises(InvalidSignature, match=public.fingerprint[:16]):
        public.verify(b"n", key.sign(b"m"))


@pytest.mark.parametrize("threads", [None, 1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 64, 130])
def test_many_keep_the_order(key: PrivateKey, numbers: IntKey, count: int, threads: int | None) -> None:
    messages = [f"message {i}".encode() for i in range(count)]
    signatures = key.sign_many(messages, threads)
    spots = {0, 1, count // 2, count - 1} & set(range(count))
    assert len(signatures) == count
    assert all(signatures[i] == numbers.sign(messages[i]) for i in spots)
    assert key.public_key.verify_many(messages, signatures, threads) == [True] * count
    assert key.public_key.verify_many(messages, signatures[::-1], threads) == [i == count - 1 - i for i in range(count)]


def test_bad_items_never_abort_a_batch(key: PrivateKey) -> None:
    right = key.sign(b"m")
    signatures = [right, b"", right[:-1], bytes(256), b"\xff" * 256, right] * 60
    expected = [True, False, False, False, False, True] * 60
    for threads in (1, 2):
        assert key.public_key.verify_many([b"m"] * len(signatures), signatures, threads) == expected


def test_keys_of_different_sizes_in_one_batch() -> None:
    oracles = [int_key(2048), int_key(1024), int_key(3072), int_key(2048, 1)]
    keys = [PrivateKey.from_pem(oracle.pem, allow_weak=True) for oracle in oracles]
    order = [0, 1, 2, 3, 3, 2, 1, 0, 0, 2] * 7
    messages = [f"message {i}".encode() for i in range(len(order))]
    signatures = sign_batch([(keys[j], m) for j, m in zip(order, messages, strict=True)], threads=2)
    assert [len(s) for s in signatures] == [oracles[j].k for j in order]
    for j, message, signature in zip(order[:10], messages, signatures, strict=False):
        assert signature == oracles[j].sign(message)
    items = [(keys[j].public_key, m, s) for j, m, s in zip(order, messages, signatures, strict=True)]
    assert verify_batch(items) == [True] * len(items)
    shifted = [(keys[(j + 1) % 4].public_key, m, s) for j, m, s in zip(order, messages, signatures, strict=True)]
    assert verify_batch(shifted, threads=2) == [False] * len(items)
    assert verify_batch([list(item) for item in items[:2]]) == [True, True]  # type: ignore[misc]


def test_equal_keys_that_are_different_objects(numbers: IntKey) -> None:
    pems = [numbers.pem, numbers.pem, int_key(2048, 1).pem]
    publics = [PrivateKey.from_pem(pem).public_key for pem in pems]
    signature = numbers.sign(b"m")
    for count, expected in ((2, [True, True]), (3, [True, True, False])):
        assert verify_batch([(public, b"m", signature) for public in publics[:count]]) == expected


def test_bytes_likes_are_taken_as_they_were(key: PrivateKey, numbers: IntKey) -> None:
    view = memoryview(b"..message..")[2:9]
    strided = memoryview(b"m.e.s.s.a.g.e")[::2]
    wide = memoryview(b"message1").cast("I")

    class Subclass(bytes):
        pass

    signature = numbers.sign(b"message")
    likes = [b"message", bytearray(b"message"), view, strided, Subclass(b"message")]
    assert key.sign_many(likes) == [signature] * 5
    assert key.sign(wide) == numbers.sign(b"message1")
    assert (
        key.public_key.verify_many(likes, [memoryview(signature), bytearray(signature), *[signature] * 3]) == [True] * 5
    )
    key.public_key.verify(view, bytearray(signature))


@pytest.mark.parametrize("wrong", ["text", 5, None, ["m"], 1.5])
def test_wrong_types_name_the_item(key: PrivateKey, wrong: object) -> None:
    name = type(wrong).__name__
    with pytest.raises(TypeError, match=rf"message must be bytes, bytearray or memoryview, not {name}"):
        key.sign(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=rf"messages\[2\] must be .*, not {name}"):
        key.sign_many([b"", b"m", wrong])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=rf"signatures\[1\] must be .*, not {name}"):
        key.public_key.verify_many([b"", b"m"], [b"", wrong])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=rf"signature must be .*, not {name}"):
        key.public_key.verify(b"", wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [1, 3])
def test_the_first_wrong_item_of_many_is_named(key: PrivateKey, threads: int) -> None:
    """Whichever thread comes upon one first."""
    count = 700
    messages: list[Any] = [b"m"] * count
    signatures: list[Any] = [key.sign(b"m")] * count
    signatures[3] = None
    with pytest.raises(TypeError, match=r"signatures\[3\] must be .*, not NoneType"):
        key.public_key.verify_many(messages, signatures, threads)
    messages[680] = messages[699] = 5
    with pytest.raises(TypeError, match=r"messages\[680\] must be .*, not int"):
        key.public_key.verify_many(messages, signatures, threads)
    with pytest.raises(TypeError, match=r"messages\[680\] must be .*, not int"):
        key.sign_many(messages, threads)


@pytest.mark.parametrize("threads", [1, 3])
def test_bytes_likes_anywhere_in_a_long_batch(key: PrivateKey, threads: int) -> None:
    count = 700
    right = key.sign(b"m")
    messages: list[Any] = [b"m"] * count
    signatures: list[Any] = [right] * count
    messages[5], messages[690], signatures[3] = bytearray(b"m"), bytearray(b"n"), right[:9]
    signatures[400] = memoryview(right)
    expected = [number not in (3, 690) for number in range(count)]
    assert key.public_key.verify_many(messages, signatures, threads) == expected
    assert key.public_key.verify_many(iter(messages), tuple(signatures), threads) == expected


def test_a_list_that_is_made_shorter_meanwhile_is_an_error_and_no_crash(
    key: PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages, signatures = [b"m"] * 700, [key.sign(b"m")] * 700
    engine = backends.engine()
    verify = type(engine).verify

    def shortening(*arguments: Any) -> list[bool]:
        del messages[300:]
        return verify(*arguments)

    monkeypatch.setattr(type(engine), "verify", shortening)
    with pytest.raises(RuntimeError, match="made shorter while it was read"):
        key.public_key.verify_many(messages, signatures, threads=2)


def test_one_byte_string_is_no_list_of_messages(key: PrivateKey) -> None:
    with pytest.raises(TypeError, match=r"messages\[0\] must be .*, not int"):
        key.sign_many(b"message")  # type: ignore[arg-type]


def test_text_is_told_to_be_encoded(key: PrivateKey) -> None:
    with pytest.raises(TypeError, match="encode it first"):
        key.sign("message")  # type: ignore[arg-type]


def test_uneven_columns_are_refused(key: PrivateKey) -> None:
    with pytest.raises(TypeError, match="2 messages, 1 signatures"):
        key.public_key.verify_many([b"", b""], [b""])


@pytest.mark.parametrize("threads", [0, -1, 1.0, "2", True])
def test_threads_must_be_a_positive_int(key: PrivateKey, threads: object) -> None:
    with pytest.raises(TypeError, match="threads must be a positive int"):
        key.sign_many([b""], threads)  # type: ignore[arg-type]


def test_items_of_a_batch_are_checked(key: PrivateKey) -> None:
    with pytest.raises(TypeError, match=r"items\[1\] must be a tuple \(key, message\)"):
        sign_batch([(key, b""), (key,)])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"items\[0\] must be a tuple"):
        verify_batch([b"abc"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"items\[1\]: the key must be a PrivateKey, not PublicKey"):
        sign_batch([(key, b""), (key.public_key, b"")])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"items\[0\]: the key must be a PublicKey, not str"):
        verify_batch([("key", b"", b"")])  # type: ignore[list-item]
    assert sign_batch([]) == []
    assert verify_batch(iter([])) == []


def test_iterators_are_taken(key: PrivateKey, numbers: IntKey) -> None:
    assert key.sign_many(str(i).encode() for i in range(2)) == [numbers.sign(b"0"), numbers.sign(b"1")]


def test_equal_keys_that_are_two_objects(key: PrivateKey) -> None:
    other = PublicKey.from_pem(key.public_key.to_pem())
    signature = key.sign(b"m")
    assert verify_batch([(key.public_key, b"m", signature), (other, b"m", signature)]) == [True, True]


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a fresh interpreter with ``key`` and ``messages`` at hand."""
    begin = "from signing_core import PrivateKey\nkey = PrivateKey.generate()\nmessages = [b'm'] * 40\n"
    command = [sys.executable, "-W", "error", "-c", begin + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_fork_leaves_the_threads_behind_and_makes_its_own() -> None:
    result = run(
        "import os, warnings\n"
        "warnings.simplefilter('ignore', DeprecationWarning)\n"  # 3.12 and later warn of any fork beside threads
        "before = key.sign_many(messages, threads=3)\n"
        "child = os.fork()\n"
        "same = key.sign_many(messages, threads=3) == before\n"
        "if child == 0: os._exit(0 if same else 1)\n"
        "print(same, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert (result.stdout, result.stderr) == ("True 0\n", "")


def test_the_interpreter_ends_cleanly_and_signs_to_the_last() -> None:
    result = run(
        "import atexit, sys\n"
        "def last(): print(len(key.sign_many(messages, threads=3)))\n"
        "atexit.register(last)\n"
        "last()\n"
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "40\n40\n", "")


def test_large_messages_are_not_copied_more_than_once(key: PrivateKey) -> None:
    size = 20_000_000
    message, buffer = bytes(size), bytearray(size)
    key.sign(b"")  # what is made once is made
    tracemalloc.start()
    try:
        signatures = key.sign_many([message] * 4, threads=1)
        assert tracemalloc.get_traced_memory()[1] < 100_000
        tracemalloc.reset_peak()
        assert key.sign(buffer) == signatures[0]
        assert tracemalloc.get_traced_memory()[1] < size + 100_000
    finally:
        tracemalloc.stop()


def test_many_callers_at_once(key: PrivateKey) -> None:
    expected = key.sign_many([b"a", b"b", b"c"] * 10, threads=1)
    answers: list[list[bytes]] = []
    _pool.run([lambda: answers.append(key.sign_many([b"a", b"b", b"c"] * 10, threads=2))] * 8, 8)
    assert answers == [expected] * 8


def test_a_pool_that_refuses_threads_delays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(ThreadPoolExecutor):
        """Starts one piece of work and refuses the next."""

        begun = 0

        def submit(self, work: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.begun += 1
            if self.begun > 1:
                raise RuntimeError("can't start new thread")
            return super().submit(work, *args, **kwargs)

    with Full(1) as pool:
        monkeypatch.setattr(_pool, "_executor", pool)
        done: list[int] = []
        _pool.run([lambda i=i: done.append(i) for i in range(50)], 4)
    assert pool.begun == 2
    assert sorted(done) == list(range(50))


def test_an_error_in_one_job_drops_the_rest_and_is_raised() -> None:
    done: list[int] = []

    def job() -> None:
        done.append(1)
        raise ZeroDivisionError

    for threads in (1, 3):
        done.clear()
        with pytest.raises(ZeroDivisionError):
            _pool.run([job] * 100, threads)
        assert len(done) <= threads
