"""``signkit report``: render a kept event stream, verify and sign reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance import reports
from conformance.cli.options import report_option
from conformance.cli.output import json_option, print_json
from conformance.cli.sources import KEY, PASSWORD, PUBLIC_KEY, Source, naming, one_line
from conformance.events import StreamError
from conformance.files import write_whole
from conformance.reports import Kept, ReportError, matrix, sealing
from conformance.reports.plain import plain
from conformance.reports.wording import count, implementation
from signing_core import PrivateKey, PublicKey

_FILE = click.argument("file", type=click.Path(path_type=Path), metavar="FILE")


@click.group("report")
def report_command() -> None:
    """Render, verify and sign reports that a run has written.

    \b
    signkit run python:conformance.reference:Reference --suite minify-text --report events:run.jsonl
    signkit report render run.jsonl --report junit:junit.xml --report markdown:report.md
    signkit report sign run.jsonl --key my-private-key.pem
    signkit report verify run.jsonl --public-key my-public-key.pem
    """


@report_command.command("render")
@_FILE
@report_option
def render(file: Path, wanted: Sequence[tuple[str, Path | None]]) -> int:
    """Make reports of an event stream that was kept with --report events:FILE.

    \b
    signkit run python:conformance.reference:Reference --suite minify-text --report events:run.jsonl
    signkit report render run.jsonl --report sarif:run.sarif --report badge:badge.svg
    """
    if not wanted:
        raise click.UsageError("name at least one --report FORMAT:FILE")
    events = reports.read(file).events
    if events is None:
        raise ReportError(
            f"{file}: a JSON report does not hold the event stream: render the file of --report events:FILE"
        )
    for name, path in wanted:
        reports.write(name, path, events)
    return 0


@report_command.command("verify")
@_FILE
@click.option(
    "--public-key",
    "key_source",
    callback=PUBLIC_KEY,
    metavar="FILE|-|env:NAME",
    help="The key that must have signed it.",
)
@json_option
def verify(file: Path, key_source: Source | None, as_json: bool) -> int:
    """Check that a report (events, JSON, or a matrix's JSON) is whole, unchanged and, with a key, signed by it.

    Exit code 1 if not.

    \b
    signkit run python:conformance.reference:Reference --suite minify-text \\
        --report json:run.json --sign-report my-private-key.pem
    signkit report verify run.json --public-key my-public-key.pem
    """
    key = None
    if key_source is not None:
        with naming(key_source.name):
            key = PublicKey.from_pem(key_source.data)
    try:
        kept = reports.read(file, several=True)
    except StreamError as error:
        if as_json:
            print_json({"fits": False, "digest": None, "signature": "none", "sentence": str(error)})
        else:
            click.echo(f"does not fit: {plain(str(error))}")
        return 1
    found = sealing.check(kept, key)
    if as_json:
        told = {"fits": found.fits, "digest": kept.digest, "signature": found.signature, "sentence": found.sentence}
        print_json(told)
    else:
        click.echo(f"{'fits' if found.fits else 'does not fit'}: {plain(found.sentence)}")
        click.echo(f"{kept.form} report of {plain(_about(kept))}; digest {kept.digest}")
    return 0 if found.fits else 1


def _about(kept: Kept) -> str:
    if kept.form == "matrix":
        return f"{count(len(kept.runs), 'run')} ({', '.join(kept.runs)}): {matrix.result(kept.runs.values())}"
    return f"{implementation(kept.report)[0] or kept.report.header['target']['spec']}: {kept.report.result}"


@report_command.command("sign")
@_FILE
@click.option("--key", "key_source", callback=KEY, required=True, metavar="FILE|-|env:NAME", help="The private key.")
@click.option("--password", callback=PASSWORD, metavar="FILE|-|env:NAME", help="The private key's password.")
def sign(file: Path, key_source: Source, password: Source | None) -> None:
    """Sign a JSON or events report: the signature is put into the file.

    \b
    signkit run python:conformance.reference:Reference --suite minify-text --report json:run.json
    signkit report sign run.json --key my-private-key.pem
    """
    with naming(key_source.name):
        key = PrivateKey.from_pem(key_source.data, None if password is None else one_line(password))
    reports.read(file, several=True)  # its errors name the file
    try:
        write_whole(file, sealing.sign(file.read_bytes(), key))
    except OSError as error:
        raise ReportError(f"{file}: cannot be written: {error.strerror}; name a file that can be") from None
    click.echo(f"signed {file} with key {key.fingerprint}")
