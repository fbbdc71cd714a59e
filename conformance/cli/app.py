"""The command group, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from conformance.baseline import BaselineError
from conformance.cli.interrupts import EXIT_CODE, INTERRUPTS
from conformance.corpus import CorpusError
from conformance.events import StreamError
from conformance.reports import ReportError
from conformance.targets import TargetError
from signing_core import SigningError

_USER_ERRORS = (SigningError, CorpusError, TargetError, BaselineError, ReportError, StreamError)

EPILOG = """\b
exit codes
  0  conformant (or partial), valid, clean
  1  not conformant, signature invalid, lint error
  2  usage or configuration
  3  handshake failed or restarts exhausted
  4  stale baseline
  5  nothing ran
  130  interrupted
"""

_COMMANDS = {
    "run": "run",
    "matrix": "matrix",
    "list": "corpus",
    "show": "corpus",
    "replay": "replay",
    "init": "init",
    "doctor": "doctor",
    "demo": "demo",
    "adequacy": "adequacy",
    "fuzz": "fuzz",
    "bench": "bench",
    "baseline": "baseline",
    "report": "report",
    "diff": "diff",
    "sign": "sign",
    "verify": "verify",
    "minify": "texts",
    "lint": "texts",
    "keys": "keys",
    "vectors": "vectors",
    "version": "version",
}


class LazyGroup(click.Group):
    """Loads a command's module when it is asked for, so that ``signkit minify`` does not pay for the runner."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help text."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's object; None where there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"conformance.cli.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Check, make and verify the SHA256withRSA signatures of the merchant API.

    \b
    signkit run python:conformance.reference:Reference
    signkit run "cmd:php harness.php" --report json:report.json
    signkit sign --key my-private-key.pem --method GET --url https://host.example/transactions/?external_id=24
    """


def run() -> int:
    """Run the command line; every known error becomes one sentence and its exit code, never a traceback."""
    try:
        code = _command()
        sys.stdout.flush()
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo("signkit: interrupted", err=True)
        return EXIT_CODE
    except _USER_ERRORS as error:
        click.echo(f"signkit: {error}", err=True)
        return 2
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"signkit: {where}{error.strerror or error}", err=True)
        return 2
    except MemoryError:
        click.echo("signkit: there is not enough memory for this input", err=True)
        return 2
    return EXIT_CODE if INTERRUPTS.noted else code


def _command() -> int:
    try:
        code = cli.main(prog_name="signkit", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except click.exceptions.Exit as error:
        return error.exit_code
    return code if isinstance(code, int) else 0
