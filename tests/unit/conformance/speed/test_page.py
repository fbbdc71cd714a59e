"""The benchmark page's file: what it holds, that nothing in it breaks out, and that it asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.speed.model import Bench, Latency, Machine, Measurement, Side, Skip
from conformance.speed.page import render
from conformance.speed.page.markup import element, safe
from conformance.speed.page.scales import from_zero, logarithmic
from tests.fakes import benches

HOSTILE = "</title></style><script>window.owned=1</script><img src=x onerror=alert(1)>\"'&amp;{{style}}\u202e\x00"
EMPTY = {"path", "line", "rect", "circle", "meta", "link"}


class Page(HTMLParser):
    """Elements with their attributes, the text of each kind, and whether all that is opened is closed in its order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in EMPTY
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in dict.fromkeys(self._open):
            self.text[tag] = self.text.get(tag, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def hostile() -> Bench:
    bench = benches.bench()
    side = Side(HOSTILE, HOSTILE, (0.1, 0.1, 0.2))
    one = [
        Measurement(f"{HOSTILE}{group}", group, operation, side, side, 1, note=HOSTILE)
        for group, operation in (("pyca-rsa", "sign"), ("peers", HOSTILE), (HOSTILE, HOSTILE), ("threads", "verify"))
    ]
    return replace(
        bench,
        started=HOSTILE,
        kit=HOSTILE,
        machine=Machine(HOSTILE, (HOSTILE,), 1, HOSTILE, {HOSTILE: {HOSTILE: [HOSTILE]}}),
        measurements=one,
        latencies=[replace(bench.latencies[0], warning=HOSTILE, arrivals=HOSTILE)],
        skipped=[Skip(HOSTILE, HOSTILE)],
    )


def nothing() -> Bench:
    return replace(benches.bench(), measurements=(), latencies=(), skipped=(), complete=False)


def one_core() -> Bench:
    bench = benches.bench()
    single = [replace(m, threads=1, group="threads") for m in bench.measurements if m.threads > 1]
    return replace(bench, machine=replace(bench.machine, cores=1), measurements=single)


def one_size() -> Bench:
    return replace(benches.bench(), measurements=[benches.measurement(ours=(0.001,), peer=(0.002,))], latencies=())


def short_run() -> Bench:
    """So few calls that only the longest can be told."""
    told = Latency(10.0, 0.5, 10.0, 0.2, {"100": 0.001}, {"100": 0.001}, calls=1, late={"100": 0.0})
    return replace(benches.bench(), measurements=(), latencies=[told])


INCOMPLETE = [nothing, one_core, one_size, short_run, hostile, benches.bench, benches.elsewhere]


@pytest.mark.parametrize("made", INCOMPLETE)
def test_every_run_makes_a_whole_page(made: Callable[[], Bench]) -> None:
    page = Page(render(made()))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] or "" for attributes in page.all("a")]
    assert set(links) <= {f"#{name}" for name in ids}
    assert len(page.all("h1")) == 1
    for attributes in page.all("svg"):
        if "aria-hidden" not in attributes:
            assert set((attributes["aria-labelledby"] or "").split()) <= set(ids)
    assert len(page.all("desc")) == len(page.all("figure")) == len(page.all("figcaption"))


def test_plots_have_tables_with_the_same_figures() -> None:
    text = Page(render(benches.bench())).text
    for figure in ("1 240", "9 830", "246 000"):  # batches of 1 and 1024 at 808 and 102 µs; 1024 at 4.06 µs
        assert figure in text["td"]
        assert figure in text["desc"]
    assert "p99 4.00 ms" in text["desc"]
    assert "node" in text["desc"]
    assert re.search(r"php.*7\.00 x", text["desc"])


def test_headlines_are_in_plain_words() -> None:
    told = Page(render(benches.bench())).text["li"]
    assert "1\u00a0024" in told  # which no line may break
    told = told.replace("\u00a0", " ")
    assert "signed a second on one core, in batches of 1 024, 2048-bit key: 7.95 x the speed of cryptography" in told
    assert "verified a second on 2 cores" in told
    assert "99 of 100 callers wait at most at 800 a second, 80.0 % of what" in told


def test_what_is_noisy_is_marked_with_words() -> None:
    bench = benches.bench()
    assert any(m.noisy for m in bench.measurements)
    page = Page(render(bench))
    assert "too noisy to tell" in page.text["ul"]
    assert any("hollow" in (attributes.get("class") or "") for attributes in page.all("circle"))
    assert sum(attributes.get("class") == "noisy" for attributes in page.all("tr")) >= 2
    quiet = replace(bench, measurements=[m for m in bench.measurements if not m.noisy])
    assert "Read with care" not in render(quiet)
    assert "hollow" not in Page(render(quiet)).text["ul"]


def test_an_interrupted_run_says_so_and_why_others_are_missing() -> None:
    text = Page(render(replace(benches.bench(), complete=False))).text
    assert "This run is not complete" in text["li"]
    assert "awscrt" in text["th"]
    assert "pip install awscrt" in text["td"]
    assert "not complete" not in Page(render(benches.bench())).text["li"]


def test_sections_without_figures_are_left_out() -> None:
    def sections(bench: Bench) -> list[str | None]:
        return [attributes["id"] for attributes in Page(render(bench)).all("section")]

    assert sections(nothing()) == ["machine", "method"]
    assert sections(one_size()) == ["batches", "measurements", "machine", "method"]
    assert "Nothing that makes a headline" in render(nothing())
    assert "One processor: there is nothing to spread over." in render(one_core())


def test_the_machine_is_told_with_all_its_facts() -> None:
    page = Page(render(benches.bench()))
    for word in ("Example Processor 9000", "avx512ifma", "3.11.7", "cryptography 46.0.1", "governor"):
        assert word in page.text["table"]


def test_foreign_text_stays_text() -> None:
    page = Page(render(hostile()))
    assert [tag for tag, _ in page.elements if tag in ("script", "img")] == []
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "<script>window.owned=1</script>" in page.text["h1"]
    assert "{{style}}" in page.text["h1"]
    assert "\u202e" not in render(hostile())
    assert "\x00" not in render(hostile())
    assert len(page.all("style")) == 1


@pytest.mark.parametrize("made", INCOMPLETE)
def test_it_asks_for_nothing_and_runs_nothing(made: Callable[[], Bench]) -> None:
    page = Page(render(made()))
    policy = next(a["content"] or "" for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(page.text["style"].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; style-src 'sha256-" + digest)
    assert "script" not in policy
    assert not any("style" in attributes for _, attributes in page.elements)
    assert [a["href"] for a in page.all("link")] == ["data:,"]
    assert not re.search(r"url\(|@import|https?:", page.text["style"])
    assert not any({"src", "srcset", "data", "xlink:href"} & set(attributes) for _, attributes in page.elements)


@given(st.text())
def test_any_text_is_read_back_as_it_is_shown(text: str) -> None:
    page = Page(element("p", text, title=text))
    shown = page.text.get("p", "")
    assert shown == page.all("p")[0]["title"]
    printable = text.isascii() and text.isprintable()
    assert shown == text or not printable
    assert safe(safe(text)) == safe(text)


@given(st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=20))
def test_axes_hold_all_values(values: list[float]) -> None:
    for scale in (from_zero(values), logarithmic(values)):
        assert all(-1e-6 <= scale.at(value) <= 1 + 1e-6 for value in values)
        places = [scale.at(tick) for tick in scale.ticks]
        assert places == sorted(places)
        assert 2 <= len(places) <= 20
        assert places[0] == pytest.approx(0, abs=0.7)
        assert places[-1] <= 1 + 1e-6


def test_axes_have_round_numbers() -> None:
    assert list(from_zero([9800.0]).ticks) == [0, 2500, 5000, 7500, 10000]
    assert list(from_zero([0.0]).ticks) == [0, 0.25, 0.5, 0.75, 1]
    assert list(logarithmic([1.2, 7.0]).ticks) == pytest.approx([1, 2, 5, 10])
    assert list(logarithmic([0.02, 900.0]).ticks) == pytest.approx([0.1, 1, 10, 100, 1000])


def test_a_peer_stands_once_in_each_plot_and_the_baseline_where_no_peer_is_it() -> None:
    def one(name: str, group: str, peer: str) -> Measurement:
        return benches.measurement(name, group=group, operation="sign one", peer_name=peer)

    node, own, again = (
        one("a", "peers", "node"),
        one("b", "pyca-rsa", "cryptography"),
        one("c", "peers", "cryptography"),
    )
    for measurements in ([node, own], [own, node, again]):
        page = Page(render(replace(benches.bench(), measurements=measurements)))
        told = re.findall(r"(cryptography|node) 46\.0\.1: 4\.0", page.text["desc"])
        assert sorted(told) == ["cryptography", "node"]
