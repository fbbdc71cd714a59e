"""The pytest plugin in projects of its own: by option, by fixture, and where it is not wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance import corpus

pytest_plugins = ["pytester"]

REFERENCE = "python:conformance.reference:Reference"
SUITE = "webhook-bodies"
LIARS = """
from conformance.reference import Reference
from conformance.targets import Refused

class Lower(Reference):
    def message(self, form, **fields):
        return super().message(form, **fields).lower()
class Lenient(Reference):
    def minify(self, text):
        try:
            return super().minify(text)
        except Refused:
            return b"1"
class Half(Reference):
    def hello(self):
        return {**super().hello(), "supports": {"message": ["webhook"]}}
class NoKeys(Reference):
    def key(self, name, private_pem, public_pem):
        raise Refused("not this one")
class Quits(Reference):
    def message(self, form, **fields):
        raise SystemExit(7)
class Mute(Reference):
    def hello(self):
        raise RuntimeError("no licence")
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with one test of its own and some targets."""
    pytester.makepyfile(liars=LIARS)
    pytester.makepyfile(test_own="def test_own(): pass")
    pytester.syspathinsert()
    return pytester


def ids_of(suite: str) -> list[str]:
    return [case.id for case in corpus.select(corpus.load(), suites=[suite])]


def run(project: pytest.Pytester, target: str, *options: str, suite: str = SUITE) -> pytest.RunResult:
    return project.runpytest("--signkit-target", target, "--signkit-suite", suite, *options)


def with_fixture(project: pytest.Pytester, returned: str, scope: str = "function") -> None:
    project.makeconftest(
        f"import pytest, liars, conformance.reference\n"
        f"@pytest.fixture(scope={scope!r})\n"
        f"def signkit_target():\n    return {returned}\n"
    )
    project.makepyfile(test_all="def test_all(signkit_case):\n    signkit_case.check()")


# ---- not wanted


def test_a_project_that_does_not_use_it_imports_nothing_of_the_kit(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_modules="""
        import sys

        def test_modules():
            assert "conformance.pytest_plugin" in sys.modules
            kit = {name for name in sys.modules if name.startswith(("conformance.", "signing_core"))}
            assert kit == {"conformance.pytest_plugin"}
            assert not {"click", "rich", "jsonschema_rs", "httpx", "cryptography", "orjson"} & set(sys.modules)
        """
    )
    done = project.runpytest_subprocess("-W", "error", "--strict-markers", "--strict-config")
    done.assert_outcomes(passed=2)


def test_without_the_extra_only_its_use_fails(project: pytest.Pytester) -> None:
    project.makeconftest("import sys\nsys.modules['jsonschema_rs'] = None")
    project.runpytest_subprocess().assert_outcomes(passed=1)
    used = project.runpytest_subprocess("--signkit-target", REFERENCE)
    assert used.ret == pytest.ExitCode.USAGE_ERROR
    used.stderr.fnmatch_lines(["*jsonschema_rs is not installed. Mend: pip install 'signkit[[]conformance[]]'"])


# ---- by option


def test_one_test_a_case_under_its_id(project: pytest.Pytester) -> None:
    done = run(project, REFERENCE, "-v")
    done.assert_outcomes(passed=1 + len(ids_of(SUITE)))
    told = [line.split()[0] for line in done.outlines if line.startswith("signkit::")]
    assert told == [f"signkit::{name}" for name in ids_of(SUITE)]


def test_cases_are_chosen_like_tests(project: pytest.Pytester) -> None:
    (first, *rest) = ids_of(SUITE)
    run(project, REFERENCE, "--signkit-id", first).assert_outcomes(passed=2)
    run(project, REFERENCE, "-k", "test_own").assert_outcomes(passed=1, deselected=len(rest) + 1)
    run(project, REFERENCE, "-m", "signkit", "--strict-markers").assert_outcomes(passed=len(rest) + 1, deselected=1)


def test_a_failure_is_told_without_a_traceback(project: pytest.Pytester) -> None:
    (first, *_) = ids_of("message-bodies")
    done = run(project, "python:liars:Lower", "--signkit-id", first, suite="message-bodies")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(
        ["must: message: wrote the method in lower case; *", "expected  POST*", "  actual  post*"]
    )
    done.stdout.fnmatch_lines(["signkit replay * 'python:liars:Lower'"])
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_a_should_counts_in_the_strict_profile_alone(project: pytest.Pytester) -> None:
    suite, target = "minify-refusals", "python:liars:Lenient"
    cases = corpus.select(corpus.load(), suites=[suite])
    should = sum(case.level == "should" for case in cases)
    assert should
    run(project, target, suite=suite).assert_outcomes(passed=1, xfailed=should, failed=len(cases) - should)
    run(project, target, "--runxfail", suite=suite).assert_outcomes(passed=1, failed=len(cases))
    run(project, target, "--signkit-profile", "strict", suite=suite).assert_outcomes(passed=1, failed=len(cases))


def test_a_baseline_makes_known_failures_xfail_and_tells_what_is_stale(project: pytest.Pytester) -> None:
    known, passing, *_ = ids_of("minify-refusals")
    verdict = {"verdict": "fail", "reason": "it takes anything"}

    def baseline(*ids: str) -> str:
        entries = [{"id": name, **verdict} for name in ids]
        data = {"schema": "signkit-baseline/1", "target": "x", "entries": entries}
        (project.path / "baseline.json").write_text(json.dumps(data))
        return "baseline.json"

    options = ("--signkit-id", known, "--signkit-profile", "strict", "-rx", "--signkit-baseline")
    done = run(project, "python:liars:Lenient", *options, baseline(known), suite="minify-refusals")
    done.assert_outcomes(passed=1, xfailed=1)
    assert done.ret == 0
    done.stdout.fnmatch_lines(["*it takes anything"])

    done = run(project, REFERENCE, "--signkit-baseline", baseline(passing), suite="minify-refusals")
    done.assert_outcomes(passed=len(ids_of("minify-refusals")), failed=1)
    done.stdout.fnmatch_lines(["the baseline expects a failure, but it passes: delete the entry"])

    done = run(project, REFERENCE, "--signkit-baseline", baseline("no/such/case"), suite="minify-refusals")
    done.assert_outcomes(passed=len(ids_of("minify-refusals")) + 1)
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(["*= signkit =*", "no/such/case: *"])


def test_spread_over_workers_nothing_is_lost(project: pytest.Pytester) -> None:
    """What no single worker can tell, such as an entry without a case, comes from the session that started them."""
    pytest.importorskip("xdist", reason="pytest-xdist is not installed: pip install pytest-xdist")
    entries = [{"id": name, "verdict": "fail", "reason": "known"} for name in ("no/such/case", "webhook/*")]
    known = {"schema": "signkit-baseline/1", "target": "x", "entries": entries}
    (project.path / "known.json").write_text(json.dumps(known))
    spread = ("-n", "2", "--signkit-target", "python:liars:Lower", "--signkit-suite", SUITE)
    alone = run(project, "python:liars:Lower", "--signkit-baseline", "known.json")
    done = project.runpytest_subprocess(*spread, "--signkit-baseline", "known.json")
    outcomes = done.parseoutcomes()
    assert {name: outcomes.get(name, 0) for name in ("passed", "failed", "xfailed")} == {
        name: alone.parseoutcomes().get(name, 0) for name in ("passed", "failed", "xfailed")
    }
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    for result in (alone, done):
        result.stdout.fnmatch_lines(["*= signkit =*", "no/such/case: *"])


def test_what_is_not_supported_is_skipped(project: pytest.Pytester) -> None:
    cases = corpus.select(corpus.load(), suites=[SUITE])
    asked = sum(case.op == "message" for case in cases)
    run(project, "python:liars:Half").assert_outcomes(passed=1 + asked, skipped=len(cases) - asked)


def test_without_a_handshake_one_test_tells_why(project: pytest.Pytester) -> None:
    done = run(project, "cmd:false")
    done.assert_outcomes(passed=1, failed=1, skipped=len(ids_of(SUITE)) - 1)
    done.stdout.fnmatch_lines(["the run ended early: *"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--signkit-target", "carrier pigeon"), "*'carrier pigeon' is of no known form*"),
        (("--signkit-target", REFERENCE, "--signkit-suite", "webhook-bodie"), "*webhook-bodies*"),
        (("--signkit-target", REFERENCE, "--signkit-id", "no/such"), "*no case 'no/such'*"),
        (("--signkit-target", REFERENCE, "--signkit-profile", "lax"), "*no profile 'lax'; known are default, strict"),
        (("--signkit-target", REFERENCE, "--signkit-baseline", "none.json"), "*none.json: cannot be read*"),
    ],
)
def test_options_that_cannot_be_used(project: pytest.Pytester, options: tuple[str, ...], told: str) -> None:
    done = project.runpytest(*options)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: signkit: {told}"])


# ---- by fixture


@pytest.mark.parametrize("scope", ["function", "session"])
def test_an_object_is_asked_in_the_process(project: pytest.Pytester, scope: str) -> None:
    with_fixture(project, "liars.Lower()", scope)
    done = project.runpytest_subprocess("--signkit-suite", "message-bodies", "-v")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    ids = [line.split("[", 1)[1].split("]")[0] for line in done.outlines if line.startswith("test_all.py::test_all[")]
    assert ids == ids_of("message-bodies")
    done.stdout.fnmatch_lines(["must: message: wrote the message in lower case; *"])
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*signkit replay*")


def test_a_specification_may_come_from_the_fixture(project: pytest.Pytester) -> None:
    with_fixture(project, repr(REFERENCE))
    project.runpytest("--signkit-suite", SUITE).assert_outcomes(passed=1 + len(ids_of(SUITE)))


def test_the_option_serves_a_test_that_asks_for_the_cases(project: pytest.Pytester) -> None:
    project.makepyfile(test_all="def test_all(signkit_case):\n    signkit_case.check()")
    run(project, REFERENCE).assert_outcomes(passed=1 + len(ids_of(SUITE)))
    done = project.runpytest("--signkit-suite", SUITE)
    done.assert_outcomes(passed=1, errors=len(ids_of(SUITE)))
    done.stdout.fnmatch_lines(["signkit: there is no target: give --signkit-target, or define a fixture*"])


def test_objects_that_quit_refuse_or_say_nothing(project: pytest.Pytester) -> None:
    with_fixture(project, "liars.Quits()")
    (first, *_) = ids_of("message-bodies")
    done = project.runpytest("--signkit-id", first)
    done.stdout.fnmatch_lines(["*crash: the target called sys.exit(7)"])
    with_fixture(project, "liars.NoKeys()")
    needing = [case for case in corpus.select(corpus.load(), suites=[SUITE]) if case.key]
    done = project.runpytest("--signkit-suite", SUITE, "-rs")
    done.assert_outcomes(passed=1 + len(ids_of(SUITE)) - len(needing), skipped=len(needing))
    with_fixture(project, "liars.Mute()")
    done = project.runpytest("--signkit-id", first)
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["signkit: the target Mute gave no handshake: RuntimeError: no licence"])


def test_wrong_options_are_told_where_the_cases_are_asked_for(project: pytest.Pytester, tmp_path: Path) -> None:
    with_fixture(project, "liars.Half()")
    done = project.runpytest("--signkit-suite", "none")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["signkit: no suite 'none'*"])
