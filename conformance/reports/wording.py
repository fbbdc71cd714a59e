"""Words that several reports share. They quote foreign text as it came: a renderer makes it safe for its format."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from conformance.model import Outcome, Report, Verdict
from conformance.reports.bytediff import lines

JUDGEMENTS = ("headers", "signed = sent", "body", "URL", "ASCII")  # of build, in their order
WORDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.XFAIL: "failed as known",
    Verdict.XPASS: "passed against the baseline",
    Verdict.SKIP: "skipped",
    Verdict.CRASH: "crashed",
    Verdict.TIMEOUT: "timed out",
    Verdict.ERROR: "broke",
    Verdict.PROTOCOL_ERROR: "against the protocol",
    Verdict.NOT_RUN: "not run",
}


def count(number: int, what: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def counts(report: Report) -> str:
    """``2 passed, 5 failed``: the verdicts that occur."""
    told = ", ".join(f"{number} {WORDS[verdict]}" for verdict, number in report.counts.items() if number)
    return told or "no case was run"


def finding(outcome: Outcome) -> str:
    """What is wrong, in one sentence that begins with the stage."""
    told = outcome.diagnosis
    if told is None:
        return "no more is known"
    if outcome.op == "build" and told.stage in JUDGEMENTS:
        return f"build, judgement {JUDGEMENTS.index(told.stage) + 1} of 5 ({told.stage}): {told.sentence}"
    return told.sentence if told.stage == "answer" else f"{told.stage}: {told.sentence}"


def lead(outcome: Outcome) -> str:
    """Its level, and its verdict unless that is a plain failure."""
    return str(outcome.level) if outcome.verdict is Verdict.FAIL else f"{outcome.level}, {outcome.verdict}"


def implementation(report: Report) -> tuple[str, str]:
    """The tested implementation's name with its version, and what it runs on; empty where no handshake came about."""
    who = report.header["target"]["implementation"]
    if who is None:
        return "", ""
    named = str(who["runtime"]).startswith(str(who["language"]))
    runtime = who["runtime"] if named else f"{who['language']} {who['runtime']}".strip()
    return f"{who['name']} {who['version']}".strip(), str(runtime)


def facts(report: Report) -> tuple[str, ...]:
    """What was run: kit, corpus, number of cases, profile."""
    header = report.header
    corpus = header["corpus"]
    return (
        f"signkit {header['kit']}",
        f"corpus {corpus['digest'][:12]}",
        f"{corpus['cases']} of {corpus['of']} cases",
        f"profile {header['profile']}",
    )


def replay(outcome: Outcome, report: Report) -> str:
    """The command that puts the case to the target again, as a shell reads it."""
    return replay_command(outcome.id, report.header["target"]["spec"], vectors(report))


def replay_command(case_id: str, spec: str, vectors: Sequence[str] = ()) -> str:
    """The same for any case; the target is always in quotes, so that it reads as one word."""
    quoted = spec.replace("'", "'\"'\"'")
    files = "".join(f" --vectors {shlex.quote(path)}" for path in vectors)
    return f"signkit replay {shlex.quote(case_id)} '{quoted}'{files}"


def vectors(report: Report) -> Sequence[str]:
    """The vector files that the run was given in place of the shipped ones."""
    found: Sequence[str] = report.header.get("selection", {}).get("vectors", ())
    return found


def byte_diff(outcome: Outcome) -> list[str]:
    """Expected and actual bytes where they first differ, if the diagnosis holds them; ASCII."""
    told = outcome.diagnosis
    return [] if told is None else lines(told.expected, told.actual)


def troubles(report: Report) -> list[str]:
    """What is wrong with the run beyond its cases, each in a sentence."""
    found = list(report.violations)
    if report.end != "complete":
        found.append(f"the run ended early ({report.end})" + (f": {report.problem}" if report.problem else ""))
    if not report.ran and report.end == "complete":
        found.append("no case was put to the target")
    return found
