"""A stream with everything in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.events import Event, footer_event, outcome_event
from conformance.model import Diagnosis, Level, Outcome, Verdict

MakeStream = Callable[..., list[Event]]

HEADER: Event = {
    "event": "header",
    "stream": 1,
    "kit": "0.1.0",
    "started": "2025-01-01T00:00:00+00:00",
    "profile": "default",
    "complete": False,
    "selection": {"ids": [], "tags": [], "suites": []},
    "target": {
        "spec": "cmd:php 'my harness.php'",
        "implementation": {
            "name": "php [bold]x[/]",
            "version": "1.0\x1b[31m",
            "language": "PHP",
            "runtime": "8.2.36",
            "url": "https://example.com",
        },
        "supports": {"sign": ["request"]},
        "max_inflight": 1,
    },
}


def outcome(
    name: str,
    verdict: Verdict = Verdict.PASS,
    diagnosis: Diagnosis | None = None,
    op: str = "sign",
    level: Level = Level.MUST,
    reason: str | None = None,
) -> Outcome:
    suite = name.partition("/")[0]
    comment = f"What {name} is about."
    return Outcome(name, suite, op, "request", level, ("S7", "S41"), comment, verdict, 0.01, diagnosis, reason)


BODY_ALONE = Diagnosis(
    "message",
    "signed the body alone; sign method + full URL + body (S7)",
    b'POSThttps://h.example/t/{"amount":150.23}',
    b'{"amount":150.23}',
)
ROUNDED = Diagnosis("body", "$.id: asked 9007199254740993, sent 9007199254740992: read as a double", b"...93", b"...92")
DIED = Diagnosis("answer", "the target exited with status 139")
ASCII = Diagnosis("ASCII", "the body holds a byte beyond ASCII at 9", None, b'{"city":"Z\xc3\xbcrich"}')

OUTCOMES = (
    outcome("alpha/good"),
    outcome("beta/good"),
    outcome("beta/body-1", Verdict.FAIL, BODY_ALONE),
    outcome("beta/body-2", Verdict.FAIL, BODY_ALONE),
    outcome("gamma/body-3", Verdict.FAIL, BODY_ALONE),
    outcome("gamma/rounded", Verdict.FAIL, ROUNDED, op="build"),
    outcome("gamma/died", Verdict.CRASH, DIED),
    outcome("gamma/ascii", Verdict.FAIL, ASCII, op="build", level=Level.SHOULD),
    outcome("gamma/known", Verdict.XFAIL, ROUNDED, op="build", reason="json_decode reads ids as doubles"),
    outcome("gamma/skipped", Verdict.SKIP, Diagnosis("answer", "the target does not declare build"), op="build"),
)
NOTES: tuple[Event, ...] = (
    {"event": "key", "name": "weak", "ok": False, "sentence": "too short"},
    {"event": "restart", "sentence": "the target was started again"},
    {"event": "stderr", "text": "Notice: one\nSegmentation fault \x1b[2J[red]\n", "bytes": 40},
    {"event": "stale", "entry": "alpha/good", "sentence": "alpha/good: the baseline expects fail, but it passes"},
)


@pytest.fixture
def make_stream() -> MakeStream:
    def make(
        *outcomes: Outcome,
        notes: tuple[Event, ...] = (),
        end: str = "complete",
        problem: str | None = None,
        **header: Any,
    ) -> list[Event]:
        corpus = {"digest": "0123456789abcdef" * 4, "cases": len(outcomes), "of": len(outcomes) + 2}
        events = [{**HEADER, "corpus": corpus, **header}, *(outcome_event(one) for one in outcomes), *notes]
        return [*events, footer_event(events, end, problem, "2025-01-01T00:00:01+00:00")]

    return make


@pytest.fixture
def full_stream(make_stream: MakeStream) -> list[Event]:
    return make_stream(*OUTCOMES, notes=NOTES)


@pytest.fixture
def make_outcome() -> Callable[..., Outcome]:
    return outcome


Matches = Callable[[str, bytes | str], None]


@pytest.fixture
def matches_snapshot() -> Matches:
    """Compares with a file of ``snapshots/``; ``UPDATE_SNAPSHOTS=1`` writes it anew: read the difference."""

    def matches(name: str, rendered: bytes | str) -> None:
        data = rendered.encode() if isinstance(rendered, str) else rendered
        path = Path(__file__).parent / "snapshots" / name
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.write_bytes(data)
        assert data.decode() == path.read_text()

    return matches


@pytest.fixture
def schema_file() -> Callable[[str], Path]:
    """A schema of another format, from the folder that SIGNKIT_SCHEMAS names."""

    def find(name: str) -> Path:
        folder = os.environ.get("SIGNKIT_SCHEMAS")
        if not folder:
            pytest.skip(f"SIGNKIT_SCHEMAS names no folder with {name} to validate against")
        return Path(folder) / name

    return find


HOSTILE = (
    "]]> <script>alert(1)</script> </text> &amp; \x00\x0b\x1b[31m \ufffe\uffff \ud800 \r\n# head\n\n| a | b |\n```\n"
    "````\n</code></details> @everyone #1 https://evil.example ![x](https://evil.example/x) *b* `c` \\ \u202e \u2028"
)


@pytest.fixture
def hostile_stream(make_stream: MakeStream) -> list[Event]:
    """Every text that a target or baseline can choose is as bad as can be; it has been through JSON, as on the wire."""
    told = Diagnosis("answer", HOSTILE, HOSTILE.encode("utf-8", "replace"), b"\xff\x00")
    who = dict.fromkeys(("name", "version", "language", "runtime", "url"), HOSTILE)
    events = make_stream(
        outcome("a/fail", Verdict.FAIL, told),
        outcome("a/error", Verdict.ERROR, told),
        outcome("a/should", Verdict.FAIL, told, level=Level.SHOULD),
        outcome("a/known", Verdict.XFAIL, told, reason=HOSTILE),
        outcome("a/passes", Verdict.XPASS, reason=HOSTILE),
        outcome("a/skip", Verdict.SKIP, told),
        notes=(
            {"event": "key", "name": HOSTILE.replace("\ud800", ""), "ok": False, "sentence": HOSTILE},
            {"event": "violation", "id": None, "sentence": HOSTILE},
            {"event": "restart", "sentence": HOSTILE},
            {"event": "stderr", "text": HOSTILE, "bytes": 1},
            {"event": "stale", "entry": HOSTILE, "sentence": HOSTILE},
        ),
        end="restarts-exhausted",
        problem=HOSTILE,
        target={"spec": f"cmd:{HOSTILE}", "implementation": who, "supports": {}, "max_inflight": 1},
    )
    again: list[Event] = json.loads(json.dumps(events))
    return again
