"""``signkit baseline``: check a file of known failures, and bring it up to date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from conformance import reports
from conformance.baseline import Baseline, BaselineError, Entry, content
from conformance.cli.options import selected, vectors_option
from conformance.cli.output import json_option, print_json
from conformance.cli.progress import watched_run
from conformance.events import fold
from conformance.model import Report
from conformance.reports.plain import plain
from conformance.runner import RunOptions

_ROOM = 100  # characters of a reason in a list

_jobs_option = click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N", help="Instances of the target."
)


@click.group("baseline")
def baseline_command() -> None:
    """Check and update files of known failures.

    \b
    signkit baseline check php-baseline.json
    signkit baseline update php-baseline.json "cmd:php harness.php"
    """


@baseline_command.command("check")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("target", required=False)
@vectors_option
@_jobs_option
@json_option
def check(file: Path, target: str | None, vectors: tuple[Path, ...], jobs: int, as_json: bool) -> int:
    """Check a baseline's form, its ids against the corpus and its expiry dates; with TARGET, run against it as well.

    Exit code 4 for an entry that no longer holds; with TARGET, that of the run.

    \b
    signkit baseline check php-baseline.json
    signkit baseline check php-baseline.json "cmd:php harness.php"
    """
    known = Baseline.load(file)
    corpus, cases = selected(vectors, (), (), ())
    if target is not None:
        events = watched_run(corpus, cases, target, RunOptions(jobs=jobs, baseline=known))
        report = fold(events)
        _check_target(file, known, report)
        if as_json:
            reports.write("json", None, events)
        else:
            reports.show(report, Console(highlight=False))
        return report.exit_code
    stale = known.stale({}, {case.id for case in corpus.cases}, datetime.now(UTC).date())
    if as_json:
        print_json({"entries": len(known.entries), "flaky": len(known.flaky), "stale": stale})
    else:
        for event in stale:
            click.echo(f"stale: {plain(event['sentence'])}")
        click.echo(f"{_size(known)} of {plain(known.target)}; {len(stale) or 'none'} stale")
    return 4 if stale else 0


@baseline_command.command("update")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("target")
@vectors_option
@_jobs_option
@json_option
def update(file: Path, target: str, vectors: tuple[Path, ...], jobs: int, as_json: bool) -> int:
    """Run all cases, and write FILE anew: entries that still hold stay word for word, new failures are added with the
    kit's sentence as their reason, and those that no longer fail are dropped.

    \b
    signkit baseline update php-baseline.json "cmd:php harness.php"
    """
    before = content(file)
    known = None if before is None else _parsed(file, before)
    corpus, cases = selected(vectors, (), (), ())
    report = fold(watched_run(corpus, cases, target, RunOptions(jobs=jobs, baseline=known)))
    if report.end != "complete" or not report.ran:
        why = report.problem or "no case was put to the target"
        click.echo(f"signkit: {file} was left as it is: the run ended early ({report.end}): {plain(why)}", err=True)
        return report.exit_code
    if known is not None:
        _check_target(file, known, report)
    new = Baseline.of(report, known)
    new.save(file, before)
    _tell_update(known or Baseline("", {}), new, as_json)
    return 0


def _parsed(file: Path, data: bytes) -> Baseline:
    try:
        return Baseline.parse(data)
    except BaselineError as error:
        raise BaselineError(f"{file}: {error}") from None


def _check_target(file: Path, known: Baseline, report: Report) -> None:
    """Another implementation's baseline says nothing of this one, and must not be overwritten by it."""
    name = (report.header["target"]["implementation"] or {}).get("name")
    if name is not None and known.target not in ("", name):
        raise BaselineError(
            f"{file}: is the baseline of {known.target!r}, and the target is {name!r}: name its own file"
        )


def _tell_update(old: Baseline, new: Baseline, as_json: bool) -> None:
    before, after = {**old.entries, **old.flaky}, {**new.entries, **new.flaky}
    added = [entry for name, entry in after.items() if before.get(name) != entry]
    dropped = [entry for name, entry in before.items() if name not in after]
    if as_json:
        names = {"added": [e.id for e in added], "dropped": [e.id for e in dropped], "kept": len(after) - len(added)}
        print_json(names)
        return
    _tell("added", added)
    _tell("dropped", dropped)
    click.echo(f"{_size(new)}: {len(added)} added, {len(dropped)} dropped, {len(after) - len(added)} kept")
    if added:
        click.echo("write a reason of your own, and the clause, for what was added")


def _tell(what: str, entries: Sequence[Entry]) -> None:
    for entry in entries:
        reason = entry.reason if len(entry.reason) <= _ROOM else f"{entry.reason[:_ROOM]}..."
        click.echo(plain(f"{what}: {entry.id} ({entry.verdict or 'flaky'}): {reason}"))


def _size(known: Baseline) -> str:
    flaky = f" and {len(known.flaky)} flaky" if known.flaky else ""
    entries = f"{len(known.entries)} entries" if len(known.entries) != 1 else "1 entry"
    return f"{entries}{flaky}"
