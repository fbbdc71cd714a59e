"""``signkit init LANG DIR``: a harness to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.scaffold import ScaffoldError, languages, scaffold, write


@click.command("init")
@click.argument("language", metavar="LANG", type=click.Choice(list(languages())))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init_command(language: str, folder: Path) -> None:
    """Write a harness to fill in, for an implementation of your own in LANG, into DIR.

    It runs at once: handshake and keys are done, each op is an example to replace. LANG is one of csharp, go, java,
    node, perl, php, python, ruby, shell. No file is ever written over.

    \b
    signkit init node my-harness
    """
    made = scaffold(language, folder)
    try:
        write(made, folder)
    except ScaffoldError as error:
        raise click.ClickException(str(error)) from None
    marked = " and ".join(name for name, text in made.files.items() if "yours:" in text and name != "README.md")
    click.echo(f"written: {', '.join(str(folder / name) for name in made.files)}")
    click.echo(
        f'next:\n  1. signkit doctor "{made.target}"\n'
        f"     it answers already; its example needs: {made.install}\n"
        f"  2. in {marked}, replace the example after each line marked yours:, and delete the line\n"
        "  3. name what you have written in supports, in the answer to hello, and run doctor again\n"
        f'  4. signkit run "{made.target}"'
    )
