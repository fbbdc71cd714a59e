"""Where the files that ship with the kit are found, installed or in a bare clone."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def vectors_root() -> Traversable:
    """The folder of the shipped vector files: ``conformance._vectors``, or ``vectors/`` in a clone."""
    try:
        return files("conformance._vectors")
    except ModuleNotFoundError:
        return Path(__file__).resolve().parent.parent / "vectors"
