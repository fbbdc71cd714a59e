"""JUnit XML (valid by ``junit-10.xsd``), for CI systems. It is red exactly where the run's exit code is not 0.

One test suite a suite of the corpus, one test case a case. What the profile does not count is ``skipped`` with its
sentence, as is what the baseline knows. A last suite, ``signkit``, is there only where something is wrong beyond the
cases: a broken protocol, a run that ended early, a stale baseline.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable

from conformance.model import Outcome, Report, Verdict
from conformance.reports import wording
from conformance.reports.plain import plain

_RUN = "signkit"


def render(report: Report) -> bytes:
    """The report as UTF-8 XML. No character of the target's can break it: ``plain`` escapes what XML forbids."""
    root = ET.Element("testsuites", name=plain(wording.implementation(report)[0] or _RUN))
    counted = {outcome.id for outcome in report.counted}
    by_suite: dict[str, list[Outcome]] = {}
    for outcome in report.outcomes:
        by_suite.setdefault(outcome.suite, []).append(outcome)
    for name, outcomes in by_suite.items():
        cases = [_case(outcome, report, outcome.id in counted) for outcome in outcomes]
        suite = _suite(name, cases, report, sum(outcome.seconds for outcome in outcomes))
        root.append(suite)
    if beyond := list(_beyond(report)):
        suite = _suite(_RUN, beyond, report, 0.0)
        if report.stderr.strip():
            ET.SubElement(suite, "system-err").text = plain(report.stderr, newlines=True)
        root.append(suite)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", _seconds(sum(outcome.seconds for outcome in report.outcomes)))
    ET.indent(root, " ")
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _suite(name: str, cases: list[ET.Element], report: Report, seconds: float) -> ET.Element:
    kinds = Counter(child.tag for case in cases for child in case)
    suite = ET.Element(
        "testsuite",
        name=plain(name),
        tests=str(len(cases)),
        failures=str(kinds["failure"]),
        errors=str(kinds["error"]),
        skipped=str(kinds["skipped"]),
        time=_seconds(seconds),
        timestamp=plain(report.header["started"]),
    )
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(report):
        ET.SubElement(properties, "property", name=key, value=plain(value))
    suite.extend(cases)
    return suite


def _properties(report: Report) -> Iterable[tuple[str, str]]:
    header = report.header
    name, runtime = wording.implementation(report)
    yield "result", report.result
    yield "target", header["target"]["spec"]
    yield "implementation", name
    yield "runtime", runtime
    yield "kit", header["kit"]
    yield "profile", header["profile"]
    yield "corpus", header["corpus"]["digest"]
    yield "stream", report.stream


def _case(outcome: Outcome, report: Report, counted: bool) -> ET.Element:
    case = ET.Element(
        "testcase", name=plain(outcome.id), classname=plain(outcome.suite), time=_seconds(outcome.seconds)
    )
    if outcome.verdict.is_bad and counted:
        kind = "failure" if outcome.verdict is Verdict.FAIL else "error"
        told = ET.SubElement(case, kind, type=str(outcome.verdict), message=plain(wording.finding(outcome)))
        told.text = "\n".join(map(plain, _details(outcome, report)))
    elif (why := _why_skipped(outcome, report)) is not None:
        ET.SubElement(case, "skipped", type=str(outcome.verdict), message=plain(why))
    elif outcome.reason is not None:
        ET.SubElement(case, "system-out").text = plain(outcome.reason)
    return case


def _why_skipped(outcome: Outcome, report: Report) -> str | None:
    if outcome.verdict.is_bad:
        profile = report.header["profile"]
        return f"{wording.lead(outcome)}, which profile {profile} does not count: {wording.finding(outcome)}"
    if outcome.verdict is Verdict.XFAIL:
        return f"known: {outcome.reason or 'no reason given'}"
    if outcome.verdict in (Verdict.SKIP, Verdict.NOT_RUN):
        return outcome.diagnosis.sentence if outcome.diagnosis else "the run ended before"
    return None


def _details(outcome: Outcome, report: Report) -> Iterable[str]:
    yield f"{wording.lead(outcome)}: {wording.finding(outcome)}"
    yield f"{outcome.id} [{', '.join(outcome.clauses)}] {outcome.comment}"
    yield from wording.byte_diff(outcome)
    yield wording.replay(outcome, report)


def _beyond(report: Report) -> Iterable[ET.Element]:
    """A test case for each thing that is wrong beyond the cases; each has part in the exit code."""
    found = [("error", "run", told) for told in wording.troubles(report) if report.exit_code]
    found += [("failure", "baseline", told) for told in report.stale]
    if report.result == "partial" and report.exit_code == 1:
        found.append(("failure", "complete", "a case that the document demands did not run, and --complete was asked"))
    for number, (kind, name, told) in enumerate(found, 1):
        case = ET.Element("testcase", name=f"{name} {number}", classname=_RUN, time=_seconds(0))
        ET.SubElement(case, kind, type=name, message=plain(told)).text = plain(told)
        yield case


def _seconds(value: float) -> str:
    return f"{value:.3f}"
