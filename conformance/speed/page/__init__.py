"""A run as one HTML page that stands by itself: no network, no script, plots as inline SVG; light, dark, on paper."""

from __future__ import annotations

from conformance.reports.assets import asset, source_hash
from conformance.speed import tables, texts
from conformance.speed.model import Bench
from conformance.speed.page.headline import headline
from conformance.speed.page.load import latency
from conformance.speed.page.markup import Markup, all_of, element, safe
from conformance.speed.page.pieces import notes, section, table
from conformance.speed.page.plots import batches, peers, threads
from conformance.speed.tables import Table

__all__ = ["render"]

_METHOD = (
    "Ours and the peer run in turns, pair by pair, in alternating order, so that what slows the machine slows both. A "
    "ratio is the median over the pairs of the peer's time for one item over ours; its spread is the distance of the "
    "quartiles as a share of it. Above 10 % it is called too noisy to tell.",
    "Absolute figures hold for this machine at that hour; ratios say more.",
    "What is included or subtracted is said under each table. Programs in other languages are asked over the kit's "
    "protocol, and what the protocol itself costs, measured with an operation that does nothing, is subtracted.",
    "Who fails a few of the kit's conformance cases is not timed: a wrong signature has no speed.",
    "Latency is measured in an open loop: the moments when calls are due are fixed in advance, and each latency counts "
    "from then on, whether or not the call could be sent at that moment (no coordinated omission). The capacity that "
    "the shares refer to was measured just before, with as many callers as it takes.",
)
_NAMES = {
    "batches": "Batches",
    "threads": "Threads",
    "latency": "Latency",
    "peers": "Peers",
    "measurements": "All figures",
    "machine": "Machine",
    "method": "Method",
}


def render(bench: Bench) -> str:
    """The page."""
    style = asset("base.css") + asset("page.css", "conformance.speed")
    sections = {
        "batches": batches(bench),
        "threads": threads(bench),
        "latency": latency(bench),
        "peers": peers(bench),
        "measurements": _measurements(bench),
        "machine": _machine(bench),
        "method": section("method", "How it was measured", notes(_METHOD)),
    }
    shown = {name: part for name, part in sections.items() if part is not None}
    page = asset("page.html", "conformance.speed")
    policy = f"default-src 'none'; style-src '{source_hash(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    parts = {
        "policy": policy,
        "style": style,
        "title": safe(f"Signing on {bench.machine.cpu}"),
        "facts": safe(f"{texts.state(bench)}, backend {bench.machine.backend}, {_cores(bench)}"),
        "nav": all_of(element("a", _NAMES[name], href=f"#{name}") for name in shown),
        "warnings": _warnings(bench),
        "headline": headline(bench),
        "sections": all_of(shown.values()),
        "colophon": safe(
            f"Made by signkit {bench.kit} from the run's own figures; the page asks the network for nothing."
        ),
    }
    before, *rest = page.split("{{")
    return before + "".join(parts[name] + text for name, _, text in (part.partition("}}") for part in rest))


def _cores(bench: Bench) -> str:
    return texts.count(bench.machine.cores, "core")


def _warnings(bench: Bench) -> Markup:
    told = (
        []
        if bench.complete
        else [
            "This run is not complete: it was interrupted, or failed in part. What was measured until then stands here."
        ]
    )
    told += [f"Read with care: {sentence}." for sentence in texts.noise(bench)]
    return element("ul", *(element("li", one) for one in told), class_="warning") if told else Markup("")


def _measurements(bench: Bench) -> Markup | None:
    drawn = [table(one, "h3") for one in tables.groups(bench)]
    throughput = tables.throughput(bench)
    if throughput is not None:
        drawn.append(table(throughput, "h3"))
    if not drawn:
        return None
    how = notes(["Times are for one item, rates are ours. Rows with a bar at their side are too noisy to tell."])
    return section("measurements", "All measurements", how, *drawn)


def _machine(bench: Bench) -> Markup:
    facts = table(Table("The machine", ("fact", "value"), list(texts.facts(bench.machine))))
    skipped = None
    if bench.skipped:
        rows = [(skip.what, skip.reason) for skip in bench.skipped]
        skipped = table(Table("Not measured, and why", ("what", "why"), rows), "h3")
    return section("machine", "The machine", facts, skipped)
