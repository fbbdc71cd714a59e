"""Threads that share waiting items: each item once, none forgotten, batches of the sizes that suit."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing_core._crew import Crew, portion
from signing_core._sleeper import Bells
from tests.async_gate import needs_native


@given(st.integers(0, 2000), st.integers(1, 64), st.sampled_from([1, 8]), st.integers(1, 256))
def test_a_portion_is_there_and_fits(waiting: int, workers: int, lanes: int, most: int) -> None:
    count = portion(waiting, workers, lanes, most)
    assert (count > 0) == (waiting > 0)
    assert count <= min(waiting, most)
    assert count in (waiting, most) or count % lanes == 0 or count == (1 if waiting <= workers else lanes // 2)
    assert count * workers >= min(waiting, most)  # nobody is left more than a fair share


@pytest.mark.parametrize(
    ("waiting", "workers", "lanes", "expected"),
    [
        (1, 2, 8, 1),
        (2, 2, 8, 1),  # each thread one, in half the time
        (3, 2, 8, 3),
        (4, 2, 8, 4),  # as fast as two
        (5, 2, 8, 4),
        (8, 2, 8, 4),  # both threads at half a register
        (9, 2, 8, 8),
        (10, 1, 8, 10),  # the rest beyond 8 costs no more now than later
        (16, 2, 8, 8),
        (17, 2, 8, 16),
        (1000, 2, 8, 16),
        (2, 2, 1, 1),  # one after another: a thread each
        (5, 2, 1, 3),
        (1000, 2, 1, 16),
    ],
)
def test_portions(waiting: int, workers: int, lanes: int, expected: int) -> None:
    assert portion(waiting, workers, lanes, 16) == expected


class Log:
    """Work that notes its batches, on which threads, and when it was told of."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.batches: list[list[int]] = []
        self.threads: set[str] = set()
        self.told = Counter[int]()
        self.progress = threading.Condition()

    def work(self, batch: Sequence[int]) -> Callable[[], None]:
        self.batches.append(list(batch))
        self.threads.add(threading.current_thread().name)
        self.gate.wait(30)

        def tell() -> None:
            with self.progress:
                self.told.update(batch)
                self.progress.notify_all()

        return tell

    def wait(self, count: int) -> None:
        with self.progress:
            assert self.progress.wait_for(lambda: self.told.total() >= count, timeout=30)


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    yield log
    log.gate.set()


@pytest.mark.parametrize("spin", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("lanes", [1, 8])
def test_every_item_is_done_once(log: Log, workers: int, lanes: int, spin: bool) -> None:
    crew = Crew(log.work, workers, lanes, 16, spin)
    log.gate.set()
    for start in range(0, 3000, 3):
        crew.stir()
        crew.listening = start % 2 == 0
        crew.put(range(start, start + 3))
        if crew.listening:
            crew.listen(0.0001)
    log.wait(3000)
    crew.close()
    assert crew._busy == 0
    assert log.told == Counter(range(3000))
    assert max(map(len, log.batches)) <= 16
    assert not [thread for thread in threading.enumerate() if thread.name == "AsyncSigner"]


def test_few_items_wake_few_threads_and_many_wake_all(log: Log) -> None:
    crew = Crew(log.work, 3, 8, 16)
    crew.put(range(4))
    assert len(crew._threads) == 1
    crew.put(range(4, 9))
    assert len(crew._threads) == 3
    log.gate.set()
    log.wait(9)
    crew.put(range(9, 109))
    assert len(crew._threads) == 3
    log.wait(109)
    crew.close()


def test_what_piles_up_while_all_are_busy_goes_in_whole_batches(log: Log) -> None:
    crew = Crew(log.work, 1, 8, 16)
    crew.put([0])
    while not log.batches:
        pass
    for item in range(1, 41):
        crew.put([item])
    log.gate.set()
    log.wait(41)
    crew.close()
    assert [len(batch) for batch in log.batches] == [1, 16, 16, 8]
    assert list(chain.from_iterable(log.batches)) == list(range(41))


def test_closing_drops_what_waits_and_joins(log: Log) -> None:
    crew = Crew(log.work, 1, 1, 1)
    crew.put(range(5))
    closer = threading.Thread(target=crew.close)
    closer.start()
    while not crew._closed:
        pass
    log.gate.set()
    closer.join(30)
    assert not closer.is_alive()
    assert len(log.batches) <= 1
    crew.close()


def refuse_threads(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    start = threading.Thread.start
    begun: list[threading.Thread] = []

    def refusing(self: threading.Thread) -> None:
        if len(begun) >= after:
            raise RuntimeError("can't start new thread")
        begun.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", refusing)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_system_that_refuses_threads_loses_nothing(log: Log, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    refuse_threads(monkeypatch, after)
    log.gate.set()
    crew = Crew(log.work, 3, 1, 4)
    for start in range(0, 60, 6):
        crew.put(range(start, start + 6))
    log.wait(60)
    crew.close()
    assert crew._busy == 0
    assert log.told == Counter(range(60))
    assert log.threads == ({"AsyncSigner"} if after else {"MainThread"})


@needs_native
def test_the_owner_hears_when_a_batch_is_told(log: Log) -> None:
    """Of each item, put alone, with nothing else to wake the owner."""
    crew = Crew(log.work, 2, 8, 16, spin=True)
    log.gate.set()
    for item in range(300):
        crew.listening = True
        crew.put([item])
        while log.told.total() == item:
            crew.listen(0.0001)
        crew.listening = False
    crew.close()
    assert log.batches == [[item] for item in range(300)]
    assert len(log.threads) == 1


@needs_native
def test_a_thread_that_sleeps_is_stirred_and_lies_down_again(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bells, "of_use", True)  # whatever else this machine does
    crew = Crew(log.work, 2, 8, 16, spin=True)
    crew.stir()  # nobody is there yet
    log.gate.set()
    crew.put([0])
    log.wait(1)
    while not crew._idle:
        pass
    (sleeper,) = crew._idle
    woken = []
    wake = sleeper.wake
    monkeypatch.setattr(sleeper, "wake", lambda: woken.append(wake()))
    for turn in range(3):
        while sleeper.awake:
            pass
        crew.stir()
        assert len(woken) > turn
    crew.put([1])
    log.wait(2)
    crew.close()
    assert log.threads == {"AsyncSigner"}
    assert len(log.batches) == 2


def test_without_spinning_nobody_is_stirred_or_heard(log: Log) -> None:
    crew = Crew(log.work, 2, 8, 16)
    assert not crew.spins
    log.gate.set()
    crew.put([0])
    log.wait(1)
    while not crew._idle:
        pass
    crew.stir()
    crew.listen(0.0001)
    assert not crew._idle[0].awake
    crew.close()


@needs_native
@pytest.mark.parametrize("awake", [False, True])
def test_closing_ends_those_at_rest(log: Log, awake: bool) -> None:
    crew = Crew(log.work, 3, 1, 1, spin=True)
    log.gate.set()
    crew.listening = awake
    crew.put(range(3))
    log.wait(3)
    crew.close()
    assert crew._busy == 0
    assert crew._idle == []
