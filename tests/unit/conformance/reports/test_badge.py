"""The badge: well-formed, self-contained, titled, legible."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from conformance.events import Event
from conformance.model import Level, Outcome, Verdict
from conformance.reports import FORMATS

SVG = "{http://www.w3.org/2000/svg}"


def drawn(events: list[Event]) -> ET.Element:
    return ET.fromstring(FORMATS["badge"](events))  # noqa: S314 - what we rendered ourselves


def words(root: ET.Element) -> list[str | None]:
    return [text.text for text in root.iter(f"{SVG}text")]


def test_snapshot(full_stream: list[Event], matches_snapshot: Callable[[str, bytes], None]) -> None:
    matches_snapshot("badge.svg", FORMATS["badge"](full_stream))


@pytest.mark.parametrize(
    ("verdicts", "more", "told"),
    [
        ([Verdict.PASS], {}, "conformant"),
        ([Verdict.PASS, Verdict.SKIP], {}, "partial"),
        ([Verdict.PASS, Verdict.FAIL, Verdict.CRASH], {}, "2 of 3 failed"),
        ([Verdict.SKIP], {}, "nothing ran"),
        ([Verdict.NOT_RUN], {"end": "handshake-failed"}, "no handshake"),
        ([Verdict.PASS, Verdict.NOT_RUN], {"end": "interrupted"}, "interrupted"),
        ([Verdict.PASS], {"end": "restarts-exhausted"}, "not conformant"),
    ],
)
def test_what_it_says(
    verdicts: list[Verdict],
    more: dict[str, Any],
    told: str,
    make_stream: Callable[..., list[Event]],
    make_outcome: Callable[..., Outcome],
) -> None:
    events = make_stream(*(make_outcome(f"a/{number}", verdict) for number, verdict in enumerate(verdicts)), **more)
    root = drawn(events)
    assert words(root) == ["signkit", told]
    assert root.get("aria-label") == f"signkit: {told}"
    title = root.find(f"{SVG}title")
    assert title is not None
    assert told in str(title.text)


def test_a_should_that_is_not_counted_is_no_failure(
    make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]
) -> None:
    missed = make_outcome("a/x", Verdict.FAIL, level=Level.SHOULD)
    assert words(drawn(make_stream(missed))) == ["signkit", "conformant"]
    assert words(drawn(make_stream(missed, profile="strict"))) == ["signkit", "1 of 1 failed"]


@pytest.mark.parametrize("name", ["full_stream", "hostile_stream"])
def test_it_takes_nothing_from_outside(name: str, request: pytest.FixtureRequest) -> None:
    root = drawn(request.getfixturevalue(name))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg",
        "title",
        "clipPath",
        "rect",
        "g",
        "text",
    }
    values = [value for element in root.iter() for value in element.attrib.values()]
    assert not [value for value in values if re.search(r"://|url\((?!#)|@import", value)]
    assert len(root[0].text or "") < 400


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL, Verdict.SKIP])
def test_white_on_its_colours_is_legible(
    verdict: Verdict, make_stream: Callable[..., list[Event]], make_outcome: Callable[..., Outcome]
) -> None:
    root = drawn(make_stream(make_outcome("a/1"), make_outcome("a/2", verdict)))
    fills = [rect.attrib["fill"] for rect in root.iter(f"{SVG}rect") if "fill" in rect.attrib]
    assert len(fills) == 2
    assert all(1.05 / (luminance(fill) + 0.05) >= 4.5 for fill in fills)
