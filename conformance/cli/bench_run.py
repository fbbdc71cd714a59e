"""``signkit bench run``: measure, show, and write what was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic

import click

from conformance.cli.bench_show import progress, show
from conformance.cli.interrupts import EXIT_CODE, INTERRUPTS
from conformance.cli.outputs import check_apart, make_all, writable
from conformance.files import write_whole
from conformance.reports.plain import plain
from conformance.speed.model import Bench
from conformance.speed.plan import GROUPS
from conformance.speed.suite import Options, need_pytest
from signing_core import backends

FAILED, NOTHING = 1, 5


def _file_option(name: str, what: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    path = click.Path(path_type=Path)
    return click.option(f"--{name}", f"{name}_file", type=path, callback=writable, metavar="FILE", help=what)


@click.command("run")
@click.option("--quick", is_flag=True, help="At most 50 seconds, with fewer rounds.")
@click.option("--group", "groups", multiple=True, type=click.Choice(GROUPS), help="Only this group (repeatable).")
@click.option("-k", "keyword", metavar="EXPRESSION", help="Only benchmarks whose name fits, as pytest's -k.")
@click.option("--backend", type=click.Choice(backends.NAMES), help="What signs on our side.  [default: auto]")
@_file_option("json", "Write all rounds: what compare and capacity read.")
@_file_option("markdown", "Write the tables.")
@_file_option("html", "Write a page with plots.")
def run_command(
    quick: bool,
    groups: Sequence[str],
    keyword: str | None,
    backend: str | None,
    json_file: Path | None,
    markdown_file: Path | None,
    html_file: Path | None,
) -> int:
    """Measure signing on this machine, beside pyca/cryptography and the peers that are installed.

    A ratio is the speed of ours in the peer's, the median of pairs that ran next to each other; the spread is how far
    the quartiles of these ratios lie apart. After Ctrl-C what is measured is shown and written, marked as not complete.

    \b
    exit codes: 0 done; 1 the suite failed in part; 2 usage; 5 nothing was measured; 130 interrupted

    \b
    signkit bench run --quick --group texts --json speed.json --markdown speed.md --html speed.html
    signkit bench run --quick -k minify --backend pyca
    """
    check_apart([path for path in (json_file, markdown_file, html_file) if path is not None])
    need_pytest()
    from conformance.speed.session import measure

    INTERRUPTS.reporting = True  # a first signal is noted, and the run ends itself
    began = monotonic()
    with progress(sys.stderr.isatty()) as step:
        done = measure(Options(quick, backend, keyword, tuple(groups)), step, lambda: INTERRUPTS.noted)
    bench = done.bench
    show(bench)
    if done.problem is not None:
        click.echo(f"signkit: {plain(done.problem, newlines=True)}", err=True)
    if not (bench.measurements or bench.latencies):
        click.echo("signkit: nothing was measured, and no file is written", err=True)
        return EXIT_CODE if done.interrupted else FAILED if done.problem else NOTHING
    files = {json_file: _json, markdown_file: _markdown, html_file: _html}
    written = {path: make for path, make in files.items() if path is not None}
    make_all([partial(_write, path, make, bench) for path, make in written.items()])
    if done.interrupted:
        click.echo(f"signkit: interrupted after {monotonic() - began:.0f} s; this is what was measured until then")
    if written:
        click.echo(f"written: {', '.join(map(str, written))}")
    return EXIT_CODE if done.interrupted else FAILED if done.problem else 0


def _write(path: Path, make: Callable[[Bench], bytes], bench: Bench) -> None:
    try:
        write_whole(path, make(bench))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None  # the file asked for, not the one beside it


def _json(bench: Bench) -> bytes:
    from conformance.speed.document import dump

    return dump(bench)


def _markdown(bench: Bench) -> bytes:
    from conformance.speed.markdown import render

    return render(bench).encode()


def _html(bench: Bench) -> bytes:
    from conformance.speed.page import render

    return render(bench).encode()
