"""The runner's conduct towards a target, with targets that live in this process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import runner
from conformance.events import Event, fold
from conformance.model import Corpus, Verdict
from conformance.runner import MAX_RESTARTS, Job, RunOptions
from conformance.targets import Fault, StderrTail
from conformance.targets.adapter import Adapter
from conformance.targets.base import Stray
from tests.fakes.cases import corpus, minify, numbers, signatures, text
from tests.fakes.python_targets import Good


class Target:
    """Answers rightly, but breaks at the texts in ``deadly``. Keeps the books that the runner must not know of."""

    spec = "fake:"
    restartable = True

    def __init__(self, deadly: set[str], window: int) -> None:
        self.deadly = deadly
        self.window = window
        self.sessions: list[Session] = []

    async def start(self, stray: Stray, stderr: StderrTail) -> Session:
        self.sessions.append(Session(self))
        return self.sessions[-1]


class Session:
    """One instance. Ops take a few turns of the loop, so that several are open."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.broken: Fault | None = None
        self.adapter = Adapter(Good())
        self.commands: list[Mapping[str, Any]] = []
        self.open = 0
        self.most_open = 0
        self.ended = ""

    async def ask(self, command: Mapping[str, Any], within: float) -> dict[str, Any]:
        if self.broken is not None:
            raise Fault(self.broken.verdict, self.broken.sentence, blames=False)
        if command["cmd"] != "op":
            assert self.open == 0
        self.commands.append(command)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            for _ in range(3):
                await asyncio.sleep(0)
            if command.get("text") in self.target.deadly:
                self.broken = self.broken or Fault(Verdict.CRASH, "it died")
            if self.broken is not None:
                raise Fault(self.broken.verdict, self.broken.sentence, blames=self.most_open == 1)
        finally:
            self.open -= 1
        answer = self.adapter.answer(command)
        return {**answer, "max_inflight": self.target.window} if command["cmd"] == "hello" else answer

    async def close(self) -> None:
        assert self.open == 0
        self.ended = self.ended or "close"

    async def kill(self) -> None:
        self.ended = self.ended or "kill"


def run(cases: Corpus, target: Target, options: RunOptions, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    monkeypatch.setattr(runner, "open_target", lambda spec: target)
    return runner.run(cases, cases.cases, "fake:", options, lambda event: None)


@given(
    deadly=st.sets(st.integers(0, 39), max_size=3),
    window=st.integers(1, 9),
    jobs=st.integers(1, 4),
)
def test_each_case_is_decided_once_and_only_culprits_are_blamed(deadly: set[int], window: int, jobs: int) -> None:
    target = Target({text(b'{"n": %d}' % number) for number in deadly}, window)
    with pytest.MonkeyPatch.context() as monkeypatch:
        events = run(numbers(40), target, RunOptions(jobs=jobs), monkeypatch)
    report = fold(events)
    assert Counter(outcome.id for outcome in report.outcomes) == Counter(f"minify/n{number}" for number in range(40))
    assert {outcome.id for outcome in report.outcomes if outcome.verdict is Verdict.CRASH} == {
        f"minify/n{number}" for number in deadly
    }
    assert report.counts[Verdict.PASS] == 40 - len(deadly)
    assert report.end == "complete"
    assert all(session.ended for session in target.sessions)
    assert all(session.most_open <= window for session in target.sessions)
    asked = [command["id"] for session in target.sessions for command in session.commands if command["cmd"] == "op"]
    assert len(set(asked)) == len(asked)


def test_what_is_sent_tells_nothing_of_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(set(), 2)
    cases = signatures()
    run(cases, target, RunOptions(), monkeypatch)
    (session,) = target.sessions
    assert [command["cmd"] for command in session.commands] == ["hello", "key", "op", "op", "op"]
    assert session.commands[0] == {"cmd": "hello", "protocol": 1}
    for case, command in zip(cases.cases, session.commands[2:], strict=True):
        assert command.keys() == {"cmd", "id", "op", *case.input}
        assert command["id"].isdecimal()


def test_keys_are_sent_again_after_a_restart_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target({text(b'{"n": 7}')}, 1)
    events = run(corpus(minify(7), *signatures().cases), target, RunOptions(), monkeypatch)
    assert [[command["cmd"] for command in session.commands[:2]] for session in target.sessions] == [
        ["hello", "key"],
        ["hello", "key"],
    ]
    assert [event["name"] for event in events if event["event"] == "key"] == ["k"]


def test_jobs_are_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(set(), 2)
    run(numbers(40), target, RunOptions(jobs=3), monkeypatch)
    assert [len(session.commands) > 5 for session in target.sessions] == [True] * 3
    few = Target(set(), 2)
    run(numbers(2), few, RunOptions(jobs=30), monkeypatch)
    assert len(few.sessions) == 2


@given(deadly=st.lists(st.sets(st.integers(0, 19), max_size=2), min_size=1, max_size=5), at_once=st.integers(1, 6))
def test_targets_side_by_side_are_each_judged_alone(deadly: list[set[int]], at_once: int) -> None:
    """Whatever dies beside it, a run's events are its own, and no more runs than allowed are under way."""
    targets = [Target({text(b'{"n": %d}' % number) for number in numbered}, 2) for numbered in deadly]
    running: set[int] = set()
    most = 0

    def watch(place: int) -> Callable[[Event], None]:
        def on_event(event: Event) -> None:
            nonlocal most
            running.add(place)
            most = max(most, len(running))
            if event["event"] == "footer":
                running.remove(place)

        return on_event

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(runner, "open_target", lambda spec: targets[int(spec)])
        jobs = [Job(str(place), RunOptions(), watch(place)) for place in range(len(targets))]
        streams = runner.run_all(numbers(20), numbers(20).cases, jobs, at_once)
    assert most == min(at_once, len(targets))
    for numbered, stream in zip(deadly, streams, strict=True):
        report = fold(stream)
        assert {outcome.id for outcome in report.outcomes if outcome.verdict is Verdict.CRASH} == {
            f"minify/n{number}" for number in numbered
        }
        assert report.counts[Verdict.PASS] == 20 - len(numbered)


def test_a_target_that_is_not_restarted_has_one_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target(set(), 2)
    target.restartable = False  # type: ignore[misc]
    run(numbers(40), target, RunOptions(jobs=3), monkeypatch)
    (session,) = target.sessions
    assert session.most_open == 6


def test_after_five_restarts_without_a_pass_the_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target({text(b'{"n": %d}' % number) for number in range(20)}, 4)
    report = fold(run(numbers(40), target, RunOptions(), monkeypatch))
    assert (report.end, len(report.restarts)) == ("restarts-exhausted", MAX_RESTARTS)
    assert report.problem == "5 restarts in a row without a passed op: it died"
    assert len(target.sessions) == MAX_RESTARTS + 1
    assert all(session.ended == "kill" for session in target.sessions)
    assert report.counts[Verdict.PASS] == 0


def test_nothing_supported_means_nothing_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unable(Good):
        def hello(self) -> dict[str, Any]:
            return {**super().hello(), "supports": {}}

    target = Target(set(), 2)
    monkeypatch.setattr(__name__ + ".Good", Unable)
    report = fold(run(signatures(), target, RunOptions(jobs=4), monkeypatch))
    assert (report.counts[Verdict.SKIP], report.exit_code) == (3, 5)
    assert [len(session.commands) for session in target.sessions] == [1]


def test_a_fault_of_the_kit_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError

    target = Target(set(), 4)
    monkeypatch.setattr("conformance.ledger.judge", broken)
    with pytest.raises(ZeroDivisionError):
        run(numbers(20), target, RunOptions(), monkeypatch)
    assert [session.ended for session in target.sessions] == ["kill"]
