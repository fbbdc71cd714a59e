"""The benchmark page in a real browser: light and dark, phone and desktop, on paper; no script, no request."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from html_driver import CONTRAST, NEEDS_BROWSER, width_of

from conformance.speed.model import Bench
from conformance.speed.page import render
from tests.fakes import benches

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = NEEDS_BROWSER

Look = Callable[..., "Page"]

# For text in HTML its own ground counts, for text in a plot the page's; for marks and strokes 3 to 1 is enough.
FAINT = (
    f"() => {{{CONTRAST}"
    + """
    const found = new Set();
    let seen = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.matches("title, desc")) continue;
        const style = getComputedStyle(node);
        const colour = node.closest("svg") ? style.fill : style.color;
        if (contrast(channels(colour), ground(node)) < 4.5) found.add(node.className.baseVal ?? node.className);
        seen++;
    }
    for (const node of document.querySelectorAll(".line .stroke, .line .mark, .line .whisker")) {
        const style = getComputedStyle(node);
        const colour = node.matches(".stroke, .whisker, .hollow") ? style.stroke : style.fill;
        if (contrast(channels(colour), ground(node)) < 3) found.add(node.className.baseVal);
        seen++;
    }
    return [[...found], seen];
}"""
)


def latencies() -> Bench:
    """A run of latency alone, stopped midway, of which one was overloaded."""
    bench = benches.bench()
    loaded = replace(bench.latencies[1], warning="overloaded: of 800 calls a second 500 were answered")
    return replace(bench, complete=False, measurements=(), latencies=(bench.latencies[0], loaded))


RUNS = {
    "whole": benches.bench,
    "latency alone": latencies,
    "nothing": lambda: replace(benches.bench(), measurements=(), latencies=(), skipped=()),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("bench-page")
    for name, made in RUNS.items():
        (folder / f"{name}.html").write_text(render(made()), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in RUNS}


@pytest.fixture
def look(browser: Browser, pages: dict[str, str]) -> Iterator[Look]:
    """Opens a page; at the end none may have asked for anything or complained, also of what its policy forbids."""
    troubles: list[str] = []
    contexts = []

    def go(name: str = "whole", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: troubles.append(request.url) if request.url != pages[name] else None)
        page.goto(pages[name])
        return page

    yield go
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_sticks_out(name: str, width: int, look: Look) -> None:
    page = look(name, viewport={"width": width, "height": 740})
    assert width_of(page) == width
    outside = page.evaluate("""() => [...document.querySelectorAll("figure svg text")].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.left < 0 || box.right > innerWidth + 1;
    }).map((node) => node.textContent)""")
    assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["whole", "latency alone"])
def test_text_and_marks_stand_out_from_their_ground(name: str, scheme: Any, look: Look) -> None:
    page = look(name, color_scheme=scheme)
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    faint, seen = page.evaluate(FAINT)
    assert faint == []
    assert seen > 100


def test_texts_of_a_plot_do_not_lie_upon_each_other(look: Look) -> None:
    overlapping = look().evaluate("""() => [...document.querySelectorAll("figure svg")].flatMap((plot) => {
        const texts = [...plot.querySelectorAll("text")];
        const boxes = texts.map((node) => [node.textContent, node.getBoundingClientRect()]);
        return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
            .filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
            .map(([other]) => `${one} on ${other}`));
    })""")
    assert overlapping == []


def test_the_sides_differ_without_colour(look: Look) -> None:
    page = look()
    plot = page.locator("#batches figure svg").first
    assert plot.locator(".ours circle").count() == plot.locator(".peer rect").count() == 7
    dashes = [
        plot.locator(f".{side} .stroke").evaluate("n => getComputedStyle(n).strokeDasharray")
        for side in ("ours", "peer")
    ]
    assert dashes[0] == "none" != dashes[1]


def test_every_plot_is_an_image_with_a_name_and_a_description(look: Look) -> None:
    page = look()
    plots = page.get_by_role("img").all()
    assert len(plots) == page.locator("figure").count() == 2 + 2 + 3 + 1
    names = [plot.evaluate("node => node.querySelector('title').textContent") for plot in plots]
    assert len(set(names)) == len(plots)
    for region in page.get_by_role("region").all():
        assert region.get_attribute("aria-label") or region.get_attribute("aria-labelledby")
    for section in ("batches", "threads", "latency", "peers"):
        assert page.locator(f"#{section} table tbody tr").count() >= 1


def test_links_lead_to_their_sections_and_the_keyboard_reaches_wide_tables(look: Look) -> None:
    page = look(viewport={"width": 360, "height": 740})
    for link in page.locator("nav a").all():
        target = link.get_attribute("href") or ""
        assert page.locator(target).count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className"))
    assert "scroll" in reached


def test_it_reads_without_scripts(look: Look) -> None:
    page = look(java_script_enabled=False)
    assert page.locator("h1").inner_text() == "Signing on Example Processor 9000"
    assert page.locator("figure svg").first.is_visible()


@pytest.mark.parametrize("name", RUNS)
def test_on_paper_it_is_light_and_whole(name: str, look: Look, tmp_path: Path) -> None:
    page = look(name, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    for section in page.locator("section").all():
        assert section.is_visible()
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 less its margins
    assert width_of(page) == 718
    cut = page.evaluate("""() => [...document.querySelectorAll(".scroll")]
        .filter((node) => node.scrollWidth > node.parentElement.clientWidth + 1).map((node) => node.ariaLabel)""")
    assert cut == []
    made = page.pdf(format="A4", margin={"top": "12mm", "bottom": "12mm", "left": "10mm", "right": "10mm"})
    assert made.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) >= 1
    drawn = sum(len(zlib.decompress(part)) for part in _streams(made))
    assert drawn > 2000


def _streams(document: bytes) -> list[bytes]:
    return [part for part in re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL) if part]
