"""Threads that share waiting items: each item once, none forgotten, batches of the sizes that suit."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing_core import _native
from signing_core._crew import Crew, portion
from tests.async_gate import needs_native
from tests.errands import PythonErrand


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
    """Work that notes its batches, on which threads, and when it was told of; and errands that were left."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.batches: list[list[int]] = []
        self.threads: set[str] = set()
        self.told = Counter[int]()
        self.left_errands = 0
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

    def left(self) -> None:
        with self.progress:
            self.left_errands += 1
            self.progress.notify_all()

    def wait_left(self, count: int) -> None:
        with self.progress:
            assert self.progress.wait_for(lambda: self.left_errands >= count, timeout=30)

    def wait(self, count: int) -> None:
        with self.progress:
            assert self.progress.wait_for(lambda: self.told.total() >= count, timeout=30)


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    yield log
    log.gate.set()


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("lanes", [1, 8])
def test_every_item_is_done_once(log: Log, workers: int, lanes: int) -> None:
    crew = Crew(log.work, log.left, workers, lanes, 16)
    log.gate.set()
    for start in range(0, 3000, 3):
        crew.put(range(start, start + 3))
    log.wait(3000)
    crew.close()
    assert crew._busy == 0
    assert log.told == Counter(range(3000))
    assert max(map(len, log.batches)) <= 16
    assert not [thread for thread in threading.enumerate() if thread.name == "AsyncSigner"]


def test_few_items_wake_few_threads_and_many_wake_all(log: Log) -> None:
    crew = Crew(log.work, log.left, 3, 8, 16)
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
    crew = Crew(log.work, log.left, 1, 8, 16)
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
    crew = Crew(log.work, log.left, 1, 1, 1)
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
    crew = Crew(log.work, log.left, 3, 1, 4)
    for start in range(0, 60, 6):
        crew.put(range(start, start + 6))
    log.wait(60)
    crew.close()
    assert crew._busy == 0
    assert log.told == Counter(range(60))
    assert log.threads == ({"AsyncSigner"} if after else {"MainThread"})


def resting(log: Log, workers: int = 2) -> Crew[int]:
    """A crew of which one thread is at rest; it has done item -1."""
    crew = Crew(log.work, log.left, workers, 8, 16, spin=True)
    log.gate.set()
    crew.put([-1])
    log.wait(1)
    while not crew._idle:
        pass
    return crew


def errand_to_its_end(crew: Crew[int], errand: _native.Errand) -> None:
    assert crew.ask(errand)
    assert crew.listen(30.0)
    assert crew.leave()


@needs_native
def test_a_thread_at_rest_does_errands_and_rests_on(log: Log) -> None:
    crew = resting(log)
    done: list[str] = []
    for _ in range(300):
        errand_to_its_end(crew, PythonErrand(lambda: done.append(threading.current_thread().name)))
    assert done == ["AsyncSigner"] * 300
    assert (len(crew._idle), crew._busy, len(crew._threads)) == (1, 0, 1)
    crew.put([1])
    log.wait(2)
    crew.close()
    assert crew._busy == 0
    assert log.left_errands == 0


@needs_native
def test_an_errand_that_is_left_is_told_of_by_its_thread(log: Log) -> None:
    crew = resting(log)
    for number in range(1, 50):
        gate = threading.Event()
        while not crew.ask(PythonErrand(gate.wait)):
            pass  # it is about to rest
        assert not crew.listen(0.0001)
        assert not crew.leave()
        assert not crew.ask(PythonErrand(gate.wait))  # while the thread is busy
        assert log.left_errands == number - 1
        gate.set()
        log.wait_left(number)
    crew.close()
    assert crew._busy == 0


@needs_native
def test_there_is_one_errand_at_a_time(log: Log) -> None:
    """Else nobody could tell which of them was left."""
    crew = resting(log)
    crew.put([1, 2])
    log.wait(3)
    while len(crew._idle) < 2:
        pass
    gate = threading.Event()
    assert crew.ask(PythonErrand(gate.wait))
    assert not crew.leave()
    assert len(crew._idle) == 1
    assert not crew.ask(PythonErrand(gate.wait))
    gate.set()
    log.wait_left(1)
    crew.close()


@needs_native
@pytest.mark.parametrize("left", [False, True])
def test_items_that_come_meanwhile_are_done_after_the_errand(log: Log, left: bool) -> None:
    """By the one thread there is, which does not count as at rest."""
    crew = resting(log, workers=1)
    gate = threading.Event()
    assert crew.ask(PythonErrand(gate.wait))
    if left:
        assert not crew.leave()
    crew.put([1, 2])
    gate.set()
    if not left:
        assert crew.listen(30.0)
        assert crew.leave()
    log.wait(3)
    crew.close()
    assert log.left_errands == left
    assert crew._busy == 0


@needs_native
def test_items_that_come_meanwhile_are_done_by_others(log: Log) -> None:
    crew = resting(log)
    gate = threading.Event()
    assert crew.ask(PythonErrand(gate.wait))
    crew.put([1])
    log.wait(2)
    gate.set()
    assert crew.listen(30.0)
    assert crew.leave()
    crew.close()
    assert len(crew._threads) == 0
    assert log.left_errands == 0


@needs_native
@pytest.mark.parametrize("done", [False, True])
def test_closing_ends_a_thread_whose_errand_nobody_has_heard_of(log: Log, done: bool) -> None:
    crew = resting(log)
    gate = threading.Event()
    assert crew.ask(PythonErrand(gate.wait))
    if done:
        gate.set()
        assert crew.listen(30.0)
    threading.Timer(0.02, gate.set).start()
    crew.close()
    assert gate.is_set()
    assert crew._busy == 0


def test_nobody_is_asked_who_is_not_there(log: Log) -> None:
    crew = Crew(log.work, log.left, 2, 8, 16, spin=True)
    assert crew.spins == _native.available
    if _native.available:
        assert not crew.ask(PythonErrand(lambda: None))
    crew.close()


def test_without_spinning_nobody_should_be_asked(log: Log) -> None:
    assert not Crew(log.work, log.left, 2, 8, 16).spins


@needs_native
def test_in_a_crowd_nobody_should_be_asked(log: Log) -> None:
    crew = resting(log)
    assert crew._crowd is not None
    crew._crowd.seen()
    assert not crew.spins
    crew.close()


def test_without_the_extension_all_is_done_as_well(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_native, "available", False)
    crew = resting(log)
    assert not crew.spins
    for item in range(100):
        crew.put([item])
    log.wait(101)
    crew.close()
    assert log.told == Counter(range(-1, 100))


@pytest.mark.parametrize("spin", [False, True])
def test_closing_ends_those_at_rest(log: Log, spin: bool) -> None:
    crew = Crew(log.work, log.left, 3, 1, 1, spin)
    log.gate.set()
    crew.put(range(3))
    log.wait(3)
    crew.close()
    assert crew._busy == 0
    assert crew._idle == []
