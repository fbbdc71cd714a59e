"""What is known of a mutant, and the list of all.

A mutant is a subclass of ``Right`` under the decorator ``mutant``. Its class name, in kebab case, is its name; its
docstring tells the mistake.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from conformance.model import OPS
from conformance.mutants.right import OPS_OF_STAGE, Right

Kind = Literal["verifier", "signer", "builder", "message", "minify", "load_key", "protocol"]
Broken = TypeVar("Broken", bound=type[Right])


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken implementation.

    ``known`` tells where the mistake was met, ``suites`` which claim to catch it. ``crashes``: it is meant to break
    rather than to answer wrongly. ``blunt``: it is wrong so widely that being caught by a case says nothing for the
    case. ``twin_of``: another mutant that the same cases catch, and why both stay. ``derived``: made by dropping or
    swapping a step of the right implementation, not by hand.
    """

    name: str
    kind: Kind
    mistake: str
    known: str
    suites: tuple[str, ...]
    target: type[Right]
    crashes: bool = False
    blunt: bool = False
    twin_of: tuple[str, str] | None = None
    derived: bool = False

    @property
    def ops(self) -> frozenset[str]:
        """The ops that can be answered otherwise than by ``Right``."""
        return touched(self.target)


def touched(target: type[Right]) -> frozenset[str]:
    """The ops whose answers pass through a stage that ``target`` replaces."""
    stages = [stage for stage in OPS_OF_STAGE if getattr(target, stage) is not getattr(Right, stage)]
    return frozenset(op for stage in stages for op in OPS_OF_STAGE[stage])


class Registry:
    """Mutants by name, in the order of their making."""

    def __init__(self) -> None:
        self._mutants: dict[str, Mutant] = {}

    def __iter__(self) -> Iterator[Mutant]:
        return iter(self._mutants.values())

    def add(self, mutant: Mutant) -> None:
        """Raises ValueError for a name that stands twice and for a mutant that changes nothing."""
        if mutant.name in self._mutants:
            raise ValueError(f"two mutants are named {mutant.name}: rename one")
        if not mutant.ops & set(OPS):
            raise ValueError(f"the mutant {mutant.name} replaces no stage of Right")
        self._mutants[mutant.name] = mutant


HAND_MADE = Registry()


def mutant(
    kind: Kind,
    known: str,
    *suites: str,
    crashes: bool = False,
    blunt: bool = False,
    twin_of: tuple[str, str] | None = None,
) -> Callable[[Broken], Broken]:
    """Registers a class: where its mistake is known from, and the suites that claim to catch it."""

    def register(target: Broken) -> Broken:
        name = re.sub(r"(?<!^)(?=[A-Z]|(?<=[a-z])[0-9])", "-", target.__name__).lower()
        mistake = " ".join(inspect.getdoc(target).split()) if target.__doc__ else ""  # type: ignore[union-attr]
        HAND_MADE.add(Mutant(name, kind, mistake, known, suites, target, crashes, blunt, twin_of))
        return target

    return register
