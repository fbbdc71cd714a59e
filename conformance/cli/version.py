"""``signkit version``: what runs here."""

from __future__ import annotations

import platform
from importlib.metadata import version

import click

from conformance.cli.output import json_option, print_json
from signing_core import backends


@click.command("version")
@click.option("--short", is_flag=True, help="One line.")
@json_option
def version_command(short: bool, as_json: bool) -> None:
    """Tell the versions, the backend in use and why another is not.

    \b
    signkit version
    """
    info = backends.info()
    if as_json:
        print_json({"signkit": version("signkit"), "python": platform.python_version(), **info.as_dict()})
    elif short:
        library = info.openssl if info.backend == "openssl" else info.pyca_openssl
        click.echo(f"signkit {version('signkit')}, backend {info.backend}, {library}")
    else:
        click.echo(f"signkit {version('signkit')} on {platform.python_implementation()} {platform.python_version()}")
        for name, value in info.as_dict().items():
            click.echo(f"  {name.replace('_', ' ')}: {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {text}" for name, text in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
