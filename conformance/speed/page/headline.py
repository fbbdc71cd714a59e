"""What a person wants to know first: a few figures, each in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.speed.model import Bench, Measurement
from conformance.speed.page.markup import Markup, element
from conformance.speed.texts import factor, rate, seconds, share, version

__all__ = ["headline"]

_BITS = 2048  # what the headline is about, if it was measured
_LOADS = (0.8, 0.5)  # shares of the capacity, the first of them that was carried
_APART = re.compile(r"(?<=\d) (?=\d{3}\b|%|x\b|[µm]?s\b)")  # within a figure, where no line may break
_PAST = {"sign": "Signed", "verify": "Verified"}


@dataclass(frozen=True)
class _Fact:
    figure: str
    sentence: str
    doubt: str = ""  # why it is not to be relied upon


def headline(bench: Bench) -> Markup:
    """The figures; a sentence in their place where there is none."""
    facts = list(_facts(bench))
    if not facts:
        return element("p", "Nothing that makes a headline was measured.", class_="lead-in")
    return element("ul", *(_tile(fact) for fact in facts), class_="tiles")


def _tile(fact: _Fact) -> Markup:
    doubt = element("span", fact.doubt, class_="chip soft") if fact.doubt else None
    sentence = _APART.sub("\u00a0", fact.sentence)
    return element("li", element("b", fact.figure), " ", element("span", sentence), doubt and " ", doubt)


def _facts(bench: Bench) -> Iterator[_Fact]:
    for operation in _PAST:
        yield from _rates(bench, operation)
    yield from _single(bench)
    yield from _peers(bench)
    yield from _load(bench)


def _rates(bench: Bench, operation: str) -> Iterator[_Fact]:
    """One thread, then all of them, in the largest batch."""
    of = [m for m in bench.measurements if m.operation == operation and m.group in ("pyca-rsa", "threads")]
    sizes = {m.bits for m in of}
    of = [m for m in of if m.bits == (_BITS if _BITS in sizes else min(sizes, key=lambda bits: bits or 0))]
    for threads in dict.fromkeys((1, bench.machine.cores)):
        some = [m for m in of if m.threads == threads]
        if not some:
            continue
        one = max(some, key=lambda m: (m.items, -m.spread))
        where = "on one core" if threads == 1 else f"on {threads} cores"
        size = f"in batches of {one.items:,}".replace(",", " ") if one.items > 1 else "one at a time"
        beside = f"{factor(one.ratio)} the speed of {_peer(one)}"
        sentence = f"{_PAST[operation].lower()} a second {where}, {size}, {one.bits}-bit key: {beside}."
        yield _Fact(rate(one.ours.rate), sentence, _doubt(one))


def _single(bench: Bench) -> Iterator[_Fact]:
    for one in bench.measurements:
        if one.operation == "sign one" and one.group == "pyca-rsa" and one.bits == _BITS:
            beside = f"{factor(one.ratio)} the speed of {_peer(one)}"
            yield _Fact(seconds(one.ours.median), f"for one signature by itself: {beside}.", _doubt(one))
            return


def _peers(bench: Bench) -> Iterator[_Fact]:
    found = [m for m in bench.measurements if m.group in ("peers", "languages") and m.operation.startswith("sign")]
    found = [m for m in found if m.bits == _BITS and m.items == 1]
    if len({m.peer.name for m in found}) < 2:
        return
    least, most = (pick(found, key=lambda m: m.ratio) for pick in (min, max))
    told = (
        f"the speed of other signers, one signature at a time: {_peer(least)} the fastest, {_peer(most)} the slowest."
    )
    yield _Fact(f"{factor(least.ratio)} to {factor(most.ratio)}", told, _doubt(least) or _doubt(most))


def _load(bench: Bench) -> Iterator[_Fact]:
    steady = [one for one in bench.latencies if "99" in one.percentiles]
    for wanted in _LOADS:
        for one in steady:
            if abs(one.share - wanted) < 0.01:
                told = (
                    f"is what 99 of 100 callers wait at most at {rate(one.rate)} a second, {share(one.share)} of what "
                    "AsyncSigner can do here."
                )
                yield _Fact(seconds(one.percentiles["99"]), told, one.warning.partition(":")[0])
                return


def _peer(one: Measurement) -> str:
    return f"{one.peer.name} {version(one.peer.version)}".strip()


def _doubt(one: Measurement) -> str:
    return f"too noisy to tell: {share(one.spread)} spread" if one.noisy else ""
