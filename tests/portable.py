"""The tests of the eight-lane kernel on any processor: with its portable build, in a copy of this checkout.

    ./run test-portable [arguments for pytest]

Where AVX-512 IFMA is missing, the tests of backend "ifma" are skipped. Here the extension is built from the same
sources with SK_LANES_PORTABLE, which makes of each vector eight words of plain C under the same control flow, and the
library's tests run with it. It signs ten times as slowly as OpenSSL: this is for tests alone.

Exit code: pytest's; 2 if the copy cannot be made or built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.c_programs import PORTABLE

ROOT = Path(__file__).parents[1]
TESTS = ("tests/unit/signing_core", "tests/property/test_sign_verify.py")
WHOSE = "from signing_core import __file__, backends; print(__file__, backends.info().backend)"
BROKEN = 2


def files() -> list[Path]:
    """All that belongs to the checkout, as it stands in the working tree."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def copy(target: Path) -> None:
    for name in files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)


def main(arguments: list[str]) -> int:
    if arguments in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    with tempfile.TemporaryDirectory(prefix="signkit-portable-") as folder:
        here = Path(folder).resolve()
        environment = {**os.environ, "PYTHONPATH": str(here), "SIGNKIT_NATIVE": "require"}
        build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        ask = [sys.executable, "-c", WHOSE]
        try:
            copy(here)
            subprocess.run(build, cwd=here, env={**environment, "CFLAGS": " ".join(PORTABLE)}, check=True)
            told = subprocess.run(ask, cwd=here, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"test-portable: {error}", file=sys.stderr)
            return BROKEN
        found = told.stdout.split()
        if found != [str(here / "signing_core" / "__init__.py"), "ifma"]:
            print(f"test-portable: these would not be the tests of the portable kernel: {found}", file=sys.stderr)
            return BROKEN
        named = [one for one in arguments if one.startswith("tests/")]
        tests = [sys.executable, "-m", "pytest", *arguments, *(() if named else TESTS)]
        return subprocess.run(tests, cwd=here, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
