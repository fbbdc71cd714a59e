"""Words that several reports share."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import pytest

from conformance.events import Event, fold
from conformance.model import Outcome
from conformance.reports import FORMATS, wording

MakeStream = Callable[..., list[Event]]
MakeOutcome = Callable[..., Outcome]


@pytest.mark.parametrize("vectors", [(), ("own.json",), ("my files/a'b.json", "-x.json")])
def test_a_shell_reads_the_replay_line_as_it_was_run(
    vectors: tuple[str, ...], make_stream: MakeStream, make_outcome: MakeOutcome
) -> None:
    chosen = {"ids": [], "tags": [], "suites": [], **({"vectors": list(vectors)} if vectors else {})}
    events = make_stream(make_outcome("a/b c"), selection=chosen)
    report = fold(events)
    words = shlex.split(wording.replay(report.outcomes[0], report))
    options = [word for path in vectors for word in ("--vectors", path)]
    assert words == ["signkit", "replay", "a/b c", "cmd:php 'my harness.php'", *options]
    assert FORMATS["json"](events)  # and such a stream is a report
