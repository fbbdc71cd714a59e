"""The kernel's drivers (tests/c) in their variants, for tests that skip where they cannot be built or do not run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.c_programs import CannotBuildError, Record, answers, build

__all__ = ["ask", "kernel"]


def kernel(driver: str, variant: str) -> Path:
    """The program; skips the test where compiler or headers are missing, or processor and system do not run it."""
    try:
        program = build(driver, variant)
    except CannotBuildError as lack:
        pytest.skip(str(lack))
    if answers(program, [])[0] == "lanes 0":
        pytest.skip("processor or system lack AVX-512 IFMA")
    return program


def ask(program: Path, records: Sequence[Record]) -> list[str]:
    """A line for each record."""
    lines = answers(program, records)[1]
    assert len(lines) == len(records)
    return lines
