"""Rules of ARCHITECTURE.md that import-linter cannot see."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "signing_core").rglob("*.py")), *sorted((ROOT / "conformance").rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def test_one_module_touches_the_compiled_one() -> None:
    users = {p.name for p in SOURCES if any("_native_cffi" in name for name in imported(p))}
    assert users == {"_native.py"}


def test_the_core_needs_only_what_it_says() -> None:
    allowed = {"cffi", "cryptography", "orjson", "signing_core", "_cffi_backend"}
    stdlib = set(sys.stdlib_module_names)
    for path in SOURCES:
        if path.is_relative_to(ROOT / "signing_core") and "_c" not in path.parts:
            tops = {name.partition(".")[0] for name in imported(path)}
            assert tops <= allowed | stdlib, path


def test_vector_generators_use_the_standard_library_alone() -> None:
    stdlib = set(sys.stdlib_module_names)
    folder = ROOT / "vectors" / "generators"
    shared = ROOT / "conformance" / "edgecases"  # loaded by its path; it serves the command line too
    own = {p.stem for p in folder.rglob("*.py")} | {"vectors", "generators", "suites", "edgecases"}
    own |= {p.stem for p in shared.glob("*.py")}
    for path in sorted([*folder.rglob("*.py"), *shared.glob("*.py")]):
        tops = {name.partition(".")[0] for name in imported(path)}
        assert tops <= stdlib | own, path


def test_no_module_is_longer_than_400_lines() -> None:
    harnesses = [p for p in (ROOT / "conformance" / "harnesses").glob("*/*") if p.suffix not in (".json", ".md")]
    folders = [*(ROOT / "vectors").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    c_sources = [*(ROOT / "signing_core" / "_c").glob("*.[ch]"), *(ROOT / "tests" / "c").glob("*.[ch]")]
    sources = [p for p in (*SOURCES, *harnesses, *folders, *c_sources) if p.is_file()]
    too_long = {str(p.relative_to(ROOT)): n for p in sources if (n := len(p.read_text().splitlines())) > 400}
    assert too_long == {}
