"""A run of ``signkit fuzz`` as its user sees it: findings as they come, progress, the sum, the exit code.

Needs hypothesis, so it is imported when the command runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

import click
from rich.console import Console

from conformance.cli.interrupts import INTERRUPTS
from conformance.cli.output import print_json
from conformance.fuzz import telling
from conformance.fuzz.asks import Ask
from conformance.fuzz.differential import Hunt, Options, Result
from conformance.fuzz.findings import Finding
from conformance.fuzz.panel import Panel, PanelError
from conformance.fuzz.store import Kept, Store, StoreError
from conformance.model import Case, Key
from conformance.reports.plain import plain

TICK = 10.0  # seconds between lines of progress where there is no terminal


class Run:
    """One run. ``found`` are its findings so far; those that could not be kept in the corpus folder are among them."""

    def __init__(
        self, targets: Sequence[str], keys: Mapping[str, Key], options: Options, store: Store, as_json: bool
    ) -> None:
        self.targets = targets
        self.keys = keys
        self.options = options
        self.store = store
        self.as_json = as_json
        self.found: list[Finding] = []
        self.unkept: list[str] = []  # why a finding could not be kept
        self._told: set[tuple[str, ...]] = set()
        self._began = self._ticked = monotonic()
        self._console = Console(stderr=True, highlight=False)

    def run(
        self,
        kept: Sequence[Kept],
        forgiven: Sequence[tuple[str, Sequence[Case]]],
        timeout: float,
        start_timeout: float,
        complaints: Sequence[str],
    ) -> int:
        """The exit code, when all is told. ``forgiven``: names of targets, and the cases that they may fail."""
        result, names, violations = Result(), list[tuple[str, str]](), list[str]()
        INTERRUPTS.reporting = True  # a first signal is noted, and the hunt ends itself
        try:
            with Panel(self.targets, self.keys, timeout, start_timeout, lambda: INTERRUPTS.noted) as panel:
                hunt = Hunt(panel, self.keys, self.options, self.tell, self.progress)
                if not hunt.pairs:
                    click.echo("signkit: no target supports what --op and --form leave", err=True)
                    return 5
                known = {member.implementation for member in panel.members}
                for name in sorted({name for name, _ in forgiven} - known):
                    told = f"a baseline is {plain(name)}'s, which is no target here: it forgives nothing"
                    click.echo(f"signkit: {told}", err=True)
                asks = [(name, [Ask(case.op, case.input) for case in cases]) for name, cases in forgiven]
                result = hunt.run(kept, asks)
                names = [(member.name, member.version) for member in panel.members[:-1]]
                violations = list(panel.violations)
        except PanelError as error:
            result.end, result.problem = "target-gone", str(error)
        code = 2 if self.unkept else _exit_code(result, violations)
        if self.as_json:
            print_json(self._data(result, names, violations, complaints, code))
        elif names:
            self._sum(result, violations)
        if result.problem is not None:
            click.echo(f"signkit: {result.problem}", err=True)
        if self.unkept:
            click.echo(f"signkit: {len(self.unkept)} findings were told but not kept: {self.unkept[0]}", err=True)
        return code

    def tell(self, finding: Finding) -> None:
        """Show a finding, in full or in a line where only the form is another, and keep it."""
        self.found.append(finding)
        try:
            self.store.save(finding)
        except StoreError as error:
            self.unkept.append(str(error))
        if self.as_json:
            return
        rows = [telling.briefly(finding)] if finding.way in self._told else telling.lines(finding)
        self._told.add(finding.way)
        click.echo("\n".join(rows) + "\n")

    def progress(self, result: Result) -> None:
        """Where standard error is a terminal, one line that is written over; else a line now and then."""
        now = monotonic()
        terminal = self._console.is_terminal
        if now - self._ticked < (0.2 if terminal else TICK):
            return
        self._ticked = now
        spent = now - self._began
        told = f"{result.examples} examples, {result.examples / spent:.0f} a second, {len(result.findings)} findings"
        click.echo(f"\r{told}\x1b[K\r" if terminal else told, err=True, nl=not terminal)

    def _sum(self, result: Result, violations: Sequence[str]) -> None:
        for sentence in violations:
            click.echo(f"violation: {sentence}")
        for file in result.mended:
            click.echo(f"mended: {self.store.folder / file} is answered rightly now; delete it")
        ended = "" if result.end == "complete" else f", {result.end}"
        known = f", {len(result.again)} known ones still there" if result.again else ""
        known += f", {len(result.forgiven)} forgiven by the baseline" if result.forgiven else ""
        number = len(result.findings)
        new = f"{number} new disagreement{'' if number == 1 else 's'}"
        click.echo(f"{new}{known}; {telling.rate(result)}, seed {self.options.seed}{ended}")
        if result.findings and not self.unkept:
            click.echo(f"kept in {self.store.folder}; --promote FILE makes vectors of them")

    def _data(
        self,
        result: Result,
        names: Sequence[tuple[str, str]],
        violations: Sequence[str],
        complaints: Sequence[str],
        code: int,
    ) -> dict[str, Any]:
        return {
            "targets": [{"name": name, "version": told} for name, told in names],
            "seed": self.options.seed,
            "examples": result.examples,
            "seconds": round(result.seconds, 3),
            "end": result.end,
            "problem": result.problem,
            "findings": [telling.data(finding) for finding in result.findings.values()],
            "known": [telling.data(finding) for finding in result.again.values()],
            "mended": result.mended,
            "forgiven": [list(way) for way in sorted(result.forgiven)],
            "violations": list(violations),
            "skipped_files": list(complaints),
            "exit_code": code,
        }


def _exit_code(result: Result, violations: Sequence[str]) -> int:
    if result.end == "interrupted":
        return 130
    if result.end == "target-gone":
        return 3
    return 1 if result.findings or result.again or violations else 0
