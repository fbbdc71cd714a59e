"""A run as Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.speed.markdown import render
from tests.fakes.benches import bench, measurement


def test_all_of_a_run_is_there() -> None:
    text = render(bench())
    assert text.startswith("# Signing on Example Processor 9000\n")
    assert text.endswith("|\n")
    titles = re.findall(r"^## ([^:\n]+)", text, re.MULTILINE)
    throughput = "throughput of ours"
    load = "latency of AsyncSigner under open-loop load"
    assert titles == ["pyca-rsa", "threads", "peers", "texts", throughput, load, "not measured", "machine"]
    assert "| awscrt | not installed; pip install awscrt |" in text
    assert "- **Too noisy**: 2 of 22 measurements" in text


def test_every_row_has_as_many_cells_as_its_head() -> None:
    widths = [
        {line.count(" | ") for line in block.splitlines() if line.startswith("| ")}
        for block in render(bench()).split("\n\n")
    ]
    assert [len(width) for width in widths if width] == [1] * 8


def test_foreign_text_cannot_break_a_table() -> None:
    odd = measurement(peer_name="a|b\nc*d<i>", note="one | two")
    text = render(replace(bench(), measurements=(odd,)))
    assert r"a\|b c\*d\<i\>" in text
    assert r"- one \| two" in text


def test_an_interrupted_run_says_so() -> None:
    assert "NOT complete" in render(replace(bench(), complete=False))
    assert render(replace(bench(), measurements=(), latencies=(), skipped=())).count("## ") == 1
