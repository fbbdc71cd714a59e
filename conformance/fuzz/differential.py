"""The hunt: questions from the strategies, put to all; a disagreement is shrunk, told and kept; then the hunt goes on.

Hypothesis runs in rounds. A round ends when it has found something new and shrunk it, or after ``ROUND`` examples: so
few that it does not come to vary what it has made, for most such variations ask again what was asked before. What is
known already is not raised, so it costs no shrinking. With the same seed, number of examples and corpus folder, targets
that answer alike are asked alike.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from time import monotonic

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import HypothesisException

from conformance.fuzz.asks import Ask
from conformance.fuzz.findings import Finding, FindingKey, judged
from conformance.fuzz.oracle import demand
from conformance.fuzz.panel import Member, Panel, PanelError
from conformance.fuzz.smaller import smaller
from conformance.fuzz.store import Kept
from conformance.fuzz.strategies import BATCH, batches
from conformance.model import FORMS, Key, Verdict

ROUND = 10  # examples of hypothesis in a round; it begins to vary them after ten
SHRINKS = 120  # executions by which hypothesis may shrink one finding
CUTS = 40  # batches of smaller questions that are tried after it
COSTLY_CUTS = 24  # single ones, where each costs a restart or deadline
CUTS_AGAIN = 10  # of a finding of which only the form is new; hypothesis does not shrink it
COSTLY_SHRINKS = 4  # executions of hypothesis there
GRACE = 0.1  # of the time given, beyond it, in which the last findings are cut down
_COSTLY = (Verdict.CRASH, Verdict.TIMEOUT, Verdict.PROTOCOL_ERROR)


@dataclass(frozen=True, slots=True)
class Options:
    """How long and what to fuzz. ``max_examples`` counts questions, ``seconds`` is wall time; None: without limit.

    Empty ``ops`` or ``forms``: all that are supported.
    """

    seed: int = 0
    max_examples: int | None = None
    seconds: float | None = None
    ops: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


@dataclass
class Result:
    """What a run found. ``end``: complete, interrupted or target-gone, with ``problem`` its sentence."""

    findings: dict[FindingKey, Finding] = field(default_factory=dict)
    again: dict[FindingKey, Finding] = field(default_factory=dict)  # kept by an earlier run, and met again
    mended: list[str] = field(default_factory=list)  # files of kept ones that are right now
    forgiven: set[FindingKey] = field(default_factory=set)  # ways that a baseline knows, and that were met
    examples: int = 0
    seconds: float = 0.0
    end: str = "complete"
    problem: str | None = None


@dataclass(slots=True)
class _Quarry:
    """A finding and the index of the member whose it is."""

    member: int
    finding: Finding

    @property
    def costly(self) -> bool:
        return self.finding.judgement.verdict in _COSTLY


class _Ended(BaseException):
    """Leaves hypothesis, which catches Exception, at the end of the time or of a shrinking."""


class _Found(Exception):  # noqa: N818 - what hypothesis shrinks; never seen outside
    """This example holds the finding that is hunted."""


def supported(members: Sequence[Member], options: Options) -> list[tuple[str, str | None]]:
    """The (op, form) pairs that a target declares and the options leave; form None for minify."""
    pairs: list[tuple[str, str | None]] = [
        (op, form) for op in ("message", "sign", "verify", "build") for form in FORMS
    ]
    pairs.append(("minify", None))

    def wanted(op: str, form: str | None) -> bool:
        if (options.ops and op not in options.ops) or (options.forms and form not in options.forms):
            return False
        declared = [member.supports.get(op, False) for member in members]
        return any(one is True or (one is not False and form in one) for one in declared)

    return [pair for pair in pairs if wanted(*pair)]


class Hunt:
    """One fuzz run over a panel. ``on_finding`` is called for each that is new, ``on_progress`` now and then."""

    def __init__(
        self,
        panel: Panel,
        keys: Mapping[str, Key],
        options: Options,
        on_finding: Callable[[Finding], None] = lambda finding: None,
        on_progress: Callable[[Result], None] = lambda result: None,
    ) -> None:
        self.result = Result()
        self._panel = panel
        self._keys = keys
        self._options = options
        self._known: set[FindingKey] = set()
        self._ways: set[FindingKey] = set()  # of what is known
        self._forgiven: set[FindingKey] = set()
        self._on_finding = on_finding
        self._on_progress = on_progress
        self.pairs = supported(panel.members[:-1] or panel.members, options)
        self._hunted: _Quarry | None = None
        self._shrinks = 0
        self._asked: set[int] = set()
        self._passing: dict[FindingKey, _Quarry] = {}  # seen, and not yet told
        self._began = monotonic()

    def examine(self, asks: Sequence[Ask], only: int | None = None) -> list[_Quarry]:
        """Put questions to the panel (or the one member of this index); what disagrees, with the member's index."""
        demands = [demand(ask, self._keys) for ask in asks]
        found = []
        for index, replies in enumerate(self._panel.put(asks, only)):
            member = self._panel.members[index]
            for ask, wanted, reply in zip(asks, demands, replies, strict=True):
                if reply is None:
                    continue
                judgement = judged(ask, wanted, reply, self._keys)
                if judgement.verdict is not Verdict.PASS:
                    found.append(_Quarry(index, Finding(member.name, member.version, ask, wanted, judgement)))
        self._on_progress(self.result)
        return found

    def forgive(self, target: str, asks: Sequence[Ask]) -> int:
        """Put questions to all targets of this implementation: however one fails them is not told, for any form.

        Returns in how many ways they do.
        """
        found = self._put_to(lambda member: member.implementation == target, asks)
        ways = {way for quarry in found for way in quarry.finding.ways}
        self._forgiven |= ways
        return len(ways)

    def _forgives(self, finding: Finding) -> bool:
        return finding.way in self._forgiven or self._forgiven.issuperset(finding.ways)

    def replay(self, kept: Sequence[Kept]) -> None:
        """Put kept findings to their targets again: what still shows is known, what does not is mended.

        One that shows in another way is new. Those whose target is not here are left alone.
        """
        for target in dict.fromkeys(one.target for one in kept):
            mine = [one for one in kept if one.target == target and self._asked_of(target, one.ask)]
            quarries = self._put_to(_named(target), [one.ask for one in mine])
            shown = {quarry.finding.ask.spelled: quarry for quarry in quarries}
            for one in mine:
                quarry = shown.get(one.ask.spelled)
                if quarry is None:
                    self.result.mended.append(one.file)
                elif self._forgives(quarry.finding):
                    continue
                elif quarry.finding.key == one.key:
                    self._learn(quarry.finding)
                    self.result.again.setdefault(one.key, quarry.finding)
            self._note(quarries)

    def _asked_of(self, target: str, ask: Ask) -> bool:
        if (ask.op, ask.form) not in self.pairs:
            return False
        return any(member.name == target and member.takes(ask) for member in self._panel.members)

    def _put_to(self, chosen: Callable[[Member], bool], asks: Sequence[Ask]) -> list[_Quarry]:
        found: list[_Quarry] = []
        for index, member in enumerate(self._panel.members):
            if chosen(member):
                for start in range(0, len(asks), BATCH):
                    found += self.examine(asks[start : start + BATCH], only=index)
        return found

    def run(self, kept: Sequence[Kept] = (), forgiven: Iterable[tuple[str, Sequence[Ask]]] = ()) -> Result:
        """``forgive`` and ``replay`` what is known, then hunt until the examples or the time are spent, or Ctrl-C.

        ``forgiven`` are names of targets with what they are forgiven. Nothing that was found is lost.
        """
        self._began = monotonic()
        rounds = random.Random(self._options.seed)  # noqa: S311 - reproducible, not secret
        try:
            for target, asks in forgiven:
                self.forgive(target, asks)
            self.replay(kept)
            self._began = monotonic()
            self._settle()  # what replaying brought up
            while not self._spent():
                before = self.result.examples
                self._round(rounds.getrandbits(64))
                self._settle()
                if self.result.examples == before:
                    break  # there is nothing more to ask
        except KeyboardInterrupt:
            self.result.end = "interrupted"
        except PanelError as error:
            self.result.end, self.result.problem = "target-gone", str(error)
        for key, quarry in list(self._passing.items()):  # as they are: nobody is left to be asked
            if key not in self.result.findings:
                self._tell(quarry.finding)
        self.result.seconds = monotonic() - self._began
        return self.result

    def _spent(self) -> bool:
        options = self._options
        if options.max_examples is not None and self.result.examples >= options.max_examples:
            return True
        return options.seconds is not None and monotonic() - self._began >= options.seconds

    def _round(self, number: int) -> None:
        self._hunted, self._shrinks = None, 0

        @seed(number)
        @settings(
            max_examples=ROUND,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
            print_blob=False,
        )
        @given(batches(self.pairs, self._keys))
        def test(asks: list[Ask]) -> None:
            self._example(asks)

        with contextlib.suppress(_Ended, _Found, HypothesisException):  # the last: it did not repeat itself
            test()

    def _example(self, asks: list[Ask]) -> None:
        if self._hunted is None:
            self._seek(asks)
        else:
            self._shrink(asks, self._hunted)

    def _seek(self, asks: list[Ask]) -> None:
        if self._spent():
            raise _Ended
        asks = [ask for ask in dict.fromkeys(asks) if hash(ask) not in self._asked]  # hypothesis varies what it has
        self._asked |= {hash(ask) for ask in asks}
        self.result.examples += len(asks)
        fresh = self._note(self.examine(asks))
        self._hunted = next((quarry for quarry in fresh if quarry.finding.way not in self._ways), None)
        if self._hunted is not None:
            raise _Found

    def _note(self, quarries: Iterable[_Quarry]) -> list[_Quarry]:
        """Count what is known; keep the smallest of each that is not, and return these."""
        fresh = []
        for quarry in quarries:
            key = quarry.finding.key
            if self._forgives(quarry.finding):
                self.result.forgiven.update(quarry.finding.ways)
                continue
            if key in self._known:
                continue
            kept = self._passing.get(key)
            if kept is None or quarry.finding.ask.size < kept.finding.ask.size:
                self._passing[key] = quarry
            fresh.append(quarry)
        return fresh

    def _shrink(self, asks: list[Ask], hunted: _Quarry) -> None:
        """One of hypothesis's tries to make the example smaller; the hunted one alone is asked."""
        self._shrinks += 1
        if self._shrinks > (COSTLY_SHRINKS if hunted.costly else SHRINKS) or self._late(0.0):
            raise _Ended
        fresh = self._note(self.examine(asks, only=hunted.member))
        if any(quarry.finding.key == hunted.finding.key for quarry in fresh):
            raise _Found

    def _late(self, grace: float) -> bool:
        seconds = self._options.seconds
        return seconds is not None and monotonic() - self._began >= seconds * (1 + grace)

    def _settle(self) -> None:
        """Cut what the round has brought down to what matters, and tell it."""
        while self._passing:
            key, quarry = next(iter(self._passing.items()))
            self._tell(self._cut(quarry))
            del self._passing[key]

    def _cut(self, quarry: _Quarry) -> Finding:
        """The finding with the smallest question that still shows it. Several cuts are tried at a time."""
        finding, candidates = quarry.finding, smaller(quarry.finding.ask)
        tried: set[str] = set()
        at_once = 1 if quarry.costly else BATCH
        for _ in range(CUTS_AGAIN if finding.way in self._ways else COSTLY_CUTS if quarry.costly else CUTS):
            if self._late(GRACE):
                return finding
            batch = list(islice((ask for ask in candidates if ask.spelled not in tried), at_once))
            if not batch:
                break
            tried |= {ask.spelled for ask in batch}
            hits = [found.finding for found in self.examine(batch, quarry.member) if found.finding.key == finding.key]
            best = min(hits, key=lambda hit: hit.ask.size, default=finding)
            if best.ask.size < finding.ask.size:
                finding, candidates = best, smaller(best.ask)
        return replace(finding, shrunk=True)

    def _tell(self, finding: Finding) -> None:
        self._learn(finding)
        self.result.findings[finding.key] = finding
        self._on_finding(finding)

    def _learn(self, finding: Finding) -> None:
        self._known.add(finding.key)
        self._ways.add(finding.way)


def _named(name: str) -> Callable[[Member], bool]:
    return lambda member: member.name == name
