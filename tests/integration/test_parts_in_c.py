"""Files of the core that stand alone, under the sanitizers, driven by tests/c/test_*.c."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.c_programs import SANITIZERS, THREAD_SANITIZER, CannotBuildError, check_part


@pytest.mark.parametrize(
    ("part", "sanitizers"),
    [
        ("json_minify", SANITIZERS),  # every prefix and every replaced byte stays within its buffers
        ("rest", SANITIZERS),
        ("rest", THREAD_SANITIZER),  # no call and no errand is lost, and neither side reads what the other writes
    ],
)
def test_a_part_of_the_core(part: str, sanitizers: Sequence[str], tmp_path: Path) -> None:
    try:
        check_part(part, sanitizers, tmp_path)
    except CannotBuildError as lack:
        pytest.skip(str(lack))
