"""Runs that are watched: a progress bar for each on standard error, where that is a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from conformance.cli.interrupts import INTERRUPTS
from conformance.cli.screen import console
from conformance.events import Event
from conformance.model import Case, Corpus, Verdict
from conformance.runner import Job, RunOptions, run_all

Wanted = tuple[str | None, str, RunOptions]  # a name (None: as the target calls itself), its spec, how to run it


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def watched_run(corpus: Corpus, cases: Sequence[Case], target: str, options: RunOptions) -> list[Event]:
    """Run one target; its event stream."""
    return watched_runs(corpus, cases, [(None, target, options)], 1)[0]


def watched_runs(corpus: Corpus, cases: Sequence[Case], wanted: Sequence[Wanted], at_once: int) -> list[list[Event]]:
    """Run several, up to ``at_once`` side by side; their event streams, in order.

    From the last footer on, a signal waits until the reports are written.
    """
    INTERRUPTS.reporting = False
    ended = 0

    def note(event: Event) -> None:
        nonlocal ended
        ended += event["event"] == "footer"
        INTERRUPTS.reporting = ended == len(wanted)

    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[bad]}", markup=False),
        console=console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bars:
        jobs = []
        for name, spec, options in wanted:
            task = bars.add_task(name or "starting", total=len(cases), bad="", start=False)
            jobs.append(Job(spec, options, _watcher(bars, task, note, named=bool(name))))
        return run_all(corpus, cases, jobs, at_once)


def _watcher(bars: Progress, task: TaskID, note: Callable[[Event], None], *, named: bool) -> Callable[[Event], None]:
    bad = 0

    def watch(event: Event) -> None:
        nonlocal bad
        note(event)
        if event["event"] == "header":
            bars.start_task(task)
            if not named:
                bars.update(task, description=(event["target"]["implementation"] or {}).get("name", "target"))
        elif event["event"] == "outcome":
            bad += Verdict(event["verdict"]).is_bad
            bars.update(task, advance=1, bad=f"{bad} failed" if bad else "")

    return watch
