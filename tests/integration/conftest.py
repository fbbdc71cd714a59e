"""Fixtures that several integration tests share."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from html_driver import browser, report, visit  # noqa: F401 - fixtures
from small_disk import SmallDisk, mounted

from tests.c_programs import VARIANTS
from tests.fakes.runs import alive
from tests.integration.harness_contract import started
from tests.integration.harness_driver import Harness, command


def pytest_configure(config: pytest.Config) -> None:
    """Markers of these tests."""
    config.addinivalue_line("markers", "big: takes hundreds of megabytes; leave out with -m 'not big'")


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    """How the kernel's drivers are built."""
    name: str = request.param
    return name


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 8 KiB; only root can make one."""
    with mounted(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("only root, with the right to mount, can make a full disk here")
        yield disk


@pytest.fixture(scope="class")
def harness(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """The harness that the test class names, running, with the document's key."""
    with started(command(request.cls.name)) as running:
        yield running


@pytest.fixture
def token() -> Iterator[str]:
    """A word to mark a fake with; afterwards no process has it on its command line, and we have no child left."""
    word = f"fake-{secrets.token_hex(8)}"
    yield word
    assert alive(word) == []
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
