"""The kit's frozen data: cases, keys, diagnoses, outcomes and what a whole run amounts to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

OPS = ("message", "sign", "verify", "minify", "load_key", "build")
FORMS = ("request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook")
PROFILES = ("default", "strict")


class Verdict(StrEnum):
    """What became of one case."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    XFAIL = "xfail"
    XPASS = "xpass"
    SKIP = "skip"
    CRASH = "crash"
    TIMEOUT = "timeout"
    ERROR = "error"
    PROTOCOL_ERROR = "protocol-error"
    NOT_RUN = "not-run"

    @property
    def is_bad(self) -> bool:
        """True for a verdict that says the target did the wrong thing (an expected failure is not one)."""
        return self in BAD


BAD = frozenset({Verdict.FAIL, Verdict.CRASH, Verdict.TIMEOUT, Verdict.ERROR, Verdict.PROTOCOL_ERROR})


class Level(StrEnum):
    """Who demands it: the document or RFC 8017 (must), a policy (should), style (may)."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


COUNTED = {"default": (Level.MUST,), "strict": (Level.MUST, Level.SHOULD)}  # the levels whose misses a profile counts


@dataclass(frozen=True, slots=True)
class Key:
    """A named key of a vector file. ``private_pem`` is a test key's: public, but kept out of the repr all the same."""

    name: str
    bits: int
    e: int
    private_pem: str | None = field(repr=False)
    public_pem: str
    source: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a vector file; ``input`` and ``expect`` as they stand there (bytes are base64 text)."""

    id: str
    suite: str
    comment: str
    level: Level
    clauses: tuple[str, ...]
    flags: tuple[str, ...]
    differs_from: str | None
    op: str
    input: Mapping[str, Any]
    expect: Mapping[str, Any]

    @property
    def form(self) -> str | None:
        """The form of the message, or None for ops that have none (minify, load_key)."""
        return self.input.get("form")

    @property
    def key(self) -> str | None:
        """The name of the key the case needs, or None."""
        return self.input.get("key")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Loaded and checked vector files. ``digest`` is the SHA-256 (hex) of their bytes, in order of name."""

    cases: tuple[Case, ...]
    keys: Mapping[str, Key]
    notes: Mapping[str, Mapping[str, Any]]
    digest: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why an answer is wrong: the first stage that differs, told in one sentence, with both byte strings.

    ``stage`` is one of ``message``, ``digest``, ``encoded message``, ``signature``, ``header text``; for ``build`` one
    of ``headers``, ``signed = sent``, ``body``, ``URL``, ``ASCII``; else ``answer``.
    """

    stage: str
    sentence: str
    expected: bytes | None = None
    actual: bytes | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge says of one answer. ``level`` is that of the demand that was missed (a ``must`` case of ``build``
    can miss only its ``should`` part), else the case's own."""

    verdict: Verdict
    level: Level
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case's result, as the event stream tells it. ``reason`` is the baseline's: for xfail and
    xpass, and for the pass of a flaky case."""

    id: str
    suite: str
    op: str
    form: str | None
    level: Level
    clauses: tuple[str, ...]
    comment: str
    verdict: Verdict
    seconds: float
    diagnosis: Diagnosis | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole event stream, folded. Made by ``events.fold``; every renderer takes one of these.

    ``end`` tells how the run ended: ``complete``, ``max-fail``, ``interrupted``, ``handshake-failed`` or
    ``restarts-exhausted``. ``problem`` is the sentence that goes with the last two. ``stream`` is the digest of the
    stream (SHA-256, hex).
    """

    header: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    violations: tuple[str, ...]
    restarts: tuple[str, ...]
    refused_keys: Mapping[str, str]
    stderr: str
    end: str
    problem: str | None
    stale: tuple[str, ...]
    stream: str = ""

    @property
    def counts(self) -> dict[Verdict, int]:
        """Number of outcomes by verdict, all verdicts present."""
        counts = dict.fromkeys(Verdict, 0)
        for outcome in self.outcomes:
            counts[outcome.verdict] += 1
        return counts

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The bad outcomes, whatever their level."""
        return tuple(o for o in self.outcomes if o.verdict.is_bad)

    @property
    def counted(self) -> tuple[Outcome, ...]:
        """The bad outcomes that the profile counts: ``must``, and in profile ``strict`` also ``should``."""
        return tuple(o for o in self.failures if o.level in COUNTED[self.header["profile"]])

    @property
    def forgiven(self) -> tuple[Outcome, ...]:
        """The expected failures that would count, did the baseline not know them."""
        counted = COUNTED[self.header["profile"]]
        return tuple(o for o in self.outcomes if o.verdict is Verdict.XFAIL and o.level in counted)

    @property
    def result(self) -> str:
        """``conformant``, ``partial`` or ``not conformant``.

        Partial: all that ran passed, but a ``must`` case was not supported (or was not reached).
        """
        if self.counted or self.violations or self.end in ("handshake-failed", "restarts-exhausted"):
            return "not conformant"
        unmet = (Verdict.SKIP, Verdict.NOT_RUN)
        if any(o.verdict in unmet and o.level is Level.MUST for o in self.outcomes) or not self.ran:
            return "partial"
        return "conformant"

    @property
    def ran(self) -> int:
        """How many cases were put to the target and judged."""
        return sum(1 for o in self.outcomes if o.verdict not in (Verdict.SKIP, Verdict.NOT_RUN))

    @property
    def exit_code(self) -> int:
        """130 interrupted; else the first that applies: 3 no handshake or restarts exhausted, 5 nothing ran,
        1 not conformant (or partial with ``--complete``), 4 stale baseline, 0."""
        if self.end == "interrupted":
            return 130
        if self.end in ("handshake-failed", "restarts-exhausted"):
            return 3
        if not self.ran:
            return 5
        if self.result == "not conformant" or (self.result == "partial" and self.header["complete"]):
            return 1
        return 4 if self.stale else 0
