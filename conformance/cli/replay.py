"""``signkit replay ID TARGET``: one case, told in full."""

from __future__ import annotations

from pathlib import Path

import click

from conformance import reports
from conformance.cli.corpus import print_case
from conformance.cli.options import SECONDS, chosen, selected, vectors_option
from conformance.cli.output import json_option
from conformance.cli.screen import console
from conformance.corpus import select
from conformance.events import fold
from conformance.runner import RunOptions, run


@click.command("replay")
@click.argument("case_id", metavar="ID")
@click.argument("target")
@vectors_option
@click.option("--timeout", type=SECONDS, default=10.0, show_default=True, metavar="SECONDS", help="For the op.")
@json_option
def replay_command(case_id: str, target: str, vectors: tuple[Path, ...], timeout: float, as_json: bool) -> int:
    """Put one case to TARGET again, and show what goes in, what must come out, and what came.

    \b
    signkit replay request/post-with-body/doc "cmd:php harness.php"
    """
    corpus, _ = selected(vectors, (), (), ())
    cases = select(corpus, ids=(case_id,))
    options = RunOptions(timeout=timeout, selection=chosen(vectors, (case_id,), (), ()))
    events = run(corpus, cases, target, options, lambda event: None)
    if as_json:
        reports.write("json", None, events)
    else:
        for case in cases:
            print_case(case, corpus)
        reports.show(fold(events), console())
    return fold(events).exit_code
