"""The HTML report in a real browser: what people do with it, and what a hostile harness would like to do."""

from __future__ import annotations

import base64
import importlib.util
import random
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.events import Event, footer_event, outcome_event
from conformance.model import Diagnosis, Level, Outcome, Verdict
from conformance.reports import html
from conformance.statements import STATEMENTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: apt-get install chromium"),
    pytest.mark.skipif(importlib.util.find_spec("playwright") is None, reason="playwright is not installed"),
]

HOSTILE = "</script><script>window.owned=1</script><img src=x onerror=window.owned=1>\u2028\u202e\x00&amp;<!--"
SIGNED_URL = Diagnosis(
    "message",
    "signed the URL as it was given; sign it as the client sends it (P5)",
    b"GEThttps://h.example/t/?name=O%27Brien",
    b"GEThttps://h.example/t/?name=O'Brien",
)
EVIL = Diagnosis("answer", f"the target said {HOSTILE}", HOSTILE.encode(), b"\x00" * 300 + HOSTILE.encode())
UNDECLARED = Diagnosis("answer", "the target does not declare build")


def outcomes(verdicts: dict[str, tuple[Verdict, Diagnosis | None, str | None]]) -> list[Event]:
    """150 cases of three suites; those named come out as told, the others pass."""
    cases = [
        ("build", "build/url/apostrophe", "build", ("S7", "P43"), Level.MUST),
        ("build", "build/url/plain", "build", ("S7",), Level.MUST),
        ("minify", "minify/evil", "minify", ("P42",), Level.SHOULD),
        ("minify", "minify/known", "minify", ("P42",), Level.SHOULD),
        *(("verify", f"verify/bits/{number:03}", "verify", ("RFC 8017 8.2.2",), Level.MUST) for number in range(146)),
    ]
    events = []
    for suite, name, op, clauses, level in cases:
        verdict, diagnosis, reason = verdicts.get(name, (Verdict.PASS, None, None))
        form = None if op == "minify" else "request"
        comment = f"What {name} is about."
        outcome = Outcome(name, suite, op, form, level, clauses, comment, verdict, 0.01, diagnosis, reason)
        given = {"url": HOSTILE, "key": "doc"} if name == "minify/evil" else {"url": "https://h.example/"}
        events.append({**outcome_event(outcome), "input": given})
    return events


def stream(name: str, **verdicts: tuple[Verdict, Diagnosis | None, str | None]) -> list[Event]:
    who = {"name": name, "version": "1", "language": "Ada", "runtime": "12", "url": "https://example.com"}
    told = outcomes({key.replace("__", "/"): value for key, value in verdicts.items()})
    header: Event = {
        "event": "header",
        "stream": 1,
        "kit": "0.1.0",
        "started": "2025-01-01T00:00:00+00:00",
        "profile": "default",
        "complete": False,
        "corpus": {"digest": "0123456789abcdef" * 4, "cases": len(told), "of": len(told)},
        "selection": {"ids": [], "tags": [], "suites": []},
        "target": {"spec": f"cmd:{name} 'x'", "implementation": who, "supports": {}, "max_inflight": 1},
    }
    events = [header, *told, {"event": "stderr", "text": HOSTILE, "bytes": len(HOSTILE)}]
    return [*events, footer_event(events, "complete", None, "2025-01-01T00:00:09+00:00")]


STREAMS = [
    stream(
        "go",
        build__url__apostrophe=(Verdict.FAIL, SIGNED_URL, None),
        minify__known=(Verdict.XFAIL, EVIL, "its encoder escapes"),
        build__url__plain=(Verdict.SKIP, UNDECLARED, None),
    ),
    stream("a/b " + HOSTILE, minify__evil=(Verdict.CRASH, EVIL, None)),
    stream("good"),
]
EVIL_NAME = 1


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("html") / "report.html"
    path.write_bytes(html.render(STREAMS))
    return path.as_uri()


@pytest.fixture
def visit(browser: Browser, report: str) -> Iterator[Callable[..., Page]]:
    """Opens the report; at the end no page may have asked for anything, complained, or run foreign script."""
    pages: list[Page] = []
    troubles: list[str] = []
    contexts = []

    def go(anchor: str = "", url: str = report, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: troubles.append(request.url) if request.url.split("#")[0] != url else None)
        page.goto(url + anchor)
        page.wait_for_selector("html[data-ready]")
        pages.append(page)
        return page

    yield go
    owned = [page.evaluate("window.owned") for page in pages]
    for context in contexts:
        context.close()
    assert troubles == []
    assert owned == [None] * len(pages)


def shown(page: Page) -> list[str]:
    return page.locator(".row .id").all_inner_texts()


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_it_opens_on_what_is_wrong_and_says_who_and_what(visit: Callable[..., Page]) -> None:
    page = visit()
    assert page.locator("h1").inner_text() == "2 of 3 implementations conformant"
    assert shown(page) == ["build/url/apostrophe", "minify/evil", "minify/known"]
    facts = page.locator("#facts").inner_text()
    assert "150 cases" in facts
    assert "0123456789ab" in facts
    assert "2025-01-01" in facts
    cells = page.locator("#matrix-table tbody tr").first.locator("td").all_inner_texts()
    assert [" ".join(cell.split()) for cell in cells] == ["✗ 1 \N{EN DASH} 1 of 2", "✓ 2", "✓ 2"]
    label = page.locator("#matrix-table a.cell").first.get_attribute("aria-label")
    assert label == "go: 1 failed, 1 not run, of 2"


def test_filters_narrow_the_list_and_live_in_the_address(visit: Callable[..., Page]) -> None:
    page = visit()
    page.select_option("[name=verdict]", "")
    assert page.locator("#count").inner_text() == "All 150 cases."
    page.select_option("[name=suite]", "minify")
    assert shown(page) == ["minify/evil", "minify/known"]
    page.select_option("[name=suite]", "")
    page.select_option("[name=clause]", "P43")
    assert shown(page) == ["build/url/apostrophe"]
    page.select_option("[name=clause]", "")
    page.select_option("[name=target]", "go")
    page.select_option("[name=verdict]", "=skip")
    assert shown(page) == ["build/url/plain"]
    page.reload()
    assert shown(page) == ["build/url/plain"]
    page.select_option("[name=verdict]", "trouble")
    page.select_option("[name=level]", "should")
    assert shown(page) == ["minify/known"]
    page.click("#clear")
    for name, value, number in (("op", "verify", 146), ("form", "request", 148), ("level", "must", 148)):
        page.select_option(f"[name={name}]", value)
        assert page.locator("#count").inner_text() == f"{number} of 150 cases."
        page.click("#clear")


def test_the_search_looks_through_ids_clauses_and_diagnoses(visit: Callable[..., Page]) -> None:
    page = visit()
    page.click("#clear")
    for words, found in (
        ("VERIFY/bits/07", [f"verify/bits/07{n}" for n in range(10)]),
        ("client sends", ["build/url/apostrophe"]),
        ("p42 encoder", ["minify/known"]),
        ("no such thing", []),
    ):
        page.fill("#search", words)
        assert shown(page) == found
    assert page.locator(".nothing").is_visible()


def test_a_cell_and_a_finding_lead_to_their_cases(visit: Callable[..., Page]) -> None:
    page = visit()
    page.click("#matrix-table tbody tr:nth-child(2) td:nth-child(2) a")
    assert shown(page) == ["minify/known"]
    page.go_back()
    page.locator(".finding a.chip", has_text="go 1").first.click()
    assert page.locator(".outcome.aimed").get_attribute("data-target") == "go"


def test_a_deep_link_opens_its_case_and_survives_reload(visit: Callable[..., Page]) -> None:
    page = visit("#case/build/url/apostrophe/go")
    for _ in range(2):
        aimed = page.locator("section.outcome.aimed")
        assert aimed.get_attribute("data-target") == "go"
        assert page.evaluate("document.activeElement.dataset.target") == "go"
        box = aimed.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900
        text = aimed.inner_text()
        assert "sign it as the client sends it" in text
        assert "First difference at byte 30; expected 38 bytes, got 36." in text
        assert "signkit replay build/url/apostrophe 'cmd:go '\"'\"'x'\"'\"''" in text
        page.reload()
    assert page.locator(".detail .fields").inner_text().split() == ["url", "https://h.example/"]


def test_deep_links_reach_what_filters_hide_and_what_is_far_down(visit: Callable[..., Page]) -> None:
    page = visit("#case/verify/bits/145/good")
    row = page.locator(".row", has_text="verify/bits/145")
    assert row.locator("[aria-expanded=true]").count() == 1
    assert row.locator("button.open").evaluate("node => node.getBoundingClientRect().top < innerHeight")
    lost = visit("#case/no/such/case")
    assert lost.locator("#count").inner_text() == "There is no case no/such/case in this report."


def test_every_link_to_a_result_leads_there_whatever_the_name(visit: Callable[..., Page]) -> None:
    page = visit("#case/minify/evil")
    link = page.locator(".outcome .link").first
    name = page.locator("section.outcome").first.get_attribute("data-target")
    href = link.get_attribute("href")
    assert href is not None
    again = visit(href)
    assert again.locator(".outcome.aimed").get_attribute("data-target") == name


def test_the_diff_shows_both_sides_as_text_and_hex_with_the_first_difference_marked(visit: Callable[..., Page]) -> None:
    page = visit("#case/build/url/apostrophe/go")
    diff = page.locator(".outcome.aimed .diff")
    assert diff.locator(".line mark.expected").inner_text() == "%27"
    assert diff.locator(".line mark.actual").inner_text() == "'"
    first = diff.locator(".hex mark.first").all_inner_texts()
    assert first == ["25", "%", "27", "'"]
    known = visit("#case/minify/known/go").locator(".outcome.aimed")
    assert "Known: its encoder escapes" in known.inner_text()


def test_the_replay_line_is_copied(visit: Callable[..., Page]) -> None:
    page = visit("#case/build/url/apostrophe/go", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".outcome.aimed .replay button").click()
    page.wait_for_selector("text=copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".outcome.aimed .replay code").inner_text()


def test_keys_search_move_open_and_close(visit: Callable[..., Page]) -> None:
    page = visit()
    focused = "document.activeElement.querySelector?.('.id')?.textContent"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(focused) == "minify/evil"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    assert page.evaluate(focused) == "minify/evil"
    page.keyboard.press("Enter")
    assert page.locator(".detail").count() == 1
    assert re.search(r"#case/minify/evil\?verdict=trouble$", page.url)
    page.keyboard.press("Escape")
    assert page.locator(".detail").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("jk/")
    assert page.input_value("#search") == "jk/"
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""


def test_the_tab_key_reaches_everything_with_a_visible_focus(visit: Callable[..., Page]) -> None:
    page = visit()
    seen: list[str] = []
    page.keyboard.press("Tab")
    while not seen or page.evaluate("document.activeElement !== document.body"):
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", seen[-1]
        page.keyboard.press("Tab")
    assert seen[0] == "skip"
    assert [name for name in ("theme", "matrix-table", "search", "open") if name not in seen] == []


def test_the_page_has_landmarks_and_names_for_all_it_holds(visit: Callable[..., Page]) -> None:
    page = visit("#case/minify/evil")
    for landmark in ("header", "main", "footer", "nav[aria-label]", "form[role=search]"):
        assert page.locator(landmark).count() == 1
    nameless = page.evaluate("""() => [...document.querySelectorAll("a, button, select, input")].filter((node) =>
        !(node.textContent.trim() || node.labels?.length || node.getAttribute("aria-label")))
        .map((node) => node.outerHTML)""")
    assert nameless == []
    twice = page.evaluate("""() => [...document.querySelectorAll("[id]")].map((node) => node.id)
        .filter((id, i, all) => all.indexOf(id) !== i)""")
    assert twice == []


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
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: Any, visit: Callable[..., Page]) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.1, 1.4.3) for all text that is seen."""
    page = visit("#case/build/url/apostrophe/go", color_scheme=scheme)
    faint = page.evaluate("""() => {
        const channels = (text) => text.match(/[\\d.]+/g).map(Number);
        const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        const light = (rgb) => rgb.slice(0, 3).map((v) => linear(v / 255))
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = (node) => {
            const colour = channels(getComputedStyle(node).backgroundColor);
            return colour.length === 3 || colour[3] > 0 ? colour : ground(node.parentElement);
        };
        const found = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.matches("script, option")) continue;
            const [a, b] = [light(channels(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
            const contrast = (a + 0.05) / (b + 0.05);
            if (contrast < 4.5) found.push([node.className || node.tagName, contrast.toFixed(2)].join(" "));
        }
        return [...new Set(found)];
    }""")
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
        events = [one[0], *copies]
        return [*events, footer_event(events, "complete", None, "2025-01-01T00:00:09+00:00")]

    (tmp_path / "big.html").write_bytes(html.render([many(f"target-{i}") for i in range(12)]))
    page = visit("#cases?suite=verify", url=(tmp_path / "big.html").as_uri())
    assert page.locator("#count").inner_text() == "1460 of 1500 cases."
    drawn = page.locator(".row").count()
    assert drawn <= 300
    page.locator("#more").scroll_into_view_if_needed()
    page.locator(".row").nth(drawn).wait_for(state="attached")


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
