"""What the suite tells while it runs: one JSON object a line, so that nothing that was measured is lost with it.

::

    {"total": 120}                  how many pairs there are to measure
    {"begin": "pyca-rsa/load"}      one of them begins
    {"measurement": {...}}          it is measured
    {"skip": {...}}                 or it is not, and why

``suite.py`` follows the file; ``document.py`` reads measurements and skips.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conformance.speed.model import Measurement, Skip

__all__ = ["Record"]


class Record:
    """Appends to the file at ``path``, each line at once; None: tells nobody."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def total(self, pairs: int) -> None:
        """There are so many pairs to measure."""
        self._tell("total", pairs)

    def begin(self, name: str) -> None:
        """The pair of this id begins."""
        self._tell("begin", name)

    def measurement(self, measurement: Measurement) -> None:
        """It is measured."""
        self._tell("measurement", asdict(measurement))

    def skip(self, skip: Skip) -> None:
        """It is not measured."""
        self._tell("skip", asdict(skip))

    def _tell(self, kind: str, value: Any) -> None:
        if self._path is None:
            return
        with self._path.open("ab", buffering=0) as file:
            file.write(json.dumps({kind: value}, allow_nan=False).encode() + b"\n")
