"""The far end of a measurement: a fresh process each, so that none sees another's memory or warm caches.

    python -m bench.conformance.child in_process|pipe|command|shipped FILE [ARGUMENT...]

Its figures, with the most memory that it took, are written to FILE as JSON.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path
from typing import Any


def peak_bytes() -> int:
    """The most memory that this process has held, without its children.

    Linux tells it of the program itself; getrusage carries over what the parent held when it forked.
    """
    status = Path("/proc/self/status")
    if status.exists():
        told = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM:")), None)
        if told is not None:
            return int(told.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(kind: str, file: str, *arguments: str) -> None:
    """Measure; the peak is taken last."""
    measure = importlib.import_module(f"bench.conformance.{kind}").measure
    measured: dict[str, Any] = measure(*arguments)
    Path(file).write_text(json.dumps({**measured, "peak": peak_bytes()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
