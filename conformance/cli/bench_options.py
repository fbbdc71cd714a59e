"""Options that latency and capacity share, and words with units as click reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from conformance.speed import units
from conformance.speed.model import BenchError
from signing_core import backends

Command = TypeVar("Command", bound=Callable[..., Any])


def with_unit(read: Callable[[str], float]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback that reads the value, or each of several, in calls a second or in seconds."""

    def convert(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        try:
            return tuple(map(read, value)) if isinstance(value, tuple) else value if value is None else read(value)
        except BenchError as error:
            raise click.BadParameter(str(error), ctx, param) from None

    return convert


RATE = with_unit(units.rate)
DURATION = with_unit(units.duration)


def load_options(seconds: float, least: float, most: float) -> Callable[[Command], Command]:
    """``--seconds``, by default so many and from ``least`` to ``most``, ``--bits`` and ``--backend``."""

    def add(command: Command) -> Command:
        for option in (
            click.option("--backend", type=click.Choice(backends.NAMES), help="What signs.  [default: auto]"),
            click.option(
                "--bits",
                type=click.IntRange(2048, 8192),
                default=2048,
                show_default=True,
                metavar="N",
                help="Size of the key.",
            ),
            click.option(
                "--seconds",
                type=click.FloatRange(least, most),
                default=seconds,
                show_default=True,
                metavar="SECONDS",
                help="How long to measure.",
            ),
        ):
            command = option(command)
        return command

    return add
