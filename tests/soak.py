"""The eight-lane kernel beside OpenSSL, at length: signatures byte for byte, verdicts one by one.

    ./run soak [--count 1000000] [--keys 100] [--seed N] [--threads T] [--backend ifma] [--alone]

Each round draws some thousand messages, each with one of the keys, and has them signed by the kernel and by a peer: the
system's OpenSSL and the one inside cryptography's wheel, in turns. As many signatures, half of them damaged, are then
verified by both. The kernel's batches have random sizes (a run of 200 000 and more begins with one of 100 000), and its
threads share all keys; with --alone each message is a batch by itself. One key in fifty has 3072 bits, one in a hundred
4096, the others 2048; half of them have the smaller prime first. Keys, messages and damage come from the seed alone, so
that a difference can be seen again.

Progress goes to standard error, the result to standard output. Exit codes: 0 all equal, 1 a difference, 2 a mistake in
the arguments or a backend that does not run here, 130 interrupted (how far it came is told).
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TypeVar

from signing_core import BackendUnavailable, PrivateKey, backends, sign_batch, verify_batch
from tests.seeded_keys import private_pem

ROUND = 4096
LONGEST = 100_000  # the first round of a long run is one batch of so many
CUTS = 8  # the batches of a round, less one
PEERS = ("openssl", "pyca")
TICK = 10.0  # seconds between two lines of progress

_T = TypeVar("_T")
_R = TypeVar("_R")


class DifferenceError(Exception):
    """The kernel and its peer do not agree; the text says where."""


def damaged(signature: bytes, n: int, generator: random.Random) -> bytes:
    """Something near a signature, or far from one, that is as long as the modulus or nearly so."""
    k, value = len(signature), int.from_bytes(signature)
    near = [value ^ 1 << generator.randrange(8 * k - 8), (value + 1) % n, n - value, generator.randrange(n)]
    edge = [0, 1, n - 1, n, n + 1, value + n, 256**k - 1]
    number = generator.choice(near if generator.random() < 0.8 else edge)
    if number >= 256**k or generator.random() < 0.02:
        return generator.choice([signature[1:], signature[:-1], b"\x00" + signature, signature + b"\x00", b""])
    return number.to_bytes(k)


def by(backend: str, work: Callable[[Sequence[_T]], list[_R]], batches: Sequence[Sequence[_T]]) -> list[_R]:
    """The results of one backend, batch after batch."""
    backends.use(backend)
    return list(chain.from_iterable(map(work, batches)))


@dataclass
class Soak:
    """One run: what was asked for, and how far it has come."""

    backend: str
    seed: int
    threads: int | None
    alone: bool = False
    keys: list[PrivateKey] = field(default_factory=list)
    rounds: int = 0
    signed: int = 0
    verified: int = 0
    accepted: int = 0

    def generator(self, kind: str, number: int) -> random.Random:
        return random.Random(f"{self.seed}/{kind}/{number}")  # noqa: S311 - to be repeatable

    def add_key(self) -> None:
        number = len(self.keys)
        bits = 4096 if number % 100 == 2 else 3072 if number % 50 == 1 else 2048
        self.keys.append(PrivateKey.from_pem(private_pem(bits, self.generator("key", number))))

    def compare(self, what: str, peer: str, work: Callable[[Sequence[_T]], list[_R]], items: Sequence[_T]) -> list[_R]:
        """What the peer gives; DifferenceError if the kernel gives anything else."""
        cuts = sorted(self.generator("cuts", self.rounds).choices(range(len(items) + 1), k=CUTS))
        if self.alone:
            cuts = list(range(1, len(items)))
        elif len(items) == LONGEST:
            cuts = []
        ours = by(self.backend, work, [items[a:b] for a, b in pairwise([0, *cuts, len(items)])])
        theirs = by(peer, work, [items])
        for index, (mine, right) in enumerate(zip(ours, theirs, strict=True)):
            if mine != right:
                show = [value.hex() if isinstance(value, bytes) else value for value in (mine, right)]
                place = f"round {self.rounds}, item {index}, {'alone' if self.alone else f'cuts {cuts}'}"
                raise DifferenceError(f"{place}: {what}: {self.backend} {show[0]}, {peer} {show[1]}")
        return theirs

    def round(self, count: int) -> None:
        """Sign and verify ``count`` items on both sides."""
        generator, peer = self.generator("round", self.rounds), PEERS[self.rounds % len(PEERS)]
        items = [(generator.choice(self.keys), generator.randbytes(generator.randrange(200))) for _ in range(count)]
        signatures = self.compare("signature", peer, lambda batch: sign_batch(batch, self.threads), items)
        self.signed += count

        triples = []
        for (key, message), signature in zip(items, signatures, strict=True):
            public = key.public_key
            proof = signature if generator.random() < 0.5 else damaged(signature, public.modulus, generator)
            triples.append((public, message, proof))
        verdicts = self.compare("verdict", peer, lambda batch: verify_batch(batch, self.threads), triples)
        self.verified += count
        self.accepted += sum(verdicts)
        self.rounds += 1

    def __str__(self) -> str:
        return (
            f"{self.signed} signatures byte for byte equal, {self.verified} verdicts equal"
            f" ({self.accepted} of them True){', each alone' * self.alone}, {len(self.keys)} keys, {self.backend}"
            f" beside {' and '.join(PEERS)}, seed {self.seed}"
        )


def steps(soak: Soak, count: int, keys: int) -> Iterator[None]:
    """The whole run, a key or a round a step."""
    while len(soak.keys) < keys:
        soak.add_key()
        yield
    if count >= 2 * LONGEST and not soak.alone:
        soak.round(LONGEST)
        yield
    while soak.signed < count:
        soak.round(min(ROUND, count - soak.signed))
        yield


def run(soak: Soak, count: int, keys: int) -> int:
    begin, told = time.monotonic(), -TICK
    try:
        for _ in chain([None], steps(soak, count, keys)):
            passed = time.monotonic() - begin
            if passed - told > TICK:
                told = passed
                print(f"{passed:7.0f} s: {soak}", file=sys.stderr, flush=True)
    except DifferenceError as difference:
        again = f"--seed {soak.seed} --keys {keys} --count {count}{' --alone' * soak.alone}"
        print(f"DIFFERENCE at {difference}\nbefore it: {soak}\nagain: {again}")
        return 1
    except KeyboardInterrupt:
        print(f"interrupted after {time.monotonic() - begin:.0f} s: {soak}")
        return 130
    print(f"done in {time.monotonic() - begin:.0f} s: {soak}")
    return 0


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run soak", description="Compare the eight-lane kernel with OpenSSL, at length."
    )
    parser.add_argument("--count", type=positive, default=1_000_000, help="signatures, and as many verdicts")
    parser.add_argument("--keys", type=positive, default=100, help="keys, a fifth of a second each to make")
    parser.add_argument("--seed", type=int, default=None, help="of keys, messages and damage; default: a new one")
    parser.add_argument("--threads", type=positive, default=None, help="default: one a processor")
    parser.add_argument("--alone", action="store_true", help="each message is a batch by itself")
    parser.add_argument("--backend", choices=[*backends.NAMES[1:]], default="ifma", help="what is compared")
    options = parser.parse_args()
    try:
        for name in (options.backend, *PEERS):
            backends.use(name)
    except BackendUnavailable as absence:
        print(f"./run soak: {absence}", file=sys.stderr)
        return 2
    seed = secrets.randbits(32) if options.seed is None else options.seed
    return run(Soak(options.backend, seed, options.threads, options.alone), options.count, options.keys)


if __name__ == "__main__":
    sys.exit(main())
