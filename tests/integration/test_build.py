"""Building: what is in the wheel and what is not, with a compiler, without one, and with the extension switched off."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = [
    "signing_core",
    "conformance",
    "vectors",
    "bench",
    "tests",
    "setup.py",
    "pyproject.toml",
    "MANIFEST.in",
    "LICENSE",
]
SKIPPED = shutil.ignore_patterns("__pycache__", "*.so")
EXTENSION = "signing_core/_native_cffi.abi3.so"

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("setuptools") is None, reason="setuptools is not installed"),
    pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="pip is not installed"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources, so that building leaves nothing in the project's folder."""
    folder = tmp_path / "tree"
    folder.mkdir()
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=SKIPPED)
        else:
            shutil.copy(ROOT / name, folder)
    (folder / "README.md").write_text("signkit\n")
    return folder


def build(tree: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build a wheel of ``tree`` into ``tree``/dist with the setuptools that is installed here."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "-v", "-w", "dist"]
    command = [sys.executable, "-m", "pip", "wheel", ".", *options]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SIGNKIT_")}
    return subprocess.run(command, cwd=tree, env=variables | environment, capture_output=True, text=True, check=False)


def wheel(tree: Path) -> tuple[str, set[str]]:
    """Name and content of the one wheel that was built."""
    [path] = (tree / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return path.name, set(archive.namelist())


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no C compiler")
def test_the_wheel_with_the_extension(tree: Path) -> None:
    result = build(tree, SIGNKIT_NATIVE="require", SIGNKIT_NATIVE_WERROR="1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "SetuptoolsWarning" not in result.stdout
    assert "_Warning" not in result.stdout
    name, content = wheel(tree)
    assert "-cp311-abi3-" in name
    assert EXTENSION in content
    roots = {path.split("/")[0] for path in content if ".dist-info/" not in path}
    assert roots == {"signing_core", "conformance"}
    assert not [path for path in content if "/_c/" in path or path.endswith((".c", ".h"))]
    assert {"signing_core/py.typed", "signing_core/_native_cffi.pyi", "conformance/_vectors/__init__.py"} <= content
    assert {f"conformance/speed/page/page.{kind}" for kind in ("css", "html")} <= content
    assert "conformance/reports/page/base.css" in content
    shipped = {str(path.relative_to(ROOT / "vectors")) for path in (ROOT / "vectors").glob("*/*.json")}
    assert {f"conformance/_vectors/{path}" for path in shipped} <= content
    assert not [path for path in content if "generators" in path]


def test_without_a_compiler_the_rest_installs_and_signs(tree: Path) -> None:
    result = build(tree, CC="/bin/false")
    assert result.returncode == 0, result.stdout + result.stderr
    assert EXTENSION not in wheel(tree)[1]
    with zipfile.ZipFile(next((tree / "dist").glob("*.whl"))) as archive:
        archive.extractall(tree / "installed")
    code = (
        "import sys\n"
        "sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f)]\n"  # it would find the project's own
        "from signing_core import PrivateKey, backends\n"
        "PrivateKey.generate().sign(b'')\n"
        "print(backends.info().backend)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(tree / "installed")}
    command = [sys.executable, "-c", code]
    answer = subprocess.run(
        command, cwd=tree / "installed", env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "pyca\n"


def test_require_makes_a_failed_build_fatal(tree: Path) -> None:
    assert build(tree, CC="/bin/false", SIGNKIT_NATIVE="require").returncode != 0


def test_off_and_unknown(tree: Path) -> None:
    unknown = build(tree, SIGNKIT_NATIVE="yes")
    assert unknown.returncode != 0
    assert "SIGNKIT_NATIVE='yes' is not one of auto, require, off" in unknown.stdout + unknown.stderr
    assert build(tree, CC="/bin/false", SIGNKIT_NATIVE="off").returncode == 0
    name, content = wheel(tree)
    assert name.endswith("-py3-none-any.whl")
    assert EXTENSION not in content
