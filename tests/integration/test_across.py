"""Numbers that lie across the lanes, function by function, against Python's int: value mod m, and the stated bound.

Built like the eight-lane kernel (test_lanes.py), with operands of the same classes; and with numbers whose carries run
from lane to lane, which no class would meet by chance.
"""

from __future__ import annotations

import random
import struct
from itertools import islice, product
from pathlib import Path

import pytest

from tests.c_programs import Record
from tests.kernel_programs import ask, kernel
from tests.lane_numbers import BITS, MASK, MODULI, RESIDUES, number_of, radix, words_of

SIZES = [(1, 40), (1, 60), (1, 80), (2, 20), (2, 30), (2, 40)]  # how many numbers, and of how many digits
HALVES = [digits for numbers, digits in SIZES if numbers == 2]
WINDOW = 32


@pytest.fixture(scope="module")
def driver(variant: str) -> Path:
    return kernel("across_driver", variant)


def results(driver: Path, records: list[Record]) -> list[list[int]]:
    return [[number_of(text) for text in line.split()] for line in ask(driver, records)]


def seeded(*what: object) -> random.Random:
    return random.Random(repr(what))  # noqa: S311 - the same input each time


Case = tuple[int, int, int]  # m, a, b


def products(numbers: int, digits: int, variant: str) -> list[tuple[Case, ...]]:
    """All classes of modulus and operands, and operands of any size below R beside one below m."""
    r = seeded("products", numbers, digits, variant)
    top = radix(digits) >> 16
    cases: list[Case] = []
    for modulus, first, second in product(MODULI, RESIDUES, RESIDUES):
        m = MODULI[modulus](top, r)
        cases.append((m, RESIDUES[first](m, r), RESIDUES[second](m, r)))
    for make in MODULI.values():
        m = make(top, r)
        cases += [(m, a, b) for a in (radix(digits) - 1, r.randrange(radix(digits))) for b in (m - 1, r.randrange(m))]
    r.shuffle(cases)
    cases = cases if variant == "ifma" else cases[: 6400 // digits]
    return list(zip(*(cases[j::numbers] for j in range(numbers)), strict=False))


def carriers(numbers: int, digits: int) -> list[tuple[Case, ...]]:
    """
    Products by a power of 2^52 with tiny moduli, which leave the digits of the other operand as they are, plus 1: where
    the digits from the lowest are all ones the carry runs as far as they do. A lane has five digits or ten.
    """
    r = seeded("carriers", numbers, digits)
    lane = 5 * BITS if numbers * digits <= 40 else 10 * BITS
    top, lanes = radix(digits - 1), -(-digits * BITS // lane)
    cases: list[Case] = []
    for m in (1, 3, MASK):
        for first, count in product(range(lanes), range(1, lanes + 1)):
            if first + count > lanes:
                continue
            run = ((1 << count * lane) - 1) << first * lane
            from_below = run | (1 << first * lane) - 1
            for above in (0, 1):
                x = (from_below | above << (first + count) * lane) % top
                cases += [(m, x << BITS | low, top) for low in (0, 1, MASK)] + [(m, top, x << BITS | 1)]
            cases.append((m, (run | r.getrandbits(first * lane)) % top << BITS | 1, top))
    return list(zip(*(cases[j::numbers] for j in range(numbers)), strict=False))


@pytest.mark.parametrize(("numbers", "digits"), SIZES)
@pytest.mark.parametrize("which", ["classes", "carries"])
def test_products(driver: Path, variant: str, numbers: int, digits: int, which: str) -> None:
    groups = products(numbers, digits, variant) if which == "classes" else carriers(numbers, digits)
    records: list[Record] = []
    for overwritten, group in enumerate(groups):
        fields = [words_of(case[part], digits) for part in range(3) for case in group]
        records.append((str(numbers), [*fields, bytes([overwritten % 3])]))
    R = radix(digits)  # noqa: N806 - the field's name
    for got, group in zip(results(driver, records), groups, strict=True):
        for result, (m, a, b) in zip(got, group, strict=True):
            assert (result * R - a * b) % m == 0
            assert result * R < m * R + a * b or result == a * b == 0


def test_the_carriers_are_what_they_say() -> None:
    """Sums in which a carry passes lanes of ones, as many as there are before the top digit."""
    for numbers, digits, lane in ((1, 40, 5), (2, 20, 5), (1, 80, 10), (2, 40, 10), (2, 30, 10)):
        most = 0
        for _, a, b in (case for group in carriers(numbers, digits) for case in group):
            sums = a * b // radix(digits)
            ones = (sums ^ (sums + 1)).bit_length() - 1
            most = max(most, ones // (lane * BITS))
        assert most == (digits - 1) // lane


@pytest.mark.parametrize("size", [20, 30, 40, 60, 80])
def test_sums_and_differences_of_digits(driver: Path, size: int) -> None:
    r = seeded("digits", size)
    top = radix(size) >> 16
    records: list[Record] = []
    expected = []
    for modulus, first, second in islice(product(MODULI, RESIDUES, RESIDUES), 0, None, 3):
        m = MODULI[modulus](top, r)
        a, b = RESIDUES[first](m, r), RESIDUES[second](m, r)
        near = a if r.random() < 0.5 else a ^ 1 << r.randrange(BITS * size - 20)
        records += [
            ("+", [words_of(a, size), words_of(b, size)]),
            ("-", [words_of(a, size), words_of(min(b, 2 * m), size), words_of(m, size)]),
            ("c", [words_of(a % (2 * m), size), words_of(m, size)]),
        ]
        expected += [[a + b], [a - min(b, 2 * m) + 2 * m], [a % (2 * m) % m]]
        records.append(("=", [words_of(a, size), words_of(near, size)]))
        expected.append([a ^ near])
    for (op, _), got, wanted in zip(records, results(driver, records), expected, strict=True):
        if op == "=":
            assert (got != [0]) == (wanted != [0])
        else:
            assert got == wanted, op


def pairs_of_moduli(r: random.Random, count: int, digits: int) -> list[tuple[int, int]]:
    kinds = list(MODULI)
    top = radix(digits) >> 16
    return [(MODULI[r.choice(kinds)](top, r), MODULI[r.choice(kinds)](top, r)) for _ in range(count)]


@pytest.mark.parametrize("digits", HALVES)
def test_windows(driver: Path, variant: str, digits: int) -> None:
    """Five squares and a product with the entry that each number's index names: every entry, in every pair."""
    r = seeded("window", variant, digits)
    R = radix(digits)  # noqa: N806 - the field's name
    count = 4 * WINDOW if variant == "ifma" else WINDOW
    records: list[Record] = []
    cases = []
    for number, moduli in enumerate(pairs_of_moduli(r, count, digits)):
        x = [RESIDUES[r.choice(list(RESIDUES))](m, r) for m in moduli]
        table = [[RESIDUES[r.choice(list(RESIDUES))](m, r) for m in moduli] for _ in range(WINDOW)]
        index = (number % WINDOW, (5 * number + number // WINDOW) % WINDOW)
        entries = b"".join(words_of(one, digits) for entry in table for one in entry)
        fields = [words_of(one, digits) for one in (*moduli, *x)]
        records.append(("w", [*fields, entries, struct.pack("<2Q", *index)]))
        cases.append((moduli, x, [table[index[j]][j] for j in range(2)]))
    for got, (moduli, x, c) in zip(results(driver, records), cases, strict=True):
        for j, m in enumerate(moduli):
            assert (got[j] * R**32 - x[j] ** 32 * c[j]) % m == 0
            assert 1000 * got[j] <= 1001 * m


@pytest.mark.parametrize("digits", HALVES)
def test_secret_exponents(driver: Path, variant: str, digits: int) -> None:
    r = seeded("exponents", variant, digits)
    R = radix(digits)  # noqa: N806 - the field's name
    kinds = {
        "0": lambda bits: 0,
        "1": lambda bits: 1,
        "all ones": lambda bits: (1 << bits) - 1,
        "top bit": lambda bits: 1 << bits - 1,
        "every window": lambda bits: sum(window << 5 * window for window in range(32)) % (1 << bits),
        "random": r.getrandbits,
    }
    records: list[Record] = []
    cases = []
    for words in [1, 2, 3, digits * BITS // 64] * (8 if variant == "ifma" else 1):
        for moduli in pairs_of_moduli(r, 2, digits):
            x = [RESIDUES[r.choice(list(RESIDUES))](m, r) for m in moduli]
            exponents = [kinds[r.choice(list(kinds))](64 * words) for _ in range(2)]
            fields = [words_of(one, digits) for one in (*moduli, *x)]
            fields += [exponent.to_bytes(8 * words, "little") for exponent in exponents]
            fields += [words_of(R % m, digits) for m in moduli]
            records.append(("^", fields))
            cases.append((moduli, x, exponents))
    for got, (moduli, x, exponents) in zip(results(driver, records), cases, strict=True):
        for j, m in enumerate(moduli):
            assert (got[j] - pow(x[j] * pow(R, -1, m), exponents[j], m) * R) % m == 0
            assert 1000 * got[j] <= 1001 * m


@pytest.mark.parametrize("digits", [digits for numbers, digits in SIZES if numbers == 1])
def test_public_exponent(driver: Path, variant: str, digits: int) -> None:
    """x^65536 / R^65535: in Montgomery form, as x is."""
    r = seeded("public", variant, digits)
    R = radix(digits)  # noqa: N806 - the field's name
    cases = []
    for modulus, residue in product(MODULI, RESIDUES):
        m = MODULI[modulus](R >> 16, r)
        cases.append((m, RESIDUES[residue](m, r)))
    cases = cases if variant == "ifma" else r.sample(cases, 12)
    records: list[Record] = [("4", [words_of(m, digits), words_of(x, digits)]) for m, x in cases]
    for (got,), (m, x) in zip(results(driver, records), cases, strict=True):
        assert (got * pow(R, 65535, m) - pow(x, 65536, m)) % m == 0
        assert 1000 * got <= 1001 * m
