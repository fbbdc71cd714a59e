"""A ``signkit`` command in this process, as a user runs it, so that its own peak of memory can be read after it."""

from __future__ import annotations

import sys
from typing import Any


def measure(*words: str) -> dict[str, Any]:
    """The exit code."""
    from conformance.cli import main  # loading it is part of the command

    sys.argv = ["signkit", *words]
    try:
        main()
    except SystemExit as end:
        return {"code": end.code}
    return {"code": 0}
