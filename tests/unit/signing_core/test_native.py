"""The C core through its Python face: encoding, faults, lifetimes, wiping."""

from __future__ import annotations

import gc
import hashlib
import subprocess
import sys
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from signing_core import NativeError, PrivateKey, _native, backends
from tests.key_texts import integer, sequence, spki
from tests.rsa_oracle import IntKey, encoded_message, int_key

pytestmark = pytest.mark.skipif(not _native.available, reason=str(_native.ABSENCE))


def der(oracle: IntKey) -> tuple[bytes, bytes]:
    """Private (PKCS#8) and public (SPKI) DER of a key."""
    key = load_pem_private_key(oracle.pem, None)
    return (
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


@pytest.mark.parametrize("k", [62, 63, 64, 128, 255, 256, 257, 384, 1024])
def test_encoded_message(k: int) -> None:
    assert _native.pkcs1_encode(hashlib.sha256(b"m").digest(), k) == encoded_message(b"m", k)


@pytest.mark.parametrize("k", [1, 11, 51, 61])
def test_encoded_message_too_short(k: int) -> None:
    with pytest.raises(NativeError, match=f"at least 62 bytes, not {k}"):
        _native.pkcs1_encode(bytes(32), k)


def test_keys_sign_and_verify(numbers: IntKey) -> None:
    secret, shown = der(numbers)
    private, public = _native.Key.private(secret), _native.Key.public(shown)
    assert private.bytes == public.bytes == 256
    signature = numbers.sign(b"m")
    assert _native.sign([private], None, [b"m", b"n"]) == [signature, numbers.sign(b"n")]
    assert _native.verify([public], None, [b"m", b"n"], [signature, signature]) == [True, False]
    # a private key holds the public numbers too
    assert _native.verify([private], None, [b"m"], [signature]) == [True]


def test_only_keys_in_use_are_made_ready(numbers: IntKey) -> None:
    """A public key in the ring of a signing batch is never touched."""
    secret, shown = der(numbers)
    private, public = _native.Key.private(secret), _native.Key.public(shown)
    assert _native.sign([public, private], [1], [b"m"]) == [numbers.sign(b"m")]


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x03\x02\x01\x05", bytes(100)])
def test_what_is_no_key_is_a_native_error_with_openssls_words(data: bytes) -> None:
    for make in (_native.Key.private, _native.Key.public):
        with pytest.raises(NativeError, match="OpenSSL does not read the key: "):
            make(data)


def test_a_key_of_another_kind_or_too_short() -> None:
    ec = bytes.fromhex("302a300506032b6570032100") + bytes(31) + b"\x01"  # Ed25519, SPKI
    with pytest.raises(NativeError, match="expecting an rsa key"):
        _native.Key.public(ec)
    with pytest.raises(NativeError, match="key size too small"):
        _native.Key.public(spki(2**480 + 1, 65537))


def test_a_fault_is_a_native_error_that_empties_the_queue(numbers: IntKey) -> None:
    public = _native.Key.public(der(numbers)[1])
    with pytest.raises(NativeError, match=r"^signing failed: error:.*"):
        _native.sign([public], None, [b"m"])
    with pytest.raises(NativeError, match="OpenSSL gives no reason"):
        _native.fail("nothing has happened")


def test_a_fault_leaves_nothing_for_the_next_call(numbers: IntKey) -> None:
    private, public = der(numbers)
    with pytest.raises(NativeError):
        _native.sign([_native.Key.public(public)], None, [b"m"])
    assert _native.sign([_native.Key.private(private)], None, [b"m"]) == [numbers.sign(b"m")]


def test_a_fault_reaches_the_user_as_a_native_error(key: PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        """The library with a verification and a signing that fail as OpenSSL would."""

        def __getattr__(self, name: str) -> Any:
            return getattr(lib, name)

        def sk_sign_list(self, *_: object) -> int:
            return int(lib.SK_FAULT)

        sk_verify_lists = sk_sign_list

    lib = _native.lib
    backends.use("openssl")
    monkeypatch.setattr(_native, "lib", Broken())
    for call in (
        lambda: key.sign(b"m"),
        lambda: key.sign_many([b"m"] * 50, threads=3),
        lambda: key.public_key.verify(b"m", bytes(256)),
        lambda: key.public_key.verify_many([b"m"] * 300, [bytes(256)] * 300, threads=3),
    ):
        with pytest.raises(NativeError):
            call()
    monkeypatch.undo()
    backends.use("auto")


def test_a_fault_in_one_half_never_leaves_as_a_signature(numbers: IntKey) -> None:
    """With a wrong CRT exponent the plain result would give p away; OpenSSL's check makes it the right signature."""
    d, p, q = numbers.d, numbers.p, numbers.q
    parts = [0, numbers.n, numbers.e, d, p, q, d % (p - 1) ^ 4, d % (q - 1), pow(q, -1, p)]
    faulty = _native.Key.private(sequence(*map(integer, parts)))
    assert _native.sign([faulty], None, [b"m"]) == [numbers.sign(b"m")]


def test_the_native_key_is_freed_with_its_owner(monkeypatch: pytest.MonkeyPatch, numbers: IntKey) -> None:
    freed = []
    lib = _native.lib

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(lib, name)

        def sk_key_free(self, handle: object) -> None:
            freed.append(handle)
            lib.sk_key_free(handle)

    monkeypatch.setattr(_native, "lib", Counting())
    owner = PrivateKey.from_pem(numbers.pem)
    owner.native()
    assert freed == []
    del owner
    gc.collect()
    assert len(freed) == 1


def test_wipe() -> None:
    for secret in (bytearray(b"secret bytes"), bytes(bytearray(b"secret bytes"))):
        _native.wipe(secret)
        assert bytes(secret) == bytes(12)
    _native.wipe(bytearray())


def test_wipe_without_the_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_native, "available", False)
    secret = bytearray(b"secret bytes")
    _native.wipe(secret)
    assert secret == bytearray(12)


def test_the_der_of_a_key_is_wiped_after_use(monkeypatch: pytest.MonkeyPatch, numbers: IntKey) -> None:
    wiped: list[int] = []
    wipe = _native.wipe

    def watch(data: bytearray | bytes) -> None:
        assert bytes(data[:1]) == b"\x30"
        wipe(data)
        assert bytes(data) == bytes(len(data))
        wiped.append(len(data))

    monkeypatch.setattr(_native, "wipe", watch)
    PrivateKey.from_pem(numbers.pem).native()
    assert len(wiped) == 2  # the decoded text, and what the C core was given


def test_versions_and_processor() -> None:
    assert _native.openssl_version().startswith("OpenSSL ")
    with open("/proc/cpuinfo", encoding="ascii") as file:  # noqa: PTH123 - a file of the system
        flags = next((line.split(":")[1].split() for line in file if line.startswith("flags")), [])
    names = {"sha": "sha_ni", "avx2": "avx2", "avx512f": "avx512f", "avx512dq": "avx512dq"}
    names |= {"avx512vl": "avx512vl", "avx512ifma": "avx512ifma"}
    assert set(_native.cpu_features()) == {name for name, flag in names.items() if flag in flags}


def test_an_extension_that_is_not_there_is_told_apart_from_a_broken_one() -> None:
    code = (
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'signing_core._native_cffi': raise {error}\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from signing_core import backends, _native, PrivateKey\n"
        "key = PrivateKey.generate(); key.public_key.verify(b'm', key.sign(b'm'))\n"
        "print(backends.info().backend, _native.ABSENCE)\n"
    )
    for error, told in (
        ("ModuleNotFoundError('x', name=name)", "the C extension was not built"),
        (
            "ImportError('libcrypto.so.3: no such file')",
            "the C extension cannot be loaded: libcrypto.so.3: no such file",
        ),
    ):
        command = [sys.executable, "-c", code.format(error=error)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        assert result.stdout == f"pyca {told}\n"


def test_keys_are_made_once(key: PrivateKey) -> None:
    assert key.native() is key.native()
    assert key.public_key.native() is key.public_key.native()


@pytest.mark.parametrize("available", [True, False])
def test_only_bytes_tells_bytes_from_what_is_like_them(available: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Kind(bytes):
        pass

    monkeypatch.setattr(_native, "available", available)
    assert _native.only_bytes([])
    assert _native.only_bytes([b"", Kind(b"kind"), b"last"])
    for odd in ("text", bytearray(b"changes"), memoryview(b"view"), None, bytes):
        assert not _native.only_bytes([b"first", odd])
        assert not _native.only_bytes([odd, b"last"])


def test_only_bytes_are_signed_and_verified(key: PrivateKey) -> None:
    secret, shown = [key.native()], [key.public_key.native()]
    for odd in ("text", bytearray(b"changes"), memoryview(b"view"), None):
        with pytest.raises(TypeError, match="only bytes"):
            _native.sign(secret, None, [b"first", odd])  # type: ignore[list-item]
        with pytest.raises(TypeError, match="only bytes"):
            _native.verify(shown, None, [b"first", odd], [b"first", b"second"])  # type: ignore[list-item]
        with pytest.raises(TypeError, match="only bytes"):
            _native.verify(shown, None, [b"first", b"second"], [b"first", odd])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="2 messages and 1 signatures"):
        _native.verify(shown, None, [b"first", b"second"], [b"alone"])


@pytest.mark.parametrize("longest", [0, 65, 1_000_000])
def test_messages_of_many_sizes_at_once(longest: int) -> None:
    """The C core finds each of them where Python has it."""
    oracle = int_key(1024)
    secret, shown = der(oracle)
    private, public = _native.Key.private(secret), _native.Key.public(shown)
    messages = [bytes([size % 256]) * size for size in (0, 1, 55, 0, 56, 63, 64, longest, 0)]
    signatures = [oracle.sign(message) for message in messages]
    assert _native.sign([private], None, messages) == signatures
    assert _native.verify([public], None, messages, signatures) == [True] * 9
    cut = [signature[:i] for i, signature in enumerate(signatures[:4])]
    assert _native.verify([public], None, messages, cut + signatures[4:]) == [False] * 4 + [True] * 5


def test_signatures_of_many_lengths_at_once() -> None:
    oracles = [int_key(1024), int_key(2048), int_key(512)]
    keys = [_native.Key.private(der(oracle)[0]) for oracle in oracles]
    which = [0, 1, 2, 2, 1, 0, 1]
    messages = [bytes([i]) for i in range(7)]
    expected = [oracles[j].sign(message) for j, message in zip(which, messages, strict=True)]
    assert _native.sign(keys, which, messages) == expected
    assert _native.sign(keys, None, messages[:2]) == [oracles[0].sign(message) for message in messages[:2]]


def run_errand(errand: _native.Errand) -> None:
    """What a resting thread does."""
    errand.function(errand.argument)


@pytest.mark.parametrize("lanes", [False, True])
@pytest.mark.parametrize("message", [b"", b"m", bytes(1000)])
def test_a_signature_as_an_errand(numbers: IntKey, message: bytes, lanes: bool) -> None:
    if lanes and not _native.lanes_run():
        pytest.skip("processor or system lack AVX-512 IFMA")
    signing = _native.Signing(_native.Key.private(der(numbers)[0]), message, lanes)
    assert signing.signature is None  # not made yet
    run_errand(signing)
    assert signing.signature == numbers.sign(message)


def test_a_signature_of_another_length_as_an_errand() -> None:
    oracle = int_key(1032)
    signing = _native.Signing(_native.Key.private(der(oracle)[0]), b"m", lanes=False)
    run_errand(signing)
    assert signing.signature == oracle.sign(b"m")


def test_an_errand_that_fails_has_no_signature_and_leaves_nothing_behind(numbers: IntKey) -> None:
    signing = _native.Signing(_native.Key.public(der(numbers)[1]), b"m", lanes=False)
    run_errand(signing)
    assert signing.signature is None
    with pytest.raises(NativeError, match="OpenSSL gives no reason"):
        _native.fail("nothing is left in this thread's queue")


def test_an_errand_keeps_what_it_needs(numbers: IntKey) -> None:
    signing = _native.Signing(_native.Key.private(der(numbers)[0]), b"%d" % 2026, lanes=False)
    gc.collect()
    run_errand(signing)
    assert signing.signature == numbers.sign(b"2026")
