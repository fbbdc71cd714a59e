"""``signkit bench compare A B``: two runs side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from conformance.cli.bench_show import draw_all
from conformance.cli.output import json_option, print_json
from conformance.reports.plain import plain
from conformance.speed.compare import Change, Comparison, compare, data
from conformance.speed.document import read
from conformance.speed.model import BenchError
from conformance.speed.tables import Table
from conformance.speed.texts import count, factor, noise, setting, share, state

_FILE = click.Path(path_type=Path)
_SHOWN = 20  # ids of a list; --json prints all


@click.command("compare")
@click.argument("before", type=_FILE, metavar="A")
@click.argument("after", type=_FILE, metavar="B")
@click.option("--force", is_flag=True, help="Compare also what is unlike: another machine, another backend.")
@json_option
def compare_command(before: Path, after: Path, force: bool, as_json: bool) -> int:
    """Tell what changed from run A to run B, both written by "signkit bench --json FILE".

    What counts is the change of a ratio, whose two sides ran next to each other; a change is marked where it is beyond
    the spreads of both runs, and 5 %. Absolute times are told beside it. Unlike runs - other processors, features,
    cores, backends, a quick one and a full one - are refused, with what differs, unless there is --force.

    \b
    exit codes: 0 compared, whatever has changed; 2 usage, a file that cannot be read, or unlike runs

    \b
    signkit bench --quick --group texts --json before.json
    signkit bench --quick --group texts --json after.json
    signkit bench compare before.json after.json
    """
    found = compare(read(before), read(after))
    if found.differences and not force:
        raise BenchError(
            f"{before} and {after} cannot be compared: {'; '.join(found.differences)}. "
            "--force compares them nonetheless; then only ratios mean something"
        )
    if not (found.changes or found.unlike):
        raise BenchError(f"{before} and {after} have no measurement in common")
    if as_json:
        print_json(data(found))
    else:
        _tell(found)
    return 0


def _tell(found: Comparison) -> None:
    for name, bench in (("A", found.before), ("B", found.after)):
        click.echo(plain(f"{name}: {state(bench)}; {bench.machine.cpu}, backend {bench.machine.backend}"))
    for sentence in found.differences:
        click.echo(plain(f"unlike, {sentence}"))
    for sentence in found.remarks:
        click.echo(plain(sentence))
    draw_all(list(_tables(found)))
    click.echo("")
    for line in _listed("not the same measurement", found.unlike):
        click.echo(plain(line))
    for line in (*_listed("only in A", found.removed), *_listed("only in B", found.added)):
        click.echo(plain(line))
    click.echo(_sum(found))
    if any(noise(bench) for bench in (found.before, found.after)):
        click.echo("a run was not quiet: repeat it before you believe a change")


def _tables(found: Comparison) -> Iterator[Table]:
    groups: dict[str, list[Change]] = {}
    for change in found.changes:
        groups.setdefault(change.before.group, []).append(change)
    columns = (
        "operation",
        "setting",
        "peer",
        ">ratio A",
        ">ratio B",
        ">change",
        ">noise",
        "",
        ">ours alone",
        ">peer alone",
    )
    for name, members in groups.items():
        marked = frozenset(number for number, one in enumerate(members) if one.noisy)
        rows = [_row(one) for one in members]
        yield Table(name, columns, rows, marked=marked, spare=("peer alone", "ours alone", "peer"))


def _row(one: Change) -> tuple[str, ...]:
    mark = "noisy" if one.noisy else "" if not one.beyond else "faster" if one.ratio > 1 else "SLOWER"
    absolute = (_signed(one.ours), _signed(one.peer))
    named = (one.before.operation, setting(one.before), one.before.peer.name)
    ratios = (factor(one.before.ratio), factor(one.after.ratio), _signed(one.ratio))
    return *named, *ratios, share(one.noise), mark, *absolute


def _signed(change: float) -> str:
    """Speed gained or lost."""
    return f"{100 * (change - 1):+.1f} %"


def _sum(found: Comparison) -> str:
    faster = sum(one.beyond and one.ratio > 1 for one in found.changes)
    slower = sum(one.beyond and one.ratio < 1 for one in found.changes)
    noisy = sum(one.noisy for one in found.changes)
    same = len(found.changes) - faster - slower - noisy
    told = f"{faster} better, {slower} worse, {same} unchanged within noise, {noisy} too noisy to tell"
    return f"{count(len(found.changes), 'ratio')}: {told}"


def _listed(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"{what}: {count(len(names), 'measurement')}"
        yield from (f"   {name}" for name in names[:_SHOWN])
        if len(names) > _SHOWN:
            yield f"   and {len(names) - _SHOWN} more: --json prints all"
