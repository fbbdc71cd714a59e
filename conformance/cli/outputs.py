"""Where reports go: seen to be writable before the run, each to its own place, and all written even if one fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from conformance.baseline import BaselineError
from conformance.reports import ReportError


def writable(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """The path, once it is seen that a file can be written there. A click callback; raises BadParameter."""
    if path is not None:
        folder = path.resolve().parent
        if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            told = f"cannot write {str(path)!r}: name a file in a folder that exists and can be written"
            raise click.BadParameter(told)
    return path


def check_apart(outputs: Sequence[Path | None]) -> None:
    """UsageError where two outputs go to one place (None: standard output); the later would spoil the earlier."""
    seen: set[Path | None] = set()
    for path in outputs:
        place = path and path.resolve()
        if place in seen and (place is None or place.is_file() or not place.exists()):
            raise click.UsageError(f"{path or 'standard output'} is asked to take two reports: name a file for each")
        seen.add(place)


def make_all(outputs: Sequence[Callable[[], object]]) -> None:
    """Call each; where one cannot be written the others still are, and the first error is raised in the end."""
    errors: list[Exception] = []
    for output in outputs:
        try:
            output()
        except (ReportError, BaselineError, OSError) as error:
            errors.append(error)
    if errors:
        raise errors[0]
