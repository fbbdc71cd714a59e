"""``signkit minify`` and ``signkit lint``."""

from __future__ import annotations

import base64
import re
import sys

import click

from conformance.cli.output import finding_data, json_option, print_findings, print_json
from conformance.cli.sources import TEXT, Source, naming, read_source
from signing_core import canonical, lint

_URL = re.compile(r"\s*[a-z][a-z0-9+.-]*:/", re.IGNORECASE)  # right or wrong; a file of such a name is ./NAME
_HOW = "give a file, - for standard input, or a URL that begins with https://"


@click.command("minify")
@click.argument("text", callback=TEXT, metavar="FILE|-")
@json_option
def minify_command(text: Source, as_json: bool) -> None:
    """Remove the whitespace outside strings, and nothing else (P4, P42).

    \b
    signkit minify body.json > body.min.json
    printf '{"city": "Oslo",  "zip": "0578"}' | signkit minify -
    """
    with naming(text.name):
        value = canonical.minify(text.data)
    if as_json:
        print_json({"value": base64.b64encode(value).decode(), "removed": len(text.data) - len(value)})
    else:
        sys.stdout.buffer.write(value)


@click.command("lint")
@click.argument("text", metavar="FILE|-|URL")
@json_option
def lint_command(text: str, as_json: bool) -> int:
    """Tell what other encoders, clients and verifiers would change; exit 1 where it cannot be signed.

    \b
    signkit lint body.json
    printf '{"amount":150.20}' | signkit lint -
    signkit lint "https://host.example/transactions/?name=O'Brien"
    """
    if _URL.match(text):
        findings = lint.url(text)
    else:
        findings = lint.json(read_source(text, "the text", secret=False, how=_HOW).data)
    errors = sum(1 for f in findings if f.severity == "error")
    if as_json:
        print_json({"errors": errors, "findings": [finding_data(f) for f in findings]})
    else:
        print_findings(findings, err=False)
        click.echo(
            f"{errors} errors, {len(findings) - errors} warnings" if findings else "nothing to say: it will survive"
        )
    return 1 if errors else 0
