"""The corpus inside another project's pytest run, one test a case; docs/pytest.md tells how.

``pytest --signkit-target SPEC`` adds the cases to the run. Where a test asks for the fixture ``signkit_case`` it is run
once for each case instead, against what the project's fixture ``signkit_target`` returns.

pytest loads this module wherever signkit is installed, so it imports nothing of the kit before it is asked to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.baseline import Baseline
    from conformance.model import Case, Corpus, Outcome, Verdict
    from conformance.trials import Trials

_NO_TARGET = (
    "there is no target: give --signkit-target, or define a fixture signkit_target in conftest.py that returns an "
    "object (hello, key and a method for each op) or a specification such as 'cmd:node harness.mjs'"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; without one of the first, or the fixture, nothing of this module does anything."""
    group = parser.getgroup("signkit", "signkit: signature conformance")
    group.addoption(
        "--signkit-target", metavar="SPEC", help="run the corpus against cmd:…, python:module:Class or http://…"
    )
    group.addoption("--signkit-suite", metavar="NAME", action="append", default=[], help="only this suite (repeatable)")
    group.addoption(
        "--signkit-id", metavar="GLOB", action="append", default=[], help="only cases with such an id (repeatable)"
    )
    group.addoption("--signkit-profile", metavar="NAME", default="default", help="default, or strict: 'should' counts")
    group.addoption("--signkit-baseline", metavar="FILE", help="known failures, which are then xfail")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, for projects that are strict about them."""
    config.addinivalue_line("markers", "signkit: a case of the signature conformance corpus")


class _Suite:
    """The chosen cases and what became of them: one for a pytest session, made when it is first needed."""

    def __init__(self, config: pytest.Config) -> None:
        from conformance import corpus
        from conformance.baseline import Baseline
        from conformance.model import COUNTED

        profile, baseline = config.getoption("--signkit-profile"), config.getoption("--signkit-baseline")
        if profile not in COUNTED:
            raise ValueError(f"there is no profile {profile!r}; known are {', '.join(COUNTED)}")
        self.profile: str = profile
        self.counted = COUNTED[profile]
        self.corpus: Corpus = corpus.load()
        ids, suites = config.getoption("--signkit-id"), config.getoption("--signkit-suite")
        self.cases = corpus.select(self.corpus, ids=ids, suites=suites)
        self.baseline: Baseline | None = baseline and Baseline.load(config.rootpath / Path(baseline))
        self.verdicts: dict[str, Verdict] = {}
        self._batches: dict[str, Trials] = {}
        self._direct: Trials | None = None
        self._stopped: set[str] = set()
        self._elsewhere: list[str] = []

    def check(self, case: Case, target: Any, session: pytest.Session) -> None:
        """Ask, and end the test as the outcome wants it."""
        from conformance.targets import TargetError

        try:
            outcome = self._trials(target, session).outcome(case)
        except TargetError as error:
            pytest.fail(f"signkit: {error}", pytrace=False)
        self.verdicts[case.id] = outcome.verdict
        self._end(outcome, target)

    def _trials(self, target: Any, session: pytest.Session) -> Trials:
        from conformance.trials import Batch, Direct

        if isinstance(target, str):
            if target not in self._batches:
                self._batches[target] = Batch(target, self.corpus, _cases_of(session), self.baseline)
            return self._batches[target]
        if not isinstance(self._direct, Direct) or self._direct.target is not target:
            self._direct = Direct(target, self.corpus, self.baseline)
        return self._direct

    def _end(self, outcome: Outcome, target: Any) -> None:
        from conformance.model import Verdict

        told = outcome.diagnosis.sentence if outcome.diagnosis else "no more is known"
        if outcome.verdict is Verdict.PASS:
            return
        if outcome.verdict is Verdict.SKIP:
            pytest.skip(told)
        if outcome.verdict is Verdict.NOT_RUN:
            self._not_run(str(target))
        if outcome.verdict is Verdict.XPASS:
            pytest.fail("the baseline expects a failure, but it passes: delete the entry", pytrace=False)
        if outcome.verdict is Verdict.XFAIL:
            pytest.xfail(outcome.reason or told)
        elif outcome.level not in self.counted:
            pytest.xfail(f"{outcome.level}, which profile {self.profile} does not count: {told}")
        pytest.fail(_explained(outcome, target), pytrace=False)  # and where --runxfail makes nothing of pytest.xfail

    def _not_run(self, spec: str) -> None:
        """The first case that was not reached fails and says why; to repeat it for all of them would bury it."""
        why = "; ".join(self._batches[spec].troubles) or "the run ended early"
        if spec in self._stopped:
            pytest.skip(why)
        self._stopped.add(spec)
        pytest.fail(why, pytrace=False)

    def seen(self) -> dict[str, Any]:
        """What happened in this process, as plain data for the one that tells of all."""
        troubles = [told for batch in self._batches.values() for told in batch.troubles]
        return {"verdicts": {name: str(verdict) for name, verdict in self.verdicts.items()}, "troubles": troubles}

    def take(self, seen: dict[str, Any]) -> None:
        """What another process has ``seen``."""
        from conformance.model import Verdict

        self.verdicts |= {name: Verdict(verdict) for name, verdict in seen["verdicts"].items()}
        self._elsewhere += seen["troubles"]

    def troubles(self) -> list[str]:
        """What is wrong beyond the cases: broken protocol, and baseline entries that hold no longer."""
        from conformance.model import Verdict

        found = list(dict.fromkeys([*self.seen()["troubles"], *self._elsewhere]))
        if self.baseline is not None and self.verdicts:
            judged = {name: verdict for name, verdict in self.verdicts.items() if verdict is not Verdict.XPASS}
            ids = {case.id for case in self.corpus.cases}
            found += [event["sentence"] for event in self.baseline.stale(judged, ids, datetime.now(UTC).date())]
        return found


def _explained(outcome: Outcome, target: Any) -> str:
    """A failure as the kit's reports tell it, in place of a traceback."""
    from conformance.reports import wording

    rows = [f"{wording.lead(outcome)}: {wording.finding(outcome)}"]
    rows += [f"{outcome.id} [{', '.join(outcome.clauses)}] {outcome.comment}", *wording.byte_diff(outcome)]
    if isinstance(target, str):
        rows.append(wording.replay_command(outcome.id, target))
    return "\n".join(rows)


def _represented(usual: Callable[..., Any], excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
    """What ``check`` said. pytest would look for source lines first, which nobody sees: 0.1 s a failure or xfail."""
    error = excinfo.value
    told = isinstance(error, pytest.xfail.Exception) or (isinstance(error, pytest.fail.Exception) and not error.pytrace)
    return str(error) if told else usual(excinfo, *args)


_SUITE = pytest.StashKey[_Suite]()


def _suite(config: pytest.Config) -> _Suite:
    """The session's suite. Raises UsageError where the options, or the installation, do not allow one."""
    if _SUITE not in config.stash:
        try:
            config.stash[_SUITE] = _Suite(config)
        except ModuleNotFoundError as error:
            mend = "pip install 'signkit[conformance]'"
            raise pytest.UsageError(f"signkit: {error.name} is not installed. Mend: {mend}") from None
        except ValueError as error:  # CorpusError, BaselineError
            raise pytest.UsageError(f"signkit: {error}") from None
    return config.stash[_SUITE]


# ---- pytest --signkit-target SPEC ----------------------------------------------------------------------------------


class Cases(pytest.Collector):
    """The node above the cases; its id, ``signkit``, begins theirs."""

    def collect(self) -> Sequence[CaseItem]:
        """A test for each chosen case."""
        return [CaseItem.from_parent(self, name=case.id, case=case) for case in _suite(self.config).cases]


class CaseItem(pytest.Item):
    """A case as a test."""

    def __init__(self, *, case: Case, **node: Any) -> None:
        super().__init__(**node)
        self.case = case
        self.add_marker("signkit")

    def runtest(self) -> None:
        """Ask the target of the command line."""
        _suite(self.config).check(self.case, self.config.getoption("--signkit-target"), self.session)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """As ``_represented``."""
        return _represented(super().repr_failure, excinfo, *args)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands in a report."""
        return self.path, None, f"signkit {self.name}"


@pytest.hookimpl(tryfirst=True)  # before -k and -m choose
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the cases, unless a test of the project takes them all upon itself."""
    spec = config.getoption("--signkit-target")
    if spec is None or any(_case_of(item) for item in items):
        return
    _suite(config)  # tells of missing libraries first
    from conformance.targets import TargetError, open_target

    try:
        open_target(spec)
    except TargetError as error:
        raise pytest.UsageError(f"signkit: {error}") from None
    items.extend(Cases.from_parent(session, name="signkit", nodeid="signkit").collect())


# ---- def test_signatures(signkit_case): signkit_case.check() -------------------------------------------------------


class Check:
    """What ``signkit_case`` gives a test: the ``case``, and ``check`` to put it to the target."""

    def __init__(self, case: Case, target: Any, session: pytest.Session) -> None:
        self.case = case
        self._target = target
        self._session = session

    def check(self) -> None:
        """Pass, fail with the reason, or skip what the target does not support."""
        _suite(self._session.config).check(self.case, self._target, self._session)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a case, under the case's id."""
    if "signkit_case" in metafunc.fixturenames:
        try:
            cases = _suite(metafunc.config).cases
        except pytest.UsageError as error:
            raise pytest.Collector.CollectError(str(error)) from None
        marked = [pytest.param(case, id=case.id, marks=pytest.mark.signkit) for case in cases]
        metafunc.parametrize("signkit_case", marked, indirect=True)


@pytest.fixture(scope="session")
def signkit_target(pytestconfig: pytest.Config) -> Any:
    """The target of the command line. A project's own fixture of this name returns its object or specification."""
    spec = pytestconfig.getoption("--signkit-target")
    if spec is None:
        pytest.fail(f"signkit: {_NO_TARGET}", pytrace=False)
    return spec


@pytest.fixture
def signkit_case(request: pytest.FixtureRequest, signkit_target: Any) -> Check:
    """One case of the corpus; call its ``check()``."""
    request.node.repr_failure = partial(_represented, request.node.repr_failure)
    return Check(request.param, signkit_target, request.session)


def _case_of(item: pytest.Item) -> Case | None:
    if isinstance(item, CaseItem):
        return item.case
    callspec = getattr(item, "callspec", None)
    return None if callspec is None else callspec.params.get("signkit_case")


def _cases_of(session: pytest.Session) -> list[Case]:
    """The cases that this session will ask for, each once: a batch need not run those that -k left out."""
    found = {case.id: case for case in map(_case_of, session.items) if case is not None}
    return list(found.values())


# ---- the end -------------------------------------------------------------------------------------------------------

_TROUBLES = pytest.StashKey[list[str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Where pytest-xdist spreads the tests: what a worker has seen, which only the session that started it can tell."""
    seen = getattr(node, "workeroutput", {}).get("signkit")  # none of a worker that died
    if seen is not None:
        _suite(node.config).take(seen)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What is wrong beyond the cases fails the session."""
    suite = session.config.stash.get(_SUITE, None)
    if suite is not None and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["signkit"] = suite.seen()
        return
    troubles = suite.troubles() if suite is not None else []
    session.config.stash[_TROUBLES] = troubles
    if troubles and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell it."""
    troubles = config.stash.get(_TROUBLES, [])
    if troubles:
        terminalreporter.section("signkit")
    for told in troubles:
        terminalreporter.write_line(told, red=True)
