"""``signkit fuzz TARGET...``: inputs that nobody wrote down, until implementations disagree."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.baseline import Baseline
from conformance.cli.options import vectors_option
from conformance.cli.output import json_option
from conformance.cli.outputs import writable
from conformance.corpus import load
from conformance.model import FORMS, Key
from conformance.reports.plain import plain

if TYPE_CHECKING:  # what needs hypothesis is imported when the command runs
    from conformance.fuzz.findings import Finding
    from conformance.fuzz.store import Store

OPS = ("message", "sign", "verify", "minify", "build")
DEFAULT_SECONDS = 60.0
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
@click.option(
    "--promote",
    type=click.Path(path_type=Path),
    callback=writable,
    metavar="FILE",
    help="Make a vector file of the findings.",
)
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
    from conformance.cli.fuzz_run import Run
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
            click.echo(f"signkit: {plain(complaint)}", err=True)
        limit = DEFAULT_SECONDS if seconds is None and max_examples is None else seconds
        options = Options(seed, max_examples, limit, ops, forms)
        known = [(baseline.target, baseline) for baseline in map(Baseline.load, baselines)]
        asked = [case for case in corpus.cases if case.op in OPS and (case.key is None or case.key in keys)]
        forgiven = [(name, [case for case in asked if known.entry_for(case.id)]) for name, known in known]
        code: int = 0
        found: Sequence[Finding] = ()
        if targets:
            run = Run(targets, keys, options, store, as_json)
            with _no_litter():
                code = run.run(kept, forgiven, timeout, start_timeout, complaints)
            found = run.found
        if promote is not None:
            _promote(promote, store, keys, found)
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


@contextmanager
def _no_litter() -> Iterator[None]:
    """Hypothesis keeps notes in a folder .hypothesis where it is started: while this is open, elsewhere."""
    from hypothesis.configuration import set_hypothesis_home_dir

    with tempfile.TemporaryDirectory(prefix="signkit-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


def usable(keys: Mapping[str, Key]) -> dict[str, Key]:
    """The corpus's keys that can sign and that P19 and P46 allow, the commonest kind first."""
    found = [key for key in keys.values() if key.private_pem and key.bits >= MIN_BITS and key.e > 1 and key.e % 2]
    return {key.name: key for key in sorted(found, key=lambda key: (key.bits, key.e != 65537, key.name))}


def _promote(path: Path, store: Store, keys: Mapping[str, Key], found: Sequence[Finding]) -> None:
    """All that is kept, and what this run found."""
    from conformance.fuzz.promote import promote

    kept, _ = store.load(keys)
    asked = [*((one.ask, one.target) for one in kept), *((one.ask, one.target) for one in found)]
    done = promote(path, asked, keys, version("signkit"))
    told = (
        f"{done.added} cases added to {path}; edit their comments and clauses" if done.added else "nothing to promote"
    )
    told += f" ({done.there} stand there already)" if done.there else ""
    click.echo(told + (f" ({done.left} left out: the policies leave their answer open)" if done.left else ""), err=True)
