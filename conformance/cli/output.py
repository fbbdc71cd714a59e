"""What commands print: JSON for machines, sentences for people, findings on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click
import orjson

from signing_core import lint

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # a lone surrogate, as a target's text may hold: it can only be written as an escape
        data = json.dumps(value, indent=2).encode("ascii") + b"\n"
    click.echo(data, nl=False)


def finding_data(finding: lint.Finding) -> dict[str, Any]:
    """A finding as JSON data."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "place": finding.place,
        "message": finding.message,
        "who": list(finding.who),
        "mend": finding.mend,
        "clause": finding.clause,
    }


def print_findings(findings: Iterable[lint.Finding], *, err: bool) -> None:
    """Each finding in two lines: what and where, then who diverges and the mend."""
    for finding in findings:
        place = "" if finding.place is None else f" at {finding.place}"
        who = f" ({', '.join(finding.who)})" if finding.who else ""
        colour = "red" if finding.severity == "error" else "yellow"
        click.echo(
            f"{click.style(finding.severity, fg=colour)}: {finding.message}{place} [{finding.rule}, {finding.clause}]\n"
            f"    mend: {finding.mend}{who}",
            err=err,
        )
