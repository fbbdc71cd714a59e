"""``signkit demo``: the embedded reference and every language harness whose runtime is here, in one table."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from conformance import reports
from conformance.cli.options import selected
from conformance.cli.progress import processors, watched_runs
from conformance.cli.screen import console
from conformance.events import fold
from conformance.model import Level, Report, Verdict
from conformance.runner import RunOptions
from conformance.shipped import REFERENCE, harnesses


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("signkit-report"),
    show_default=True,
    metavar="DIR",
    help="Where the full reports go.",
)
def demo_command(out: Path) -> int:
    """Check the embedded reference and every language runtime found on this machine.

    \b
    signkit demo
    """
    corpus, cases = selected((), (), (), ())
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"cannot make the folder {out}: {error.strerror}; name another with --out") from None
    found = [REFERENCE, *harnesses()]
    here = [harness for harness in found if not harness.missing]
    for harness in here:
        click.echo(f"checking {harness.title} …", err=True)
    wanted = [(harness.name, harness.target, RunOptions(baseline=harness.known())) for harness in here]
    streams = watched_runs(corpus, cases, wanted, processors())
    table = _table(f"{len(cases)} cases, corpus {corpus.digest[:12]}")
    told = [fold(events) for events in streams]
    for harness, report, events in zip(here, told, streams, strict=True):
        for form, suffix in (("json", "json"), ("text", "txt")):
            reports.write(form, out / f"{harness.name}.{suffix}", events)
        table.add_row(harness.name, *_row(report))
    for form, name in (("html", "index.html"), ("findings", "findings.md")):
        reports.put(form, out / name, reports.MATRIX_FORMATS[form](streams, [harness.name for harness in here]))
    console().print(table)
    click.echo(
        "\nmust: the document or RFC 8017 demands it; should: a policy of docs/statements.md.\n"
        "new: failures that the harness's baseline.json does not name; each known one stands there with its reason."
    )
    absent = [f"{harness.name} ({harness.missing})" for harness in found if harness.missing]
    if absent:
        click.echo("not found here: " + "\n                ".join(absent))
    click.echo(f"Full reports: {out.resolve()}/; all of them in one page: {(out / 'index.html').resolve()}")
    # A library of another version may pass or fail other cases than its baseline says: shown, and no fault of ours.
    return 130 if any(report.end == "interrupted" for report in told) else told[0].exit_code


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("implementation", no_wrap=True)
    table.add_column("runtime", no_wrap=True, max_width=13)
    for name in ("pass", "must", "should", "skip", "new"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("result", no_wrap=True)
    return table


def _row(report: Report) -> tuple[str, ...]:
    """What the document says of the implementation, its baseline left aside; only ``new`` looks there."""
    who = report.header["target"]["implementation"] or {}
    failed = [o.level for o in report.outcomes if o.verdict.is_bad or o.verdict is Verdict.XFAIL]
    must, should = failed.count(Level.MUST), failed.count(Level.SHOULD)
    counts = report.counts
    skipped = counts[Verdict.SKIP] + counts[Verdict.NOT_RUN]
    new = len(report.failures) + len(report.violations)
    result = report.problem or ("not conformant" if must else report.result)
    runtime = who.get("runtime", "").partition(",")[0]
    return (runtime, *map(str, (counts[Verdict.PASS], must, should, skipped, new)), result)
