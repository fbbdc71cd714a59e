"""Figures and facts of a run as words; the same ones stand on the terminal, in Markdown and on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.speed.model import NOISE, Bench, Machine, Measurement
from conformance.speed.noise import Noise, signs

__all__ = ["count", "factor", "facts", "noise", "rate", "seconds", "setting", "share", "size", "state", "version"]

_SIZES = ((1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B"))
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_VERSION = re.compile(r"\d+(\.\d+)+")
_SIGNS = ("others", "stolen", "fixed work before", "fixed work after")


def setting(one: Measurement, *, bits: bool = True, octets: bool = True) -> str:
    """What tells a measurement from the others of its operation: key, message, batch, threads.

    Without ``bits`` or ``octets`` where these are said elsewhere.
    """
    parts = []
    if one.bits and bits:
        parts.append(f"{one.bits}-bit")
    if one.octets and octets:
        parts.append(size(one.octets))
    if one.items > 1:
        parts.append(f"batch {one.items}")
    if one.threads > 1:
        parts.append(f"{one.threads} threads")
    return ", ".join(parts)


def size(octets: int) -> str:
    """600 B, 64 KiB, 1 MiB; from 10 KiB on with three digits: 57.9 KiB."""
    unit, name = next(((unit, name) for unit, name in _SIZES if octets >= unit), _SIZES[-1])
    if octets % unit == 0:
        return f"{octets // unit} {name}"
    return f"{_digits(octets / unit)} {name}" if octets >= 10 << 10 else f"{octets} B"


def seconds(value: float) -> str:
    """A duration with three digits: 812 µs, 3.07 ms."""
    unit, name = next(((unit, name) for unit, name in _UNITS if value >= 0.9995 * unit), _UNITS[-1])
    return f"{_digits(value / unit)} {name}"


def rate(value: float) -> str:
    """Items a second, three digits that count: 1 230, 41 500, 8.31."""
    return _digits(value)


def factor(value: float) -> str:
    """A ratio: 3.84 x."""
    return f"{_digits(value)} x"


def share(value: float) -> str:
    """A share in per cent: 3.1 %."""
    return f"{100 * value:.1f} %"


def count(number: int, what: str) -> str:
    """1 measurement, 2 measurements."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def facts(machine: Machine) -> Iterator[tuple[str, str]]:
    """The machine, line by line: a name and what is known."""
    yield "processor", machine.cpu
    yield "features", ", ".join(machine.features) or "none of those that matter"
    yield "usable cores", str(machine.cores)
    yield "backend", machine.backend
    for name, value in machine.facts.items():
        if name != "usable cores" and name not in _SIGNS:
            yield name, _told(value)
    if signs_ := Noise.of(machine.facts):
        yield "busy with others", "unknown" if signs_.others is None else f"{signs_.others:.2f} processors"
        yield "stolen by the hypervisor", "unknown" if signs_.stolen is None else share(signs_.stolen)
        before, after = seconds(signs_.before), seconds(signs_.after)
        yield "the same fixed work", f"{before} before the run, {after} after it ({100 * signs_.drift:+.1f} %)"


def noise(bench: Bench) -> list[str]:
    """Sentences on what was too noisy to tell, and by how much; none where nothing was."""
    found = []
    loud = [one for one in bench.measurements if one.noisy]
    if loud:
        most = max(loud, key=lambda one: one.spread)
        found.append(
            f"{len(loud)} of {count(len(bench.measurements), 'measurement')} too noisy to tell: their quartiles lie "
            f"more than {share(NOISE)} apart, in {most.id} {share(most.spread)}"
        )
    known = Noise.of(bench.machine.facts)
    return found + [f"the machine was not quiet: {sign}" for sign in (signs(known) if known else ())]


def state(bench: Bench) -> str:
    """What kind of run it was, in a line."""
    kind = "quick run" if bench.quick else "full run"
    whole = "" if bench.complete else ", NOT complete"
    return f"{kind} of signkit {bench.kit}{whole}, {bench.started}"


def version(text: str) -> str:
    """The number in what an implementation calls its version: 17.0.15 of OpenJDK 64-Bit Server VM 17.0.15+6-Debian."""
    found = _VERSION.search(text)
    return found[0] if found else text


def _told(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_told(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_told, value))
    return str(value)


def _digits(value: float) -> str:
    """Three digits that count, thousands apart: 0.0123, 1.23, 12.3, 123, 1 230, 41 500."""
    if value == 0:
        return "0"
    text = f"{value:.3g}"
    number = float(text)
    if number >= 1000:
        return f"{number:,.0f}".replace(",", " ")
    if number >= 1:
        return f"{number:.{3 - len(str(int(number)))}f}"
    return f"{number:.3f}" if number >= 0.1 else f"{number:.10f}".rstrip("0")
