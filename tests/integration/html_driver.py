"""An HTML report of made-up runs, and a real browser that visits it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.events import Event, footer_event, outcome_event
from conformance.model import Diagnosis, Level, Outcome, Verdict
from conformance.reports import html

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
NEEDS_BROWSER = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: apt-get install chromium"),
    pytest.mark.skipif(importlib.util.find_spec("playwright") is None, reason="playwright is not installed"),
]

# Of two colours, as WCAG 2.1 defines it, for functions that run in the page.
CONTRAST = """
    const channels = (text) => text.match(/[\\d.]+/g).map(Number);
    const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = (rgb) => rgb.slice(0, 3).map((v) => linear(v / 255))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (node) => {
        const colour = channels(getComputedStyle(node).backgroundColor);
        return colour.length === 3 || colour[3] > 0 ? colour : ground(node.parentElement);
    };
    const contrast = (one, other) => {
        const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    };
"""

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
