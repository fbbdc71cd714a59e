"""``signkit vectors export``: the cases in the shape that other tools read."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click
import orjson

from conformance.cli.options import selected, selection_options
from conformance.files import write_whole
from conformance.reports.wording import count
from conformance.wycheproof import export


@click.command("export")
@click.option("--format", "shape", type=click.Choice(["wycheproof"]), required=True, help="The shape to write.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Instead of standard output."
)
@selection_options
def export_command(
    shape: str,
    out: Path | None,
    vectors: tuple[Path, ...],
    ids: Sequence[str],
    tags: Sequence[str],
    suites: Sequence[str],
) -> int:
    """Write the verify cases as a test vector file of Project Wycheproof's shape.

    Messages and signatures are raw octets there, so a case about the spelling of the header's text has no place in it;
    how many those are is told on standard error.

    \b
    signkit vectors export --format wycheproof --out rsa_signature_sha256_test.json
    signkit vectors export --format wycheproof --suite signature-defects | head
    """
    corpus, cases = selected(vectors, ids, tags, suites)
    made = export(corpus, cases, version("signkit"))
    tests, groups = made.document["numberOfTests"], len(made.document["testGroups"])
    if not tests:
        raise click.ClickException("none of these cases is a verify case with a raw signature; choose others")
    data = orjson.dumps(made.document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if out is None:
        click.echo(data, nl=False)
    else:
        write_whole(out, data)
    told = f"{count(tests, 'test')} of {count(groups, 'key')}"
    if made.left_out:
        told += f"; left out: {len(made.left_out)} verify cases about the header's text, which have no raw signature"
    click.echo(told, err=True)
    return 0
