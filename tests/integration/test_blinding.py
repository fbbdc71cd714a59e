"""Blinding factors are what they should be, never the same twice, and not a parent's in its child: by Python's int."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.c_programs import CannotBuildError, answers, build
from tests.key_texts import private, raw
from tests.lane_numbers import numbers as lanes_of
from tests.lane_numbers import radix
from tests.rsa_oracle import IntKey, int_key

REFRESH = 512  # uses of a factor before it is made anew: blinding.c

Take = tuple[list[int], list[int]]  # blind and unblind, a number each lane, out of Montgomery form


def takes(oracle: IntKey, digits: int, count: int) -> tuple[list[Take], list[Take], list[Take]]:
    """Factors of the parent, of its child, and of the parent again, ``count`` of each."""
    try:
        program = build("blinding_driver", "ifma, sanitized")
    except CannotBuildError as lack:
        pytest.skip(str(lack))
    head, lines = answers(program, [("b", [raw(private(oracle)), count.to_bytes(2)])])
    if head == "lanes 0":
        pytest.skip("processor or system lack AVX-512 IFMA")
    unit = pow(radix(digits), -1, oracle.n)
    columns = [[number * unit % oracle.n for number in lanes_of(text)] for text in lines[0].split()]
    found = list(zip(columns[::2], columns[1::2], strict=True))
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
