"""``signkit vectors``: the vector files themselves."""

from __future__ import annotations

import click

from conformance.cli.vectors_export import export_command
from conformance.cli.vectors_generate import generate_command


@click.group("vectors")
def vectors_command() -> None:
    """Make cases for your own key, or export cases for other tools.

    \b
    signkit keys generate --out my-private-key.pem
    signkit vectors generate --key my-private-key.pem --out own-key.json
    signkit vectors export --format wycheproof --out rsa_signature_sha256_test.json
    """


vectors_command.add_command(export_command)
vectors_command.add_command(generate_command)
