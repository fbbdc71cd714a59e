"""What the tests of whole runs share."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest

from tests.fakes.runs import alive


@pytest.fixture
def token() -> Iterator[str]:
    """A word to mark a fake with; afterwards no process has it on its command line, and we have no child left."""
    word = f"fake-{secrets.token_hex(8)}"
    yield word
    assert alive(word) == []
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
