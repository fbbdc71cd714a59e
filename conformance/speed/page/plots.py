"""The sections on speed: by batch size, by threads, beside peers. None where nothing was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from conformance.speed.model import Bench, Measurement, Side
from conformance.speed.page.dots import Row, dots
from conformance.speed.page.lines import Line, Point, plot
from conformance.speed.page.markup import Markup
from conformance.speed.page.pieces import figures, legend, notes, section, table
from conformance.speed.page.scales import from_zero
from conformance.speed.percentiles import percentile
from conformance.speed.tables import NOISY, Table
from conformance.speed.texts import factor, rate, share, version

__all__ = ["batches", "peers", "threads"]

_PLAIN = ("sign", "verify")  # operations on batches


def batches(bench: Bench) -> Markup | None:
    """Rates by the size of a batch, on one thread."""
    found = [m for m in bench.measurements if m.group == "pyca-rsa" and m.operation in _PLAIN and m.threads == 1]
    told = ("batch-size", "messages a batch, one thread", "Rates by batch size, one thread", "batch of")
    by_size = _panels(found, lambda one: one.items, told)
    if by_size is None:
        return None
    drawn, listed = by_size
    hint = notes(["A peer without batches takes one message after the other: its rate does not depend on the size."])
    return section("batches", "Throughput by batch size", _legend(found), drawn, listed, hint)


def threads(bench: Bench) -> Markup | None:
    """Rates by the number of threads."""
    found = [m for m in bench.measurements if m.group == "threads" and m.operation in _PLAIN]
    by_threads = _panels(found, lambda one: one.threads, ("threads", "threads", "Rates by threads", "threads"))
    if by_threads is None:
        return None
    drawn, listed = by_threads
    only = {one.threads for one in found} == {1}
    hint = notes(["One processor: there is nothing to spread over."] if only and bench.machine.cores == 1 else [])
    return section("threads", "Throughput by threads", _legend(found), drawn, listed, hint)


def peers(bench: Bench) -> Markup | None:
    """How many times each peer's speed ours is."""
    beside = [m for m in bench.measurements if m.group in ("peers", "languages")]
    if not beside:
        return None
    there = {(one.peer.name, one.operation, one.bits) for one in beside}
    asked = {one.operation for one in beside if one.items == 1}
    alone = [m for m in bench.measurements if m.group == "pyca-rsa" and m.operation in asked and m.items == 1]
    found = [*beside, *(m for m in alone if (m.peer.name, m.operation, m.bits) not in there)]
    kinds = dict.fromkeys((one.operation, one.bits, one.items) for one in found)
    drawn = []
    for number, (operation, bits, items) in enumerate(kinds):
        some = [one for one in found if (one.operation, one.bits, one.items) == (operation, bits, items)]
        some.sort(key=lambda one: one.ratio)
        title = _titled(operation, bits) + (f", batches of {items}" if items > 1 else "")
        rows = [Row(_named(m.peer), factor(m.ratio), m.ratio, *m.quartiles, hollow=m.noisy) for m in some]
        said = "; ".join(f"{row.label}: {row.text}" for row in rows)
        drawn.append(
            (
                title,
                dots(
                    f"peers-{number}", f"Ours beside peers: {title}", said, rows, "times the peer's speed; 1: as fast"
                ),
            )
        )
    key = legend("median of the pairs, the bar from quartile to quartile", None, hollow=any(m.noisy for m in found))
    listed = [
        (
            _named(one.peer),
            _titled(one.operation, one.bits) + (f", {one.items}" if one.items > 1 else ""),
            rate(one.ours.rate),
            rate(one.peer.rate),
            factor(one.ratio),
            f"{share(one.spread)} {NOISY}" if one.noisy else share(one.spread),
        )
        for one in found
    ]
    columns = ("peer", "operation", ">ours, a second", ">peer, a second", ">ratio", ">spread")
    marked = frozenset(number for number, one in enumerate(found) if one.noisy)
    said_of = dict.fromkeys(one.note for one in beside if one.note)
    told = Table("Ours beside each peer, in one run", columns, listed, list(said_of), marked)
    return section("peers", "Peers side by side", key, figures(drawn), table(told))


def _panels(
    found: Sequence[Measurement], place: Callable[[Measurement], int], told: tuple[str, str, str, str]
) -> tuple[Markup, Markup] | None:
    """A plot for each operation and key size over the places, all of one operation on one scale; and their table."""
    name, axis, title, first = told
    if not found:
        return None
    order = sorted({place(one) for one in found})
    at = {value: 0.5 if len(order) == 1 else number / (len(order) - 1) for number, value in enumerate(order)}
    kinds = {
        kind: _one_each([one for one in found if (one.operation, one.bits or 0) == kind], place)
        for kind in sorted({(one.operation, one.bits or 0) for one in found})
    }
    drawn = []
    for number, ((operation, bits), some) in enumerate(kinds.items()):
        scale = from_zero([max(_rates(side)) for one in some for side in (one.ours, one.peer)])
        lines = [
            Line("peer", [_point(at[place(one)], one.peer, one.noisy) for one in some]),
            Line("ours", [_point(at[place(one)], one.ours, one.noisy) for one in some]),
        ]
        head = _titled(operation, bits)
        said = "; ".join(f"{place(one)}: {rate(one.ours.rate)} a second, peer {rate(one.peer.rate)}" for one in some)
        places = [(at[value], _grouped(value)) for value in order]
        whole = f"{title}: {head}"
        drawn.append((head, plot(f"{name}-{number}", whole, said, lines, scale, places, (axis, "a second"), rate)))
    return figures(drawn), table(_by_place(kinds, order, place, (title, first)))


def _by_place(
    kinds: Mapping[tuple[str, int], Sequence[Measurement]],
    order: Sequence[int],
    place: Callable[[Measurement], int],
    told: tuple[str, str],
) -> Table:
    """Three rows for each kind, a column for each place."""
    title, first = told
    rows, marked = [], set()
    for (operation, bits), some in kinds.items():
        at = {place(one): one for one in some}
        ratios = {value: factor(one.ratio) + (f" {NOISY}" if one.noisy else "") for value, one in at.items()}
        rows.append([_titled(operation, bits), "ours, a second", *(_cell(at, value, "ours") for value in order)])
        rows.append([_titled(operation, bits), "peer, a second", *(_cell(at, value, "peer") for value in order)])
        rows.append([_titled(operation, bits), "ratio", *(ratios.get(value, "") for value in order)])
        if any(one.noisy for one in some):
            marked.add(len(rows) - 1)
    return Table(title, ["operation", first, *(f">{_grouped(value)}" for value in order)], rows, (), frozenset(marked))


def _cell(at: Mapping[int, Measurement], value: int, side: str) -> str:
    if value not in at:
        return ""
    return rate((at[value].ours if side == "ours" else at[value].peer).rate)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _one_each(some: Sequence[Measurement], place: Callable[[Measurement], int]) -> list[Measurement]:
    """One measurement a place, in order: of several that with the largest batch, and of these the first."""
    kept: dict[int, Measurement] = {}
    for one in some:
        known = kept.setdefault(place(one), one)
        if one.items > known.items:
            kept[place(one)] = one
    return [kept[value] for value in sorted(kept)]


def _rates(side: Side) -> tuple[float, float]:
    """The quartiles of a side's rate."""
    return 1 / percentile(side.seconds, "75"), 1 / percentile(side.seconds, "25")


def _point(at: float, side: Side, noisy: bool) -> Point:
    return Point(at, side.rate, *_rates(side), hollow=noisy)


def _legend(found: Sequence[Measurement]) -> Markup:
    ours, peer = ({_named(side) for side in sides} for sides in zip(*((m.ours, m.peer) for m in found), strict=True))
    return legend(" and ".join(sorted(ours)), " and ".join(sorted(peer)), hollow=any(m.noisy for m in found))


def _named(side: Side) -> str:
    return f"{side.name} {version(side.version)}".strip()


def _titled(operation: str, bits: int | None) -> str:
    return operation + (f", {bits} bits" if bits else "")
