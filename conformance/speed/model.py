"""What a benchmark run has found: frozen data, and the few figures that every view derives from it.

Speed is told as a ratio of two that ran in turns, pair by pair, in one run: a noisy machine slows both. Absolute
figures only inform.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median, quantiles
from typing import Any

__all__ = ["NOISE", "Bench", "BenchError", "Latency", "Machine", "Measurement", "Side", "Skip"]

# A ratio whose quartiles lie further apart than this, as a share of its median, is told as too noisy to tell.
NOISE = 0.10


class BenchError(Exception):
    """A benchmark's file or setting cannot be used; the message names the value and the mend."""


@dataclass(frozen=True)
class Side:
    """One of the two that were compared: ``signing_core`` 0.1.0, ``cryptography`` 46.0.1, ``node`` v20.19.2."""

    name: str
    version: str
    seconds: Sequence[float]  # an item, round by round

    @cached_property
    def median(self) -> float:
        """Seconds an item."""
        return median(self.seconds)

    @property
    def rate(self) -> float:
        """Items a second."""
        return 1 / self.median


@dataclass(frozen=True)
class Measurement:
    """One operation with its settings, ours beside a peer. Round i of one ran next to round i of the other."""

    id: str  # stable from run to run: what ``compare`` matches by
    group: str  # "pyca-rsa", "threads", "texts", "peers", ...
    operation: str  # "sign", "verify", "load", "dumps", "minify", ...
    ours: Side
    peer: Side
    items: int  # of one call
    bits: int | None = None
    threads: int = 1
    octets: int | None = None  # of a message
    note: str = ""  # what was subtracted, what is included

    @cached_property
    def ratios(self) -> tuple[float, ...]:
        """How many times the peer's speed ours has, pair by pair."""
        return tuple(theirs / own for theirs, own in zip(self.peer.seconds, self.ours.seconds, strict=True))

    @cached_property
    def ratio(self) -> float:
        """The median of the pairs."""
        return median(self.ratios)

    @cached_property
    def quartiles(self) -> tuple[float, float]:
        """Between them lies half of the pairs."""
        if len(self.ratios) == 1:
            return self.ratio, self.ratio
        low, _, high = quantiles(self.ratios, n=4, method="inclusive")
        return low, high

    @property
    def spread(self) -> float:
        """The distance of the quartiles as a share of the ratio."""
        low, high = self.quartiles
        return (high - low) / self.ratio

    @property
    def noisy(self) -> bool:
        """The machine was too noisy to tell: ``spread`` is above ``NOISE``."""
        return self.spread > NOISE


@dataclass(frozen=True)
class Latency:
    """Open-loop load through AsyncSigner at a fixed rate; each latency counts from the moment the call was due."""

    rate: float  # calls a second that were due
    share: float  # of the capacity measured just before
    achieved: float  # calls a second that were answered
    seconds: float  # how long
    percentiles: Mapping[str, float]  # "50", "90", "99", "99.9", "100" -> seconds from due to answered
    uncorrected: Mapping[str, float]  # the same from sent to answered: what a closed loop would have told
    calls: int = 0  # how many were due
    bits: int = 2048  # of the key
    arrivals: str = ""  # "Poisson, seed 1": how the moments were chosen when calls are due
    late: Mapping[str, float] = field(default_factory=dict)  # how late the load generator itself was, from due to sent
    own: float = 0.0  # share of one processor that the load generator itself took
    handling: float = 0.0  # processor seconds of the event loop's thread for each call, the load generator among it
    warning: str = ""  # overload, or a load generator that could not keep up; "": neither


@dataclass(frozen=True)
class Skip:
    """What was not measured, and why: not installed (with the command that installs it), or not conformant."""

    what: str
    reason: str


@dataclass(frozen=True)
class Machine:
    """Where it ran. ``facts`` is told as it stands; the rest is what must agree before two runs are compared."""

    cpu: str  # model name
    features: Sequence[str]  # processor flags that the kernels ask for, sorted
    cores: int  # processors that the process may use
    backend: str  # "ifma", "openssl" or "pyca"
    facts: Mapping[str, Any]  # governor, frequencies, OpenSSL versions, kernel, Python, versions of packages


@dataclass(frozen=True)
class Bench:
    """One run."""

    started: str  # ISO 8601, UTC
    kit: str  # signkit's version
    quick: bool
    complete: bool  # False: interrupted; what was measured until then is here
    machine: Machine
    measurements: Sequence[Measurement]
    latencies: Sequence[Latency] = ()
    skipped: Sequence[Skip] = field(default=())
