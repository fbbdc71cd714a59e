"""Operands for the eight-lane kernel, by classes; and vectors of digits to and from Python's int."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

LANES = 8
BITS = 52
MASK = (1 << BITS) - 1
SIZES = (20, 30, 40, 60, 80)  # digits of a vector number, D

Make = Callable[[int, random.Random], int]


def radix(digits: int) -> int:
    """R = 2^(52 D)."""
    return 1 << BITS * digits


def sparse(bound: int, r: random.Random) -> int:
    """A few single bits."""
    return sum({1 << r.randrange(bound.bit_length()) for _ in range(3)}) % bound


def dense(bound: int, r: random.Random) -> int:
    """All digits 2^52 - 1 but the top ones, less a few single bits."""
    full = (1 << bound.bit_length() - 1) - 1
    return full - sum({1 << r.randrange(bound.bit_length() - 1) for _ in range(r.randrange(3))}) % (full + 1)


def holes(bound: int, r: random.Random) -> int:
    """Digits that are 0 or 2^52 - 1."""
    return sum(r.choice((0, MASK)) << at for at in range(0, bound.bit_length(), BITS)) % bound


def key_sized(bits: int, r: random.Random) -> int:
    return r.getrandbits(bits) | 1 << bits - 1 | 1


# Odd moduli of D digits, up to R / 2^16; the function gets R / 2^16.
MODULI: dict[str, Make] = {
    "random": lambda top, r: r.randrange(top // 2, top) | 1,
    "of a key's length": lambda top, r: key_sized(512 * ((top.bit_length() - 1) // 512), r),
    "greatest": lambda top, _: top - 1,
    "sparse": lambda top, r: top >> 1 | sparse(top >> 1, r) | 1,
    "dense": lambda top, r: dense(top, r) | 1,
    "low digit 1": lambda top, r: r.randrange(top) >> BITS << BITS | 1,
    "low digit all ones": lambda top, r: r.randrange(top) | MASK,
    "tiny": lambda _, r: r.choice((1, 3, 5, MASK)),
}

# Residues: numbers below 8m; the function gets m.
RESIDUES: dict[str, Make] = {
    "0": lambda m, _: 0,
    "1": lambda m, _: 1 % (8 * m),
    "m - 1": lambda m, _: m - 1,
    "m": lambda m, _: m,
    "m + 1": lambda m, _: m + 1,
    "2m - 1": lambda m, _: 2 * m - 1,
    "greatest": lambda m, _: 8 * m - 1,
    "random, below m": lambda m, r: r.randrange(m),
    "random": lambda m, r: r.randrange(8 * m),
    "sparse": lambda m, r: sparse(8 * m, r),
    "dense": lambda m, r: dense(8 * m, r),
    "holes": lambda m, r: holes(8 * m, r),
}


def below(limit: int, classes: dict[str, Make] = RESIDUES) -> dict[str, Make]:
    """The same classes, but below ``limit`` times m."""
    return {name: (lambda m, r, make=make: make(m, r) % (limit * m)) for name, make in classes.items()}


def lanes_of(
    combinations: Iterable[tuple[str, ...]], r: random.Random, usual: tuple[str, ...]
) -> Iterator[list[tuple[str, ...]]]:
    """Eight combinations of classes at a time: mixed, then one in each lane in turn beside the usual one."""
    pool = list(combinations)
    r.shuffle(pool)
    pool += pool[: -len(pool) % LANES]
    for start in range(0, len(pool), LANES):
        yield pool[start : start + LANES]
    for lane, rare in enumerate(islice(pool, LANES)):
        yield [rare if other == lane else usual for other in range(LANES)]


def vector(numbers: Sequence[int], digits: int, garbage: random.Random | None = None) -> bytes:
    """Eight numbers as a vector of digits, lane 0 first; with ``garbage``, anything above bit 52 of each word."""
    assert all(0 <= number < radix(digits) for number in numbers)
    words = [number >> BITS * i & MASK for i in range(digits) for number in numbers]
    if garbage is not None:
        words = [word | garbage.getrandbits(12) << BITS for word in words]
    return struct.pack(f"<{len(words)}Q", *words)


def words_vector(numbers: Sequence[int], words: int) -> bytes:
    """Eight numbers in words of 64 bits, as exponents are given."""
    return b"".join(struct.pack("<8Q", *(number >> 64 * i & (1 << 64) - 1 for number in numbers)) for i in range(words))


def numbers(line: str, normal: bool = False) -> list[int]:
    """The eight numbers of a vector in hexadecimal; ``normal``: words of more than 52 bits are an error."""
    words = [word for (word,) in struct.iter_unpack("<Q", bytes.fromhex(line))]
    assert not normal or max(words) <= MASK
    return [sum((word & MASK) << BITS * i for i, word in enumerate(words[lane::LANES])) for lane in range(LANES)]


def words_of(number: int, digits: int) -> bytes:
    """One number as words of a digit each."""
    assert 0 <= number < radix(digits)
    return struct.pack(f"<{digits}Q", *(number >> BITS * i & MASK for i in range(digits)))


def number_of(text: str) -> int:
    """The number of such words in hexadecimal; words of more than 52 bits are an error."""
    words = [word for (word,) in struct.iter_unpack("<Q", bytes.fromhex(text))]
    assert max(words) <= MASK
    return sum(word << BITS * i for i, word in enumerate(words))


def inverse(moduli: Sequence[int]) -> bytes:
    """-m^-1 mod 2^52 in each lane."""
    return vector([-pow(m, -1, 1 << BITS) % (1 << BITS) for m in moduli], 1)
