"""Markdown for a pull request: the result, a table, the failures folded; at most 60 KB, what is left out is counted.

Foreign text stands in ``<code>`` with every special character as an entity, or in a fence longer than any in it: it can
neither make markup nor call people by an @.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from conformance.model import Outcome, Report, Verdict
from conformance.reports import wording
from conformance.reports.groups import Group, grouped
from conformance.reports.plain import plain

LIMIT = 60 * 1024  # bytes; GitHub takes 65 536 characters a comment
_TAIL = 256  # bytes kept free for the line that counts what was left out
_LONG = 400  # characters of one foreign text
_SUITES = 40  # rows of the table
_CASES = 12  # ids listed of one finding
_NOTES = 12
_SIGNS = {"conformant": "✅", "partial": "🟡", "not conformant": "❌"}
_COLUMNS = (Verdict.PASS, Verdict.FAIL, Verdict.XFAIL, Verdict.XPASS, Verdict.SKIP, Verdict.NOT_RUN)
_ALIKE = {Verdict.CRASH: Verdict.FAIL, Verdict.TIMEOUT: Verdict.FAIL, Verdict.ERROR: Verdict.FAIL}
_ALIKE[Verdict.PROTOCOL_ERROR] = Verdict.FAIL


def render(report: Report) -> bytes:
    """The report as Markdown in UTF-8."""
    blocks = [_head(report), _table(report), *_notes(report)]
    size = sum(len(block.encode()) + 1 for block in blocks)
    groups = grouped(report.failures)
    shown = 0
    for group in groups:
        block = _group(group, report)
        size += len(block.encode()) + 1
        if size > LIMIT - _TAIL:
            break
        blocks.append(block)
        shown += 1
    if rest := groups[shown:]:
        left = wording.count(sum(len(group.outcomes) for group in rest), "case")
        blocks.append(f"and {len(rest)} more ({left}): the JSON report tells all\n")
    return "\n".join(blocks).encode()


def _head(report: Report) -> str:
    name, runtime = wording.implementation(report)
    who = " on ".join(_code(text) for text in (name, runtime) if text) or _code(report.header["target"]["spec"])
    told = wording.counts(report)
    uncounted = len(report.failures) - len(report.counted)
    if uncounted:
        told += (
            f"; {uncounted} of the failures at a level that profile {_code(report.header['profile'])} does not count"
        )
    return (
        f"### {_SIGNS[report.result]} signkit: {report.result}\n\n{who}: {told}\n\n"
        f"<sub>{_inert(', '.join(wording.facts(report)))}</sub>\n"
    )


def _table(report: Report) -> str:
    """Suites with something to tell; the others in one row."""
    by_suite: dict[str, Counter[Verdict]] = {}
    for outcome in report.outcomes:
        verdict = _ALIKE.get(outcome.verdict, outcome.verdict)
        by_suite.setdefault(outcome.suite, Counter())[verdict] += 1
    columns = [v for v in _COLUMNS if any(counts[v] for counts in by_suite.values())]
    if not columns:
        return ""
    told = {name: counts for name, counts in by_suite.items() if counts.keys() != {Verdict.PASS}}
    worst = sorted(told, key=lambda name: -told[name][Verdict.FAIL])[:_SUITES]
    rows = [(_code(name), by_suite[name]) for name in by_suite if name in worst]
    others = [counts for name, counts in by_suite.items() if name not in worst]
    if others:
        what = wording.count(len(others), "other suite" if rows else "suite")
        rows.append((what, sum(others, start=Counter())))
    lines = [f"| suite | {' | '.join(map(str, columns))} |", f"|---|{'---:|' * len(columns)}"]
    lines += [f"| {name} | {' | '.join(str(counts[v] or '') for v in columns)} |" for name, counts in rows]
    return "\n".join(lines) + "\n"


def _notes(report: Report) -> Iterable[str]:
    """What is wrong or worth knowing beyond the failures, as a list."""
    notes = [("run", told) for told in wording.troubles(report)]
    notes += [("stale baseline", told) for told in report.stale]
    notes += [("key", f"{name} could not be used: {why}") for name, why in report.refused_keys.items()]
    notes += [("restart", f"{number} x {told}") for told, number in Counter(report.restarts).most_common()]
    known = Counter(o.reason or "no reason given" for o in report.outcomes if o.verdict is Verdict.XFAIL)
    notes += [("known", f"{wording.count(number, 'case')}: {why}") for why, number in known.most_common()]
    lucky = Counter(o.reason for o in report.outcomes if o.verdict is Verdict.PASS and o.reason)
    notes += [("passed", f"{wording.count(number, 'case')}: {why}") for why, number in lucky.most_common()]
    if not notes:
        return
    lines = [f"- {label}: {_code(told)}" for label, told in notes[:_NOTES]]
    if len(notes) > _NOTES:
        lines.append(f"- and {len(notes) - _NOTES} more notes")
    yield "\n".join(lines) + "\n"


def _group(group: Group, report: Report) -> str:
    first = group.first
    number = wording.count(len(group.outcomes), "case")
    lines = [f"{first.id} [{', '.join(first.clauses)}] {_cut(first.comment)}"]
    lines += wording.byte_diff(first)
    lines.append(wording.replay(first, report))
    lines += _others(group.outcomes)
    text = "\n".join(map(plain, lines))
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    summary = f"<b>{wording.lead(first)}</b>, {number}: {_code(group.headline)}"
    return f"<details><summary>{summary}</summary>\n\n{fence}text\n{text}\n{fence}\n\n</details>\n"


def _others(outcomes: tuple[Outcome, ...]) -> list[str]:
    rest = outcomes[1:]
    if not rest:
        return []
    more = [f"and {len(rest) - _CASES} more"] if len(rest) > _CASES else []
    return ["", "also:", *(f"  {outcome.id}" for outcome in rest[:_CASES]), *(f"  {line}" for line in more)]


def _code(text: str) -> str:
    return f"<code>{_inert(text)}</code>"


def _inert(text: str) -> str:
    """Text without markup, mention or link: an entity never makes structure in Markdown."""
    return "".join(char if char.isalnum() or char in " ,;()+=-'" else f"&#{ord(char)};" for char in _cut(plain(text)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
