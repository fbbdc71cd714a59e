"""``signkit run TARGET``: the main job."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance import reports
from conformance.baseline import Baseline, BaselineError
from conformance.cli.interrupts import INTERRUPTS
from conformance.cli.options import SECONDS, selected, selection_options
from conformance.cli.output import json_option
from conformance.cli.screen import console
from conformance.events import Event, fold
from conformance.model import PROFILES, Case, Corpus
from conformance.reports import ReportError
from conformance.runner import RunOptions, run


def _reports(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[tuple[str, Path | None], ...]:
    """``FORMAT:FILE`` as (format, path), path None for standard output; refused before the run where the file could not
    be written after it."""
    wanted = []
    for value in values:
        name, _, file = value.partition(":")
        if not file or name not in reports.FORMATS:
            raise click.BadParameter(f"{value!r} is not FORMAT:FILE with FORMAT one of {', '.join(reports.FORMATS)}")
        wanted.append((name, None if file == "-" else _writable(ctx, param, Path(file))))
    return tuple(wanted)


def _writable(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """The path, once it is seen that a file can be written there."""
    if path is not None:
        folder = path.resolve().parent
        if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            told = f"cannot write {str(path)!r}: name a file in a folder that exists and can be written"
            raise click.BadParameter(told)
    return path


def _check_apart(outputs: Sequence[Path | None]) -> None:
    """UsageError where two outputs go to one place (None: standard output); the later would spoil the earlier."""
    seen: set[Path | None] = set()
    for path in outputs:
        place = path and path.resolve()
        if place in seen and (place is None or place.is_file() or not place.exists()):
            raise click.UsageError(f"{path or 'standard output'} is asked to take two reports: name a file for each")
        seen.add(place)


@click.command("run")
@click.argument("target")
@selection_options
@click.option(
    "--profile", type=click.Choice(PROFILES), default="default", show_default=True, help="strict counts 'should' too."
)
@click.option("--complete", is_flag=True, help="A target that supports only part of what the document demands fails.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N", help="Instances of the target."
)
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, metavar="SECONDS", help="For one op.")
@click.option(
    "--start-timeout",
    type=SECONDS,
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="For the handshake.",
)
@click.option("--max-fail", type=click.IntRange(1), metavar="N", help="Stop after N failures.")
@click.option(
    "--baseline", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE", help="Known failures."
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    callback=_writable,
    metavar="FILE",
    help="Write this run's failures as a baseline.",
)
@click.option(
    "--report",
    "wanted",
    callback=_reports,
    multiple=True,
    metavar="FORMAT:FILE",
    help="Write a report: text, json or events (repeatable).",
)
@json_option
def run_command(
    target: str,
    vectors: tuple[Path, ...],
    ids: Sequence[str],
    tags: Sequence[str],
    suites: Sequence[str],
    profile: str,
    complete: bool,
    jobs: int,
    timeout: float,
    start_timeout: float,
    max_fail: int | None,
    baseline: Path | None,
    write_baseline: Path | None,
    wanted: Sequence[tuple[str, Path | None]],
    as_json: bool,
) -> int:
    """Run the cases against TARGET and tell which it fails, and why.

    TARGET is cmd:COMMAND LINE, python:package.module:Class, or http://host:port/path.

    \b
    signkit run python:conformance.reference:Reference
    signkit run "cmd:node harness.mjs" --suite request-signatures --report json:report.json
    signkit run "cmd:php harness.php" --profile strict --baseline php-baseline.json
    """
    to_screen = [None] if as_json else []
    to_files = [write_baseline] if write_baseline else []
    _check_apart([*to_screen, *to_files, *(path for _, path in wanted)])
    corpus, cases = selected(vectors, ids, tags, suites)
    options = RunOptions(
        jobs=jobs,
        timeout=timeout,
        start_timeout=start_timeout,
        max_fail=max_fail,
        profile=profile,
        complete=complete,
        baseline=None if baseline is None else Baseline.load(baseline),
        selection={"ids": list(ids), "tags": list(tags), "suites": list(suites)},
    )
    events = watched_run(corpus, cases, target, options)
    report = fold(events)
    outputs: list[Callable[[], object]] = [partial(reports.write, name, path, events) for name, path in wanted]
    if as_json:
        outputs.append(partial(reports.write, "json", None, events))
    elif not any(path is None for _, path in wanted):
        outputs.append(lambda: reports.show(report, console()))
    if write_baseline is not None:
        outputs.append(partial(Baseline.write, write_baseline, report, options.baseline))
    _make_all(outputs)
    return report.exit_code


def _make_all(outputs: Sequence[Callable[[], object]]) -> None:
    """Call each; where one cannot be written the others still are, and the first error is raised in the end."""
    errors: list[Exception] = []
    for output in outputs:
        try:
            output()
        except (ReportError, BaselineError, OSError) as error:
            errors.append(error)
    if errors:
        raise errors[0]


def watched_run(corpus: Corpus, cases: Sequence[Case], target: str, options: RunOptions) -> list[Event]:
    """Run with a progress bar on standard error, where that is a terminal.

    From the footer on, a signal waits until the reports are written.
    """
    INTERRUPTS.reporting = False

    def notice(event: Event) -> None:
        INTERRUPTS.reporting = event["event"] == "footer"

    if not sys.stderr.isatty():
        return run(corpus, cases, target, options, notice)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[bad]}"),
        console=console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("starting", total=len(cases), bad="")
        bad = 0

        def watch(event: Event) -> None:
            nonlocal bad
            notice(event)
            if event["event"] == "header":
                bar.update(task, description=(event["target"]["implementation"] or {}).get("name", "target"))
            if event["event"] == "outcome":
                bad += event["verdict"] not in ("pass", "xfail", "xpass", "skip", "not-run")
                bar.update(task, advance=1, bad=f"{bad} failed" if bad else "")

        return run(corpus, cases, target, options, watch)
