"""Options that several commands share: which cases, and from which vector files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.corpus import load, select
from conformance.model import Case, Corpus

Command = TypeVar("Command", bound=Callable[..., Any])


class _Seconds(click.FloatRange):
    """A deadline: neither infinite, for nothing may hang, nor nan, which is less than no number."""

    name = "number of seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        return self.fail(f"{value} is no number of seconds.", param, ctx) if isnan(seconds) else seconds


SECONDS = _Seconds(0.01, 86_400)


vectors_option = click.option(
    "--vectors",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="PATH",
    help="Vector files or folders instead of the shipped ones (repeatable).",
)


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
