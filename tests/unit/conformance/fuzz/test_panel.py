"""Targets that are lost under way: which question is to blame, when a target is given up, and when asking stops."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from conformance.corpus import load
from conformance.fuzz.asks import Ask
from conformance.fuzz.panel import Panel, PanelError, Reply
from conformance.model import Verdict
from conformance.reference import Reference
from conformance.targets import Fault
from tests.fakes.answering import answering

KEYS = {name: key for name, key in load().keys.items() if name in ("doc", "platform")}
FAKES = "python:tests.fakes.fuzz_targets:"
ASKS = [Ask.of("minify", text=b"[ %d ]" % number) for number in range(8)]


def verdicts(replies: list[Reply | None]) -> list[str | None]:
    return [None if reply is None else reply.verdict if isinstance(reply, Fault) else "answer" for reply in replies]


def test_a_server_that_loses_one_question_goes_on() -> None:
    with (
        answering(Reference(), lambda command: command.get("text") == ASKS[3].input["text"]) as url,
        Panel([url], KEYS) as panel,
    ):
        for _ in range(2):
            assert verdicts(panel.put(ASKS)[0]) == ["answer"] * 3 + [Verdict.CRASH] + ["answer"] * 4
        assert verdicts(panel.put(ASKS[3:4])[0]) == [Verdict.CRASH]
        assert list(panel.violations) == []


def test_what_is_lost_once_is_no_finding_but_is_told() -> None:
    lost: list[str] = []

    def spoils(command: dict[str, Any]) -> bool:
        first = command["cmd"] == "op" and not lost
        if first:
            lost.append(command["id"])
        return first

    with answering(Reference(), spoils) as url, Panel([url], KEYS) as panel:
        assert verdicts(panel.put(ASKS)[0]) == ["answer"] * 8
        (told,) = panel.violations
    assert lost
    assert "did not repeat" in told


def test_a_server_that_is_gone_ends_it_and_nobody_else_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.fuzz.panel._PINGS", 1)
    with answering(Reference(), lambda command: command["cmd"] == "op") as url, Panel([url], KEYS) as panel:
        assert verdicts(panel.put(ASKS[:1])[0]) == [Verdict.CRASH]
        with pytest.raises(PanelError, match="it was lost"):
            panel.put(ASKS)


def test_a_server_that_is_not_there_any_more_is_no_fault_of_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.fuzz.panel._PINGS", 1)
    with answering(Reference()) as url:
        panel = Panel([url], KEYS)
    with panel:
        assert verdicts(panel.put(ASKS)[0]) == [None] * 8
        with pytest.raises(PanelError, match="is the server running"):
            panel.put(ASKS)


def test_a_target_that_died_is_given_only_the_keys_it_needs() -> None:
    sign = Ask.of("sign", form="webhook", body=b"{}", key="platform")
    with Panel([FAKES + "Dies"], KEYS) as panel:
        seat = panel._seats[0]
        assert seat._given == set(KEYS)
        assert verdicts(panel.put([Ask.of("minify", text=b"[true]")])[0]) == [Verdict.CRASH]
        assert verdicts(panel.put(ASKS)[0]) == ["answer"] * 8
        assert seat._given == set()
        assert verdicts(panel.put([sign])[0]) == ["answer"]
        assert seat._given == {"platform"}


def test_asking_stops_when_it_is_told_to() -> None:
    stop = threading.Event()
    with Panel([FAKES + "Hangs"], KEYS, timeout=60, stopped=stop.is_set) as panel:
        timer = threading.Timer(0.3, stop.set)
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            panel.put([Ask.of("minify", text=b"[null]")])
        with pytest.raises(KeyboardInterrupt):
            panel.put(ASKS)
        timer.join()
