"""Pairs: who runs when, by which clock, and when a pair has no speed. Time is a counter that the calls move."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.speed import pairs
from conformance.speed.pairs import Call, Task, measure
from conformance.speed.plan import Budget, Plan, Unmeasured

TASK = Task("group/name", "group", "sign", bits=2048, octets=36, note="a note")
PLAN = Plan(least=1.0, rounds=(5, 5), seconds=1e9, limit=False)


@dataclass
class World:
    """A clock that only calls move, and what was called in which order."""

    now: float = 0.0
    calls: list[str] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def call(self, name: str, seconds: float, answer: object = "same") -> Callable[[], object]:
        def made() -> object:
            self.calls.append(name)
            self.now += seconds
            return answer

        return made


class Benchmark:
    """pytest-benchmark's fixture as far as it is used, timing by the world's clock."""

    def __init__(self, world: World) -> None:
        self.disabled = False
        self.has_error = False
        self.extra_info: dict[str, Any] = {}
        self.stats = SimpleNamespace(options={"timer": world.clock}, stats=SimpleNamespace(data=[]))
        self.collecting: list[bool] = []
        self._world = world

    def __call__(self, call: Callable[[], object]) -> None:
        call()

    def pedantic(
        self, call: Callable[[], object], *, rounds: int, iterations: int, teardown: Callable[[], None]
    ) -> None:
        self._world.calls.clear()
        for _ in range(rounds):
            self.collecting.append(gc.isenabled())
            begin = self._world.now
            for _ in range(iterations):
                call()
            self.stats.stats.data.append((self._world.now - begin) / iterations)
            teardown()
        call()  # its way to the result
        teardown()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(pairs, "perf_counter", world.clock)
    return world


def run(world: World, ours: Call, peer: Any, benchmark: Benchmark | None = None, **more: Any) -> Any:
    budget = Budget(PLAN, 1, world.clock)
    return measure(benchmark or Benchmark(world), TASK, ours, peer, PLAN, budget, **more)


def test_each_comes_first_as_often_and_in_turns(world: World) -> None:
    benchmark = Benchmark(world)
    found = run(world, Call("o", "1", world.call("o", 1.0)), Call("p", "2", world.call("p", 2.0)), benchmark)
    assert "".join(world.calls) == "op" + "po" + "op" + "po" + "op" + "o"  # the last: pytest-benchmark wants a result
    assert found.ours.seconds == (1.0,) * 5
    assert found.peer.seconds == (2.0,) * 5
    assert found.ratios == (2.0,) * 5
    assert (found.ours.name, found.ours.version, found.peer.name, found.peer.version) == ("o", "1", "p", "2")
    assert (found.id, found.group, found.operation, found.bits, found.octets, found.note) == (
        "group/name",
        "group",
        "sign",
        2048,
        36,
        "a note",
    )
    assert benchmark.extra_info["id"] == "group/name"
    assert benchmark.extra_info["peer"]["seconds"] == (2.0,) * 5


def test_a_round_repeats_the_call_until_it_takes_the_least_time(world: World) -> None:
    found = run(world, Call("o", "", world.call("o", 0.25)), Call("p", "", world.call("p", 0.125)))
    assert "".join(world.calls).startswith("oooo" + "pppppppp" * 2 + "oooo" * 2 + "p")
    assert found.ratio == 0.5


def test_seconds_are_those_of_an_item(world: World) -> None:
    ours, peer = Call("o", "", world.call("o", 8.0), items=16), Call("p", "", world.call("p", 2.0), items=2)
    found = run(world, ours, peer)
    assert (found.ours.median, found.peer.median, found.items) == (0.5, 1.0, 16)


def test_a_call_may_be_less_than_the_clock_runs_over(world: World) -> None:
    budget = Budget(PLAN, 1, world.clock)
    crowd = Call("o", "", world.call("o", 8.0), items=16)
    found = measure(Benchmark(world), replace(TASK, items=1), crowd, crowd, PLAN, budget)
    assert found is not None
    assert (found.items, found.ours.median) == (1, 0.5)


def test_another_answer_has_no_speed(world: World) -> None:
    benchmark = Benchmark(world)
    with pytest.raises(Unmeasured, match="p gives another result than o"):
        run(world, Call("o", "", world.call("o", 1.0)), Call("p", "", world.call("p", 1.0, "other")), benchmark)
    assert benchmark.stats.stats.data == []


def test_what_is_the_same_is_for_the_caller_to_say(world: World) -> None:
    ours, peer = Call("o", "", world.call("o", 1.0, [1, 2])), Call("p", "", world.call("p", 1.0, [1]))
    assert run(world, ours, peer, same=lambda mine, theirs: mine[:1] == theirs).ratio == 1.0


def test_garbage_is_collected_before_and_after_only(world: World) -> None:
    benchmark = Benchmark(world)
    assert gc.isenabled()
    run(world, Call("o", "", world.call("o", 1.0)), Call("p", "", world.call("p", 1.0)), benchmark)
    assert benchmark.collecting == [False] * 5
    assert gc.isenabled()


def test_garbage_collection_is_on_again_after_a_fault(world: World) -> None:
    answers = ["same"]

    def once() -> object:
        world.now += 1.0
        return answers.pop()

    with pytest.raises(IndexError):
        run(world, Call("o", "", world.call("o", 1.0)), Call("p", "", once))
    assert gc.isenabled()


@pytest.mark.parametrize(("calls", "rounds"), [(3, 0), (5, 2)])
def test_what_an_interrupt_leaves_unfinished_is_marked_as_an_error(world: World, calls: int, rounds: int) -> None:
    benchmark = Benchmark(world)
    left = [None] * calls

    def interrupted() -> object:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return ours()

    ours = world.call("o", 1.0)
    with pytest.raises(KeyboardInterrupt):
        run(world, Call("o", "", interrupted), Call("p", "", world.call("p", 1.0)), benchmark)
    assert benchmark.has_error
    assert len(benchmark.stats.stats.data) == rounds
    assert benchmark.extra_info == {}
    run(world, Call("o", "", ours), Call("p", "", world.call("p", 1.0)), finished := Benchmark(world))
    assert not finished.has_error


def test_disabled_it_only_calls(world: World) -> None:
    benchmark = Benchmark(world)
    benchmark.disabled = True
    assert run(world, Call("o", "", world.call("o", 1.0)), Call("p", "", world.call("p", 1.0)), benchmark) is None
    assert benchmark.extra_info == {}


@dataclass
class Remote:
    """A peer in another process, whose calls take ``took`` in turn, one of which is disturbed."""

    world: World
    took: list[float]
    name: str = "p"
    version: str = ""
    items: int = 1
    singly: bool = True

    def answer(self) -> object:
        return "same"

    def seconds(self, loops: int, clock: Callable[[], float]) -> tuple[float, float]:
        self.world.calls.append("P")
        self.world.now += 1.0
        return loops * (self.took.pop(0) if self.took else 2.0), 1.0


def test_beside_medians_stand_medians(world: World) -> None:
    ours_calls: list[float] = []

    def ours() -> object:
        took = 100.0 if len(ours_calls) % 10 == 9 else 1.0  # every tenth is disturbed
        ours_calls.append(took)
        world.now += took
        return "same"

    benchmark = Benchmark(world)
    found = run(world, Call("o", "", ours), Remote(world, []), benchmark)
    assert found.ours.seconds == (1.0,) * 5
    assert found.peer.seconds == (2.0,) * 5
    assert max(benchmark.stats.stats.data) == 100.0


def test_a_peer_that_does_not_show(world: World) -> None:
    peer = Remote(world, [2.0] * 5 + [-0.5, -0.5])
    with pytest.raises(Unmeasured, match="p does not show beside the cost of asking it"):
        run(world, Call("o", "", world.call("o", 1.0)), peer)


def test_a_round_that_does_not_show_is_the_least_of_all(world: World) -> None:
    found = run(world, Call("o", "", world.call("o", 1.0)), Remote(world, [2.0, 2.0, 2.0, -0.5]))
    assert sorted(found.peer.seconds) == [1e-9, 2.0, 2.0, 2.0, 2.0]
    assert found.quartiles == (2.0, 2.0)


def test_one_disturbed_look_does_not_make_rounds_short(world: World) -> None:
    slow = [1.0]  # the first look

    def call() -> object:
        world.now += slow.pop() if slow and world.calls else 0.125
        world.calls.append("p")
        return "same"

    ours = Call("o", "", world.call("o", 1.0))
    run(world, ours, Call("p", "", call))
    assert "".join(world.calls).startswith("o" + "p" * 16 + "o")
