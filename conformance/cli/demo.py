"""``signkit demo``: the embedded reference and every language harness whose runtime is here, in one table."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import orjson
from rich.table import Table

from conformance import reports
from conformance.baseline import Baseline
from conformance.cli.interrupts import INTERRUPTS
from conformance.cli.options import selected
from conformance.cli.run import watched_run
from conformance.cli.screen import console
from conformance.events import fold
from conformance.model import Level, Report, Verdict
from conformance.runner import RunOptions

_HARNESSES = Path(__file__).resolve().parent.parent / "harnesses"


@dataclass(frozen=True, slots=True)
class Harness:
    """A harness folder's manifest: what it needs and how it starts."""

    name: str
    title: str
    target: str
    baseline: Path
    missing: str | None


def harnesses() -> Iterator[Harness]:
    """Every harness shipped with the kit; ``missing`` says what this machine lacks for it."""
    for manifest in sorted(_HARNESSES.glob("*/harness.json")):
        data = orjson.loads(manifest.read_bytes())
        folder = str(manifest.parent)
        words = [word.format(dir=folder, python=sys.executable) for word in shlex.split(data["command"])]
        checks = [[word.format(dir=folder, python=sys.executable) for word in check] for check in data.get("check", ())]
        absent = [program for program in data["needs"] if shutil.which(program) is None]
        usable = not absent and all(_succeeds(check) for check in checks)
        missing = None if usable else str(data["install"])
        yield Harness(
            data["name"], data["title"], f"cmd:{shlex.join(words)}", manifest.parent / "baseline.json", missing
        )


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


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
    reference = Harness("reference", "signkit reference", "python:conformance.reference:Reference", out / "none", None)
    table = _table(f"{len(cases)} cases, corpus {corpus.digest[:12]}")
    absent = []
    code = 0
    for harness in (reference, *harnesses()):
        if harness.missing:
            absent.append(f"{harness.name} ({harness.missing})")
            continue
        click.echo(f"checking {harness.title} …", err=True)
        known = Baseline.load(harness.baseline) if harness.baseline.exists() else None
        events = watched_run(corpus, cases, harness.target, RunOptions(baseline=known))
        report = fold(events)
        for form, suffix in (("json", "json"), ("text", "txt")):
            reports.write(form, out / f"{harness.name}.{suffix}", events)
        table.add_row(harness.name, *_row(report))
        # A library of another version may pass or fail other cases than its baseline says: shown, and no fault of ours.
        code = report.exit_code if harness is reference or report.end == "interrupted" else code
        if report.end == "interrupted" or INTERRUPTS.noted:
            break
    console().print(table)
    click.echo(
        "\nmust: the document or RFC 8017 demands it; should: a policy of docs/statements.md.\n"
        "new: failures that the harness's baseline.json does not name; each known one stands there with its reason."
    )
    if absent:
        click.echo("not found here: " + "\n                ".join(absent))
    click.echo(f"Full reports: {out.resolve()}/")
    return code


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
