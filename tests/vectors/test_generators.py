"""The generators: the same input makes the same bytes, with nothing but the standard library."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vectors.oracle import VECTORS

GENERATORS = VECTORS / "generators"
EDGECASES = VECTORS.parent / "conformance" / "edgecases"  # taken in by its path
SOURCES = sorted([*GENERATORS.rglob("*.py"), *EDGECASES.rglob("*.py")])


def _generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    # -I -S: no environment, no installed packages, as on a machine with Python alone
    command = [sys.executable, "-I", "-S", str(GENERATORS / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=120)


def test_files_are_what_the_generators_make() -> None:
    done = _generate("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_openssl_confirms_keys_and_signatures() -> None:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl command on this machine")
    done = _generate("--confirm")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "signatures found valid" in done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_only_the_standard_library_is_imported(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add(str(node.module).split(".")[0])
    assert imported <= set(sys.stdlib_module_names) | {"vectors"}


def test_generators_are_not_in_the_wheel() -> None:
    """The wheel takes ``*/*.json`` of the folder: the generators' own data must lie deeper."""
    assert list(GENERATORS.glob("*.json")) == []


@pytest.mark.parametrize("path", sorted(EDGECASES.rglob("*.py")), ids=lambda path: path.stem)
def test_edge_cases_import_nothing_above_them(path: Path) -> None:
    """The generators take this folder in alone, so that it must not reach for the rest of the kit."""
    levels = [node.level for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    assert all(level <= 1 for level in levels)
