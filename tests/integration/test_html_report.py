"""The HTML report in a real browser: what people do with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from html_driver import NEEDS_BROWSER, shown

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = NEEDS_BROWSER


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
