"""``signkit bench``: how fast this machine signs. Without a sub-command it runs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from conformance.reports.plain import plain
from conformance.speed.model import BenchError

_COMMANDS = ("run", "compare", "capacity", "latency")
_EPILOG = """\b
exit codes
  0  done
  1  the suite failed in part, which is told and kept; no capacity is enough, or a load is too much
  2  usage, or runs that cannot be compared
  5  nothing was measured
  130  interrupted: what was measured until then is told and kept
"""


class BenchGroup(click.Group):
    """``run`` is the default; a sub-command's module is loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All sub-commands, in the order of the help text."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command's object; None where there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"conformance.cli.bench_{cmd_name}"), f"{cmd_name}_command")
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options before any sub-command are those of ``run``."""
        if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help")):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the sub-command; its errors are told here, for the other commands do without this import."""
        try:
            return super().invoke(ctx)
        except BenchError as error:
            click.echo(f"signkit: {plain(str(error))}", err=True)
            return 2


@click.group("bench", cls=BenchGroup, epilog=_EPILOG)
def bench_command() -> None:
    """Measure signing on this machine, beside pyca/cryptography and the peers that are installed.

    Without a sub-command, and with the options of "signkit bench run", all is measured: some five minutes, or with
    --quick at most 50 seconds. Ours and each peer run in turns, pair by pair, so that a noisy machine slows both.

    \b
    signkit bench --quick --group texts --json before.json
    signkit bench --quick --group texts --json after.json --markdown after.md --html after.html
    signkit bench compare before.json after.json
    """
