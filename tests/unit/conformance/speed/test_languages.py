"""Harnesses as peers: greeted, asked one op at a time, warmed up, ended; and what goes wrong with them is told."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.shipped import harnesses
from conformance.speed import smoke
from conformance.speed.languages import LANGUAGES, Asked, Harness
from conformance.speed.plan import Unmeasured
from tests.fakes.cases import fake

ROOT = Path(__file__).resolve().parents[4]
LOOKUP = {"form": "payout_lookup", "value": "24", "key": "doc"}


def host(place: str) -> str:
    """A Python class behind the protocol, as a command line."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from conformance.targets.host import main; main({place!r})"
    return "cmd:" + shlex.join([sys.executable, "-c", start])


@pytest.fixture(scope="module")
def reference() -> Iterator[Harness]:
    harness = Harness(host("conformance.reference:Reference"))
    smoke.give(harness.ask, smoke.keys())
    yield harness
    harness.close()


def asked(harness: Harness, op: str = "sign", **more: str) -> Asked:
    return Asked("reference", harness.version, harness, op, {**LOOKUP, **more})


def test_the_languages_are_shipped() -> None:
    assert (
        {one.name for name in LANGUAGES for one in harnesses(name)} == set(LANGUAGES) >= {"node", "php", "go", "java"}
    )


def test_a_right_one_is_fit(reference: Harness) -> None:
    assert "Python" in reference.runtime
    for op in smoke.CASES:
        smoke.try_target(reference.ask, op)


def test_its_answers(reference: Harness) -> None:
    signature = asked(reference).answer()
    assert isinstance(signature, str)
    assert len(signature) == 344
    assert asked(reference, "verify", signature=signature).answer() is True
    assert asked(reference, "verify", signature=signature[:-4]).answer() is False


def test_noop_and_op_are_asked_in_turns(reference: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[bytes] = []
    monkeypatch.setattr(reference, "exchange", lines.append)
    ticks = iter([0.0, 1.0, 11.0, 12.0, 22.0, 23.0, 103.0])  # noops take 1, ops 10, the last one is disturbed
    net, gross = asked(reference).seconds(3, lambda: next(ticks))
    assert (net, gross) == (3 * (10.0 - 1.0), 103.0)
    assert [b'"noop"' in line for line in lines] == [True, False] * 3
    assert all(b'"payout_lookup"' in line and b'"24"' in line for line in lines)


def test_the_time_of_real_ones(reference: Harness) -> None:
    one = asked(reference)
    one.warm_up(0.01)
    net, gross = one.seconds(5, time.perf_counter)
    assert gross > 0
    assert net < gross


def test_an_op_it_does_not_have(reference: Harness) -> None:
    with pytest.raises(Unmeasured, match="it does not answer build: "):
        asked(reference, "build").answer()


def test_a_wrong_one_is_not_fit() -> None:
    harness = Harness(host("tests.fakes.fuzz_targets:Trusting"))
    try:
        smoke.give(harness.ask, smoke.keys())
        smoke.try_target(harness.ask, "sign")
        with pytest.raises(Unmeasured, match="not conformant: webhook/executed/doc-erratum"):
            smoke.try_target(harness.ask, "verify")
    finally:
        harness.close()


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("dies-at-start", "it ended in the middle"),
        ("killed-at-start", "it ended in the middle"),
        ("hangs-at-start", "it gave no answer within 0 s"),
        ("cannot", "it does not run: .*the curl extension is not there"),
        ("banner", "not conformant: "),
        ("other-protocol", "it does not run: "),
    ],
)
def test_one_that_does_not_start(behaviour: str, told: str) -> None:
    with pytest.raises(Unmeasured, match=told):
        Harness(fake(behaviour), seconds=0.3 if behaviour == "hangs-at-start" else 30)


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("refuses-key", "not conformant: it does not take the key doc: only keys of 4096 bits"),
        ("breaks-on-key", "not conformant: it does not take the key doc: boom"),
        ("dies-at-key", "it ended in the middle"),
    ],
)
def test_one_that_takes_no_key(behaviour: str, told: str) -> None:
    harness = Harness(fake(behaviour))
    try:
        with pytest.raises(Unmeasured, match=told):
            smoke.give(harness.ask, smoke.keys())
    finally:
        harness.close()


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unmeasured, match="it does not run: No such file"):
        Harness(f"cmd:{tmp_path / 'no-such-program'}")


def test_nothing_is_left_of_it() -> None:
    harness = Harness(fake("ignores-term"))
    group = harness.process_id
    harness.close()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)
