"""The HTML report in a real browser: its looks, and what a hostile harness would like to do."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from html_driver import CONTRAST, HOSTILE, NEEDS_BROWSER, SIGNED_URL, STREAMS, stream, width_of

from conformance.events import Event, footer_event
from conformance.model import Verdict
from conformance.reports import html
from conformance.statements import STATEMENTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_and_the_switch(scheme: Any, visit: Callable[..., Page]) -> None:
    page = visit(color_scheme=scheme)
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    follows = page.evaluate(paper)
    assert (follows == "rgb(255, 255, 255)") == (scheme == "light")
    seen = {}
    for _ in range(3):
        page.click("#theme")
        seen[page.evaluate("document.documentElement.dataset.theme")] = page.evaluate(paper)
    assert seen["auto"] == follows
    assert seen["light"] == "rgb(255, 255, 255)" != seen["dark"]
    page.click("#theme")
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.wait_for_timeout(250)  # Chromium commits what is stored in its own time
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: Any, visit: Callable[..., Page]) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.1, 1.4.3) for all text that is seen."""
    page = visit("#case/build/url/apostrophe/go", color_scheme=scheme)
    faint = page.evaluate(
        f"() => {{{CONTRAST}"
        + """
        const found = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.matches("script, option")) continue;
            const ratio = contrast(channels(getComputedStyle(node).color), ground(node));
            if (ratio < 4.5) found.push([node.className || node.tagName, ratio.toFixed(2)].join(" "));
        }
        return [...new Set(found)];
    }"""
    )
    assert faint == []


def test_what_harnesses_say_stays_text(visit: Callable[..., Page]) -> None:
    page = visit("#case/minify/evil")
    told = page.locator("section.outcome .sentence").inner_text()
    assert "</script><script>window.owned=1</script><img src=x onerror=window.owned=1>" in told
    assert r"\u2028\u202e\x00&amp;<!--" in told
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2
    assert HOSTILE.split("\u2028")[0] in page.locator("#runs").inner_text()


@pytest.mark.parametrize("width", [320, 768])
def test_small_screens_need_no_sideways_scrolling(width: int, visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": width, "height": 700})
    assert width_of(page) == width
    for case in ("build/url/apostrophe", "minify/evil", "minify/known"):
        page.locator("button.open", has_text=case).click()
        assert page.locator(".row", has_text=case).locator(".diff").first.is_visible()
        assert width_of(page) == width, case


def test_on_paper_there_are_the_findings_and_the_failures(visit: Callable[..., Page]) -> None:
    page = visit(color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".detail").count() == 3
    assert not page.locator("#filters").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".detail").count() == 0
    assert page.pdf().startswith(b"%PDF")


def test_coverage_of_the_statements(visit: Callable[..., Page]) -> None:
    page = visit()
    rows = page.locator("#statements-table tbody tr")
    numbers = [text.split()[0] for text in rows.locator("th").all_inner_texts()]
    assert numbers == ["S7", "P42", "P43", "RFC"]
    assert rows.nth(0).locator("th").inner_text() == f"S7 {STATEMENTS['S7'].reason}"
    gaps = [number for number, told in STATEMENTS.items() if told.shown_by == "vectors"]
    summaries = page.locator("#statements summary").all_inner_texts()
    assert summaries[0] == f"{len(gaps) - 3} that no case that ran cites, though one could"
    assert len(summaries) == 3
    assert " ".join(rows.nth(3).locator("td").first.inner_text().split()) == "✓ 146"
    rows.nth(0).locator("td a").first.click()
    assert page.input_value("[name=clause]") == "S7"


def test_one_run_alone_and_one_that_never_began(visit: Callable[..., Page], tmp_path: Path) -> None:
    (tmp_path / "one.html").write_bytes(html.render(STREAMS[2:]))
    page = visit(url=(tmp_path / "one.html").as_uri())
    assert page.locator("h1").inner_text() == "good: conformant"
    assert page.locator("#count").inner_text() == "All 150 cases."
    assert page.locator("#findings").is_hidden()
    header = {
        **STREAMS[0][0],
        "corpus": {**STREAMS[0][0]["corpus"], "cases": 0},
        "target": {"spec": "cmd:none", "implementation": None, "supports": {}, "max_inflight": 0},
    }
    events = [header, footer_event([header], "handshake-failed", "no handshake", "2025-01-01T00:00:09+00:00")]
    (tmp_path / "none.html").write_bytes(html.render([events]))
    page = visit(url=(tmp_path / "none.html").as_uri())
    assert page.locator("h1").inner_text() == "cmd:none: not conformant"
    assert "no handshake" in page.locator("#runs").inner_text()


def test_twelve_implementations_of_1500_cases_are_drawn_a_page_at_a_time(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    def many(name: str) -> list[Event]:
        one = stream(name, build__url__apostrophe=(Verdict.FAIL, SIGNED_URL, None))
        copies = [{**e, "id": f"{e['id']}/{i}"} for i in range(10) for e in one if e["event"] == "outcome"]
        header = {**one[0], "corpus": {**one[0]["corpus"], "cases": len(copies)}}
        events = [header, *copies]
        return [*events, footer_event(events, "complete", None, "2025-01-01T00:00:09+00:00")]

    (tmp_path / "big.html").write_bytes(html.render([many(f"target-{i}") for i in range(12)]))
    page = visit("#cases?suite=verify", url=(tmp_path / "big.html").as_uri())
    assert page.locator("#count").inner_text() == "1460 of 1500 cases."
    drawn = page.locator(".row").count()
    assert drawn <= 300
    assert "12 implementations" in page.locator("#matrix-hint").inner_text()
    heads = page.locator("table.many tbody th").all()
    assert len(heads) == 3 + 4
    for head in heads:
        number, box = head.locator(".of").bounding_box(), head.bounding_box()
        assert number
        assert box
        assert number["x"] + number["width"] <= box["x"] + box["width"]
    page.locator("#more").scroll_into_view_if_needed()
    page.locator(".row").nth(drawn).wait_for(state="attached")


def test_known_failures_of_what_the_document_demands_are_counted_apart(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    failed = (Verdict.XFAIL, SIGNED_URL, "known")
    runs = [stream("one", build__url__apostrophe=failed, minify__known=failed), stream("two", minify__known=failed)]
    (tmp_path / "known.html").write_bytes(html.render(runs))
    page = visit(url=(tmp_path / "known.html").as_uri())
    rows = page.locator("#matrix-table tr").all_inner_texts()
    told = {row.split()[0]: " ".join(row.split()[1:]) for row in rows}
    assert told["build"] == "≈ 1 1 must of 2 ✓ 2"
    assert told["minify"] == "≈ 1 of 2 ≈ 1 of 2"
    assert "conformant but for 2 known, 1 must" in told["suite"]
    labels = [cell.get_attribute("aria-label") for cell in page.locator("#matrix-table tfoot a.cell").all()]
    assert "2 failed as known (1 of them must)" in str(labels[0])
    assert "1 failed as known, " in str(labels[1])
    assert page.locator(".finding p:first-child").all_inner_texts() == [
        "must: changes what it was given: signed the URL as it was given",
        "should: changes what it was given: signed the URL as it was given",
    ]


def test_the_bytes_of_a_diff_are_those_of_the_stream(visit: Callable[..., Page]) -> None:
    """The page aligns in its own code: put together again, both sides are what the judge saw."""
    page = visit("#case/build/url/apostrophe/go")
    for side, sign in ((SIGNED_URL.expected, "\N{MINUS SIGN}"), (SIGNED_URL.actual, "+")):
        assert side is not None
        lines = page.locator(".outcome.aimed .hexline").all_inner_texts()
        words = [re.match(rf"[0-9a-f]{{4}} {re.escape(sign)} ((?:[0-9a-f-]{{2}} )+)", line) for line in lines]
        found = bytes.fromhex("".join(m[1] for m in words if m).replace("--", ""))
        assert found, base64.b64encode(side)
        assert found in side


def test_alignment_keeps_every_byte_on_its_side(browser: Browser) -> None:
    """Whatever the two sides are: read down a column of the alignment, and each is whole, with no empty row."""
    draw = random.Random(8017)  # noqa: S311 - test data, the same each time
    pairs = []
    for _ in range(400):
        left = [draw.randrange(4) for _ in range(draw.randrange(40))]
        right = list(left) if draw.random() < 0.8 else [draw.randrange(256) for _ in range(draw.randrange(40))]
        for _ in range(draw.randrange(5)):
            place = draw.randrange(len(right) + 1)
            right[place : place + draw.randrange(3)] = [draw.randrange(4) for _ in range(draw.randrange(3))]
        pairs.append([left, right])
    source = files("conformance.reports").joinpath("page", "bytes.js").read_text("utf-8")
    page = browser.new_page()
    rows = page.evaluate(
        "([source, pairs]) => { const align = new Function(`${source}; return align;`)();"
        "return pairs.map(([a, b]) => align(Uint8Array.from(a), Uint8Array.from(b))); }",
        [source, pairs],
    )
    page.close()
    for both, aligned in zip(pairs, rows, strict=True):
        for side in (0, 1):
            assert [row[side] for row in aligned if row[side] is not None] == both[side]
        assert [None, None] not in aligned
