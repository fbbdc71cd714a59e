"""Broken implementations that the corpus must catch: the mistakes of real code, each a few lines over a right one."""

from __future__ import annotations

from functools import cache

from conformance.mutants import (
    bodies,
    builders,
    clients,
    digest_infos,
    headers,
    keys,
    messages,
    minifiers,
    protocols,
    refusals,
    sendings,
    signers,
    urls,
    values,
    verifiers,
)
from conformance.mutants.derived import derived
from conformance.mutants.kept import KEPT
from conformance.mutants.keyring import Keyring
from conformance.mutants.meeting import Racing, overtaken
from conformance.mutants.registry import HAND_MADE, Kind, Mutant
from conformance.mutants.right import Right

__all__ = ["KEPT", "Keyring", "Kind", "Mutant", "Racing", "Right", "all_mutants", "overtaken"]

MODULES = (
    *(verifiers, digest_infos, headers, signers, messages, urls, bodies),
    *(builders, sendings, values, clients, minifiers, refusals, keys, protocols),
)


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant, the hand-made ones first; names are unique."""
    return (*HAND_MADE, *derived())
