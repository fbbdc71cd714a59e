"""``signkit doctor TARGET``: does the harness work at all? The handshake and ten operations, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import click

from conformance.cli.options import SECONDS, selected
from conformance.cli.output import json_option, print_json
from conformance.events import fold
from conformance.model import FORMS, OPS, Case, Level, Outcome, Report, Verdict
from conformance.runner import RunOptions, run
from conformance.targets.roundtrip import round_trips

_WORDS = {
    "message": "prepare the message of form {form}",
    "sign": "sign form {form}",
    "verify": "verify form {form}",
    "minify": "minify a body",
    "load_key": "load a key",
    "build": "build, sign and send form {form}",
}


@click.command("doctor")
@click.argument("target")
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, metavar="SECONDS", help="For one op.")
@json_option
def doctor_command(target: str, timeout: float, as_json: bool) -> int:
    """Shake hands with TARGET and try ten operations that any right implementation passes.

    What a round trip takes (noop, one at a time) is told for information, and is no part of the verdict.

    \b
    signkit doctor python:conformance.reference:Reference
    signkit doctor "cmd:node harness.mjs"
    """
    corpus, cases = selected((), (), (), ())
    chosen = ten(cases)
    options = RunOptions(timeout=timeout)
    report = fold(run(corpus, chosen, target, options, lambda event: None))
    trips = [] if report.problem else round_trips(target, options.timeout, options.start_timeout)
    if as_json:
        print_json(
            {
                "target": report.header["target"],
                "steps": [
                    {"id": o.id, "op": o.op, "form": o.form, "verdict": o.verdict, "sentence": _why(o)}
                    for o in report.outcomes
                ],
                "noop": {"seconds": median(trips), "count": len(trips)} if trips else None,
                "problem": report.problem,
                "exit_code": report.exit_code,
            }
        )
    else:
        _tell(report, trips)
    return report.exit_code


def ten(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Ten positive ``must`` cases: each op in turn, over as many forms as fit."""
    good = [c for c in cases if c.level is Level.MUST and c.differs_from is None and not {"refused"} & set(c.expect)]
    good = [c for c in good if c.expect.get("valid", True)]
    chosen: dict[str, Case] = {}
    for turn in range(len(FORMS)):
        for op in OPS:
            of_op = [c for c in good if c.op == op]
            form = FORMS[turn]
            fitting = [c for c in of_op if c.form in (form, None)]
            if fitting and (fitting[0].form is not None or turn == 0):
                chosen.setdefault(fitting[0].id, fitting[0])
    return tuple(chosen.values())[:10]


def _tell(report: Report, trips: Sequence[float]) -> None:
    target = report.header["target"]
    who = target["implementation"]
    if who is None:
        click.echo(f"BAD  handshake: {report.problem}")
        _tell_violations(report)
        return
    click.echo(f"ok   handshake: {who['name']} {who['version']} ({who['language']}, {who['runtime']})")
    supports = target["supports"]
    click.echo(f"     it says it can: {', '.join(op for op in OPS if supports.get(op))}")
    if trips:
        one = median(trips)
        click.echo(f"     a round trip (noop) takes {1e6 * one:.0f} µs, one at a time: {1 / one:.0f} a second")
    for name, sentence in report.refused_keys.items():
        click.echo(f"BAD  key {name!r}: {sentence}")
    for outcome in report.outcomes:
        mark = {Verdict.PASS: "ok  ", Verdict.SKIP: "--  "}.get(outcome.verdict, "BAD ")
        click.echo(f"{mark} {_WORDS[outcome.op].format(form=outcome.form)}{_why(outcome) and ': ' + _why(outcome)}")
    _tell_violations(report)
    if report.problem:
        click.echo(f"BAD  {report.problem}")
    if report.exit_code == 0:
        click.echo("\nThe harness works. Next: signkit run with the same target.")
    elif not supports and not report.problem:
        click.echo("\nThe handshake works, and no op is declared. Next: write one, name it in supports, try again.")


def _tell_violations(report: Report) -> None:
    for sentence in dict.fromkeys(report.violations):
        click.echo(f"BAD  protocol: {sentence}")


def _why(outcome: Outcome) -> str:
    if outcome.verdict is Verdict.PASS:
        return ""
    return outcome.diagnosis.sentence if outcome.diagnosis else str(outcome.verdict)
