"""The runner against targets that misbehave in every way we could think of.

None may make it hang, raise, leave a process behind, or count what it did wrong as a pass.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.events import fold
from conformance.model import Corpus, Verdict
from conformance.runner import MAX_RESTARTS, RunOptions, run
from tests.fakes.cases import corpus, fake, long_text, minify, numbers, refusal, signatures
from tests.fakes.runs import HASTY, PATIENT, ROOT, alive, only_culprit, report_of, sentence, verdicts

# Targets that behave


@pytest.mark.parametrize("window", [1, 8])
@pytest.mark.parametrize("behaviour", ["good", "crlf"])
def test_a_good_target_passes(behaviour: str, window: int, token: str) -> None:
    cases = corpus(*numbers(30).cases, refusal())
    report = report_of(cases, fake(behaviour, window, token))
    assert (report.counts[Verdict.PASS], report.result, report.restarts) == (31, "conformant", ())


def test_answers_may_come_in_any_order(token: str) -> None:
    report = report_of(numbers(40), fake("backwards", 8, token))
    assert report.counts[Verdict.PASS] == 40
    assert [outcome.id for outcome in report.outcomes[:2]] == ["minify/n7", "minify/n6"]


def test_the_deadline_is_for_each_op_not_for_all_that_are_open(token: str) -> None:
    """Eight open ops of 0.2 s each last longer than the deadline of 1 s, and nothing is late."""
    report = report_of(numbers(8), fake("slow", 8, token), HASTY)
    assert (report.counts[Verdict.PASS], report.restarts) == (8, ())


def test_long_lines_travel_both_ways_at_once(token: str) -> None:
    """More than any pipe holds, with several open: whoever writes must be read at the same time."""
    cases = corpus(*(long_text(number, 6_000_000) for number in range(4)))
    report = report_of(cases, fake("good", 4, token))
    assert report.counts[Verdict.PASS] == 4


def test_a_command_over_the_limit_is_not_sent(token: str) -> None:
    cases = corpus(minify(0), long_text(1, 13_000_000), minify(2))
    report = report_of(cases, fake("good", 1, token))
    assert (report.counts[Verdict.PASS], report.restarts) == (2, ())
    assert "the protocol allows 16777216" in sentence(report, "minify/n1")


def test_a_run_outside_the_main_thread(token: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(report_of, numbers(5), fake("good", 2, token)).result()
    assert report.counts[Verdict.PASS] == 5


def test_jobs_share_the_cases(token: str) -> None:
    report = report_of(numbers(200), fake("good", 4, token), RunOptions(jobs=3, timeout=30.0))
    assert report.counts[Verdict.PASS] == 200


def test_standard_error_is_no_failure_and_kept_in_part(token: str) -> None:
    report = report_of(numbers(20), fake("floods-stderr", 4, token))
    assert report.counts[Verdict.PASS] == 20
    assert len(report.stderr) == 64 * 1024
    assert report.stderr.endswith("debug \n")


def test_the_count_of_standard_error_is_of_all_of_it(token: str) -> None:
    cases = numbers(20)
    events = run(cases, cases.cases, fake("floods-stderr", 4, token), PATIENT, lambda event: None)
    assert next(event["bytes"] for event in events if event["event"] == "stderr") == 20 * 300_001


# Targets that cannot be started


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("cmd:no-such-program-at-all --x", "there is no such program"),
        ("cmd:/", "it may not be executed; make it executable"),
        ("python:no_such_package.harness:Thing", "there is no module 'no_such_package'"),
        ("python:json:NoSuchClass", "'json' has no 'NoSuchClass'; its classes are JSONDecodeError, JSONDecoder"),
        ("python:json:JSONDecodeError", "missing"),
    ],
)
def test_what_cannot_be_started_is_told(spec: str, told: str) -> None:
    report = report_of(numbers(3), spec)
    assert (report.end, report.exit_code, report.counts[Verdict.NOT_RUN]) == ("handshake-failed", 3, 3)
    assert told in (report.problem or "")


@pytest.mark.parametrize(("mode", "told"), [(0o644, "make it executable"), (0o755, "name its interpreter first")])
def test_a_script_that_is_no_program(mode: int, told: str, tmp_path: Path) -> None:
    script = tmp_path / "harness"
    script.write_text("print('hello')\n")
    script.chmod(mode)
    assert told in (report_of(numbers(1), f"cmd:{script}").problem or "")


def test_a_script_without_its_interpreter(tmp_path: Path) -> None:
    script = tmp_path / "harness"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    report = report_of(numbers(1), f"cmd:{script}")
    assert "the interpreter its first line names is not" in (report.problem or "")


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("dies-at-start", "exited with status 3; standard error ends: 'no licence file'"),
        ("killed-at-start", "was ended by SIGKILL"),
        ("banner", "the line 'Welcome to \\x1b[1mFakeSign"),
        ("other-protocol", "at /protocol, 1 was expected"),
        ("cannot", "the curl extension is not there"),
    ],
)
def test_a_handshake_that_fails(behaviour: str, told: str, token: str) -> None:
    report = report_of(numbers(3), fake(behaviour, 1, token))
    assert (report.end, report.exit_code, report.counts[Verdict.NOT_RUN]) == ("handshake-failed", 3, 3)
    assert told in (report.problem or "")
    assert len(report.problem or "") < 400


def test_a_handshake_that_hangs(token: str) -> None:
    report = report_of(numbers(3), fake("hangs-at-start", 1, token), RunOptions(start_timeout=0.5))
    assert report.end == "handshake-failed"
    assert "no answer within 0.5 s" in (report.problem or "")


# Targets that break at one case: it is found among those in flight, and the others pass


@pytest.mark.parametrize("window", [1, 8])
@pytest.mark.parametrize(
    ("behaviour", "verdict", "told"),
    [
        ("dies", Verdict.CRASH, "exited with status 5"),
        ("dies-in-line", Verdict.CRASH, 'in the middle of the line \'{"id": '),
        ("closes-output", Verdict.CRASH, "closed its output while still running"),
        ("garbage", Verdict.PROTOCOL_ERROR, "'Warning: undefined index in line 3'"),
        ("long-line", Verdict.PROTOCOL_ERROR, "a line is longer than 16777216 bytes"),
        ("no-id", Verdict.PROTOCOL_ERROR, "no id"),
        ("number-id", Verdict.PROTOCOL_ERROR, "is no string"),
    ],
)
def test_the_culprit_is_found(behaviour: str, verdict: Verdict, told: str, window: int, token: str) -> None:
    report = report_of(numbers(20), fake(behaviour, window, token))
    assert told in only_culprit(report, verdict)
    assert len(report.restarts) <= 2


@pytest.mark.parametrize("window", [1, 8])
@pytest.mark.parametrize("behaviour", ["hangs", "ignores-term"])
def test_a_hanging_case_is_a_timeout(behaviour: str, window: int, token: str) -> None:
    report = report_of(numbers(20), fake(behaviour, window, token), HASTY)
    assert only_culprit(report, Verdict.TIMEOUT) == "no answer within 1 s"


@pytest.mark.parametrize("window", [1, 8])
@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("wrong-shape", "at /value, the value is not of type"),
        ("not-ascii", "byte 0xC3 at offset"),
        ("surrogate", "is not strict JSON"),
    ],
)
def test_a_malformed_answer_needs_no_restart(behaviour: str, told: str, window: int, token: str) -> None:
    report = report_of(numbers(20), fake(behaviour, window, token))
    assert told in only_culprit(report, Verdict.PROTOCOL_ERROR)
    assert report.restarts == ()


def test_an_unknown_id_is_laid_to_the_only_open_op(token: str) -> None:
    report = report_of(numbers(20), fake("unknown-id", 1, token))
    assert "'no-such'" in only_culprit(report, Verdict.PROTOCOL_ERROR)


def test_an_unknown_id_among_several_is_a_violation(token: str) -> None:
    report = report_of(numbers(20), fake("unknown-id", 8, token), HASTY)
    assert "'no-such'" in only_culprit(report, Verdict.PROTOCOL_ERROR)
    assert any("'no-such'" in told for told in report.violations)


@pytest.mark.parametrize("cases", [numbers(20), numbers(8)], ids=["in the middle", "at the end"])
@pytest.mark.parametrize("window", [1, 8])
def test_an_id_answered_twice_is_no_pass(window: int, cases: Corpus, token: str) -> None:
    report = report_of(cases, fake("twice", window, token))
    assert "answered more than once" in only_culprit(report, Verdict.PROTOCOL_ERROR)


def test_an_extra_answer_is_no_pass(token: str) -> None:
    report = report_of(numbers(8), fake("extra", 1, token))
    assert report.result == "not conformant"


def test_a_skip_inside_declared_support_is_a_failure(token: str) -> None:
    only_culprit(report_of(numbers(20), fake("skips", 4, token)), Verdict.FAIL)


def test_words_after_bye_are_a_violation(token: str) -> None:
    report = report_of(numbers(3), fake("chatty-end", 1, token))
    assert report.counts[Verdict.PASS] == 3
    assert report.result == "not conformant"
    assert "goodbye" in report.violations[0]


def test_a_target_that_babbles_is_stopped(token: str) -> None:
    report = report_of(numbers(20), fake("babbles", 8, token))
    assert only_culprit(report, Verdict.PROTOCOL_ERROR)


def test_one_death_without_a_culprit(token: str, tmp_path: Path) -> None:
    """A crash that does not come again blames nobody; it stays in the stream as a restart."""
    report = report_of(numbers(20), fake("dies-once", 8, str(tmp_path / "marker"), token))
    assert report.counts[Verdict.PASS] == 20
    assert len(report.restarts) == 1


def test_a_target_that_cannot_bear_several_open_ops(token: str) -> None:
    """No single op breaks it, so ops go one at a time after the first death."""
    report = report_of(numbers(40), fake("dies-crowded", 8, token))
    assert report.counts[Verdict.PASS] == 40
    assert len(report.restarts) == 1


# Targets that are wrong all the time


def test_always_true_fails_what_is_forged(token: str) -> None:
    report = report_of(signatures(), fake("always-true", 2, token))
    assert verdicts(report) == {"verify/good": Verdict.PASS, "verify/forged": Verdict.FAIL, "minify/n1": Verdict.PASS}


def test_always_false_fails_what_is_good(token: str) -> None:
    report = report_of(signatures(), fake("always-false", 2, token))
    assert verdicts(report) == {"verify/good": Verdict.FAIL, "verify/forged": Verdict.PASS, "minify/n1": Verdict.PASS}


def test_restarts_with_passes_between_go_on(token: str) -> None:
    """It answers one op and ends, every time. Depending on when that is noticed, the next op is blamed or not."""
    report = report_of(numbers(20), fake("one-shot", 1, token))
    assert report.end == "complete"
    assert report.counts[Verdict.PASS] + report.counts[Verdict.CRASH] == 20
    assert len(report.restarts) > MAX_RESTARTS


def test_five_restarts_without_a_pass_end_the_run(token: str) -> None:
    cases = corpus(*(replace(minify(7), id=f"minify/n7/{number}") for number in range(12)))
    report = report_of(cases, fake("dies", 1, token))
    assert (report.end, report.exit_code) == ("restarts-exhausted", 3)
    assert len(report.restarts) == MAX_RESTARTS
    assert report.counts[Verdict.CRASH] == MAX_RESTARTS + 1
    assert report.counts[Verdict.NOT_RUN] == 12 - MAX_RESTARTS - 1


# Keys


@pytest.mark.parametrize(
    ("behaviour", "verdict", "told"),
    [
        ("refuses-key", Verdict.SKIP, "refused: only keys of 4096 bits"),
        ("breaks-on-key", Verdict.ERROR, "it broke: KeyError: boom"),
        ("dies-at-key", Verdict.CRASH, "exited with status 1"),
        ("hangs-at-key", Verdict.TIMEOUT, "no answer within 1 s"),
    ],
)
def test_a_key_that_is_not_taken(behaviour: str, verdict: Verdict, told: str, token: str) -> None:
    report = report_of(signatures(), fake(behaviour, 2, token), HASTY)
    assert verdicts(report) == {"verify/good": verdict, "verify/forged": verdict, "minify/n1": Verdict.PASS}
    assert told in report.refused_keys["k"]
    assert told in sentence(report, "verify/good")


def test_keys_that_no_case_needs_are_not_sent(token: str) -> None:
    report = report_of(numbers(3), fake("hangs-at-key", 1, token), HASTY)
    assert report.counts[Verdict.PASS] == 3


def test_a_key_that_is_taken_only_once(token: str, tmp_path: Path) -> None:
    cases = corpus(minify(7), *signatures().cases)
    report = report_of(cases, fake("forgets-key", 1, str(tmp_path / "marker"), token))
    assert (report.end, len(report.restarts)) == ("restarts-exhausted", MAX_RESTARTS)
    assert "was taken before, and now: refused: not again" in (report.problem or "")


# What is left behind


@pytest.mark.parametrize("behaviour", ["leaves-child", "leaves-daemon", "stays"])
def test_nothing_outlives_the_run(behaviour: str, token: str) -> None:
    started = time.monotonic()
    report = report_of(numbers(5), fake(behaviour, 2, token))
    assert report.counts[Verdict.PASS] == 5
    assert time.monotonic() - started < 30  # it did not wait for the streams that the grandchild holds open


# Ends before the end


def test_max_fail_stops_the_run(token: str) -> None:
    report = report_of(numbers(30), fake("never-answers-right", 4, token), RunOptions(max_fail=3))
    assert report.end == "max-fail"
    assert report.counts[Verdict.FAIL] == 3
    assert report.counts[Verdict.NOT_RUN] == 27


def test_a_listener_that_fails_leaves_nothing_behind(token: str) -> None:
    cases = numbers(10)

    def listen(event: dict[str, Any]) -> None:
        if event["event"] == "outcome":
            raise BrokenPipeError("the reader has gone")

    with pytest.raises(BrokenPipeError):
        run(cases, cases.cases, fake("good", 4, token), PATIENT, listen)


@pytest.mark.parametrize(
    ("behaviour", "number"),
    [
        ("good", signal.SIGINT),
        ("hangs", signal.SIGINT),
        ("hangs", signal.SIGTERM),
        ("hangs-at-start", signal.SIGINT),
        ("ignores-term", signal.SIGINT),
    ],
)
def test_a_signal_ends_the_run_in_order(behaviour: str, number: signal.Signals, token: str) -> None:
    """Another process runs the kit, for the signal is for the whole of it. Twice, as impatient people do."""
    program = f"""
import json, signal, sys
from conformance.runner import RunOptions, run
from tests.fakes.cases import fake, numbers
own = lambda number, frame: None
signal.signal(signal.{number.name}, own)
cases = numbers(30_000 if {behaviour!r} == "good" else 20)
print("ready", flush=True)
events = run(cases, cases.cases, fake({behaviour!r}, 2, {token!r}), RunOptions(timeout=60.0), lambda event: None)
assert signal.getsignal(signal.{number.name}) is own
print(json.dumps([len(cases.cases), events]), flush=True)
sys.stdin.read()
"""
    pipe = subprocess.PIPE
    kit = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert kit.stdout is not None
    assert kit.stdout.readline() == "ready\n"
    while not alive(token):
        time.sleep(0.02)
    time.sleep(0.3)
    kit.send_signal(number)
    time.sleep(0.05)
    kit.send_signal(number)
    out, err = kit.communicate(timeout=30)
    assert (kit.returncode, err) == (0, "")
    count, events = json.loads(out)
    report = fold(events)
    assert report.end == "interrupted"
    assert report.exit_code == 130
    assert len(report.outcomes) == count
    assert report.counts[Verdict.NOT_RUN] > 0
    assert set(verdicts(report).values()) <= {Verdict.PASS, Verdict.NOT_RUN}
