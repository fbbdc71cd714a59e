"""The mutants themselves: named, explained, and right wherever they do not mean to be wrong."""

from __future__ import annotations

import re

import pytest

from conformance.corpus import load
from conformance.model import OPS
from conformance.mutants import Keyring, Mutant, Right, all_mutants
from conformance.mutants.keyring import DIGEST_INFO, digest, framed
from conformance.mutants.registry import Registry, touched

MUTANTS = all_mutants()


def test_there_are_enough_and_names_are_unique() -> None:
    hand_made = [mutant for mutant in MUTANTS if not mutant.derived]
    assert len(hand_made) >= 60
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_says_what_it_is(mutant: Mutant) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", mutant.name)
    assert mutant.mistake.endswith((".", "?"))
    assert mutant.known
    assert mutant.suites
    assert mutant.ops <= set(OPS)
    assert mutant.ops
    if mutant.twin_of:
        assert mutant.twin_of[0] in {other.name for other in MUTANTS}
        assert mutant.twin_of[1]


def test_a_replaced_stage_touches_the_ops_that_pass_through_it() -> None:
    class Encodes(Right):
        def encode(self, raw: bytes) -> str:
            return "x"

    assert touched(Encodes) == {"sign", "build"}
    assert touched(Right) == frozenset()


def test_a_mutant_that_replaces_nothing_is_refused_and_so_is_a_second_of_the_name() -> None:
    class Nothing(Right):
        """Nothing."""

    class Says(Right):
        """Something."""

        def encode(self, raw: bytes) -> str:
            return "x"

    registry = Registry()
    with pytest.raises(ValueError, match="replaces no stage"):
        registry.add(Mutant("nothing", "signer", "Nothing.", "made up", ("s",), Nothing))
    registry.add(Mutant("says", "signer", "Something.", "made up", ("s",), Says))
    with pytest.raises(ValueError, match="two mutants are named says"):
        registry.add(Mutant("says", "signer", "Something.", "made up", ("s",), Says))


def test_the_raw_operations_agree_with_the_library() -> None:
    for name, held in Keyring(load().keys.values()).items():
        if held.private is None:
            continue
        em = framed(DIGEST_INFO["sha256"] + digest(b"message"), held.k)
        assert held.sign_encoded(em) == held.sign(b"message"), name
        assert held.opened(held.sign(b"message")) == em
        assert held.holds(b"message", held.sign(b"message"))
        assert not held.holds(b"other", held.sign(b"message"))


def test_keys_that_the_library_refuses_are_told() -> None:
    from dataclasses import replace

    key = next(iter(load().keys.values()))
    ring = Keyring([key, replace(key, name="bad", public_pem="no key")])
    assert list(ring) == [key.name]
    assert list(ring.refused) == ["bad"]
