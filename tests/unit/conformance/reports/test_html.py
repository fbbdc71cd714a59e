"""The HTML report's file: its data, that nothing in it breaks out, and that it asks for nothing. (The browser's view is
in tests/integration/test_html_report.py.)"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.events import Event, StreamError
from conformance.model import Diagnosis, Outcome, Verdict
from conformance.reports import FORMATS, html
from conformance.reports.html import embedded
from conformance.reports.html_data import BEFORE, WINDOW, page_data

MakeStream = Callable[..., list[Event]]
MakeOutcome = Callable[..., Outcome]
HOSTILE = "</script><!--<script>\u2028\u2029\u202e\x00\x1b[2J&lt;\ud800<img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Elements with their attributes, and the text of scripts and styles."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.feed(page.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:
            tag, text = self.raw[-1]
            self.raw[-1] = (tag, text + data)

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(next(text for tag, text in self.raw if tag == "script"))
        return found


def test_what_is_in_the_file_is_what_is_drawn(full_stream: list[Event]) -> None:
    assert Page(html.render([full_stream])).data == page_data([full_stream])
    assert FORMATS["html"](full_stream) == html.render([full_stream])


@given(st.text())
def test_embedded_json_is_ascii_without_markup_and_means_the_same(text: str) -> None:
    told = embedded({"text": text, text: [HOSTILE]})
    assert told.isascii()
    assert not set("<>&") & set(told)
    assert json.loads(told) == {"text": text, text: [HOSTILE]}


def test_hostile_text_adds_no_element_and_loses_what_hides(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    told = Diagnosis("answer", HOSTILE, HOSTILE.encode("utf-8", "surrogatepass"), b"")
    outcome = make_outcome("alpha/evil", Verdict.FAIL, told)
    notes = ({"event": "stderr", "text": HOSTILE, "bytes": 9}, {"event": "restart", "sentence": HOSTILE})
    calm = Page(html.render([make_stream(make_outcome("alpha/evil"))]))
    page = Page(html.render([make_stream(outcome, notes=notes)], [HOSTILE]))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in calm.elements]
    assert page.data["targets"][0]["name"] == page.data["targets"][0]["stderr"] == page.data["texts"][1]
    assert page.data["texts"][1] == (
        r"</script><!--<script>\u2028\u2029\u202e\x00\x1b[2J&lt;\ud800<img src=x onerror=alert(1)>"
    )


def test_the_policy_allows_this_script_and_style_alone(full_stream: list[Event]) -> None:
    page = Page(html.render([full_stream]))
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["default-src"] == "'none'"
    for tag, text in (page.raw[0], page.raw[-1]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed[f"{tag}-src"] == f"'sha256-{digest}'"


def test_it_asks_the_network_for_nothing(full_stream: list[Event]) -> None:
    page = Page(html.render([full_stream]))
    addresses = {attrs[name] for _, attrs in page.elements for name in ("src", "href", "action") if name in attrs}
    assert addresses
    assert all(address is not None and address.startswith(("#", "data:,")) for address in addresses)
    script, style = page.raw[-1][1], page.raw[0][1]
    assert not re.search(r"@import|url\(", style)
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|WebSocket|EventSource|sendBeacon", script)


def test_the_script_makes_text_of_data_never_markup() -> None:
    scripts = [file for file in files("conformance.reports").joinpath("page").iterdir() if file.name.endswith(".js")]
    assert len(scripts) >= 5
    for file in scripts:
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser",
            file.read_text("utf-8"),
        )
        assert found == [], file.name


def test_results_point_at_what_the_stream_says(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    wrong = Diagnosis("message", "signed the body alone", b"GETabc", b"abc")
    first = make_stream(
        make_outcome("alpha/one"),
        make_outcome("alpha/two", Verdict.XFAIL, wrong, reason="it is old"),
        make_outcome("beta/three", Verdict.FAIL, wrong),
    )
    second = make_stream(make_outcome("alpha/two"))
    data = page_data([first, second], ["first", None])
    assert [case[0] for case in data["cases"]] == ["alpha/one", "alpha/two", "beta/three"]
    passed, xfail, fail = (data["verdicts"].index(verdict) for verdict in ("pass", "xfail", "fail"))
    assert data["results"][1] == [None, passed, None]
    one, two, three = data["results"][0]
    assert (one, two[0], three[0]) == (passed, xfail, fail)
    assert data["texts"][two[3]] == "it is old"
    assert two[2] == three[2]
    stage, sentence, expected, actual = data["diagnoses"][two[2]]
    assert (data["texts"][stage], data["texts"][sentence]) == ("message", "signed the body alone")
    assert expected == [base64.b64encode(b"GETabc").decode(), 0, 6]
    assert actual == [base64.b64encode(b"abc").decode(), 0, 3]


def test_long_bytes_are_kept_around_the_first_difference(make_stream: MakeStream, make_outcome: MakeOutcome) -> None:
    left, right = b"a" * 100_000 + b"X" + b"b" * 100_000, b"a" * 100_000 + b"Y"
    data = page_data([make_stream(make_outcome("a/b", Verdict.FAIL, Diagnosis("body", "wrong", left, right)))])
    _, _, expected, actual = data["diagnoses"][0]
    at = 100_000 - BEFORE
    assert expected[1:] == [at, len(left)]
    assert base64.b64decode(expected[0]) == left[at : at + WINDOW]
    assert actual[1:] == [at, len(right)]
    assert base64.b64decode(actual[0]) == right[at:]


def test_names_are_given_or_the_implementations_own_and_no_two_alike(full_stream: list[Event]) -> None:
    data = page_data([full_stream] * 3, ["x", None, "x"])
    assert [target["name"] for target in data["targets"]] == ["x", r"php [bold]x[/]", "x (2)"]


def test_a_stream_that_is_cut_short_makes_no_page(full_stream: list[Event]) -> None:
    with pytest.raises(StreamError):
        html.render([full_stream[:-1]])
