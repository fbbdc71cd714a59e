"""``signkit fuzz TARGET...``: inputs that nobody wrote down, until implementations disagree."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from conformance.baseline import Baseline
from conformance.cli.options import vectors_option
from conformance.cli.output import json_option, print_json
from conformance.corpus import load
from conformance.model import FORMS, Corpus, Key

if TYPE_CHECKING:  # what needs hypothesis is imported when the command runs
    from conformance.fuzz.differential import Hunt, Options, Result
    from conformance.fuzz.findings import Finding
    from conformance.fuzz.store import Kept, Store

OPS = ("message", "sign", "verify", "minify", "build")
DEFAULT_SECONDS = 60.0
TICK = 10.0  # seconds between lines of progress where there is no terminal
MIN_BITS = 2048  # P19


@click.command("fuzz")
@click.argument("targets", metavar="TARGET...", nargs=-1)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="The same seed asks the same.")
@click.option(
    "--time", "seconds", type=click.FloatRange(0.1), metavar="SECONDS", help="How long. [default: 60, or no limit]"
)
@click.option("--max-examples", type=click.IntRange(1), metavar="N", help="How many questions.")
@click.option("--op", "ops", type=click.Choice(OPS), multiple=True, help="Only this op (repeatable).")
@click.option("--form", "forms", type=click.Choice(FORMS), multiple=True, help="Only this form (repeatable).")
@click.option(
    "--corpus",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("signkit-fuzz"),
    show_default=True,
    metavar="DIR",
    help="Where findings are kept, and known ones are read from.",
)
@click.option("--promote", type=click.Path(path_type=Path), metavar="FILE", help="Make a vector file of the findings.")
@click.option(
    "--baseline",
    "baselines",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Forgive what fails as a known failure does (repeatable).",
)
@vectors_option
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
def fuzz_command(
    targets: tuple[str, ...],
    seed: int,
    seconds: float | None,
    max_examples: int | None,
    ops: tuple[str, ...],
    forms: tuple[str, ...],
    folder: Path,
    promote: Path | None,
    baselines: Sequence[Path],
    vectors: tuple[Path, ...],
    timeout: float,
    start_timeout: float,
    as_json: bool,
) -> int:
    """Put inputs that nobody wrote down to every TARGET and to the reference, and tell who answers wrongly.

    An independent oracle judges all of them, the reference too. A disagreement is shrunk, told, and kept in the corpus
    folder; it is not told again as new, but counts (exit 1) until it is mended or forgiven by a baseline. Without a
    TARGET, --promote makes vectors of what is kept.

    \b
    signkit fuzz python:conformance.reference:Reference --max-examples 200
    signkit fuzz "cmd:node harness.mjs" --time 5 --op verify --seed 7
    signkit fuzz "cmd:php harness.php" --time 5 --baseline php-baseline.json --promote found.json
    """
    _need_hypothesis()
    from conformance.fuzz.differential import Options
    from conformance.fuzz.promote import PromoteError
    from conformance.fuzz.store import Store, StoreError

    if not targets and promote is None:
        raise click.UsageError("name a TARGET, such as python:conformance.reference:Reference")
    corpus = load(list(vectors) or None)
    keys = usable(corpus.keys)
    try:
        store = Store(folder)
        kept, complaints = store.load(keys)
        for complaint in complaints:
            click.echo(f"signkit: {complaint}", err=True)
        limit = DEFAULT_SECONDS if seconds is None and max_examples is None else seconds
        options = Options(seed, max_examples, limit, ops, forms)
        forgiven = [Baseline.load(path) for path in baselines]
        code = 0
        if targets:
            run = _Run(targets, corpus, keys, options, store, kept, as_json)
            code = run.run(forgiven, timeout, start_timeout, complaints)
        if promote is not None:
            _promote(promote, store, keys)
    except (StoreError, PromoteError) as error:
        click.echo(f"signkit: {error}", err=True)
        return 2
    return code


def _need_hypothesis() -> None:
    try:
        import hypothesis  # noqa: F401 - only whether it is there
    except ModuleNotFoundError:
        raise click.UsageError(
            "fuzzing needs hypothesis, which is not installed. Mend: pip install 'signkit[fuzz]'"
        ) from None


def usable(keys: Mapping[str, Key]) -> dict[str, Key]:
    """The corpus's keys that can sign and that P19 and P46 allow, the commonest kind first."""
    found = [key for key in keys.values() if key.private_pem and key.bits >= MIN_BITS and key.e > 1 and key.e % 2]
    return {key.name: key for key in sorted(found, key=lambda key: (key.bits, key.e != 65537, key.name))}


class _Run:
    """One run as the command line shows it: findings as they come, then the sum."""

    def __init__(
        self,
        targets: Sequence[str],
        corpus: Corpus,
        keys: Mapping[str, Key],
        options: Options,
        store: Store,
        kept: Sequence[Kept],
        as_json: bool,
    ) -> None:
        self.targets = targets
        self.corpus = corpus
        self.keys = keys
        self.options = options
        self.store = store
        self.kept = kept
        self.as_json = as_json
        self._told: set[tuple[str, ...]] = set()
        self._began = self._ticked = monotonic()
        self._console = Console(stderr=True, highlight=False)

    def run(self, forgiven: Sequence[Baseline], timeout: float, start_timeout: float, complaints: Sequence[str]) -> int:
        from conformance.fuzz.differential import Hunt
        from conformance.fuzz.panel import Panel, PanelError

        try:
            with _terminable(), Panel(self.targets, self.keys, timeout, start_timeout) as panel:
                hunt = Hunt(panel, self.keys, self.options, self.tell, self.progress)
                if not hunt.pairs:
                    click.echo("signkit: no target supports what --op and --form leave", err=True)
                    return 5
                self._forgive(hunt, forgiven)
                hunt.replay(self.kept)
                result = hunt.run()
                names = [(member.name, member.version) for member in panel.members[:-1]]
                violations = list(panel.violations)
        except PanelError as error:
            click.echo(f"signkit: {error}", err=True)
            return 3
        code = _exit_code(result, violations)
        if self.as_json:
            print_json(self._data(result, names, violations, complaints, code))
        else:
            self._sum(result, violations)
        return code

    def _forgive(self, hunt: Hunt, baselines: Sequence[Baseline]) -> None:
        from conformance.fuzz.asks import Ask

        for baseline in baselines:
            cases = [c for c in self.corpus.cases if c.op in OPS and (c.key is None or c.key in self.keys)]
            cases = [c for c in cases if baseline.entry_for(c.id) is not None]
            hunt.forgive(baseline.target, [Ask(case.op, case.input) for case in cases])

    def tell(self, finding: Finding) -> None:
        """Keep a finding and show it: in full, or in a line where only the form is another."""
        from conformance.fuzz import telling

        self.store.save(finding)
        if self.as_json:
            return
        rows = [telling.briefly(finding)] if finding.way in self._told else telling.lines(finding)
        self._told.add(finding.way)
        click.echo("\n".join(rows) + "\n")

    def progress(self, result: Result) -> None:
        """Where standard error is a terminal, one line that is written over; else a line now and then."""
        now = monotonic()
        terminal = self._console.is_terminal
        if now - self._ticked < (0.2 if terminal else TICK):
            return
        self._ticked = now
        spent = now - self._began
        told = f"{result.examples} examples, {result.examples / spent:.0f} a second, {len(result.findings)} findings"
        click.echo(f"\r{told}\x1b[K\r" if terminal else told, err=True, nl=not terminal)

    def _sum(self, result: Result, violations: Sequence[str]) -> None:
        from conformance.fuzz.telling import rate

        for sentence in violations:
            click.echo(f"violation: {sentence}")
        for file in result.mended:
            click.echo(f"mended: {self.store.folder / file} is answered rightly now; delete it")
        if result.problem is not None:
            click.echo(f"signkit: {result.problem}", err=True)
        ended = "" if result.end == "complete" else f", {result.end}"
        known = f", {len(result.again)} known ones still there" if result.again else ""
        known += f", {len(result.forgiven)} forgiven by the baseline" if result.forgiven else ""
        number = len(result.findings)
        new = f"{number} new disagreement{'' if number == 1 else 's'}"
        click.echo(f"{new}{known}; {rate(result)}, seed {self.options.seed}{ended}")
        if result.findings:
            click.echo(f"kept in {self.store.folder}; --promote FILE makes vectors of them")

    def _data(
        self,
        result: Result,
        names: Sequence[tuple[str, str]],
        violations: Sequence[str],
        complaints: Sequence[str],
        code: int,
    ) -> dict[str, Any]:
        from conformance.fuzz import telling

        return {
            "targets": [{"name": name, "version": told} for name, told in names],
            "seed": self.options.seed,
            "examples": result.examples,
            "seconds": round(result.seconds, 3),
            "end": result.end,
            "problem": result.problem,
            "findings": [telling.data(finding) for finding in result.findings.values()],
            "known": [telling.data(finding) for finding in result.again.values()],
            "mended": result.mended,
            "forgiven": [list(way) for way in sorted(result.forgiven)],
            "violations": list(violations),
            "skipped_files": list(complaints),
            "exit_code": code,
        }


def _exit_code(result: Result, violations: Sequence[str]) -> int:
    if result.end == "interrupted":
        return 130
    if result.end == "target-gone":
        return 3
    return 1 if result.findings or result.again or violations else 0


@contextmanager
def _terminable() -> Iterator[None]:
    """While it is open, SIGTERM ends the run as Ctrl-C does: findings are kept, targets ended."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _promote(path: Path, store: Store, keys: Mapping[str, Key]) -> None:
    """All that is kept, this run's findings among it."""
    from conformance.fuzz.promote import promote

    kept, _ = store.load(keys)
    cases, left = promote(path, [(one.ask, one.target) for one in kept], keys, version("signkit"))
    told = f"{cases} cases written to {path}; edit their comments and clauses" if cases else "nothing to promote"
    click.echo(told + (f" ({left} left out: the policies leave their answer open)" if left else ""), err=True)
    sys.stderr.flush()
