"""The eight-lane kernel through the library's face, beside OpenSSL: bytes, verdicts, order, threads, faults."""

from __future__ import annotations

import functools
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any

import pytest

from conformance.corpus import load
from conformance.reference import Reference, _decode, _message
from conformance.targets.adapter import Adapter
from signing_core import PayloadError, PrivateKey, PublicKey, _native, backends, sign_batch, verify_batch
from tests.key_texts import integer, private, sequence
from tests.malformed import flipped, malformed
from tests.rsa_oracle import IntKey, int_key
from tests.seeded_keys import private_pem

LACK = backends.info().unavailable.get("ifma")
pytestmark = pytest.mark.skipif(LACK is not None, reason=str(LACK))

LANES = range(8)

Item = tuple[PublicKey, bytes, bytes]


@pytest.fixture(autouse=True)
def ifma() -> Iterator[None]:
    backends.use("ifma")
    yield
    _native.inject_faults(0)
    backends.use("auto")


def seeded(bits: int, number: int, **options: int) -> PrivateKey:
    generator = random.Random(f"{bits} {number} {options}")  # noqa: S311 - the same key each time
    return PrivateKey.from_pem(private_pem(bits, generator, **options), allow_weak=True)


@pytest.fixture(scope="module")
def keys() -> list[PrivateKey]:
    """Keys of the usual kind."""
    return [seeded(2048, number) for number in range(8)]


@pytest.fixture(scope="module")
def corpus_keys() -> list[PrivateKey]:
    return [PrivateKey.from_pem(key.private_pem) for key in load().keys.values() if key.private_pem]


def by_openssl(items: list[tuple[PrivateKey, bytes]]) -> list[bytes]:
    backends.use("openssl")
    try:
        return sign_batch(items)
    finally:
        backends.use("ifma")


def verdicts(items: list[Item], backend: str) -> list[bool]:
    backends.use(backend)
    try:
        return verify_batch(items)
    finally:
        backends.use("ifma")


@pytest.fixture(scope="module")
def thousand(keys: list[PrivateKey]) -> list[tuple[bytes, bytes]]:
    """Messages, and their signatures by the first key as OpenSSL makes them."""
    messages = [b"message %d" % number for number in range(1000)]
    return list(zip(messages, by_openssl([(keys[0], message) for message in messages]), strict=True))


def test_20_000_signatures_are_openssls_byte_for_byte(keys: list[PrivateKey], corpus_keys: list[PrivateKey]) -> None:
    r = random.Random(1)  # noqa: S311 - the same messages each time
    small = [key for key in (*keys, *corpus_keys) if key.public_key.bits == 2048]
    items = [(r.choice(small), r.randbytes(r.randrange(150))) for _ in range(19_900)]
    items += [(key, r.randbytes(10)) for key in islice(cycle(corpus_keys), 100)]
    r.shuffle(items)
    assert sign_batch(items) == by_openssl(items)


def test_3_000_signatures_made_alone_are_openssls(keys: list[PrivateKey]) -> None:
    r = random.Random(3)  # noqa: S311 - the same messages each time
    items = [(r.choice(keys), r.randbytes(r.randrange(150))) for _ in range(3_000)]
    expected = by_openssl(items)
    assert [key.sign(message) for key, message in items] == expected
    for (key, message), signature in zip(items, expected, strict=True):
        key.public_key.verify(message, signature)


class Collector(Reference):
    """The reference, which keeps what it would verify: the corpus's own cases as items of a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Item] = []

    def verify(self, form: str, key: str, signature: str, **fields: Any) -> bool:
        try:
            self.items.append((self._public[key], _message(form, fields, strict=False), _decode(signature)))
        except PayloadError:
            return False  # no signature at all
        return True


@pytest.fixture(scope="module")
def corpus_items() -> tuple[list[Item], list[bool]]:
    """Key, message, signature and verdict of every verify case whose header holds a signature."""
    corpus, collector, valid = load(), Collector(), []
    adapter = Adapter(collector)
    for key in corpus.keys.values():
        command = {"cmd": "key", "name": key.name, "private_pem": key.private_pem, "public_pem": key.public_pem}
        assert adapter.answer(command) == {"ok": True}
    for case in corpus.cases:
        if case.op == "verify":
            before = len(collector.items)
            adapter.answer({"cmd": "op", "id": case.id, "op": "verify", **case.input})
            taken = len(collector.items) > before
            assert taken or case.expect == {"valid": False}, case.id
            valid += [case.expect["valid"]] if taken else []
    return collector.items, valid


@pytest.mark.parametrize("order", ["as they stand", "by key", "shuffled", "shuffled again"])
def test_the_corpus_gets_the_same_verdicts(corpus_items: tuple[list[Item], list[bool]], order: str) -> None:
    cases = list(zip(*corpus_items, strict=True))
    assert len(cases) > 1000
    if order == "by key":
        cases.sort(key=lambda case: case[0][0].fingerprint)
    elif order != "as they stand":
        random.Random(order).shuffle(cases)  # noqa: S311 - the same order each time
    items, expected = [item for item, _ in cases], [valid for _, valid in cases]
    assert verdicts(items, "ifma") == expected
    assert verdicts(items, "openssl") == expected
    assert [verify_batch([item])[0] for item in items] == expected
    assert 100 < expected.count(True) < len(expected) - 100


@functools.cache
def bad_and_right(bits: int, message: bytes) -> tuple[list[bytes], bytes]:
    """Malformed signatures of a message, and the right one."""
    oracle = int_key(bits)
    right = oracle.sign(message)
    return [*malformed(oracle, message).values(), *flipped(right)[:: bits // 64]], right


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_malformed_signatures_beside_seven_good_ones(bits: int, lane: int) -> None:
    public, message = PrivateKey.from_pem(int_key(bits).pem).public_key, b"message"
    bad, right = bad_and_right(bits, message)
    expected = [other != lane for other in LANES]
    assert public.verify_many([message] * 8, [right] * 8) == [True] * 8
    for signature in bad:
        column = [signature if other == lane else right for other in LANES]
        assert public.verify_many([message] * 8, column, threads=1) == expected


@pytest.mark.parametrize(("count", "place"), [(count, place) for count in (1, 2, 3) for place in range(count)])
@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_malformed_signatures_among_few(bits: int, count: int, place: int) -> None:
    public, message = PrivateKey.from_pem(int_key(bits).pem).public_key, b"message"
    bad, right = bad_and_right(bits, message)
    assert public.verify_many([message] * count, [right] * count) == [True] * count
    for signature in bad:
        column = [signature if other == place else right for other in range(count)]
        assert public.verify_many([message] * count, column) == [other != place for other in range(count)]


def test_a_signature_by_another_key_of_the_group(keys: list[PrivateKey]) -> None:
    eight = keys[:8]
    signatures = sign_batch([(key, b"m") for key in eight])
    for lane in LANES:
        turned = signatures[lane:] + signatures[:lane]
        items = [(key.public_key, b"m", signature) for key, signature in zip(eight, turned, strict=True)]
        assert verify_batch(items) == [lane == 0] * 8


@pytest.mark.parametrize("count", [*range(18), 64, 1000])
def test_batch_sizes(keys: list[PrivateKey], thousand: list[tuple[bytes, bytes]], count: int) -> None:
    messages, expected = [m for m, _ in thousand[:count]], [s for _, s in thousand[:count]]
    assert keys[0].sign_many(messages, threads=1) == expected
    assert keys[0].public_key.verify_many(messages, expected, threads=1) == [True] * count
    turned = expected[1:] + expected[:1]
    assert keys[0].public_key.verify_many(messages, turned, threads=1) == [count == 1] * count


def other_keys(corpus_keys: list[PrivateKey]) -> list[PrivateKey]:
    """Keys of all kinds, of which the kernel takes some: sizes, exponents, and lengths of the primes."""
    return [
        *corpus_keys,  # 2048 with e = 3, 17, 65537, 2^32 + 1; 3072; 4096
        *(seeded(bits, 0) for bits in (512, 1024, 2040, 2049)),
        seeded(2048, 0, exponent=3),
        *(seeded(2048, 0, longer=longer) for longer in (1, 200)),
        *(seeded(2048, number) for number in (1, 2)),
        seeded(3072, 0, longer=8),
    ]


def test_keys_of_all_kinds_in_one_batch(corpus_keys: list[PrivateKey]) -> None:
    kinds = other_keys(corpus_keys)
    primes = [key.pyca().private_numbers() for key in kinds]
    assert {numbers.p < numbers.q for numbers in primes} == {True, False}
    r = random.Random(2)  # noqa: S311 - the same order each time
    items = [(key, b"message %d" % number) for number, key in enumerate(kinds * 12)]
    r.shuffle(items)
    expected = by_openssl(items)
    assert sign_batch(items, threads=1) == expected
    assert sign_batch(items, threads=3) == expected
    assert [key.sign(message) for key, message in items[:200]] == expected[:200]
    triples = [(key.public_key, message, proof) for (key, message), proof in zip(items, expected, strict=True)]
    assert verify_batch(triples) == [True] * len(triples)
    assert all(verify_batch([triple]) == [True] for triple in triples[:200])
    spoilt = [(key, message + b"." * (number % 3 == 0), proof) for number, (key, message, proof) in enumerate(triples)]
    assert verify_batch(spoilt) == [number % 3 != 0 for number in range(len(triples))]


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_either_prime_may_stand_first(bits: int) -> None:
    oracle = int_key(bits)
    texts = [private(oracle), private(oracle, p=oracle.q, q=oracle.p)]
    keys = [PrivateKey.from_pem(text) for text in texts]
    assert {key.pyca().private_numbers().p for key in keys} == {oracle.p, oracle.q}
    signatures = [oracle.sign(bytes([i])) for i in range(12)]
    for key in keys:
        assert key.sign_many([bytes([i]) for i in range(12)]) == signatures
        assert [key.sign(bytes([i])) for i in range(12)] == signatures


def test_many_threads_and_keys_at_once(keys: list[PrivateKey]) -> None:
    fresh = [PrivateKey.from_pem(key.to_pem()) for key in keys]  # their constants and blinding are made by many at once
    items = [(key, b"message %d" % number) for number, key in enumerate(fresh * 3)]
    expected = by_openssl(items)
    turns = [items[start:] + items[:start] for start in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda turn: sign_batch(turn, threads=2), turns))
    assert answers == [expected[start:] + expected[:start] for start in range(12)]


@pytest.mark.parametrize("lanes", [*(1 << lane for lane in LANES), 0x55, 0xFF])
@pytest.mark.parametrize("count", [8, 4, 3])
def test_a_fault_in_a_lane_never_leaves(
    keys: list[PrivateKey], thousand: list[tuple[bytes, bytes]], lanes: int, count: int
) -> None:
    before = _native.faults_caught()
    _native.inject_faults(lanes)
    signatures = keys[0].sign_many([message for message, _ in thousand[:count]], threads=1)
    _native.inject_faults(0)
    assert signatures == [signature for _, signature in thousand[:count]]
    assert _native.faults_caught() - before == (lanes & (1 << count) - 1).bit_count()


@pytest.mark.parametrize("lanes", [*(1 << lane for lane in LANES), 0xFF])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_fault_in_a_message_alone_never_leaves(
    keys: list[PrivateKey], thousand: list[tuple[bytes, bytes]], lanes: int, count: int
) -> None:
    """In place of lanes, its lowest digits get the fault."""
    before = _native.faults_caught()
    _native.inject_faults(lanes)
    signatures = keys[0].sign_many([message for message, _ in thousand[:count]], threads=1)
    _native.inject_faults(0)
    assert signatures == [signature for _, signature in thousand[:count]]
    assert _native.faults_caught() - before == count % 8 + lanes.bit_count() * (count // 8)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_the_kernel_is_truly_asked(bits: int) -> None:
    """A fault in every lane tells which signatures were its work: all, however few."""
    key = PrivateKey.from_pem(int_key(bits).pem)
    for count in (0, 1, 2, 7, 8, 9, 10):
        before = _native.faults_caught()
        _native.inject_faults(0xFF)
        key.sign_many([b"m"] * count, threads=1)
        assert _native.faults_caught() - before == count
    _native.inject_faults(0xFF)
    backends.use("openssl")
    before = _native.faults_caught()
    key.sign_many([b"m"] * 8)
    assert _native.faults_caught() == before


def test_a_key_with_a_wrong_part_never_gives_itself_away(numbers: IntKey) -> None:
    """With a wrong CRT exponent the kernel's result is caught, and OpenSSL's own check makes it right."""
    d, p, q = numbers.d, numbers.p, numbers.q
    parts = [0, numbers.n, numbers.e, d, p, q, d % (p - 1) ^ 4, d % (q - 1), pow(q, -1, p)]
    faulty = _native.Key.private(sequence(*map(integer, parts)))
    messages, before = [bytes([i]) for i in range(8)], _native.faults_caught()
    assert _native.sign([faulty], None, messages, lanes=True) == [numbers.sign(message) for message in messages]
    assert _native.faults_caught() - before == 8


def run(code: str) -> tuple[int, str, str]:
    """``code`` in a fresh interpreter with a key and messages at hand."""
    begin = (
        "import os, sys, threading, warnings\n"
        "from signing_core import PrivateKey, backends\n"
        "backends.use('ifma')\n"
        "key = PrivateKey.generate()\n"
        "messages = [bytes([i]) for i in range(40)]\n"
    )
    command = [sys.executable, "-W", "error", "-c", begin + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def test_parent_and_child_both_sign_after_a_fork() -> None:
    assert run(
        "warnings.simplefilter('ignore', DeprecationWarning)\n"  # 3.12 and later warn of any fork beside threads
        "before = key.sign_many(messages, threads=2)\n"
        "child = os.fork()\n"
        "same = [key.sign_many(messages, threads=2) == before for _ in range(5)]\n"
        "if child == 0: os._exit(0 if all(same) else 1)\n"
        "print(all(same), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    ) == (0, "True 0\n", "")


def test_forks_while_other_threads_sign() -> None:
    """A thread of the parent may be inside the key's blinding when the child is made."""
    assert run(
        "warnings.simplefilter('ignore', DeprecationWarning)\n"
        "before = key.sign_many(messages, threads=1)\n"
        "stop = threading.Event()\n"
        "def work():\n"
        "    while not stop.is_set(): key.sign_many(messages[:4], threads=1)\n"
        "threads = [threading.Thread(target=work) for _ in range(3)]\n"
        "for thread in threads: thread.start()\n"
        "codes = []\n"
        "for _ in range(10):\n"
        "    child = os.fork()\n"
        "    if child == 0: os._exit(0 if key.sign_many(messages, threads=1) == before else 1)\n"
        "    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "stop.set()\n"
        "for thread in threads: thread.join()\n"
        "print(codes == [0] * 10, key.sign_many(messages) == before)\n"
    ) == (0, "True True\n", "")


@pytest.mark.parametrize("daemon", [True, False])
def test_the_interpreter_exits_while_threads_sign(daemon: bool) -> None:
    code, out, err = run(
        "begun = threading.Barrier(4)\n"
        "def work():\n"
        "    key.sign_many(messages)\n"
        "    begun.wait()\n"
        f"    for _ in range(10**6 if {daemon} else 3): key.sign_many(messages * 4, threads=1)\n"
        f"for _ in range(3): threading.Thread(target=work, daemon={daemon}).start()\n"
        "begun.wait()\n"
        "print('main ends', flush=True)\n"
    )
    assert (code, out, err) == (0, "main ends\n", "")
