"""Blinding factors are what they should be, never the same twice, and not a parent's in its child: by Python's int."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.kernel_programs import ask, kernel
from tests.key_texts import private, raw
from tests.lane_numbers import number_of, radix
from tests.lane_numbers import numbers as lanes_of
from tests.rsa_oracle import IntKey, int_key

REFRESH = 512  # uses of a factor before it is made anew: blinding.c

Take = tuple[list[int], list[int]]  # blind and unblind, a number each lane, out of Montgomery form


def asked(oracle: IntKey, digits: int, op: str, argument: bytes) -> list[Take]:
    """The driver's answer: factors, out of Montgomery form."""
    program = kernel("blinding_driver", "ifma, sanitized")
    lines = ask(program, [(op, [raw(private(oracle)), argument])])
    unit = pow(radix(digits), -1, oracle.n)
    columns = [[number * unit % oracle.n for number in numbers_of(text, digits)] for text in lines[0].split()]
    return list(zip(columns[::2], columns[1::2], strict=True))


def numbers_of(text: str, digits: int) -> list[int]:
    """Those of a vector, or one by itself."""
    return lanes_of(text) if len(text) > 16 * digits else [number_of(text)]


def takes(oracle: IntKey, digits: int, count: int) -> tuple[list[Take], list[Take], list[Take]]:
    """Factors of the parent, of its child, and of the parent again, ``count`` of each."""
    found = asked(oracle, digits, "b", count.to_bytes(2))
    return found[:count], found[count : 2 * count], found[2 * count :]


@pytest.mark.parametrize(("bits", "digits", "count"), [(2048, 40, 260), (3072, 60, 2), (4096, 80, 2)])
def test_factors_fit_and_are_never_met_twice(bits: int, digits: int, count: int) -> None:
    oracle = int_key(bits)
    parent, child, again = takes(oracle, digits, count)
    everything = [*parent, *child, *again]
    assert len(everything) == 3 * count
    for blinds, unblinds in everything[:: max(1, count // 8)]:
        for blind, unblind in zip(blinds, unblinds, strict=True):
            assert blind * pow(unblind, oracle.e, oracle.n) % oracle.n == 1
    for column in (0, 1):
        assert len({factor for take in everything for factor in take[column]}) == 8 * len(everything)

    def goes_on(before: Take, after: Take) -> bool:
        return after[1] == [factor * factor % oracle.n for factor in before[1]]

    made_anew = [number for number, pair in enumerate(pairwise(parent + again), 1) if not goes_on(*pair)]
    assert made_anew == list(range(REFRESH, 2 * count, REFRESH))
    assert not goes_on(parent[-1], child[0])


def test_messages_alone_and_in_groups_share_no_factor() -> None:
    """Alone, messages take the lanes in turn; a group takes none that one of them has had."""
    oracle = int_key(2048)
    steps = b"oooaaooooooooaoooooooooooooooooaa" + b"o" * 100
    found = asked(oracle, 40, "m", steps)
    assert [len(blinds) for blinds, _ in found] == [8 if step == ord("a") else 1 for step in steps]
    pairs = [pair for take in found for pair in zip(*take, strict=True)]
    assert all(blind * pow(unblind, oracle.e, oracle.n) % oracle.n == 1 for blind, unblind in pairs)
    for column in zip(*pairs, strict=True):
        assert len(set(column)) == len(pairs)
