"""``signkit vectors generate``: the edge cases of signatures, made for a key of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.cli.sources import KEY, PASSWORD, Source, naming, one_line
from conformance.files import write_whole
from conformance.own_vectors import make
from signing_core import PrivateKey


@click.command("generate")
@click.option(
    "--key", "key_source", callback=KEY, required=True, metavar="FILE|-|env:NAME", help="The private test key."
)
@click.option("--password", callback=PASSWORD, metavar="FILE|-|env:NAME", help="The key's password, if it has one.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Instead of standard output."
)
@click.option("--include-private", is_flag=True, help="Write the private key too, and cases that sign with it.")
def generate_command(key_source: Source, password: Source | None, out: Path | None, include_private: bool) -> int:
    """Make the edge cases of signatures and header values for your own test key, as a vector file.

    Malformed encoded messages, wrong lengths and numbers, lenient spellings of the header: what a verifier must refuse,
    signed by your key. Use a key that protects nothing, for the file holds signatures that other schemes would accept.
    The private key stays out of the file unless --include-private says otherwise.

    \b
    signkit keys generate --out my-private-key.pem
    signkit vectors generate --key my-private-key.pem --out own-key.json
    signkit run python:conformance.reference:Reference --vectors own-key.json
    """
    with naming(key_source.name):
        key = PrivateKey.from_pem(key_source.data, None if password is None else one_line(password))
    if include_private and out is None:
        raise click.UsageError("--include-private writes a secret, so it needs --out FILE, a file for you alone")
    data = make(key, include_private=include_private)
    if out is None:
        click.echo(data, nl=False)
    else:
        write_whole(out, data, 0o600 if include_private else 0o666)
    click.echo(f"{len(json.loads(data)['cases'])} cases for the key {key.fingerprint}", err=True)
    return 0
