"""``signkit matrix T1 T2 …``: several targets at once, in one report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from conformance import reports
from conformance.baseline import Baseline
from conformance.cli.options import chosen, reports_option, selected, selection_options
from conformance.cli.output import json_option
from conformance.cli.progress import processors, watched_runs
from conformance.events import Event, fold
from conformance.model import PROFILES
from conformance.reports import matrix
from conformance.runner import RunOptions
from conformance.shipped import REFERENCE, harnesses

_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._ -]*)=(.+)", re.DOTALL)  # a spec has its colon before any =
_KEPT = "events:"  # before the file of an earlier run


@dataclass(frozen=True, slots=True)
class Wanted:
    """One column: what it is called (None: as it calls itself), what is run or read, and its known failures."""

    name: str | None
    spec: str
    known: Baseline | None = None


def _targets(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[Wanted, ...]:
    found = [Wanted(m[1], m[2]) if (m := _NAMED.fullmatch(value)) else Wanted(None, value) for value in values]
    names = [one.name for one in found if one.name is not None]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise click.BadParameter(f"two targets are called {twice!r}: give each a name of its own")
    return tuple(found)


def _baselines(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> dict[str, Path]:
    found = {}
    for value in values:
        name, sign, file = value.partition("=")
        if not sign or not file:
            raise click.BadParameter(f"{value!r} is not NAME=FILE, with NAME that of a target given as NAME=TARGET")
        if name in found:
            raise click.BadParameter(f"{name!r} has a baseline already: give one")
        found[name] = Path(file)
    return found


@click.command("matrix")
@click.argument("targets", metavar="[NAME=]TARGET...", nargs=-1, callback=_targets)
@click.option("--shipped", is_flag=True, help="Also the reference and the shipped harnesses whose runtime is here.")
@selection_options
@click.option(
    "--profile", type=click.Choice(PROFILES), default="default", show_default=True, help="strict counts 'should' too."
)
@click.option("--complete", is_flag=True, help="A target that supports only part of what the document demands fails.")
@click.option(
    "--baseline",
    "baselines",
    callback=_baselines,
    multiple=True,
    metavar="NAME=FILE",
    help="Known failures of the target of that name (repeatable).",
)
@reports_option(*reports.MATRIX_FORMATS)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=processors,
    show_default="one for each processor",
    metavar="N",
    help="Targets at once.",
)
@click.option(
    "--timeout", type=click.FloatRange(0.01), default=10.0, show_default=True, metavar="SECONDS", help="For one op."
)
@click.option(
    "--start-timeout",
    type=click.FloatRange(0.01),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="For the handshake.",
)
@json_option
def matrix_command(
    targets: tuple[Wanted, ...],
    shipped: bool,
    vectors: tuple[Path, ...],
    ids: Sequence[str],
    tags: Sequence[str],
    suites: Sequence[str],
    profile: str,
    complete: bool,
    baselines: dict[str, Path],
    wanted: Sequence[tuple[str, Path | None]],
    jobs: int,
    timeout: float,
    start_timeout: float,
    as_json: bool,
) -> int:
    """Run the cases against several targets at once, and show implementations by suites.

    A TARGET is what "signkit run" takes, or events:FILE, the event stream of an earlier run. NAME= gives it a name for
    the report and for --baseline. The exit code is the worst of all, in the order 130, 2, 3, 5, 1, 4, 0.

    \b
    signkit matrix "cmd:php harness.php" "cmd:node harness.mjs" --report html:matrix.html
    signkit matrix old=python:conformance.reference:Reference php="cmd:php harness.php" --baseline php=php-baseline.json
    signkit matrix --shipped --suite key-sizes --report json:matrix.json
    """
    columns = _columns(targets, baselines, shipped=shipped)
    corpus, cases = selected(vectors, ids, tags, suites)
    running = {
        number: RunOptions(
            timeout=timeout,
            start_timeout=start_timeout,
            profile=profile,
            complete=complete,
            baseline=one.known,
            selection=chosen(vectors, ids, tags, suites),
        )
        for number, one in enumerate(columns)
        if not one.spec.startswith(_KEPT)
    }
    streams = {number: _kept(one) for number, one in enumerate(columns) if number not in running}
    run = watched_runs(
        corpus, cases, [(columns[number].name, columns[number].spec, opts) for number, opts in running.items()], jobs
    )
    streams.update(zip(running, run, strict=True))
    return _tell([one.name for one in columns], [streams[number] for number in range(len(columns))], wanted, as_json)


def _columns(targets: Sequence[Wanted], baselines: dict[str, Path], *, shipped: bool) -> list[Wanted]:
    found = list(targets)
    if shipped:
        taken = {one.name for one in found}
        here = [harness for harness in (REFERENCE, *harnesses()) if not harness.missing and harness.name not in taken]
        found += [Wanted(harness.name, harness.target, harness.known()) for harness in here]
    if not found:
        raise click.UsageError("name at least one target, or give --shipped")
    names = [one.name for one in found if one.name is not None]
    for name in baselines:
        if name not in names:
            there = f"there is {', '.join(names)}" if names else "no target has a name"
            raise click.UsageError(f"--baseline: no target is called {name!r} ({there}): give it as {name}=TARGET")
        if any(one.name == name and one.spec.startswith(_KEPT) for one in found):
            raise click.UsageError(f"--baseline: {name!r} is an earlier run; a baseline is given to the run itself")
    return [
        one if one.name not in baselines else Wanted(one.name, one.spec, Baseline.load(baselines[one.name]))
        for one in found
    ]


def _kept(one: Wanted) -> list[Event]:
    """The event stream of an earlier run."""
    path = Path(one.spec.removeprefix(_KEPT))
    events = reports.read(path).events
    if events is None:
        raise click.UsageError(f"{path} is a JSON report, which does not hold the events: name an events report")
    return events


def _tell(
    names: Sequence[str | None],
    streams: Sequence[Sequence[Event]],
    wanted: Sequence[tuple[str, Path | None]],
    as_json: bool,
) -> int:
    told = [fold(stream) for stream in streams]
    runs = matrix.named(told, names)
    for form, path in wanted:
        reports.put(form, path, reports.MATRIX_FORMATS[form](streams, list(runs)))
    if as_json:
        reports.put("json", None, matrix.render(runs))
    elif not any(path is None for _, path in wanted):
        matrix.show(runs, Console(highlight=False))
    return matrix.exit_code(told)
