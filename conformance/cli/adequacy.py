"""``signkit adequacy``: the corpus against broken implementations."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from string import ascii_letters
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from conformance.adequacy import Fault, Matrix, expected_killers, faults, run
from conformance.cli.options import vectors_option
from conformance.cli.output import json_option, print_json
from conformance.corpus import load
from conformance.model import Corpus
from conformance.mutants import Mutant, all_mutants

SHOWN = 5  # cases named beside a survivor


@click.command("adequacy")
@click.option("--mutant", "names", multiple=True, metavar="NAME", help="Only this mutant (repeatable).")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes; one for each processor if left out.")
@vectors_option
@json_option
def adequacy_command(names: Sequence[str], jobs: int | None, vectors: tuple[Path, ...], as_json: bool) -> int:
    """Prove that the corpus catches broken implementations: none may get past it, and each case must be of use.

    Exit code 1 where a mutant lives or is caught by a single case, where nothing tells two apart, or where a case
    catches nothing and nobody says why it stays.

    \b
    signkit adequacy
    signkit adequacy --mutant beyond-modulus --mutant body-alone
    signkit adequacy --json > adequacy.json
    """
    chosen = _chosen(names)
    matrix = _watched(load(list(vectors) or None), chosen, jobs)
    wrong = faults(matrix)
    if as_json:
        print_json(_data(matrix, wrong))
    else:
        _show(matrix, wrong)
    return 1 if wrong else 0


def _chosen(names: Sequence[str]) -> list[Mutant] | None:
    known = {mutant.name: mutant for mutant in all_mutants()}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f"; there is {', '.join(near)}" if near else "; signkit adequacy --json names them all"
            raise click.BadParameter(f"no mutant {name!r}{hint}", param_hint="--mutant")
    return [known[name] for name in dict.fromkeys(names)] or None


def _watched(corpus: Corpus, mutants: list[Mutant] | None, jobs: int | None) -> Matrix:
    """Run with a progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        return run(corpus, mutants, jobs)
    columns = TextColumn("mutants"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(all_mutants() if mutants is None else mutants) + 1)
        return run(corpus, mutants, jobs, lambda kills: bar.update(task, advance=1))


def _data(matrix: Matrix, wrong: Sequence[Fault]) -> dict[str, Any]:
    return {
        "corpus": {"digest": matrix.corpus.digest, "cases": len(matrix.corpus.cases)},
        "seconds": round(matrix.seconds, 1),
        "asked": matrix.asked,
        "survivors": [mutant.name for mutant in matrix.survivors],
        "mutants": [
            {
                "name": mutant.name,
                "kind": mutant.kind,
                "mistake": mutant.mistake,
                "known": mutant.known,
                "derived": mutant.derived,
                "crashes": mutant.crashes,
                "ops": sorted(mutant.ops),
                "suites": list(mutant.suites),
                "killed_by": dict(sorted(matrix.by_suite(mutant.name).items())),
                "cases": list(matrix.kills[mutant.name].cases),
            }
            for mutant in matrix.mutants
        ],
        "faults": [{"kind": fault.kind, "subject": fault.subject, "sentence": fault.sentence} for fault in wrong],
    }


def _show(matrix: Matrix, wrong: Sequence[Fault]) -> None:
    console = Console(highlight=False)
    used = Counter[str]()
    for mutant in matrix.mutants:
        used += matrix.by_suite(mutant.name)
    letters = dict(zip(dict.fromkeys(case.suite for case in matrix.corpus.cases if used[case.suite]), ascii_letters))  # noqa: B905
    if not matrix.survivors:
        console.print(_table(matrix, matrix.mutants, letters))
    else:
        rest = [mutant for mutant in matrix.mutants if mutant not in matrix.survivors]
        console.print(_table(matrix, (*matrix.survivors, *rest), letters))
    console.print("  ".join(f"[bold]{letter}[/bold] {suite}" for suite, letter in letters.items()))
    for mutant in matrix.survivors:
        likely = expected_killers(matrix, mutant)
        named = ", ".join(case.id for case in likely[:SHOWN]) or "no case at all"
        more = f" and {len(likely) - SHOWN} more" if len(likely) > SHOWN else ""
        console.print(f"[bold red]{mutant.name} lives[/bold red]: {mutant.mistake} Expected to catch it: {named}{more}")
    for fault in wrong:
        console.print(f"[red]{fault.kind}[/red] {fault.subject}: {fault.sentence}", soft_wrap=True, markup=True)
    derived = sum(mutant.derived for mutant in matrix.mutants)
    console.print(
        f"{len(matrix.mutants)} mutants ({derived} derived), {len(matrix.survivors)} survivors, "
        f"{len(matrix.corpus.cases)} cases, {matrix.asked} answers in {matrix.seconds:.0f} s, {len(wrong)} faults"
    )


def _table(matrix: Matrix, mutants: Sequence[Mutant], letters: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("mutant", no_wrap=True)
    table.add_column("cases", justify="right")
    for letter in letters.values():
        table.add_column(letter, justify="right")
    for mutant in mutants:
        counts = matrix.by_suite(mutant.name)
        total = sum(counts.values())
        shown = f"[bold red]{total}[/bold red]" if total == 0 else str(total)
        cells = (f"[bold]{counts[suite]}[/bold]" if suite in mutant.suites else str(counts[suite]) for suite in letters)
        table.add_row(mutant.name, shown, *(cell if cell not in ("0",) else "·" for cell in cells))
    return table
