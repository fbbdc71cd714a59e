"""How a thread waits for its call: no call is lost, whenever it comes, and in a crowd nobody waits awake."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import threading
import time

import pytest

from signing_core import _native, _sleeper
from signing_core._sleeper import Bells, Sleeper
from tests.async_gate import needs_native


class Thread:
    """A thread that rests again and again, and counts its calls."""

    def __init__(self, bells: Bells | None) -> None:
        self.lock = threading.Lock()
        self.sleeper = Sleeper(self.lock, bells)
        self.bells = bells
        self.lying = threading.Semaphore(0)
        self.calls = 0
        self.ended = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while not self.ended:
            with self.lock:
                self.sleeper.lie_down(awake=self.bells is not None)
            self.lying.release()
            self.sleeper.rest()
            self.calls += 1

    def call(self, last: bool = False) -> None:
        assert self.lying.acquire(timeout=30), f"call {self.calls} was not heard"
        self.ended = last
        with self.lock:
            asleep = self.sleeper.call()
        if asleep:
            self.sleeper.wake()

    def stir(self) -> None:
        with self.lock:
            stirred = not self.sleeper.awake
            if stirred:
                self.sleeper.stir()
        if stirred:
            self.sleeper.wake()

    def end(self) -> int:
        self.call(last=True)
        self.thread.join(30)
        assert not self.thread.is_alive()
        return self.calls


def test_a_sleeper_is_called_and_called_again() -> None:
    thread = Thread(None)
    for _ in range(200):
        thread.call()
    assert thread.end() == 201


@needs_native
def test_no_call_is_lost_at_whatever_moment_it_comes() -> None:
    """While awake, when going to sleep, asleep, stirred: the moments lie where one state becomes the other."""
    chance = random.Random(2026)  # noqa: S311 - when to call, nothing more
    thread = Thread(Bells())
    for _ in range(1500):
        time.sleep(chance.choice([0.0, 0.0, 50e-6, 200e-6, 300e-6]) * chance.random() * 1.5)
        if chance.random() < 0.3:
            assert thread.lying.acquire(timeout=30)
            thread.lying.release()
            thread.stir()
            time.sleep(chance.choice([0.0, 300e-6]) * chance.random())
        if chance.random() < 0.5:
            assert thread.bells is not None
            thread.bells.call.ring()  # with or without reason
        thread.call()
    assert thread.end() == 1501


@needs_native
def test_resting_awake_begins_by_ringing() -> None:
    bells = Bells()
    thread = Thread(bells)
    heard, _ = bells.told.await_ring(0, 30.0)
    assert heard
    assert thread.end() == 1


@needs_native
def test_in_a_crowd_nobody_waits_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time for a moment, and longer each time where it goes on."""
    now = 1000.0
    monkeypatch.setattr(_sleeper, "perf_counter", lambda: now)
    bells = Bells()

    class Waiting(_native.Bell):
        disturbed = True

        def await_ring(self, *_: object) -> tuple[bool, bool]:
            return False, self.disturbed

    bell = Waiting()
    pauses = []
    for _ in range(10):
        assert bells.of_use
        assert not bells.hear(bell, 0, 0.1)
        begun = now
        while not bells.of_use:
            now += 0.01
        pauses.append(now - begun)
    assert pauses == pytest.approx([0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.0, 2.0, 2.0], abs=0.011)
    now += 16 * 2.0 + 0.1
    bells.hear(bell, 0, 0.1)
    now += 0.021
    assert bells.of_use
    bell.disturbed = False
    bells.hear(bell, 0, 0.1)
    assert bells.of_use


@needs_native
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system binds no process to processors")
def test_another_who_has_the_processor_meanwhile_is_told_of() -> None:
    """On one processor, the one who waits and one who is busy take turns."""
    usable = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(usable)})  # the child's, too
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
            bell = _native.Bell()
            found = [bell.await_ring(0, 0.02) for _ in range(50)]
            busy.kill()
    finally:
        os.sched_setaffinity(0, usable)
    assert (False, True) in found


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
        bell = _native.Bell()
        found = []
        for _ in range(500):
            begun = time.perf_counter()
            _, disturbed = bell.await_ring(0, 0.0001)
            if time.perf_counter() - begun > 0.0005:  # the thread has had it, or somebody else
                found.append(disturbed)
            if False in found:
                break
    finally:
        stop.set()
        thread.join()
        os.sched_setaffinity(0, usable)
    assert False in found
