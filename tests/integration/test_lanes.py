"""The eight-lane kernel's functions one by one, against Python's int: value mod m, and the bound that is documented.

Built with AVX-512 IFMA and as portable C, each also under AddressSanitizer and UndefinedBehaviorSanitizer. Operands are
drawn by classes (tests/lane_numbers.py), mixed over the lanes, and each in every lane in turn.
"""

from __future__ import annotations

import hashlib
import math
import random
import struct
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import pytest

from tests.c_programs import Record
from tests.kernel_programs import ask, kernel
from tests.lane_numbers import (
    BITS,
    LANES,
    MODULI,
    RESIDUES,
    SIZES,
    Make,
    below,
    inverse,
    lanes_of,
    numbers,
    radix,
    vector,
    words_of,
    words_vector,
)

NONE, FIRST, SECOND = b"\0", b"\1", b"\2"  # the operand that the result overwrites
CHOICES = 32


@pytest.fixture(scope="module")
def driver(variant: str) -> Path:
    return kernel("lanes_driver", variant)


class Drawn:
    """Eight moduli of D digits and, for each, operands of the classes asked for."""

    def __init__(self, digits: int, classes: list[tuple[str, ...]], kinds: dict[str, Make], r: random.Random) -> None:
        top = radix(digits) >> 16
        self.digits = digits
        self.moduli = [MODULI[kind](top, r) for kind, *_ in classes]
        self.operands = [
            [kinds[kind](m, r) for m, kind in zip(self.moduli, column, strict=True)]
            for column in zip(*(row[1:] for row in classes), strict=True)
        ]

    def head(self, overwritten: bytes = NONE) -> list[bytes]:
        return [vector(self.moduli, self.digits), inverse(self.moduli), overwritten]


def draw(digits: int, operands: int, variant: str, kinds: dict[str, Make] = RESIDUES) -> Iterable[Drawn]:
    """All combinations of classes; a part of them for the slow variants."""
    r = random.Random(f"{digits} {operands} {variant}")  # noqa: S311 - the same input each time
    combinations = list(product(MODULI, *[kinds] * operands))
    if variant != "ifma":
        combinations = r.sample(combinations, min(len(combinations), 256 * 20 // digits))
    usual = ("of a key's length", *["random, below m"] * operands)
    for classes in lanes_of(combinations, r, usual):
        yield Drawn(digits, classes, kinds, r)


def check_reduced(results: list[int], values: list[int], drawn: Drawn) -> None:
    """Each result is value / R mod m, and below m + value / R as the reduction's banner derives."""
    R = radix(drawn.digits)  # noqa: N806 - the field's name
    for lane, (result, value, m) in enumerate(zip(results, values, drawn.moduli, strict=True)):
        assert (result * R - value) % m == 0, lane
        assert result * R < m * R + value or result == value == 0, lane


@pytest.mark.parametrize(
    ("op", "digits"), [*(("*", digits) for digits in SIZES), ("M", 20)], ids=lambda value: str(value)
)
def test_products(driver: Path, variant: str, op: str, digits: int) -> None:
    garbage = random.Random(1)  # noqa: S311 - the same input each time
    records: list[Record] = []
    cases = []
    for number, drawn in enumerate(draw(digits, 2, variant)):
        a, b = drawn.operands
        overwritten = (NONE, FIRST, SECOND)[number % 3]
        fields = [vector(a, digits, garbage), vector(b, digits, garbage)]
        records.append((op, [*drawn.head(overwritten), *fields]))
        cases.append((drawn, [x * y for x, y in zip(a, b, strict=True)]))
    for line, (drawn, values) in zip(ask(driver, records), cases, strict=True):
        check_reduced(numbers(line), values, drawn)
        assert all(1000 * got <= 1001 * m for got, m in zip(numbers(line), drawn.moduli, strict=True))


@pytest.mark.parametrize("digits", SIZES)
def test_squares(driver: Path, variant: str, digits: int) -> None:
    garbage = random.Random(2)  # noqa: S311 - the same input each time
    drawn = list(draw(digits, 1, variant))
    records: list[Record] = [
        ("2", [*d.head((NONE, FIRST)[i % 2]), vector(d.operands[0], digits, garbage)]) for i, d in enumerate(drawn)
    ]
    for line, d in zip(ask(driver, records), drawn, strict=True):
        check_reduced(numbers(line), [a * a for a in d.operands[0]], d)
        assert all(1000 * got <= 1001 * m for got, m in zip(numbers(line), d.moduli, strict=True))


def test_windows_of_20_digits(driver: Path, variant: str) -> None:
    """Five squares and a product."""
    garbage = random.Random(3)  # noqa: S311 - the same input each time
    drawn = list(draw(20, 2, variant))
    records: list[Record] = [("w", [*d.head(), *(vector(one, 20, garbage) for one in d.operands)]) for d in drawn]
    R = radix(20)  # noqa: N806 - the field's name
    for line, d in zip(ask(driver, records), drawn, strict=True):
        for lane, (got, x, c, m) in enumerate(zip(numbers(line), *d.operands, d.moduli, strict=True)):
            assert (got * R**32 - x**32 * c) % m == 0, lane
            assert 1000 * got <= 1001 * m, lane


@pytest.mark.parametrize("digits", [20, 30, 40])
def test_choices(driver: Path, variant: str, digits: int) -> None:
    """Every entry in every lane and in every place of the eight that are chosen at once, from bits anywhere."""
    r = random.Random(f"{digits} {variant}")  # noqa: S311 - the same input each time
    words = 4
    records: list[Record] = []
    cases = []
    for number in range(CHOICES + 8):
        entries = [r.randbytes(64 * digits) for _ in range(CHOICES)]
        bit = 40 * number % 248 if number < CHOICES else r.randrange(64 * words)
        exponents = []
        for lane in range(LANES):
            places = [(number + 3 * lane + 5 * place) % CHOICES for place in range(LANES)]
            wanted = sum(index << 5 * (LANES - 1 - place) for place, index in enumerate(places))
            others = r.getrandbits(64 * words) & ~((1 << 40) - 1 << bit)
            exponents.append((others | wanted << bit) % (1 << 64 * words))
        records.append(("?", [b"".join(entries), words_vector(exponents, words), struct.pack("<H", bit)]))
        cases.append((entries, [one >> bit for one in exponents]))
    for line, (entries, shifted) in zip(ask(driver, records), cases, strict=True):
        chosen = [bytes.fromhex(one) for one in line.split()]
        for place, got in enumerate(chosen):
            lanes = [entries[one >> 5 * (LANES - 1 - place) & CHOICES - 1] for one in shifted]
            assert got == b"".join(lanes[i // 8 % LANES][i : i + 8] for i in range(0, 64 * digits, 8))
        assert len(chosen) == LANES


@pytest.mark.parametrize("digits", SIZES)
def test_long_numbers_enter(driver: Path, variant: str, digits: int) -> None:
    garbage = random.Random(4)  # noqa: S311 - the same input each time
    limit = radix(digits) >> 8  # times m
    kinds = {name: RESIDUES[name] for name in ("0", "1", "m", "random, below m")}
    kinds |= {
        "greatest": lambda m, _: limit * m - 1,
        "random": lambda m, r: r.randrange(limit * m),
        "dense": lambda m, r: (
            ((1 << (limit * m).bit_length() - 1) - 1) ^ 1 << r.randrange((m * limit).bit_length() - 1)
        ),
    }
    drawn = list(draw(digits, 1, variant, kinds))
    records: list[Record] = [("/", [*d.head(), vector(d.operands[0], 2 * digits, garbage)]) for d in drawn]
    for line, d in zip(ask(driver, records), drawn, strict=True):
        check_reduced(numbers(line), d.operands[0], d)


@pytest.mark.parametrize("digits", SIZES)
def test_numbers_leave(driver: Path, variant: str, digits: int) -> None:
    garbage = random.Random(5)  # noqa: S311 - the same input each time
    drawn = list(draw(digits, 1, variant))
    records: list[Record] = [
        ("1", [*d.head((NONE, FIRST)[i % 2]), vector(d.operands[0], digits, garbage)]) for i, d in enumerate(drawn)
    ]
    for line, d in zip(ask(driver, records), drawn, strict=True):
        check_reduced(numbers(line), d.operands[0], d)
        assert all(got <= m for got, m in zip(numbers(line), d.moduli, strict=True))


@pytest.mark.parametrize("digits", SIZES)
def test_differences(driver: Path, variant: str, digits: int) -> None:
    garbage = random.Random(6)  # noqa: S311 - the same input each time
    records: list[Record] = []
    expected = []
    for number, d in enumerate(draw(digits, 2, variant)):
        a, b = d.operands[0], [min(y, 2 * m) for y, m in zip(d.operands[1], d.moduli, strict=True)]
        fields = [vector(a, digits, garbage), vector(b, digits, garbage)]
        records.append(("-", [*d.head((NONE, FIRST, SECOND)[number % 3]), *fields]))
        expected.append([x - y + 2 * m for x, y, m in zip(a, b, d.moduli, strict=True)])
    assert [numbers(line, normal=True) for line in ask(driver, records)] == expected


@pytest.mark.parametrize(
    ("op", "limit", "right"),
    [("d", 1, lambda a, m: 2 * a % m), ("c", 2, lambda a, m: a % m)],
    ids=["double", "canonical"],
)
@pytest.mark.parametrize("digits", SIZES)
def test_full_reduction(
    driver: Path, variant: str, digits: int, op: str, limit: int, right: Callable[[int, int], int]
) -> None:
    garbage = random.Random(7) if op == "c" else None  # noqa: S311 - the same input each time
    drawn = list(draw(digits, 1, variant, below(limit)))
    records: list[Record] = [(op, [*d.head(), vector(d.operands[0], digits, garbage)]) for d in drawn]
    expected = [[right(a, m) for a, m in zip(d.operands[0], d.moduli, strict=True)] for d in drawn]
    assert [numbers(line, normal=True) for line in ask(driver, records)] == expected


@pytest.mark.parametrize("digits", SIZES)
def test_full_products(driver: Path, variant: str, digits: int) -> None:
    r = random.Random(8)  # noqa: S311 - the same input each time
    top = radix(digits) - 1
    kinds = {"0": 0, "1": 1, "greatest": top, "top bit": top + 1 >> 1, "low half": (1 << BITS * digits // 2) - 1}
    kinds |= {f"random {i}": r.randrange(top) for i in range(3)}
    records: list[Record] = []
    expected = []
    for classes in lanes_of(product(kinds, kinds, kinds), r, ("random 0", "random 1", "random 2")):
        a, b, c = ([kinds[kind] for kind in column] for column in zip(*classes, strict=True))
        records.append(("+", [vector(column, digits, r) for column in (a, b, c)]))
        expected.append([x * y + z for x, y, z in zip(a, b, c, strict=True)])
        if variant != "ifma" and len(records) == 24:
            break
    assert [numbers(line) for line in ask(driver, records)] == expected


@pytest.mark.parametrize("digits", [20, 30, 40])
def test_secret_exponents(driver: Path, variant: str, digits: int) -> None:
    """x^exponent in Montgomery form; and each result is below the bound of a product."""
    r = random.Random(f"{digits} {variant}")  # noqa: S311 - the same input each time
    R, top = radix(digits), radix(digits) >> 16  # noqa: N806 - the field's name
    short, long = 2, (BITS * digits - 1) // 64
    exponents: dict[str, Callable[[int], int]] = {
        "0": lambda bits: 0,
        "1": lambda bits: 1,
        "all ones": lambda bits: (1 << bits) - 1,
        "top bit": lambda bits: 1 << bits - 1,
        "every window": lambda bits: sum(window << 5 * window for window in range(32)) % (1 << bits),
        "random": r.getrandbits,
    }
    records: list[Record] = []
    cases = []
    for words in [short] * (40 if variant == "ifma" else 6) + [long] * (4 if variant == "ifma" else 1):
        moduli = [MODULI[r.choice(list(MODULI))](top, r) for _ in range(LANES)]
        bases = [RESIDUES[r.choice(list(RESIDUES))](m, r) for m in moduli]
        powers = [exponents[r.choice(list(exponents))](64 * words) for _ in range(LANES)]
        fields = [vector(moduli, digits), inverse(moduli), NONE, vector(bases, digits, r)]
        records.append(("^", [*fields, vector([R % m for m in moduli], digits, r), words_vector(powers, words)]))
        cases.append((moduli, bases, powers))
    for line, (moduli, bases, powers) in zip(ask(driver, records), cases, strict=True):
        for lane, got in enumerate(numbers(line)):
            m = moduli[lane]
            assert (got - pow(bases[lane] * pow(R, -1, m), powers[lane], m) * R) % m == 0, lane
            assert 1000 * got <= 1001 * m, lane


@pytest.mark.parametrize("digits", SIZES)
def test_public_exponent(driver: Path, variant: str, digits: int) -> None:
    """x^65537 / R^65536, which is x^65537 in Montgomery form."""
    garbage = random.Random(12)  # noqa: S311 - the same input each time
    drawn = list(draw(digits, 1, variant))[: None if variant == "ifma" else 8]
    R = radix(digits)  # noqa: N806 - the field's name
    records: list[Record] = [("4", [*d.head(), vector(d.operands[0], digits, garbage)]) for d in drawn]
    for line, d in zip(ask(driver, records), drawn, strict=True):
        for lane, (got, x, m) in enumerate(zip(numbers(line), d.operands[0], d.moduli, strict=True)):
            assert (got * pow(R, 65536, m) - pow(x, 65537, m)) % m == 0, lane
            assert 1000 * got <= 1001 * m, lane


@pytest.mark.parametrize("digits", [40, 60, 80])
def test_sums_of_products(driver: Path, variant: str, digits: int) -> None:
    """(a b + x y + c) / R for x of five digits: the last product of a verification, less the encoded message."""
    r = random.Random(13)  # noqa: S311 - the same input each time
    short = 5
    kinds = (0, 1, (1 << BITS * short) - 1, r.getrandbits(256), r.getrandbits(BITS * short))
    records: list[Record] = []
    cases = []
    for number, d in enumerate(draw(digits, 2, variant)):
        x = [r.choice(kinds) for _ in range(LANES)]
        y, c = ([r.choice((0, 1, m - 1, r.randrange(m))) for m in d.moduli] for _ in range(2))
        fields = [vector(column, digits, r) for column in d.operands]
        fields += [vector(x, short, r), vector(y, digits, r), vector(c, digits)]
        records.append(("s", [*d.head((NONE, FIRST, SECOND)[number % 3]), *fields]))
        cases.append((d, [a * b + p * q + s for a, b, p, q, s in zip(*d.operands, x, y, c, strict=True)]))
    for line, (d, values) in zip(ask(driver, records), cases, strict=True):
        check_reduced(numbers(line), values, d)
        assert all(1000 * got <= 1001 * m for got, m in zip(numbers(line), d.moduli, strict=True))


@pytest.mark.parametrize("digits", SIZES)
def test_equality_is_told_lane_by_lane(driver: Path, digits: int) -> None:
    r = random.Random(9)  # noqa: S311 - the same input each time
    records: list[Record] = []
    expected = []
    for place in [0, BITS - 1, BITS, BITS * digits - 1, *(r.randrange(BITS * digits) for _ in range(12))]:
        a = [r.randrange(radix(digits)) for _ in range(LANES)]
        unequal = [r.random() < 0.5 for _ in range(LANES)]
        b = [x ^ 1 << place if other else x for x, other in zip(a, unequal, strict=True)]
        records.append(("=", [vector(a, digits, r), vector(b, digits, r)]))
        expected.append(unequal)
    assert [[word != 0 for word in numbers(line)] for line in ask(driver, records)] == expected


def test_bytes_become_digits_and_digits_bytes(driver: Path) -> None:
    r = random.Random(10)  # noqa: S311 - the same input each time
    records: list[Record] = []
    expected = []
    for digits, size in [(20, 128), (20, 130), (30, 192), (40, 256), (60, 384), (80, 512), (80, 520), (1, 6), (2, 13)]:
        for number in (0, 1, (1 << 8 * size) - 1, 1 << 8 * size - 1, *(r.getrandbits(8 * size) for _ in range(5))):
            words = words_of(number, digits)
            records += [("D", [bytes([digits]), number.to_bytes(size)]), ("B", [words, b"?" * size])]
            expected += [words.hex(), number.to_bytes(size).hex()]
    records.append(("B", [struct.pack("<20Q", 5, *[0] * 19), b"?" * 128]))  # the top bytes are written too
    expected.append((5).to_bytes(128).hex())
    assert ask(driver, records) == expected


@pytest.mark.parametrize(("digits", "size"), [(10, 32), (20, 128), (40, 256), (60, 384), (80, 512)])
def test_bytes_go_into_their_own_lane(driver: Path, digits: int, size: int) -> None:
    r = random.Random(size)  # noqa: S311 - the same input each time
    records: list[Record] = []
    expected = []
    for lane in range(LANES):
        for number in (0, (1 << 8 * size) - 1, 1 << 8 * size - 1, r.getrandbits(8 * size)):
            lanes = [number if other == lane else r.getrandbits(8 * size) for other in range(LANES)]
            records.append(("b", [bytes([digits]), *(x.to_bytes(size) for x in lanes)]))
            expected.append(lanes)
    assert [numbers(line, normal=True) for line in ask(driver, records)] == expected


@pytest.mark.parametrize("lane", range(LANES))
def test_a_number_goes_into_its_own_lane(driver: Path, lane: int) -> None:
    r = random.Random(lane)  # noqa: S311 - the same input each time
    digits = 20
    before = [r.randrange(radix(digits)) for _ in range(LANES)]
    number = r.randrange(radix(digits))
    words = vector([number] * LANES, digits)[: 8 * digits * LANES : 1]
    column = b"".join(words[64 * i : 64 * i + 8] for i in range(digits))
    dirty = b"".join(struct.pack("<Q", w | r.getrandbits(12) << BITS) for (w,) in struct.iter_unpack("<Q", column))
    (line,) = ask(driver, [("i", [vector(before, digits), bytes([lane]), dirty])])
    put, got, filled = line.split(" ")
    assert numbers(put) == [number if other == lane else x for other, x in enumerate(before)]
    assert got == column.hex()
    assert numbers(filled) == [number] * LANES


def test_the_classes_are_what_they_say() -> None:
    """The operands' own bounds: without these the tests above would prove nothing."""
    r = random.Random(11)  # noqa: S311 - the same input each time
    for digits in SIZES:
        top = radix(digits) >> 16
        for name, make in MODULI.items():
            m = make(top, r)
            assert 0 < m <= top, name
            assert math.gcd(m, 2) == 1, name
            assert all(0 <= residue(m, r) < 8 * m for residue in RESIDUES.values()), name


def lengths(r: random.Random) -> Iterable[list[int]]:
    """How long the messages of a call are: about the ends of blocks, all alike, all different, one much longer."""
    edges = [0, 1, 54, 55, 56, 57, 63, 64, 65, 118, 119, 120, 127, 128, 129]
    yield from ([length] for length in edges)
    yield from ([length] * 16 for length in edges)
    yield []
    yield edges * 3
    yield [64] * 33 + [9000]
    yield list(range(200))
    yield from ([r.choice([r.randrange(70), r.randrange(1500)]) for _ in range(count)] for count in range(1, 41))


@pytest.mark.parametrize("op", ["h", "H"])
def test_hashes(driver: Path, op: str) -> None:
    r = random.Random(17)  # noqa: S311 - the same input each time
    batches = [[r.randbytes(length) for length in some] for some in lengths(r)]
    expected = ["".join(hashlib.sha256(message).hexdigest() for message in batch) for batch in batches]
    assert ask(driver, [(op, batch) for batch in batches]) == expected
