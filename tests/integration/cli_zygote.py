"""Runs ``signkit`` for many calls: each in a process of its own, forked from this one, which has it loaded already.

It leaves whoever started it and tells the number of its process group. Then, one JSON request a line on standard input:
words, env, cwd, and the files that become the three standard streams; the exit code is the answer, on a line of
standard output.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

import conformance.cli.app
from conformance.cli import main


def serve() -> None:
    """Leave the caller, and answer requests until there are no more."""
    if os.fork():
        os._exit(0)
    os.setsid()
    print(os.getpid(), flush=True)
    group = conformance.cli.app.cli
    for name in group.list_commands(None):  # type: ignore[arg-type]  # the context is not looked at
        group.get_command(None, name)  # type: ignore[arg-type]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _run(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(request: dict[str, Any]) -> NoReturn:
    code: object = 1
    try:
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        for number, (name, mode) in enumerate(zip(request["streams"], ("rb", "wb", "wb"), strict=True)):
            with Path(name).open(mode) as file:
                os.dup2(file.fileno(), number)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the old one has buffered requests
        sys.argv = ["signkit", *request["words"]]
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve()
