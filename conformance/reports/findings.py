"""Findings, as Markdown for people: what each implementation accepts, sends and changes that it should not.

A paper to read and to keep in a repository: the same runs make the same bytes, so it holds no times, and no path of the
machine that ran. What a baseline forgives is told like any other failure: it is what the implementation does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.model import Level, Outcome, Report, Verdict
from conformance.reports import wording
from conformance.reports.bytediff import lines
from conformance.reports.plain import plain
from conformance.reports.themes import Kind, Theme, theme

COMMAND = "signkit matrix --shipped --report findings:docs/findings.md"

_LEVELS = list(Level)
_TITLES = {kind: str(kind)[0].upper() + str(kind)[1:] for kind in Kind}
_COLUMNS = {  # of the summary
    Kind.ACCEPTS: "accepts wrongly",
    Kind.TURNS_AWAY: "rejects wrongly",
    Kind.SENDS: "sends other than signed",
    Kind.CHANGES: "changes",
    Kind.TAKES: "takes",
    Kind.REFUSES: "refuses",
    Kind.BREAKS: "breaks",
}
_SHARED = (Kind.ACCEPTS, Kind.SENDS, Kind.CHANGES)  # told once more across all implementations
_DIFFS = {Kind.SENDS: ("sent", "signed"), Kind.CHANGES: ("asked", "sent")}
_BRIEF = (Kind.TAKES, Kind.REFUSES, Kind.BREAKS)
_HARNESS = re.compile(r"[^\s'\"]*/(?=conformance/harnesses/)")  # where the kit lies on the machine that ran
_PYTHON = re.compile(r"^cmd:\S*/python[\d.]*(?=\s)")
_CARET = re.compile(r"\^ byte \d+$")  # an offset changes from run to run where members are free in their order
_UNSAFE = re.compile(r"([\\`*_\[\]<>#|&~])")
_ANCHOR = re.compile(r"[^\w\- ]")
_LONGEST = 200  # characters of one foreign text
_REASONS = 4  # why cases were not asked
_EXAMPLES = 20  # of a fault that the document or a standard rules out


@dataclass(frozen=True, slots=True)
class Finding:
    """One theme of one implementation, with the outcomes that show it; ``must`` ones first, then by id."""

    theme: Theme
    outcomes: tuple[Outcome, ...]

    @property
    def must(self) -> int:
        """How many of them miss what the document or a standard demands."""
        return sum(outcome.level is Level.MUST for outcome in self.outcomes)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The statements and sections that at least half of its cases cite; the most cited one where none is."""
        cited = Counter(clause for outcome in self.outcomes for clause in outcome.clauses).most_common()
        often = [clause for clause, number in cited if 2 * number >= len(self.outcomes)]
        return tuple(often or [clause for clause, _ in cited[:1]])


def found(report: Report) -> dict[Kind, list[Finding]]:
    """A run's findings by kind: all kinds, the gravest finding of each first."""
    themes: dict[Theme, list[Outcome]] = {}
    for outcome in report.outcomes:
        if outcome.verdict.is_bad or outcome.verdict is Verdict.XFAIL:
            themes.setdefault(theme(outcome), []).append(outcome)
    made: dict[Kind, list[Finding]] = {kind: [] for kind in Kind}
    for one, outcomes in themes.items():
        worst_first = sorted(outcomes, key=lambda outcome: (_LEVELS.index(outcome.level), outcome.id))
        made[one.kind].append(Finding(one, tuple(worst_first)))
    for findings in made.values():
        findings.sort(key=lambda finding: (-finding.must, -len(finding.outcomes), finding.theme.label))
    return made


def render(runs: Mapping[str, Report]) -> bytes:
    """The paper over several runs, in their order, in UTF-8. The names are the implementations'."""
    told = {name: found(report) for name, report in runs.items()}
    parts = [_head(runs.values()), *_summary(runs, told), *_across(told)]
    for name, report in runs.items():
        parts += _implementation(name, report, told[name])
    return (re.sub("\n{3,}", "\n\n", "\n".join(parts)).rstrip("\n") + "\n").encode("utf-8")


def _head(reports: Iterable[Report]) -> str:
    kits: dict[str, None] = {}
    corpora: dict[str, None] = {}
    for report in reports:
        corpus = report.header["corpus"]
        kits[f"signkit {report.header['kit']}"] = None
        corpora[f"corpus `{plain(corpus['digest'][:12])}` ({corpus['cases']} of {corpus['of']} cases)"] = None
    return (
        "# Findings\n\n"
        "What implementations do otherwise than the merchant API document and RFC 8017 demand, seen by running them.\n"
        f"Made by {_safe(', '.join(kits))} from {', '.join(corpora)}; do not edit, but make it anew:\n\n"
        f"    {COMMAND}\n\n"
        "**must**: the document or a standard demands it; should: a policy on what the document leaves open. S and P\n"
        "numbers are those of [statements.md](statements.md). `signkit show ID` tells a case whole, and\n"
        "`signkit replay ID TARGET` puts it to an implementation again; its section names the target. These findings\n"
        "are about a library in one version, at its defaults, as its harness uses it; the harness's `baseline.json`\n"
        "holds them with their reasons.\n"
    )


def _summary(runs: Mapping[str, Report], told: Mapping[str, Mapping[Kind, Sequence[Finding]]]) -> Iterable[str]:
    yield "## Summary\n"
    yield "Cases in which an implementation goes wrong, and how many of them are **must**.\n"
    yield "| implementation | version | " + " | ".join(_COLUMNS.values()) + " | not asked |"
    yield "|---|---|" + "---:|" * (len(_COLUMNS) + 1)
    for name, report in runs.items():
        who = report.header["target"]["implementation"] or {}
        cells = [_counted(told[name][kind]) for kind in _COLUMNS]
        link = f"[{_safe(name)}](#{_anchor(name)})"
        unasked = str(len(_unasked(report)) or "")
        yield "| " + " | ".join([link, _safe(str(who.get("version", ""))), *cells, unasked]) + " |"
    yield ""
    yield from _verifiers(runs)


def _counted(findings: Sequence[Finding]) -> str:
    total = sum(len(finding.outcomes) for finding in findings)
    must = sum(finding.must for finding in findings)
    return "" if not total else f"{total} (**{must}**)" if must else str(total)


def _across(told: Mapping[str, Mapping[Kind, Sequence[Finding]]]) -> Iterable[str]:
    """Each fault with all who have it, the most widespread first."""
    for kind in _SHARED:
        who: dict[str, list[tuple[str, Finding]]] = {}
        for name, by_kind in told.items():
            for finding in by_kind[kind]:
                who.setdefault(finding.theme.label, []).append((name, finding))
        if not who:
            continue
        yield f"## Who {kind}\n"
        yield "| what | who, in how many cases | statements | a case |"
        yield "|---|---|---|---|"
        gravest = sorted(who.items(), key=lambda row: (-_musts(row[1]), -len(row[1]), row[0]))
        for label, rows in gravest:
            names = ", ".join(f"{_safe(name)} {_counted([finding])}" for name, finding in rows)
            _, first = max(rows, key=lambda row: row[1].must)
            yield f"| {_safe(label)} | {names} | {_clauses(first.clauses)} | {_code(first.outcomes[0].id)} |"
        yield ""


def _musts(rows: Sequence[tuple[str, Finding]]) -> int:
    return sum(finding.must > 0 for _, finding in rows)


def _implementation(name: str, report: Report, told: Mapping[Kind, Sequence[Finding]]) -> Iterable[str]:
    yield f"## {_safe(name)}\n"
    yield from _facts(report)
    yield f"As a verifier: {_Verifier.of(report).sentence}\n"
    if not any(told.values()) and report.ran:
        yield "It passes every case that was put to it.\n"
    for kind in _COLUMNS:
        findings = told[kind]
        if not findings:
            continue
        number = wording.count(sum(len(finding.outcomes) for finding in findings), "case")
        must = sum(finding.must for finding in findings)
        yield f"### {_TITLES[kind]}: {number}{f', {must} of them must' if must else ''}\n"
        for finding in findings:
            yield from _told(finding)
        yield ""


def _facts(report: Report) -> Iterable[str]:
    who, runtime = wording.implementation(report)
    spec = _PYTHON.sub("cmd:python", _HARNESS.sub("", report.header["target"]["spec"]))
    yield f"{_safe(who)} on {_safe(runtime)}, as {_code(spec)}.\n" if who else f"{_code(spec)}\n"
    if report.end != "complete":
        yield f"The run ended early ({_safe(report.end)}): {_safe(report.problem or 'what follows is not all')}.\n"
    unasked = Counter(o.diagnosis.sentence if o.diagnosis else "no reason is told" for o in _unasked(report))
    reasons = [f"in {wording.count(number, 'case')}, for {_safe(why)}" for why, number in unasked.most_common(_REASONS)]
    if left := sum(number for _, number in unasked.most_common()[_REASONS:]):
        reasons.append(f"in {wording.count(left, 'case')} for other reasons")
    if reasons:
        yield f"Not asked {'; '.join(reasons)}.\n"


def _unasked(report: Report) -> list[Outcome]:
    return [outcome for outcome in report.outcomes if outcome.verdict in (Verdict.SKIP, Verdict.NOT_RUN)]


@dataclass(frozen=True, slots=True)
class _Verifier:
    """How a run judged signatures: how many, how many of them wrongly, and against the document or a standard."""

    judged: int
    wrong: int
    must: int

    @classmethod
    def of(cls, report: Report) -> _Verifier:
        ran = [o for o in report.outcomes if o.op == "verify" and o.verdict not in (Verdict.SKIP, Verdict.NOT_RUN)]
        wrong = [o for o in ran if o.verdict.is_bad or o.verdict is Verdict.XFAIL]
        return cls(len(ran), len(wrong), sum(o.level is Level.MUST for o in wrong))

    @property
    def kind(self) -> str:
        if not self.judged:
            return "not asked"
        return "not sound" if self.must else "lax" if self.wrong else "clean"

    @property
    def sentence(self) -> str:
        judged = wording.count(self.judged, "signature")
        return {
            "not asked": "not asked.",
            "clean": f"**clean**. It judged {judged} and was right each time.",
            "lax": f"sound but lax. It judged {judged}, none against the document or RFC 8017, and {self.wrong} "
            "otherwise than the policies have it.",
            "not sound": f"**not sound**. It judged {judged}, {self.wrong} of them wrongly, and {self.must} of these "
            "against the document or RFC 8017.",
        }[self.kind]


_VERIFIERS = {
    "clean": "Clean, right about every signature",
    "lax": "Sound, but lax where policies are strict",
    "not sound": "Not sound, against the document or RFC 8017",
    "not asked": "Not asked",
}


def _verifiers(runs: Mapping[str, Report]) -> Iterable[str]:
    kinds = {name: _Verifier.of(report).kind for name, report in runs.items()}
    yield "As verifiers:\n"
    for kind, told in _VERIFIERS.items():
        names = [_safe(name) for name, other in kinds.items() if other == kind]
        if names:
            yield f"- {told}: {', '.join(names)}."
    yield ""


def _told(finding: Finding) -> Iterable[str]:
    first, kind = finding.outcomes[0], finding.theme.kind
    number = wording.count(len(finding.outcomes), "case")
    level = f"**{finding.must} must**" if finding.must else str(first.level)
    label = _safe(finding.theme.label[:1].upper() + finding.theme.label[1:])
    about = f"- {label} ({'; '.join(filter(None, (f'{number}, {level}', _clauses(finding.clauses))))})"
    if kind in _BRIEF or (kind is Kind.ACCEPTS and label.startswith("A header ")):  # the label says it all
        yield f"{about}, such as {_code(first.id)}."
        return
    yield f"{about}."
    apart: dict[str, Outcome] = {}
    for outcome in finding.outcomes:
        apart.setdefault(outcome.comment, outcome)
    shown = list(apart.values())[: _EXAMPLES if finding.must and kind is Kind.ACCEPTS else 1]
    yield from (f"  - {_code(outcome.id)}: {_safe(outcome.comment)}" for outcome in shown)
    told, names = first.diagnosis, _DIFFS.get(kind)
    rows = [_CARET.sub("^", row) for row in lines(told.expected, told.actual, names)] if told and names else []
    if rows:
        yield from ("", "    ```text", *(f"    {row}".rstrip() for row in rows), "    ```", "")


def _clauses(clauses: Sequence[str]) -> str:
    return ", ".join(map(_safe, clauses))


def _anchor(name: str) -> str:
    """What GitHub makes of a heading."""
    return _ANCHOR.sub("", name.lower()).replace(" ", "-")


def _safe(text: str) -> str:
    """Foreign text that makes no markup."""
    return _UNSAFE.sub(r"\\\1", _cut(plain(text)))


def _code(text: str) -> str:
    """Foreign text as code; in a table, too."""
    told = _cut(plain(text)).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", told)), default=0))
    edge = " " if "`" in told else ""
    return f"{fence}{edge}{told}{edge}{fence}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
