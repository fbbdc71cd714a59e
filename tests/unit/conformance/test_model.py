"""What a run amounts to: result and exit code."""

from __future__ import annotations

import pytest

from conformance.model import BAD, Key, Level, Outcome, Report, Verdict

MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
PASS, FAIL, SKIP, XFAIL = Verdict.PASS, Verdict.FAIL, Verdict.SKIP, Verdict.XFAIL


def report(
    *outcomes: tuple[Verdict, Level],
    profile: str = "default",
    complete: bool = False,
    end: str = "complete",
    violations: tuple[str, ...] = (),
    stale: tuple[str, ...] = (),
) -> Report:
    rows = tuple(
        Outcome(f"s/{i}", "s", "sign", "request", level, ("S7",), "", verdict, 0.0)
        for i, (verdict, level) in enumerate(outcomes)
    )
    return Report({"profile": profile, "complete": complete}, rows, violations, (), {}, "", end, None, stale)


@pytest.mark.parametrize(
    ("given", "result", "code"),
    [
        (report((PASS, MUST)), "conformant", 0),
        (report((PASS, MUST), (XFAIL, MUST)), "conformant", 0),
        (report((PASS, MUST), (FAIL, SHOULD), (FAIL, MAY)), "conformant", 0),
        (report((PASS, MUST), (FAIL, SHOULD), profile="strict"), "not conformant", 1),
        (report((PASS, MUST), (FAIL, MAY), profile="strict"), "conformant", 0),
        (report((FAIL, MUST)), "not conformant", 1),
        (report((PASS, MUST), (SKIP, MUST)), "partial", 0),
        (report((PASS, MUST), (SKIP, SHOULD)), "conformant", 0),
        (report((PASS, MUST), (SKIP, MUST), complete=True), "partial", 1),
        (report((PASS, MUST), (Verdict.NOT_RUN, MUST), end="max-fail"), "partial", 0),
        (report((SKIP, MUST)), "partial", 5),
        (report(), "partial", 5),
        (report((PASS, MUST), violations=("x",)), "not conformant", 1),
        (report((PASS, MUST), (Verdict.XPASS, MUST), stale=("x",)), "conformant", 4),
        (report((FAIL, MUST), stale=("x",)), "not conformant", 1),
        (report((PASS, MUST), end="interrupted"), "conformant", 130),
        (report(end="handshake-failed"), "not conformant", 3),
        (report((PASS, MUST), end="restarts-exhausted"), "not conformant", 3),
        *((report((verdict, MUST)), "not conformant", 1) for verdict in BAD),
    ],
)
def test_result_and_exit_code(given: Report, result: str, code: int) -> None:
    assert (given.result, given.exit_code) == (result, code)


@pytest.mark.parametrize(("profile", "forgiven"), [("default", ["s/1"]), ("strict", ["s/1", "s/2"])])
def test_known_failures_that_would_count_are_told_apart(profile: str, forgiven: list[str]) -> None:
    given = report((PASS, MUST), (XFAIL, MUST), (XFAIL, SHOULD), (XFAIL, MAY), (FAIL, MUST), profile=profile)
    assert [outcome.id for outcome in given.forgiven] == forgiven


def test_counts_have_every_verdict() -> None:
    counts = report((PASS, MUST), (PASS, MAY), (FAIL, MUST)).counts
    assert set(counts) == set(Verdict)
    assert (counts[PASS], counts[FAIL], counts[SKIP]) == (2, 1, 0)


def test_bad_verdicts_know_it() -> None:
    assert {verdict for verdict in Verdict if verdict.is_bad} == BAD


def test_a_keys_private_half_is_not_in_its_repr() -> None:
    assert "secret" not in repr(Key("k", 2048, 65537, "secret", "public", "test"))
