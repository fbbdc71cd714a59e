"""The vector files as plain JSON: these tests trust neither the generators nor the package's own loader."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.vectors.oracle import FILES


@pytest.fixture(scope="session")
def documents() -> dict[str, dict[str, Any]]:
    """Every vector file by folder and name."""
    return {f"{path.parent.name}/{path.name}": json.loads(path.read_text("ascii")) for path in FILES}


@pytest.fixture(scope="session")
def cases(documents: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Every case of every file."""
    return [case for document in documents.values() for case in document["cases"]]


@pytest.fixture(scope="session")
def keys(documents: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Every key by name."""
    return {name: key for document in documents.values() for name, key in document["keys"].items()}
