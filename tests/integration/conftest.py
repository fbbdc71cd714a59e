"""Fixtures that several integration tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_disk import SmallDisk, mounted


def pytest_configure(config: pytest.Config) -> None:
    """Markers of these tests."""
    config.addinivalue_line("markers", "big: takes hundreds of megabytes; leave out with -m 'not big'")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 8 KiB; only root can make one."""
    with mounted(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("only root, with the right to mount, can make a full disk here")
        yield disk
