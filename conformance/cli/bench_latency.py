"""``signkit bench latency``: how long callers wait at a given load."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from conformance.cli.bench_options import RATE, load_options
from conformance.cli.bench_show import draw_all, progress
from conformance.cli.interrupts import EXIT_CODE, INTERRUPTS
from conformance.cli.output import json_option, print_json
from conformance.speed import openloop
from conformance.speed.arrivals import SPACINGS, Stopped
from conformance.speed.latencies import told
from conformance.speed.model import Latency
from conformance.speed.suite import Step
from conformance.speed.texts import rate as rate_text
from signing_core import PrivateKey, backends

OVERLOADED = 1


@click.command("latency")
@click.option(
    "--rate", "rates", callback=RATE, multiple=True, metavar="RATE", help="Load: 5000/s, 300000/min (repeatable)."
)
@click.option(
    "--share",
    "shares",
    type=click.FloatRange(1, 200),
    multiple=True,
    metavar="PERCENT",
    help="Load in per cent of the capacity (repeatable).  [default: 50, 80, 95]",
)
@click.option(
    "--arrivals",
    type=click.Choice(SPACINGS),
    default="poisson",
    show_default=True,
    help="Moments when calls are due: by chance, or evenly spaced.",
)
@click.option("--seed", type=int, default=1, show_default=True, metavar="N", help="The same seed, the same moments.")
@load_options(5.0, 0.2, 600)
@json_option
def latency_command(
    rates: Sequence[float],
    shares: Sequence[float],
    arrivals: str,
    seed: int,
    seconds: float,
    bits: int,
    backend: str | None,
    as_json: bool,
) -> int:
    """Load AsyncSigner with calls that come when they are due, and tell how long they wait for their signatures.

    Each latency counts from the moment the call was due, so that a stall counts for all whom it holds up, not only for
    the one call that was sent just then (coordinated omission); the second line tells what would be seen without this.
    The capacity is measured before each share. A load that cannot be carried ends early and is told as overloaded.

    \b
    exit codes: 0 done; 1 overloaded; 2 usage; 130 interrupted: what was measured until then is told

    \b
    signkit bench latency --share 50 --seconds 0.5
    signkit bench latency --rate 300/s --arrivals constant --seconds 0.5 --json
    """
    found: list[Latency] = []
    total = len(rates) + len(shares) if rates or shares else len(openloop.SHARES)
    interrupted = False
    INTERRUPTS.reporting = True  # a first signal is noted, and the run ends itself
    if backend is not None:
        backends.use(backend)
    with progress(sys.stderr.isatty()) as step:
        step(Step(0, total, "capacity"))
        key = PrivateKey.generate(bits)
        try:
            for latency in _runs(key, rates, shares, arrivals, seed, seconds):
                found.append(latency)
                step(Step(len(found), total, f"{rate_text(latency.rate)} a second"))
        except Stopped:
            interrupted = True
    facts = backends.info()
    if as_json:
        print_json(
            {"backend": facts.as_dict(), "complete": not interrupted, "latencies": [asdict(one) for one in found]}
        )
    elif found:
        draw_all([told(f"latency of AsyncSigner, {bits}-bit key, backend {facts.backend}", found)])
    if interrupted:
        click.echo(f"signkit: interrupted; {len(found)} of {total} runs are told", err=True)
        return EXIT_CODE
    return OVERLOADED if any("overloaded" in one.warning for one in found) else 0


def _runs(
    key: PrivateKey, rates: Sequence[float], shares: Sequence[float], arrivals: str, seed: int, seconds: float
) -> Iterator[Latency]:
    stop = _noted
    if rates:
        most = openloop.capacity(key, min(1.0, seconds), stop)
        for rate in rates:
            found = openloop.measure(key, rate, most, seconds=seconds, spacing=arrivals, seed=seed, stop=stop)
            before, most = most, openloop.capacity(key, min(1.0, seconds), stop)
            yield openloop.changed(found, before, most)
    wanted = [share / 100 for share in shares] or ([] if rates else openloop.SHARES)
    if wanted:
        yield from openloop.at_shares(key, wanted, seconds=seconds, spacing=arrivals, seed=seed, stop=stop)


def _noted() -> bool:
    return INTERRUPTS.noted
