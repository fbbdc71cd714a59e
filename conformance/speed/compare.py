"""Two runs side by side: of two machines, or of two versions on one.

What counts is the change of a ratio: both of its sides ran on the same machine in the same minute, so that machines and
their moods cancel out. Changes of absolute times are told beside it, and mean something only between like machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot
from typing import Any

from conformance.speed.model import Bench, Measurement
from conformance.speed.noise import Noise, signs
from conformance.speed.texts import count

__all__ = ["FLOOR", "Change", "Comparison", "compare", "data"]

FLOOR = 0.05  # a smaller change is told as none, whatever the spreads say: runs differ by that for no reason


@dataclass(frozen=True)
class Change:
    """One measurement in both runs. Factors above 1 mean: faster in the second."""

    before: Measurement
    after: Measurement

    @property
    def id(self) -> str:
        """The measurement's."""
        return self.before.id

    @property
    def ratio(self) -> float:
        """The second ratio in the first."""
        return self.after.ratio / self.before.ratio

    @property
    def ours(self) -> float:
        """The second speed of ours in the first, by medians."""
        return self.before.ours.median / self.after.ours.median

    @property
    def peer(self) -> float:
        """The same of the peer."""
        return self.before.peer.median / self.after.peer.median

    @cached_property
    def noise(self) -> float:
        """What ``ratio`` may differ from 1 for no reason, as a share: both spreads together, at least ``FLOOR``."""
        return max(FLOOR, hypot(self.before.spread, self.after.spread))

    @property
    def noisy(self) -> bool:
        """Whether one of the two was too noisy to tell: then so is the change, however large."""
        return self.before.noisy or self.after.noisy

    @property
    def beyond(self) -> bool:
        """Whether the ratio has changed by more than noise."""
        return not self.noisy and _beyond(self.ratio, self.noise)


@dataclass(frozen=True)
class Comparison:
    """``differences``: why the two are unlike, so that only force compares them. ``remarks``: what else differs."""

    before: Bench
    after: Bench
    differences: Sequence[str]
    remarks: Sequence[str]
    changes: Sequence[Change]
    unlike: Sequence[str]  # ids of both that are not the same measurement, each with the reason
    removed: Sequence[str]  # ids
    added: Sequence[str]


def compare(before: Bench, after: Bench) -> Comparison:
    """Match by id, in the order of the first run."""
    old, new = ({one.id: one for one in bench.measurements} for bench in (before, after))
    both = [name for name in old if name in new]
    unlike = {name: why for name in both if (why := _unlike(old[name], new[name]))}
    return Comparison(
        before,
        after,
        tuple(_differences(before, after)),
        tuple(_remarks(before, after)),
        tuple(Change(old[name], new[name]) for name in both if name not in unlike),
        tuple(f"{name}: {why}" for name, why in unlike.items()),
        tuple(name for name in old if name not in new),
        tuple(name for name in new if name not in old),
    )


def data(found: Comparison) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "before": _run(found.before),
        "after": _run(found.after),
        "differences": list(found.differences),
        "remarks": list(found.remarks),
        "changes": [
            {
                "id": one.id,
                "ratio_before": one.before.ratio,
                "ratio_after": one.after.ratio,
                "ratio_change": one.ratio,
                "noise": one.noise,
                "too_noisy": one.noisy,
                "beyond_noise": one.beyond,
                "ours_change": one.ours,
                "peer_change": one.peer,
            }
            for one in found.changes
        ],
        "unlike": list(found.unlike),
        "removed": list(found.removed),
        "added": list(found.added),
    }


def _run(bench: Bench) -> dict[str, Any]:
    told = {"started": bench.started, "kit": bench.kit, "quick": bench.quick, "complete": bench.complete}
    machine = bench.machine
    return {**told, "cpu": machine.cpu, "backend": machine.backend, "cores": machine.cores}


def _differences(before: Bench, after: Bench) -> Iterator[str]:
    old, new = before.machine, after.machine
    if old.cpu != new.cpu:
        yield f"processors: {old.cpu!r} and {new.cpu!r}"
    if set(old.features) != set(new.features):
        only = [", ".join(sorted(set(a) - set(b))) or "none" for a, b in _crossed(old.features, new.features)]
        yield f"processor features: only in the first {only[0]}, only in the second {only[1]}"
    if old.cores != new.cores:
        yield f"usable cores: {old.cores} and {new.cores}"
    if old.backend != new.backend:
        yield f"backends: {old.backend} and {new.backend}"
    if before.quick != after.quick:
        first, second = ("quick" if bench.quick else "full" for bench in (before, after))
        yield f"kinds of run: {first} and {second}"


def _remarks(before: Bench, after: Bench) -> Iterator[str]:
    if before.kit != after.kit:
        yield f"signkit: {before.kit} and {after.kit}"
    old, new = before.machine.facts, after.machine.facts
    measured = Noise(None, None, 1, 1).as_facts()
    for name in dict.fromkeys((*old, *new)):
        if name not in measured and old.get(name) != new.get(name):
            yield f"{name}: {_told(old.get(name))} and {_told(new.get(name))}"
    for which, bench in (("first", before), ("second", after)):
        if not bench.complete:
            yield f"the {which} run is not complete: {count(len(bench.measurements), 'measurement')}"
        noise = Noise.of(bench.machine.facts)
        yield from (f"in the {which} run the machine was not quiet: {sign}" for sign in (signs(noise) if noise else ()))


def _unlike(old: Measurement, new: Measurement) -> str | None:
    """Why two of one id are not the same measurement; None where they are. Versions may differ."""
    for name in ("operation", "items", "bits", "threads", "octets"):
        if getattr(old, name) != getattr(new, name):
            return f"{name} {getattr(old, name)} and {getattr(new, name)}"
    if old.peer.name != new.peer.name:
        return f"peer {old.peer.name} and {new.peer.name}"
    return None


def _crossed(first: Sequence[str], second: Sequence[str]) -> tuple[tuple[Sequence[str], Sequence[str]], ...]:
    return (first, second), (second, first)


def _told(value: object) -> str:
    return "unknown" if value is None else str(value)


def _beyond(factor: float, noise: float) -> bool:
    return max(factor, 1 / factor) > 1 + noise
