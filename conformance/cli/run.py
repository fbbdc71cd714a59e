"""``signkit run TARGET``: the main job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click

from conformance import reports
from conformance.baseline import Baseline, content
from conformance.cli.options import SECONDS, chosen, report_option, selected, selection_options
from conformance.cli.output import json_option
from conformance.cli.outputs import check_apart, make_all, writable
from conformance.cli.progress import watched_run
from conformance.cli.screen import console
from conformance.cli.sources import KEY, Source, naming
from conformance.events import fold
from conformance.model import PROFILES
from conformance.runner import RunOptions
from signing_core import PrivateKey


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
    callback=writable,
    metavar="FILE",
    help="Write this run's failures as a baseline.",
)
@report_option
@click.option(
    "--sign-report",
    "signing_key",
    callback=KEY,
    metavar="FILE|-|env:NAME",
    help="Sign the JSON and events reports with this private key.",
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
    signing_key: Source | None,
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
    check_apart([*to_screen, *to_files, *(path for _, path in wanted)])
    key = _signing_key(signing_key, [name for name, _ in wanted] + ["json"] * as_json)
    corpus, cases = selected(vectors, ids, tags, suites)
    before = None if write_baseline is None else content(write_baseline)
    options = RunOptions(
        jobs=jobs,
        timeout=timeout,
        start_timeout=start_timeout,
        max_fail=max_fail,
        profile=profile,
        complete=complete,
        baseline=None if baseline is None else Baseline.load(baseline),
        selection=chosen(vectors, ids, tags, suites),
    )
    events = watched_run(corpus, cases, target, options)
    report = fold(events)
    outputs: list[Callable[[], object]] = [partial(reports.write, name, path, events, key) for name, path in wanted]
    if as_json:
        outputs.append(partial(reports.write, "json", None, events, key))
    elif not any(path is None for _, path in wanted):
        outputs.append(lambda: reports.show(report, console()))
    if write_baseline is not None:
        outputs.append(partial(Baseline.of(report, options.baseline).save, write_baseline, before))
    make_all(outputs)
    return report.exit_code


def _signing_key(source: Source | None, formats: Sequence[str]) -> PrivateKey | None:
    """The key to sign reports with; refused where none of them could carry a signature."""
    if source is None:
        return None
    if not set(formats) & set(reports.sealing.SIGNABLE):
        raise click.UsageError(
            "--sign-report needs a report that carries a signature: --report json:FILE or events:FILE"
        )
    with naming(source.name):
        key = PrivateKey.from_pem(source.data)
    reports.sealing.refuse_public(key)
    return key
