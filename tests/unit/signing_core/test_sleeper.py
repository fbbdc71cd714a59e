"""How a thread rests: no call and no errand is lost, whenever it comes, and in a crowd nobody waits awake."""

from __future__ import annotations

import gc
import hashlib
import os
import random
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable

import pytest

from signing_core import _native, _sleeper
from signing_core._sleeper import Crowd, Nap, Sleeper, sleeper
from tests.async_gate import needs_native
from tests.errands import PythonErrand

makes = pytest.mark.parametrize("make", [Nap, pytest.param(_native.Rest, marks=needs_native)])


class Thread:
    """A thread that rests again and again, and counts what ends its rests."""

    def __init__(self, rest: Sleeper) -> None:
        self.rest = rest
        self.lying = threading.Semaphore(0)
        self.over = threading.Semaphore(0)
        self.calls = self.left = 0
        self.ended = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while not self.ended:
            self.rest.lie_down()
            self.lying.release()
            if self.rest.rest():
                self.left += 1
            else:
                self.calls += 1
            self.over.release()

    def lies(self) -> None:
        assert self.lying.acquire(timeout=30), f"call {self.calls} was not heard"

    def call(self, last: bool = False) -> None:
        self.ended = last
        self.rest.call()
        assert self.over.acquire(timeout=30)

    def end(self) -> int:
        self.lies()
        self.call(last=True)
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self.calls


def test_it_rests_in_c_where_that_can_be() -> None:
    assert isinstance(sleeper(), _native.Rest if _native.available else Nap)


def test_without_the_extension_it_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_native, "available", False)
    assert isinstance(sleeper(), Nap)


@makes
def test_a_thread_is_called_and_called_again(make: Callable[[], Sleeper]) -> None:
    thread = Thread(make())
    for number in range(200):
        thread.lies()
        if number % 5 == 0:
            time.sleep(0.001)  # asleep by then
        thread.call()
    assert thread.end() == 201
    assert thread.left == 0


@makes
def test_to_call_twice_is_to_call_once(make: Callable[[], Sleeper]) -> None:
    rest = make()
    rest.lie_down()
    rest.call()
    rest.call()
    assert not rest.rest()
    rest.lie_down()
    caller = threading.Timer(0.05, rest.call)
    begun = time.perf_counter()
    caller.start()
    assert not rest.rest()
    assert time.perf_counter() - begun >= 0.05, "the second call has ended two rests"
    caller.join()


@needs_native
def test_no_call_and_no_errand_is_lost_at_whatever_moment_it_comes() -> None:
    """While awake, when going to sleep, asleep: the moments lie where one state becomes the other."""
    chance = random.Random(2026)  # noqa: S311 - when to do what, nothing more
    rest = _native.Rest()
    thread = Thread(rest)
    done = []
    asked = seen = 0

    def wait() -> None:
        time.sleep(chance.choice([0.0, 0.0, 50e-6, 200e-6, 300e-6]) * chance.random() * 1.5)

    for _ in range(800):
        thread.lies()
        resting = True
        while resting and chance.random() < 0.6:
            wait()
            asked += 1
            lasting = chance.choice([0.0, 0.0, 100e-6])
            rest.ask(PythonErrand(lambda: (time.sleep(lasting), done.append(None))))  # noqa: B023 - run before it changes
            wait()
            heard = chance.random() < 0.5 and rest.listen(chance.choice([0.0, 20e-6, 30.0]))
            resting, _ = rest.leave()
            assert resting or not heard
            if not resting:
                assert thread.over.acquire(timeout=30)
            seen += resting
            assert len(done) == asked
        if resting:
            wait()
            thread.call()
    assert thread.end() + thread.left == 801
    assert seen > 100
    assert thread.left > 50


def at_an_errand() -> tuple[_native.Rest, Thread, threading.Event]:
    """A thread at rest, with an errand that ends when the event is set."""
    rest = _native.Rest()
    thread = Thread(rest)
    thread.lies()
    gate = threading.Event()
    rest.ask(PythonErrand(lambda: gate.wait(30)))
    return rest, thread, gate


@needs_native
def test_listening_ends_after_its_time() -> None:
    rest, thread, gate = at_an_errand()
    begun = time.perf_counter()
    assert not rest.listen(0.02)
    assert time.perf_counter() - begun >= 0.02
    gate.set()
    assert rest.listen(30.0)
    assert rest.listen(0.0)  # until it is left
    assert rest.leave()[0]
    thread.lying.release()
    assert thread.end() == 1


@needs_native
@pytest.mark.parametrize("left", [False, True])
def test_an_errand_is_kept_until_it_is_done_and_no_longer(left: bool) -> None:
    rest, thread, gate = at_an_errand()
    assert rest._errand is not None
    kept = weakref.ref(rest._errand)
    if left:
        assert not rest.leave()[0]
        assert kept() is not None
        gate.set()
        thread.lies()
    else:
        gate.set()
        assert rest.listen(30.0)
        assert rest.leave()[0]
    gc.collect()
    assert kept() is None
    thread.lying.release()
    thread.end()


@needs_native
def test_what_was_left_ends_the_rest() -> None:
    rest, thread, gate = at_an_errand()
    assert not rest.leave()[0]
    assert not thread.over.acquire(timeout=0.01)
    gate.set()
    assert thread.over.acquire(timeout=30)
    assert thread.left == 1
    assert thread.end() == 1


def test_in_a_crowd_nobody_waits_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time for a moment, and longer each time where it goes on."""
    now = 1000.0
    monkeypatch.setattr(_sleeper, "perf_counter", lambda: now)
    crowd = Crowd()
    pauses = []
    for _ in range(10):
        assert not crowd.here
        crowd.seen()
        begun = now
        while crowd.here:
            now += 0.01
        pauses.append(now - begun)
    assert pauses == pytest.approx([0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.0, 2.0, 2.0], abs=0.011)
    now += 2 * 2.0 + 0.1
    crowd.seen()
    now += 0.021
    assert not crowd.here


def listened(seconds: float) -> bool:
    """Whether one who listened so long for an errand that lasts was disturbed."""
    rest = _native.Rest()
    rest.lie_down()
    rest.ask(PythonErrand(lambda: None))  # which nobody runs
    rest.listen(seconds)
    return rest.leave()[1]


@needs_native
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system binds no process to processors")
def test_another_who_has_the_processor_meanwhile_is_told_of() -> None:
    """On one processor, the one who waits and one who is busy take turns."""
    usable = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(usable)})  # the child's, too
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
            found = [listened(0.02) for _ in range(50)]
            busy.kill()
    finally:
        os.sched_setaffinity(0, usable)
    assert True in found


@needs_native
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system binds no process to processors")
def test_a_thread_of_the_same_process_that_has_the_processor_is_no_other() -> None:
    """It is the one who is waited for, or may be: that is no reason to go to sleep next time."""
    usable = os.sched_getaffinity(0)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 20_000)  # milliseconds without the interpreter's lock

    try:
        os.sched_setaffinity(0, {min(usable)})  # the thread's, too
        thread = threading.Thread(target=work)
        thread.start()
        found = []
        for _ in range(500):
            begun = time.perf_counter()
            disturbed = listened(0.0001)
            if time.perf_counter() - begun > 0.001:  # the thread has had it, or somebody else
                found.append(disturbed)
            if False in found:
                break
    finally:
        stop.set()
        thread.join()
        os.sched_setaffinity(0, usable)
    assert False in found
