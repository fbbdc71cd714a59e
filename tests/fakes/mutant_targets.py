"""Mutants of ``conformance.mutants`` as targets of their own: ``python:tests.fakes.mutant_targets:NAME``, - as _."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.corpus import load
from conformance.model import Key
from conformance.mutants import Keyring, Right, all_mutants
from conformance.reference import Reference

_SHIPPED = load().keys


class _Target:
    def __init__(self, name: str, mutant: type[Right]) -> None:
        self._name = name
        self._mutant = mutant
        self._keys: list[Key] = []
        self._made: Right | None = None

    def hello(self) -> dict[str, Any]:
        answer = Reference().hello()
        answer["implementation"]["name"] = self._name
        return answer

    def key(self, name: str, private_pem: str | None, public_pem: str) -> None:
        self._keys.append(_SHIPPED[name])
        self._made = None

    def __getattr__(self, op: str) -> Any:
        if self._made is None:
            self._made = self._mutant(Keyring(self._keys))
        return getattr(self._made, op)


def __getattr__(name: str) -> Callable[[], _Target]:
    for mutant in all_mutants():
        if mutant.name == name.replace("_", "-"):
            return lambda: _Target(mutant.name, mutant.target)
    raise AttributeError(name)
