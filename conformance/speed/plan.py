"""How long the suite measures: settings from the environment, and the time left, shared out among what is to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from conformance.speed.model import BenchError

__all__ = ["FULL", "GROUPS", "QUICK", "Budget", "Plan", "Settings", "Unmeasured"]

# Of benchmarks. Where time is short, the first come first.
GROUPS = ("pyca-rsa", "threads", "peers", "sizes", "texts", "async", "languages")


class Unmeasured(Exception):  # noqa: N818 - a finding, not an error
    """A pair is not measured; the message says why."""


@dataclass(frozen=True)
class Plan:
    """How a pair is measured."""

    least: float  # seconds that a side takes in a round, by as many calls as that needs
    rounds: tuple[int, int]  # the fewest, which make a result; the most, where time allows
    seconds: float  # for the whole suite
    limit: bool  # True: what does not fit into ``seconds`` is skipped. False: it takes as long as it takes


# Many short rounds rather than few long ones: most of them pass between two turns that others have on the processor.
QUICK = Plan(least=0.001, rounds=(5, 51), seconds=36, limit=True)
FULL = Plan(least=0.002, rounds=(9, 101), seconds=240, limit=False)


@dataclass(frozen=True)
class Settings:
    """What ``signkit bench`` asks of the suite."""

    quick: bool = False
    record: Path | None = None  # where to tell what is measured: see record.py
    groups: frozenset[str] = frozenset()  # empty: all
    seconds: float | None = None  # for the whole suite; None: the plan's

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """SIGNKIT_BENCH_QUICK=1, SIGNKIT_BENCH_RECORD=FILE, SIGNKIT_BENCH_GROUPS=A,B, SIGNKIT_BENCH_SECONDS=N.

        Raises BenchError for a number that is none.
        """
        told = environment.get("SIGNKIT_BENCH_SECONDS")
        try:
            seconds = None if not told else float(told)
        except ValueError:
            raise BenchError(f"SIGNKIT_BENCH_SECONDS={told!r}: is no number of seconds") from None
        record = environment.get("SIGNKIT_BENCH_RECORD")
        return cls(
            quick=environment.get("SIGNKIT_BENCH_QUICK", "") not in ("", "0"),
            record=Path(record) if record else None,
            groups=frozenset(filter(None, environment.get("SIGNKIT_BENCH_GROUPS", "").split(","))),
            seconds=seconds,
        )

    @property
    def plan(self) -> Plan:
        """The plan that goes with them."""
        plan = QUICK if self.quick else FULL
        if self.seconds is None:
            return plan
        return Plan(plan.least, plan.rounds, self.seconds, plan.limit)


class Budget:
    """The time that is left, and the weight of the pairs that want it. It begins to run when it is made."""

    def __init__(self, plan: Plan, weight: float, clock: Callable[[], float] = monotonic) -> None:
        self._plan = plan
        self._to_come = weight
        self._now = 0.0
        self._clock = clock
        self._end = clock() + plan.seconds

    def next(self, weight: float = 1) -> None:
        """A pair begins: from now on it is not counted among those to come. Raises Unmeasured at the time's end."""
        self._now = weight
        self._to_come -= weight
        self._check(0)

    def rounds(self, cost: float) -> int:
        """How many rounds of ``cost`` seconds each the pair may take. Raises Unmeasured where the fewest are too many.

        A pair takes its fair share of what is left. What cheap ones leave is for those that cannot do with it.
        """
        fewest, most = self._plan.rounds
        self._check(fewest * cost)
        share = self.left * self._now / (self._to_come + self._now)
        return max(fewest, min(most, int(share / cost)))

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._end - self._clock())

    def _check(self, wanted: float) -> None:
        if self._plan.limit and self.left <= wanted:
            raise Unmeasured(
                f"no time left: a quick run measures for {self._plan.seconds:g} s; measure it in a full one"
            )
