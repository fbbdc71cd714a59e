"""Where the files that ship with the kit are found, installed or in a bare clone."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def vectors_root() -> Traversable:
    """The folder of the shipped vector files: ``conformance._vectors``, or ``vectors/`` in a clone."""
    return _folder("conformance._vectors", "vectors")


def bench_root() -> Traversable:
    """The folder of the suite of benchmarks: ``conformance._bench``, or ``bench/`` in a clone."""
    return _folder("conformance._bench", "bench")


def _folder(package: str, beside: str) -> Traversable:
    try:
        return files(package)
    except ModuleNotFoundError:
        return Path(__file__).resolve().parent.parent / beside
