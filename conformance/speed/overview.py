"""All tables of a run, in the order in which the terminal and Markdown show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.speed import latencies, tables
from conformance.speed.model import Bench
from conformance.speed.tables import Table

__all__ = ["all_of"]

_OPEN_LOOP = "latency of AsyncSigner under open-loop load"


def all_of(bench: Bench) -> Iterator[Table]:
    """Without the facts of the machine. What was not measured comes last."""
    yield from tables.groups(bench)
    if (throughput := tables.throughput(bench)) is not None:
        yield throughput
    if bench.latencies:
        yield replace(latencies.told(_OPEN_LOOP, bench.latencies), spare=("answered", "longest", "p90"))
    if (skipped := tables.skips(bench)) is not None:
        yield skipped
