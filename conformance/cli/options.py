"""Options that several commands share: which cases, from which vector files, and which reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance import reports
from conformance.cli.outputs import writable
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


def reports_option(*formats: str) -> Callable[[Command], Command]:
    """``--report`` of these formats, as (format, path) pairs; the path is None for standard output."""

    def read(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[tuple[str, Path | None], ...]:
        wanted = []
        for value in values:
            name, _, file = value.partition(":")
            if not file or name not in formats:
                raise click.BadParameter(f"{value!r} is not FORMAT:FILE with FORMAT one of {', '.join(formats)}")
            wanted.append((name, None if file == "-" else writable(ctx, param, Path(file))))
        return tuple(wanted)

    return click.option(
        "--report",
        "wanted",
        callback=read,
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


def chosen(
    vectors: Sequence[Path], ids: Sequence[str], tags: Sequence[str], suites: Sequence[str]
) -> dict[str, list[str]]:
    """The same as a run's header tells it. ``vectors`` is there only where others than the shipped ones were named."""
    told = {"ids": list(ids), "tags": list(tags), "suites": list(suites)}
    return {**told, "vectors": [str(path) for path in vectors]} if vectors else told


def selected(
    vectors: Sequence[Path], ids: Sequence[str], tags: Sequence[str], suites: Sequence[str]
) -> tuple[Corpus, tuple[Case, ...]]:
    """The corpus and the cases asked for. CorpusError names an id, tag or suite that does not exist."""
    corpus = load(list(vectors) or None)
    return corpus, select(corpus, ids=ids, tags=tags, suites=suites)
