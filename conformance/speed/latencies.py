"""The latency view as a table: from due, beside it from sent (uncorrected), and how late calls were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.speed.model import Latency
from conformance.speed.tables import Table
from conformance.speed.texts import count, rate, seconds, share

__all__ = ["SHOWN", "label", "told"]

_HOW = "due: latency since the call was due; sent: since it was sent (uncorrected); late: from due to sent"
SHOWN = ("50", "90", "99", "99.9", "100")


def told(title: str, found: Sequence[Latency]) -> Table:
    """Three lines a run. What a run must be read with stands in the notes."""
    rows = []
    for one in found:
        head = (share(one.share), rate(one.rate), rate(one.achieved))
        rows.append((*head, "due", *_percentiles(one.percentiles)))
        rows.append(("", "", "", "sent", *_percentiles(one.uncorrected)))
        rows.append(("", "", "", "late", *_percentiles(one.late)))
    columns = [">of capacity", ">due a second", ">answered", "from", *(f">{label(name)}" for name in SHOWN)]
    marked = frozenset(3 * number for number, one in enumerate(found) if one.warning)
    return Table(title, columns, rows, [_HOW, *map(_note, found)], marked)


def label(name: str) -> str:
    """What a percentile is called."""
    return "longest" if name == "100" else f"p{name}"


def _percentiles(of: Mapping[str, float]) -> list[str]:
    return [seconds(of[name]) if name in of else "" for name in SHOWN]


def _note(one: Latency) -> str:
    parts = [f"{count(one.calls, 'call')} in {one.seconds:g} s ({one.arrivals}), {one.bits}-bit key"]
    if one.own:
        parts.append(f"the load generator itself took {share(one.own)} of a processor")
    return f"{rate(one.rate)} a second: {'; '.join([*parts, *filter(None, [one.warning])])}"
