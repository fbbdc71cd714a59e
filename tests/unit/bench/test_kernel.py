"""What ``./run bench kernel`` says of its figures, and of the machine; the measurements themselves are not tested."""

from __future__ import annotations

import pytest

from bench.kernel.cycles import Freedom
from bench.kernel.figures import Figure, table
from bench.kernel.machine import NARROWED, Round, Watch, verdict
from conformance.speed.noise import OTHERS, STOLEN

QUIET = Round(others=0.02, stolen=0.0, load=0.3, freedom=(Freedom(4.0, 3.0, 2.0), Freedom(4.0, 3.0, 2.0)))
STEADY = [1.0, 1.01, 0.99, 1.0]


def one(**changes: object) -> Round:
    return Round(**{**vars(QUIET), **changes})


@pytest.mark.parametrize(
    ("rounds", "most", "met"),
    [([3.0, 4.0, 9.0], False, True), ([3.0, 3.6, 9.0], False, False), ([3.6], True, True), ([], True, False)],
)
def test_the_median_is_held_to_the_target(rounds: list[float], most: bool, met: bool) -> None:
    figure = Figure("part", "name", rounds, target=3.7, most=most, note="why")
    assert figure.met is met
    assert ("MISSED" in figure.line()) is not met
    assert figure.as_dict()["met"] is met


def test_a_figure_without_a_target_is_never_missed() -> None:
    figure = Figure("part", "name", [1.0, 2.0])
    assert figure.met is None
    assert list(table([figure])) == ["", "part", figure.line()]
    assert figure.line().split() == ["name", "1.50", "x", "1.25", "to", "1.75,", "1.00", "to", "2.00"]


@pytest.mark.parametrize(
    ("round_", "signs"),
    [
        (QUIET, []),
        (one(others=OTHERS + 0.01), ["others"]),
        (one(stolen=STOLEN + 0.01), ["stolen"]),
        (one(freedom=(Freedom(4.0, 3.0, 2.0), Freedom(4.0, 3.0, 2.0 * (1 - 2.2 * NARROWED)))), ["multiply-adds"]),
        (one(freedom=(Freedom(4.0, 3.0, 2.0), Freedom(4.0, 3.0 * (1 - 2.2 * NARROWED), 2.0))), ["clock"]),
        (one(freedom=(Freedom(3.0, 3.0, 2.0),)), []),
        (one(freedom=()), []),
    ],
)
def test_signs_of_contention(round_: Round, signs: list[str]) -> None:
    assert round_.signs(widest=2.0, fastest=3.0) == signs


def test_the_verdict_counts_rounds_and_watches_openssl() -> None:
    loud = one(others=1.0)
    assert verdict([QUIET] * 3 + [loud], STEADY)[0] == "quiet"
    assert verdict([QUIET] * 2 + [loud] * 2, STEADY)[0] == "contended"
    state, reasons = verdict([QUIET] * 4, [1.0, 1.2, 0.9, 1.1])
    assert state == "contended"
    assert any("OpenSSL's time" in reason for reason in reasons)
    assert verdict([one(freedom=())] * 4, STEADY)[0] == "quiet"


def test_the_verdict_tells_of_a_clock_that_is_lower_in_512_bit_code() -> None:
    state, reasons = verdict([QUIET] * 4, STEADY)
    assert state == "quiet"
    assert "clock 4.00 GHz, in 512-bit code 3.00, most 3.00 (below 0.95 of the most in 0 rounds)" in reasons
    slow = one(freedom=(Freedom(4.0, 2.0, 2.0),))
    state, reasons = verdict([QUIET] * 2 + [slow] * 2, STEADY)
    assert state == "contended"
    assert "clock 4.00 GHz, in 512-bit code 3.00, most 3.00 (below 0.95 of the most in 2 rounds)" in reasons


def test_a_watch_sees_this_process_as_its_own() -> None:
    watch = Watch(None)
    sum(i * i for i in range(300_000))
    seen = watch.end()
    assert seen.others >= 0.0
    assert 0.0 <= seen.stolen <= 1.0
    assert seen.freedom == ()
