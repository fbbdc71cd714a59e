"""Mutants against cases, in process: which cases catch which mutant.

Only the ops that a mutant touches are asked, for elsewhere it is ``Right``, which is put to every case as a control.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

import orjson

from conformance.judge import verdict
from conformance.model import OPS, Case, Corpus, Verdict
from conformance.mutants import Keyring, Mutant, Racing, Right, all_mutants, overtaken
from conformance.targets import Fault
from conformance.targets.inprocess import InProcess

BROKEN = (Verdict.CRASH, Verdict.ERROR, Verdict.PROTOCOL_ERROR)


@dataclass(frozen=True, slots=True)
class Kills:
    """What became of one mutant: the ids of the cases that caught it, and those it broke on though not meant to."""

    name: str
    asked: int
    cases: tuple[str, ...]
    broke: tuple[str, ...] = field(default=())


CONTROL = "right"


class Bench:
    """One process's corpus, keys and judgements."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.keys = Keyring(corpus.keys.values())
        self._usable = [case for case in corpus.cases if case.key is None or case.key in self.keys]
        self._commands = {case.id: {"cmd": "op", "id": "1", "op": case.op, **case.input} for case in self._usable}
        self._verdicts: dict[tuple[str, bytes], Verdict] = {}

    def control(self) -> Kills:
        """The right implementation against every case that can be asked."""
        return self._kills(CONTROL, Right, frozenset(OPS), crashes=True)

    def kills(self, mutant: Mutant) -> Kills:
        """The mutant against every case of the ops it touches."""
        return self._kills(mutant.name, mutant.target, mutant.ops, mutant.crashes)

    def _kills(self, name: str, target: type[Right], ops: frozenset[str], crashes: bool) -> Kills:
        cases = [case for case in self._usable if case.op in ops]
        caught, broke = [], []
        for case, found in zip(cases, self._verdicts_of(target, cases), strict=True):
            if found in BROKEN and not crashes:
                broke.append(case.id)
            elif found is not Verdict.PASS:
                caught.append(case.id)
        return Kills(name, len(cases), tuple(caught), tuple(broke))

    def _verdicts_of(self, target: type[Right], cases: Sequence[Case]) -> list[Verdict]:
        if issubclass(target, Racing):
            return [self._raced(target, case, cases[(at + 1) % len(cases)]) for at, case in enumerate(cases)]
        asked = InProcess(target(self.keys))
        return [self._judged(asked, case) for case in cases]

    def _raced(self, target: type[Racing], case: Case, other: Case) -> Verdict:
        """The verdict of ``case`` where ``other`` is asked while it is under way."""
        instance = target(self.keys)
        asked = InProcess(instance)
        return overtaken(instance, lambda: self._judged(asked, case), lambda: self._judged(asked, other))

    def _judged(self, asked: InProcess, case: Case) -> Verdict:
        try:
            answer = asked.ask(self._commands[case.id])
        except Fault as fault:
            return fault.verdict
        known = case.id, orjson.dumps(answer)  # most mutants answer most cases alike
        found = self._verdicts.get(known)
        if found is None:
            found = self._verdicts[known] = verdict(case, answer, self.corpus.keys)
        return found


OnDone = Callable[[Kills], Any]


def put_to_the_test(corpus: Corpus, mutants: Sequence[Mutant], jobs: int, on_done: OnDone) -> list[Kills]:
    """The control's kills, then each mutant's, in order. ``on_done`` is called as each is finished.

    With more than one job, each is a process of its own, and the mutants must be those of ``all_mutants``.
    """
    if jobs == 1:
        bench = Bench(corpus)
        found = []
        for work in (bench.control, *(_bound(bench, mutant) for mutant in mutants)):
            found.append(work())
            on_done(found[-1])
        return found
    names = [CONTROL, *(mutant.name for mutant in mutants)]
    context = multiprocessing.get_context("spawn")  # the kit's process may have threads, which a fork would cut off
    pool = ProcessPoolExecutor(jobs, context, _start_worker, (corpus,))
    done: dict[str, Kills] = {}
    try:
        futures = {pool.submit(_work, name): name for name in names}
        for future in as_completed(futures):
            kills = done[futures[future]] = future.result()
            on_done(kills)
    finally:
        pool.shutdown(cancel_futures=True)  # interrupted, what has not begun is left
    return [done[name] for name in names]


def _bound(bench: Bench, mutant: Mutant) -> Callable[[], Kills]:
    return lambda: bench.kills(mutant)


_BENCH: list[Bench] = []  # a worker's own, made once


def _start_worker(corpus: Corpus) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent takes it and ends the workers
    _BENCH.append(Bench(corpus))


def _work(name: str) -> Kills:
    (bench,) = _BENCH
    if name == CONTROL:
        return bench.control()
    return bench.kills(next(mutant for mutant in all_mutants() if mutant.name == name))
