"""Markdown for a pull request, read back by an independent parser: bounded, complete in its counts, and inert."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from conformance.events import Event
from conformance.model import Diagnosis, Outcome, Verdict
from conformance.reports import FORMATS

MakeStream = Callable[..., list[Event]]
MakeOutcome = Callable[..., Outcome]


class Page(HTMLParser):
    """Tags, and the text that stands in no code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []
        self.bare = ""
        self.feed(MarkdownIt("commonmark").enable("table").render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" not in self.open:
            self.bare += data


def rendered(events: list[Event]) -> str:
    return FORMATS["markdown"](events).decode()


def test_snapshot(full_stream: list[Event], matches_snapshot: Callable[[str, str], None]) -> None:
    matches_snapshot("report.md", rendered(full_stream))


def test_a_conformant_run_is_short(
    make_stream: MakeStream, make_outcome: MakeOutcome, matches_snapshot: Callable[[str, str], None]
) -> None:
    text = rendered(make_stream(*(make_outcome(f"{suite}/{i}") for suite in "abcdefg" for i in range(3))))
    matches_snapshot("conformant.md", text)


def test_no_handshake(
    make_stream: MakeStream, make_outcome: MakeOutcome, matches_snapshot: Callable[[str, str], None]
) -> None:
    target = {"spec": "cmd:nothing", "implementation": None, "supports": {}, "max_inflight": 0}
    events = make_stream(
        make_outcome("a/1", Verdict.NOT_RUN), end="handshake-failed", problem="no such program", target=target
    )
    matches_snapshot("no-handshake.md", rendered(events))


def test_structure(full_stream: list[Event]) -> None:
    page = Page(rendered(full_stream))
    assert (page.tags["h3"], page.tags["table"], page.tags["ul"], page.tags["details"]) == (1, 1, 1, 4)
    assert page.tags["tr"] == 4
    assert page.open == []


def test_foreign_text_makes_no_markup(hostile_stream: list[Event]) -> None:
    text = rendered(hostile_stream)
    page = Page(text)
    known = {"h3", "p", "sub", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    assert set(page.tags) == known | {"details", "summary", "b"}
    assert page.tags["h3"] == page.tags["table"] == 1
    assert page.tags["details"] == 3
    assert "@everyone" not in page.bare
    assert "evil" not in page.bare
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e\u2028\ufffe]", text) is None


@pytest.mark.parametrize("groups", [200, 5000])
def test_at_most_60_kilobytes_and_the_rest_is_counted(
    groups: int, make_stream: MakeStream, make_outcome: MakeOutcome
) -> None:
    letters = "é" * 300  # two bytes each
    events = make_stream(
        *(
            make_outcome(
                f"s{number % 70}/{number}", Verdict.FAIL, Diagnosis("answer", f"m{chr(65 + number)} {letters}")
            )
            for number in range(groups)
        )
    )
    data = FORMATS["markdown"](events)
    assert len(data) <= 60 * 1024
    page = Page(data.decode())
    left = re.search(r"and (\d+) more \((\d+) cases\)", page.bare)
    assert left
    assert int(left[1]) == int(left[2]) == groups - page.tags["details"]
    assert page.tags["details"] > 10


def test_many_notes_and_cases_are_counted(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    notes = tuple({"event": "stale", "entry": f"a/{i}", "sentence": f"a/{i}: gone"} for i in range(50))
    alike = [make_outcome(f"a/{i}", Verdict.FAIL, Diagnosis("message", "signed the body alone")) for i in range(40)]
    text = rendered(make_stream(*alike, notes=notes))
    assert "and 38 more notes" in text
    assert "and 27 more" in text
