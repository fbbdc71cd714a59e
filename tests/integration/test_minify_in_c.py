"""json_minify under AddressSanitizer and UndefinedBehaviorSanitizer, driven by tests/c/test_json_minify.c."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "signing_core" / "_c"
WARNINGS = ["-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def test_every_prefix_and_every_replaced_byte_stays_within_its_buffers(tmp_path: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    probe = tmp_path / "probe.c"
    probe.write_text("int main(void) { return 0; }\n")
    if subprocess.run(
        [compiler, *SANITIZERS, probe, "-o", tmp_path / "probe"], capture_output=True, check=False
    ).returncode:
        pytest.skip("the compiler has no sanitizers")
    driver = tmp_path / "driver"
    sources = [ROOT / "tests" / "c" / "test_json_minify.c", CORE / "json_minify.c"]
    subprocess.run([compiler, *WARNINGS, *SANITIZERS, f"-I{CORE}", "-o", driver, *sources], check=True)
    done = subprocess.run([driver], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
