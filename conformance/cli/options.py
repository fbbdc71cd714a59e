"""Options that several commands share: which cases, from which vector files, and which reports."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance import reports
from conformance.corpus import load, select
from conformance.model import Case, Corpus

Command = TypeVar("Command", bound=Callable[..., Any])


vectors_option = click.option(
    "--vectors",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="PATH",
    help="Vector files or folders instead of the shipped ones (repeatable).",
)


def _reports(values: Sequence[str], formats: Sequence[str]) -> tuple[tuple[str, Path | None], ...]:
    """``FORMAT:FILE`` as (format, path), path None for standard output; refused before the run where the file could not
    be written after it."""
    wanted = []
    for value in values:
        name, _, file = value.partition(":")
        if not file or name not in formats:
            raise click.BadParameter(f"{value!r} is not FORMAT:FILE with FORMAT one of {', '.join(formats)}")
        path = None if file == "-" else Path(file)
        if path is not None:
            folder = path.resolve().parent
            if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
                raise click.BadParameter(
                    f"cannot write {file!r}: name a file in a folder that exists and can be written"
                )
        wanted.append((name, path))
    return tuple(wanted)


def reports_option(*formats: str) -> Callable[[Command], Command]:
    """``--report`` of these formats."""
    return click.option(
        "--report",
        "wanted",
        callback=lambda ctx, param, values: _reports(values, formats),
        multiple=True,
        metavar="FORMAT:FILE",
        help=f"Write a report: {', '.join(formats)} (repeatable).",
    )


report_option = reports_option(*reports.FORMATS)


def selection_options(command: Command) -> Command:
    """``--id --tag --suite --vectors``."""
    for option in reversed(
        (
            click.option(
                "--id", "ids", multiple=True, metavar="GLOB", help="Only these cases (repeatable; * and ? match)."
            ),
            click.option(
                "--tag", "tags", multiple=True, metavar="FLAG", help="Only cases with this flag (repeatable)."
            ),
            click.option("--suite", "suites", multiple=True, metavar="NAME", help="Only this suite (repeatable)."),
            vectors_option,
        )
    ):
        command = option(command)
    return command


def selected(
    vectors: Sequence[Path], ids: Sequence[str], tags: Sequence[str], suites: Sequence[str]
) -> tuple[Corpus, tuple[Case, ...]]:
    """The corpus and the cases asked for. CorpusError names an id, tag or suite that does not exist."""
    corpus = load(list(vectors) or None)
    return corpus, select(corpus, ids=ids, tags=tags, suites=suites)
