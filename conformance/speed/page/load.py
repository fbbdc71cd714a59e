"""The section on latency under load: the percentiles of each run as a curve, counted from due and from sent."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10

from conformance.speed.latencies import SHOWN, label, told
from conformance.speed.model import Bench
from conformance.speed.page.lines import Line, Point, plot
from conformance.speed.page.markup import Markup
from conformance.speed.page.pieces import figures, legend, section, table
from conformance.speed.page.scales import logarithmic
from conformance.speed.texts import rate, seconds, share

__all__ = ["latency"]

_FEWEST = 1000 * 10 ** (1 / 3)  # calls: of fewer the longest would stand on the 99.9th percentile, or before it


def latency(bench: Bench) -> Markup | None:
    """All runs on one scale, which is logarithmic. None where there was none."""
    found = bench.latencies
    if not found:
        return None
    scale = logarithmic([value for one in found for of in (one.percentiles, one.uncorrected) for value in of.values()])
    drawn = []
    for number, one in enumerate(found):
        end = max(float(one.calls), _FEWEST)
        title = f"{rate(one.rate)} a second: {share(one.share)} of the capacity"
        if one.warning:
            title += f" ({one.warning.partition(':')[0]})"
        lines = [Line("peer", _curve(one.uncorrected, end)), Line("ours", _curve(one.percentiles, end))]
        places = [
            (_place(name, end), "max" if name == "100" else label(name)) for name in SHOWN if name in one.percentiles
        ]
        axes = ("share of the calls that were answered within", "latency")
        said = f"From due: {_words(one.percentiles)}. From sent: {_words(one.uncorrected)}."
        drawn.append((title, plot(f"latency-{number}", title, said, lines, scale, places, axes, seconds)))
    key = legend("from the moment the call was due", "from the moment it was sent (uncorrected)", hollow=False)
    listed = table(told("Latency of AsyncSigner under load", found))
    return section("latency", "Latency under load", key, figures(drawn), listed)


def _place(name: str, end: float) -> float:
    """Each further nine has the same room; the longest of n calls stands where one in n would."""
    tail = 1 / end if name == "100" else 1 - float(name) / 100
    return log10(0.5 / tail) / log10(0.5 * end)


def _curve(of: Mapping[str, float], end: float) -> list[Point]:
    return [Point(_place(name, end), value) for name, value in sorted(of.items(), key=lambda item: float(item[0]))]


def _words(of: Mapping[str, float]) -> str:
    return ", ".join(f"{label(name)} {seconds(of[name])}" for name in SHOWN if name in of)
