"""A whole run: the machine, the suite, the latency view, and how quiet it was meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic

from conformance.speed import machine, openloop, suite
from conformance.speed.model import Bench, BenchError, Latency, Skip
from conformance.speed.noise import Watch
from conformance.speed.suite import Options, Step
from signing_core import PrivateKey, backends

__all__ = ["QUICK_SECONDS", "Session", "measure"]

QUICK_SECONDS = 50.0  # what a quick run promises to take at most
_RESERVE = 2.0  # of them, for the start and the files
_LATENCY = {True: 0.8, False: 3.0}  # seconds of load at a share; True: quick
_AROUND = 2.0  # seconds that a share takes beside its load: capacity, warm-up, the generator alone


@dataclass(frozen=True)
class Session:
    """What came of a run. ``problem``: why the suite failed in part, None where it did not."""

    bench: Bench
    interrupted: bool
    problem: str | None


def measure(
    options: Options,
    on_step: Callable[[Step], None] = lambda step: None,
    stop: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> Session:
    """Run what ``options`` ask for. ``stop`` is asked all along; what is measured by then is kept.

    Raises BenchError where the suite cannot start, BackendUnavailable where the backend does not run here.
    """
    suite.need_pytest()
    if options.backend is not None:
        backends.use(options.backend)
    began = monotonic()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    here = machine.gather()
    watch = Watch()
    outcome = suite.run(options, on_step, stop, folder)
    latencies: list[Latency] = []
    skipped = outcome.skipped
    if options.keyword is not None or options.groups:
        skipped.append(Skip("all else", f"left out by {_selection(options)}"))
    elif not outcome.interrupted:
        left = QUICK_SECONDS - _RESERVE - (monotonic() - began) if options.quick else None
        skipped += _load(latencies, left, options.quick, on_step, stop)
    interrupted = outcome.interrupted or stop()
    here = replace(here, facts={**here.facts, **watch.end().as_facts()})
    bench = Bench(
        started=started,
        kit=version("signkit"),
        quick=options.quick,
        complete=not interrupted and outcome.problem is None,
        machine=here,
        measurements=tuple(outcome.measurements),
        latencies=tuple(latencies),
        skipped=tuple(skipped),
    )
    return Session(bench, interrupted, outcome.problem)


def _load(
    found: list[Latency], left: float | None, quick: bool, on_step: Callable[[Step], None], stop: Callable[[], bool]
) -> list[Skip]:
    """The latency view, as many shares of it as fit into ``left`` seconds (None: all). Returns what does not."""
    seconds = _LATENCY[quick]
    fitting = len(openloop.SHARES) if left is None else int((left - _AROUND) // (seconds + _AROUND))
    shares = openloop.SHARES[: max(0, fitting)]
    try:
        if shares:
            on_step(Step(0, len(shares), "latency"))
            for latency in openloop.at_shares(PrivateKey.generate(), shares, seconds=seconds):
                found.append(latency)
                on_step(Step(len(found), len(shares), "latency"))
                if stop():
                    return []
    except BenchError as error:
        return [Skip("latency", str(error))]
    rest = [f"{100 * share:.0f} %" for share in openloop.SHARES[len(shares) :]]
    reason = f"no time left: a quick run takes up to {QUICK_SECONDS:.0f} s; signkit bench latency measures it alone"
    return [Skip(f"latency at {', '.join(rest)} of capacity", reason)] if rest else []


def _selection(options: Options) -> str:
    words = [] if options.keyword is None else [f"-k {options.keyword!r}"]
    return " ".join([*words, *(f"--group {name}" for name in options.groups)])
