"""``signkit bench capacity``: how many cores a rate takes within a latency."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from conformance.cli.bench_options import DURATION, RATE, load_options
from conformance.cli.bench_show import draw_all, progress
from conformance.cli.interrupts import INTERRUPTS
from conformance.cli.output import json_option, print_json
from conformance.reports.plain import plain
from conformance.speed import capacity, openloop, service
from conformance.speed.arrivals import Stopped
from conformance.speed.capacity import Answer, Prediction
from conformance.speed.document import read
from conformance.speed.model import Latency
from conformance.speed.suite import Step
from conformance.speed.tables import Table
from conformance.speed.texts import count, share
from conformance.speed.texts import rate as rate_text
from conformance.speed.texts import seconds as duration_text
from signing_core import PrivateKey, backends

CANNOT = 1
GOALS = ("50", "90", "95", "99", "99.9")
_STEPS = 100


def _goal_options(command: Any) -> Any:
    for name in reversed(GOALS):
        told = f"Latency that {name} % of the calls may not exceed: 5ms, 0.005s."
        command = click.option(
            f"--p{name}", f"p{name.replace('.', '_')}", callback=DURATION, metavar="TIME", help=told
        )(command)
    return command


@dataclass(frozen=True)
class _Check:
    """What was predicted for this machine at this rate, and what an open-loop run found."""

    predicted: Prediction
    measured: Latency


@click.command("capacity")
@click.option("--rate", callback=RATE, required=True, metavar="RATE", help="Signatures: 5000/s, 300000/min.")
@_goal_options
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the times from a file of signkit bench --json, perhaps of another machine, in place of measuring.",
)
@click.option("--check", is_flag=True, help="Put that rate on this machine and show what was predicted for it beside.")
@load_options(3.0, 0.2, 600)
@json_option
def capacity_command(
    rate: float,
    source: Path | None,
    check: bool,
    seconds: float,
    bits: int,
    backend: str | None,
    as_json: bool,
    **given: float | None,
) -> int:
    """Tell how many cores sign at a rate within a latency, how busy they are, and how long calls wait.

    Batches of all sizes are timed on this machine with all processors at work, and AsyncSigner's queue is simulated
    with these times. The answer names all that it assumes.

    \b
    exit codes: 0 answered; 1 cannot be met by any number of cores, and why; 2 usage; 130 interrupted

    \b
    signkit bench capacity --rate 300/s --p99 50ms --seconds 0.5
    signkit bench capacity --rate 12000/min --p50 20ms --p99.9 0.5s --seconds 0.5 --check
    """
    goals = {name: most for name in GOALS if (most := given[f"p{name.replace('.', '_')}"]) is not None}
    if not goals:
        raise click.UsageError("say how fast the calls must be answered, as --p99 5ms")
    if source is not None and (check or backend is not None):
        raise click.UsageError(
            "--check and --backend measure here, --from takes what was measured elsewhere: leave out one"
        )
    if backend is not None:
        backends.use(backend)
    INTERRUPTS.reporting = True  # a first signal is noted, and the work ends itself
    try:
        found, checked = _answer(rate, goals, source, bits, seconds, check)
    except Stopped:
        raise KeyboardInterrupt from None
    if as_json:
        print_json(_data(found, checked))
    else:
        _show(found, checked)
    return CANNOT if found.found is None else 0


def _answer(
    rate: float, goals: dict[str, float], source: Path | None, bits: int, seconds: float, check: bool
) -> tuple[Answer, _Check | None]:
    """Raises Stopped where a signal has come."""
    with progress(sys.stderr.isatty()) as step:

        def tell(now: str, done: float) -> None:
            if _noted():
                raise Stopped
            step(Step(round(_STEPS * done), _STEPS, now))

        def simulated(done: float) -> None:
            tell("simulating", 0.5 + 0.5 * done)

        if source is not None:
            return capacity.answer(service.of_bench(read(source), bits), rate, goals, simulated), None
        key = PrivateKey.generate(bits)
        times = service.measured(key, seconds, lambda done: tell("measuring", 0.3 * done), _noted)
        if not check:
            return capacity.answer(times, rate, goals, simulated), None
        most = openloop.capacity(key, min(1.0, seconds), _noted)
        run = openloop.measure(key, rate, most, seconds=seconds, stop=_noted)
        run = openloop.changed(run, most, openloop.capacity(key, min(1.0, seconds), _noted))
        # The machine may change meanwhile, so the times count that were measured before the run and after it.
        times = service.both(times, service.measured(key, seconds, lambda done: tell("measuring", 0.5), _noted))
        predicted = capacity.predict(times, rate, times.cores, names=list(goals))
        return capacity.answer(times, rate, goals, simulated), _Check(predicted, run)


def _noted() -> bool:
    return INTERRUPTS.noted


def _data(found: Answer, checked: _Check | None) -> dict[str, Any]:
    times = found.service
    data: dict[str, Any] = {
        "rate": found.rate,
        "goals": found.goals,
        "met": found.found is not None,
        "reason": found.reason,
        "answer": None if found.found is None else asdict(found.found),
        "most": found.most,
        "measured": {"cores": times.cores, "bits": times.bits, "backend": times.backend, "each": times.each},
        "assumptions": list(found.assumptions),
    }
    if checked is not None:
        rows = capacity.beside(checked.predicted, checked.measured)
        data["check"] = {
            "predicted": asdict(checked.predicted),
            "measured": asdict(checked.measured),
            "ratio": {name: measured / predicted for name, predicted, measured in rows},
        }
    return data


def _show(found: Answer, checked: _Check | None) -> None:
    times = found.service
    wanted = " and ".join(f"{name} % within {duration_text(most)}" for name, most in found.goals.items())
    asked = f"{rate_text(found.rate)} signatures a second, {wanted}, {times.bits}-bit key, backend {times.backend}"
    click.echo(f"{asked}:")
    tables = []
    if found.found is None:
        click.echo(plain(f"cannot be met: {found.reason}"))
    else:
        tables.append(_table(found, found.found))
    if checked is not None:
        tables.append(_check_table(checked))
    tables.append(Table("assumed", ("",), [(line,) for line in found.assumptions]))
    draw_all(tables)


def _table(found: Answer, it: Prediction) -> Table:
    here = found.service.cores
    where = "" if it.cores <= here else f"; the machine that was measured has {here}"
    processes = f" in {count(it.processes, 'process')}" if it.processes == 1 else f" in {it.processes} processes"
    rows = [
        ("cores needed", f"{it.cores}{processes}{where}"),
        ("utilisation", f"{share(it.utilisation)}, {it.batch:.1f} signatures a batch"),
        ("queueing delay", _times(it.waits, ["mean", *found.goals])),
        ("latency", _times(it.latencies, sorted({"50", "99", *found.goals}, key=float))),
        ("the same cores carry", f"up to {rate_text(found.most)} a second within this latency"),
    ]
    return Table("answer", ("", ""), rows)


def _times(told: Any, names: Sequence[str]) -> str:
    return ", ".join(f"{name if name == 'mean' else f'p{name}'} {duration_text(told[name])}" for name in names)


def _check_table(checked: _Check) -> Table:
    measured = checked.measured
    rows = [
        (f"p{name}", duration_text(predicted), duration_text(found), f"{found / predicted:.2f}")
        for name, predicted, found in capacity.beside(checked.predicted, measured)
    ]
    notes = [
        f"{measured.calls:,} calls in {measured.seconds:g} s, {share(measured.share)} of the capacity; answered "
        f"{rate_text(measured.achieved)} a second; the load generator itself took {share(measured.own)} of a processor",
        *([measured.warning] if measured.warning else []),
    ]
    title = f"checked on this machine: its {count(checked.predicted.cores, 'core')} at this rate, in an open loop"
    return Table(title, ("latency", ">predicted", ">measured", ">measured / predicted"), rows, notes)
