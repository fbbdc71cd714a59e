"""A run as tables: what the terminal and Markdown show alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from conformance.speed.model import Bench, Measurement
from conformance.speed.texts import factor, rate, seconds, setting, share, size, version

__all__ = ["Table", "groups", "skips", "throughput"]

NOISY = "noisy"  # stands behind the spread of what cannot be told
_MORE = 4  # characters beside its number that a version may have and say nothing more
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Table:
    """``columns`` that begin with ``>`` hold figures, set to the right. ``marked``: rows that are too noisy to tell.

    ``spare``: heads of columns that a narrow screen may leave out, the first ones first.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    marked: frozenset[int] = frozenset()
    spare: Sequence[str] = ()

    @property
    def heads(self) -> list[str]:
        """The columns' names."""
        return [name.removeprefix(">") for name in self.columns]

    def narrowed(self, width: int, gap: int) -> Table:
        """Without as many of the spare columns as it takes to fit into ``width``, with ``gap`` between columns."""
        columns, rows, spare = list(self.columns), [list(row) for row in self.rows], list(self.spare)
        while spare and _width(columns, rows, gap) > width:
            place = [name.removeprefix(">") for name in columns].index(spare.pop(0))
            for cells in (columns, *rows):
                del cells[place]
        return replace(self, columns=columns, rows=rows, spare=spare)

    @property
    def figures(self) -> list[bool]:
        """Which columns hold figures."""
        return [name.startswith(">") for name in self.columns]


def _width(columns: Sequence[str], rows: Sequence[Sequence[str]], gap: int) -> int:
    heads = [name.removeprefix(">") for name in columns]
    return sum(max(map(len, cells)) for cells in zip(heads, *rows, strict=True)) + gap * (len(heads) - 1)


def groups(bench: Bench) -> Iterator[Table]:
    """One table a group, in the order of the first measurement of each."""
    order = {name: number for number, name in enumerate(dict.fromkeys(one.group for one in bench.measurements))}
    for name, members in groupby(sorted(bench.measurements, key=lambda one: order[one.group]), key=lambda m: m.group):
        yield _group(name, _in_order(list(members)))


def _in_order(members: Sequence[Measurement]) -> list[Measurement]:
    """By rising sizes, whatever order was good for measuring; operations and peers as they first came."""

    def kind(one: Measurement) -> tuple[str, str]:
        return _NUMBER.sub("", one.operation).rstrip("s"), one.peer.name  # "sign, 1 task" and "sign, 8 tasks" are one

    first = {name: number for number, name in enumerate(dict.fromkeys(map(kind, members)))}

    def place(one: Measurement) -> tuple[int, ...]:
        told = [int(number) for number in _NUMBER.findall(one.operation)]
        return first[kind(one)], one.bits or 0, one.octets or 0, one.threads, one.items, *told

    return sorted(members, key=place)


def _group(name: str, members: Sequence[Measurement]) -> Table:
    pairs = list(dict.fromkeys((_side(one, "ours"), _side(one, "peer")) for one in members))
    alone = len(pairs) == 1
    bits, octets = (_common([getattr(one, field) for one in members]) for field in ("bits", "octets"))
    shared = [f"{bits}-bit keys" if bits else "", f"messages of {size(octets)}" if octets else ""]
    beside = f"{pairs[0][0]} beside {pairs[0][1]}" if alone else f"{_ours(members)} beside peers"
    title = f"{name}: {', '.join(filter(None, [beside, *shared]))}"
    settings = [setting(one, bits=not bits, octets=not octets) for one in members]
    columns = ["operation", *(["setting"] if any(settings) else []), *([] if alone else ["peer"])]
    columns += [">ours", ">the peer's", ">ratio", ">spread", ">a second", ">per core"]
    rows = []
    for one, particular in zip(members, settings, strict=True):
        row = [one.operation, *([particular] if any(settings) else []), *([] if alone else [_side(one, "peer")])]
        row += [seconds(one.ours.median), seconds(one.peer.median), factor(one.ratio)]
        row += [f"{share(one.spread)} {NOISY}" if one.noisy else share(one.spread)]
        rows.append([*row, rate(one.ours.rate), rate(one.ours.rate / one.threads)])
    marked = frozenset(number for number, one in enumerate(members) if one.noisy)
    return Table(title, columns, rows, _notes(members), marked, ("per core", "a second"))


def _common(values: Sequence[int | None]) -> int | None:
    """The one value of several rows, where those that have one have the same."""
    found = set(values) - {None}
    return found.pop() if len(found) == 1 and len(values) > 1 else None


def _notes(members: Sequence[Measurement]) -> list[str]:
    """Versions that rows shorten, and each note once.

    Those that differ in numbers alone, which the rows tell, stand there once with N instead.
    """
    versions = {one.peer.version: one.peer.name for one in members}
    told = [f"{name}: {text}" for text, name in versions.items() if len(text) > len(version(text)) + _MORE]
    alike: dict[str, list[str]] = {}
    for note in dict.fromkeys(one.note for one in members if one.note):
        alike.setdefault(_NUMBER.sub("N", note), []).append(note)
    return told + [notes[0] if len(notes) == 1 else general for general, notes in alike.items()]


def throughput(bench: Bench) -> Table | None:
    """The largest batch of each operation and key, on one core and on all that the process may use.

    Of several, the one that spreads least; not the best figure, for the best of many is partly luck.
    """
    cores = bench.machine.cores
    largest: dict[tuple[str, int], dict[int, Measurement]] = {}
    for one in bench.measurements:
        if one.bits and one.operation in ("sign", "verify") and one.threads in (1, cores):
            of = largest.setdefault((one.operation, one.bits), {})
            known = of.setdefault(one.threads, one)
            if (one.items, -one.spread) > (known.items, -known.spread):
                of[one.threads] = one
    rows: list[list[str]] = []
    marked: set[int] = set()
    for (operation, bits), of in sorted(largest.items()):
        row = [operation, f"{bits}-bit"]
        for threads in dict.fromkeys((1, cores)):
            found = of.get(threads)
            row += ["not measured", ""] if found is None else [rate(found.ours.rate), _batch(found)]
            if found is not None and found.noisy:
                row[-1] += f", {NOISY}"
                marked.add(len(rows))
        rows.append(row)
    if not rows:
        return None
    columns = ["operation", "key", ">one core", "at"]
    columns += [f">all {cores} cores", "at"] if cores > 1 else []
    return Table(
        "throughput of ours: items a second, in the largest batches that were measured",
        columns,
        rows,
        (),
        frozenset(marked),
    )


def skips(bench: Bench) -> Table | None:
    """What was not measured, once for each reason; None where all was."""
    reasons: dict[str, list[str]] = {}
    for skip in bench.skipped:
        reasons.setdefault(skip.reason, []).append(skip.what)
    rows = [(of[0] if len(of) == 1 else f"{of[0]} and {len(of) - 1} more", why) for why, of in reasons.items()]
    return Table("not measured", ("what", "why"), rows) if rows else None


def _batch(one: Measurement) -> str:
    return f"batch {one.items}" if one.items > 1 else "single"


def _side(one: Measurement, which: str) -> str:
    side = one.ours if which == "ours" else one.peer
    return f"{side.name} {version(side.version)}".strip()


def _ours(members: Sequence[Measurement]) -> str:
    return " and ".join(dict.fromkeys(_side(one, "ours") for one in members))
