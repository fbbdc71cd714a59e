"""``signkit vectors``: the vector files themselves."""

from __future__ import annotations

import click

from conformance.cli.vectors_export import export_command


@click.group("vectors")
def vectors_command() -> None:
    """Export the cases for other tools.

    \b
    signkit vectors export --format wycheproof --out rsa_signature_sha256_test.json
    """


vectors_command.add_command(export_command)
