"""The ``signkit`` command: parse, call, render, exit code; nothing else lives here."""

from __future__ import annotations

import signal
import sys

_EXTRA = {"click", "httpx", "jsonschema_rs", "rich"}


def main() -> None:
    """Entry point. Without the libraries of the ``conformance`` extra it says which extra to install."""
    try:
        from conformance.cli import interrupts, streams

        streams.prepare()
        interrupts.INTERRUPTS.install()
        from conformance.cli.app import run

        code = run()
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        print(
            f"signkit: the command line needs {error.name}, which is not installed. "
            "Mend: pip install 'signkit[conformance]'",
            file=sys.stderr,
        )
        code = 2
    except KeyboardInterrupt:  # while the modules were loaded
        code = 130
    for number in (signal.SIGINT, signal.SIGTERM):  # all is said and done: the code stands
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)
