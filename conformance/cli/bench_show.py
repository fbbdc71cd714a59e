"""What ``signkit bench`` shows: progress on standard error, tables on standard output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Literal

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Drawn

from conformance.cli.screen import console
from conformance.reports.plain import plain
from conformance.speed import texts
from conformance.speed.model import Bench
from conformance.speed.noise import Noise
from conformance.speed.overview import all_of
from conformance.speed.suite import Step
from conformance.speed.tables import Table

_TICK = 10.0  # seconds between lines of progress where there is no terminal
_GAP = 2  # blanks between columns
_PIPED = 240  # columns where there is no terminal: nothing is cut off


def show(bench: Bench) -> None:
    """The whole run, for a person."""
    screen = _screen()
    for table in all_of(bench):
        draw(screen, table)
    draw(screen, Table("machine", ("", ""), list(texts.facts(bench.machine))))
    screen.print()
    screen.print(escape(plain(texts.state(bench))), soft_wrap=True)
    noisy, known = texts.noise(bench), Noise.of(bench.machine.facts)
    tell(screen, noisy, "yellow")
    if bench.measurements and not noisy and known is not None and known.others is not None:
        screen.print("the machine was quiet, and no ratio too noisy to tell", soft_wrap=True)


def draw(screen: Console, table: Table) -> None:
    """A table under its title, and its notes; what is too wide for the screen goes without some columns."""
    whole, table = table, table.narrowed(screen.width, _GAP)
    drawn = Drawn(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=any(table.heads))
    texts_ = [number for number, figure in enumerate(table.figures) if not figure]
    widest = max(texts_, key=lambda number: max((len(row[number]) for row in table.rows), default=0), default=None)
    for number, (head, figure) in enumerate(zip(table.heads, table.figures, strict=True)):
        justify: Literal["left", "right"] = "right" if figure else "left"
        drawn.add_column(escape(plain(head)), justify=justify, no_wrap=number != widest, overflow="fold")
    for number, row in enumerate(table.rows):
        style = "yellow" if number in table.marked else None
        drawn.add_row(*(escape(plain(cell)) for cell in row), style=style)
    screen.print(f"\n[bold]{escape(plain(table.title))}[/bold]", soft_wrap=True)
    if screen.is_terminal:
        screen.print(drawn)
    else:  # rich fills the last column with blanks
        with screen.capture() as captured:
            screen.print(drawn)
        click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
    left_out = [name for name in whole.heads if name not in table.heads]
    notes = [*table.notes, *([f"a wider screen also shows: {', '.join(left_out)}"] if left_out else [])]
    for note in notes:
        screen.print(f"  {escape(plain(note))}", soft_wrap=True)


def tell(screen: Console, sentences: Iterable[str], style: str | None = None) -> None:
    """Sentences, one a line."""
    for sentence in sentences:
        screen.print(escape(plain(sentence)), style=style, soft_wrap=True)


def draw_all(found: Sequence[Table]) -> None:
    """Tables on standard output."""
    screen = _screen()
    for table in found:
        draw(screen, table)


@contextmanager
def progress(terminal: bool) -> Iterator[Callable[[Step], None]]:
    """A bar on standard error where that is a terminal; else a line now and then."""
    if not terminal:
        ticked = monotonic()

        def tick(step: Step) -> None:
            nonlocal ticked
            if monotonic() - ticked >= _TICK:
                ticked = monotonic()
                click.echo(f"{step.done} of {step.total or '?'}, now {plain(step.now)}", err=True)

        yield tick
        return
    columns = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False)
    # Drawn rarely: what draws takes processor time from what is measured.
    with Progress(*columns, console=console(stderr=True), transient=True, refresh_per_second=1) as bars:
        task = bars.add_task("starting", total=None)
        yield lambda step: bars.update(task, total=step.total, completed=step.done, description=plain(step.now))


def _screen() -> Console:
    screen = console()
    if not screen.is_terminal:
        screen.width = max(screen.width, _PIPED)
    return screen
