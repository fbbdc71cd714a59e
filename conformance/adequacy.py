"""Is the corpus good enough? It is if no mutant gets past it, and if each case is there for a reason.

``run`` puts the mutants to the test and gives a ``Matrix``; ``faults`` says what it shows to be wrong: with a mutant
that lives or is barely caught, with two that nothing tells apart, with a case that catches nothing, with the tables.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance._adequacy_run import Kills, put_to_the_test
from conformance.model import Case, Corpus
from conformance.mutants import KEPT, Mutant, all_mutants

__all__ = ["ENOUGH", "Fault", "Kills", "Matrix", "expected_killers", "faults", "run"]

ENOUGH = 2  # cases that must catch a mutant


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that is broken. ``kind`` is one of ``control``, ``survivor``, ``barely``, ``suite``, ``broke``, ``twins``,
    ``twin-of``, ``useless``, ``kept``; ``subject`` a mutant's name, a case's id or a glob."""

    kind: str
    subject: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which cases catch which mutant. ``kills`` is by mutant's name; ``control`` is the right implementation's."""

    corpus: Corpus
    mutants: tuple[Mutant, ...]
    kills: Mapping[str, Kills]
    control: Kills
    seconds: float
    whole: bool

    def by_suite(self, name: str) -> Counter[str]:
        """The number of cases that catch a mutant, by suite."""
        suites = {case.id: case.suite for case in self.corpus.cases}
        return Counter(suites[case] for case in self.kills[name].cases)

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        """The mutants that no case catches."""
        return tuple(mutant for mutant in self.mutants if not self.kills[mutant.name].cases)

    @property
    def asked(self) -> int:
        """How often a mutant was asked a case."""
        return sum(kills.asked for kills in self.kills.values())


def run(
    corpus: Corpus,
    mutants: Sequence[Mutant] | None = None,
    jobs: int | None = None,
    on_done: Callable[[Kills], object] = lambda kills: None,
) -> Matrix:
    """Puts the mutants (None: all) to the corpus on ``jobs`` processes (None: one for each usable processor).

    Mutants that are not of ``all_mutants`` need ``jobs=1``. ``on_done`` is called with each mutant's kills.
    """
    chosen = all_mutants() if mutants is None else tuple(mutants)
    jobs = jobs or len(os.sched_getaffinity(0))
    start = time.monotonic()
    control, *rest = put_to_the_test(corpus, chosen, min(jobs, len(chosen) + 1), on_done)
    kills = {found.name: found for found in rest}
    return Matrix(corpus, chosen, kills, control, time.monotonic() - start, whole=mutants is None)


def faults(matrix: Matrix, kept: Mapping[str, str] = KEPT) -> list[Fault]:
    """All that is wrong. Rules about all mutants together are applied only where the matrix has all of them, or where
    it was made from others than the kit's own."""
    found = list(_of_control(matrix))
    for mutant in matrix.mutants:
        found += _of_mutant(matrix, mutant)
    if matrix.whole or not set(matrix.mutants) <= set(all_mutants()):
        found += [*_twins(matrix), *_cases(matrix, kept)]
    return found


def expected_killers(matrix: Matrix, mutant: Mutant) -> list[Case]:
    """The cases that should have caught a mutant: those of the suites that claim it, of the ops that it touches."""
    return [case for case in matrix.corpus.cases if case.suite in mutant.suites and case.op in mutant.ops]


def _of_control(matrix: Matrix) -> Iterator[Fault]:
    for case in (*matrix.control.cases, *matrix.control.broke):
        told = "the right implementation that mutants are made from fails this case: the case or the implementation is"
        yield Fault("control", case, f"{told} wrong")


def _of_mutant(matrix: Matrix, mutant: Mutant) -> Iterator[Fault]:
    kills = matrix.kills[mutant.name]
    if kills.broke:
        told = f"breaks on {_some(kills.broke)}, though it is meant to answer wrongly: mend the mutant"
        yield Fault("broke", mutant.name, told)
    if not kills.cases:
        yield Fault("survivor", mutant.name, f"no case catches it: {mutant.mistake}")
    elif len(kills.cases) < ENOUGH:
        yield Fault("barely", mutant.name, f"only {kills.cases[0]} catches it, {ENOUGH} cases must: {mutant.mistake}")
    by_suite = matrix.by_suite(mutant.name)
    known = {case.suite for case in matrix.corpus.cases}
    for suite in mutant.suites:
        if suite not in known:
            yield Fault("suite", mutant.name, f"is claimed by the suite {suite}, which there is not")
        elif kills.cases and not by_suite[suite]:
            yield Fault("suite", mutant.name, f"no case of {suite}, which claims it, catches it")


def _twins(matrix: Matrix) -> Iterator[Fault]:
    """Hand-made mutants alone: a derived one may well be the mistake that someone made by hand."""
    groups: dict[tuple[str, ...], list[Mutant]] = defaultdict(list)
    for mutant in matrix.mutants:
        if not mutant.derived and matrix.kills[mutant.name].cases:
            groups[matrix.kills[mutant.name].cases].append(mutant)
    for cases, group in groups.items():
        names = {mutant.name for mutant in group}
        silent = [mutant.name for mutant in group if mutant.twin_of is None]
        if len(silent) > 1:
            told = f"the same {len(cases)} cases catch {', '.join(silent)}: add a case that tells them apart, drop all"
            yield Fault("twins", silent[0], f"{told} but one, or say twin_of and why they stay")
        for mutant in group:
            if mutant.twin_of is not None and (mutant.twin_of[0] == mutant.name or mutant.twin_of[0] not in names):
                told = f"is said to be a twin of {mutant.twin_of[0]}, but other cases catch that: take twin_of away"
                yield Fault("twin-of", mutant.name, told)


def _cases(matrix: Matrix, kept: Mapping[str, str]) -> Iterator[Fault]:
    """A blunt mutant, which is wrong about everything, is no reason for a case to be there."""
    catching = {case for mutant in matrix.mutants if not mutant.blunt for case in matrix.kills[mutant.name].cases}
    idle = [case.id for case in matrix.corpus.cases if case.id not in catching]
    for case in idle:
        if not any(fnmatchcase(case, glob) for glob in kept):
            told = (
                "it catches no mutant: add the mistake that it is there for, or say in conformance/mutants/kept.py why"
            )
            yield Fault("useless", case, f"{told} it stays")
    for glob in kept:
        if not any(fnmatchcase(case, glob) for case in idle):
            yield Fault("kept", glob, "no idle case has such an id: take the entry out of conformance/mutants/kept.py")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
