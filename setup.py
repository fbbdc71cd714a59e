"""Build the optional C extension; all the rest of the project is described in pyproject.toml.

SIGNKIT_NATIVE=auto (default)  build it; without a compiler or OpenSSL's headers do without (pyca runs)
SIGNKIT_NATIVE=require         a failed build is an error
SIGNKIT_NATIVE=off             do not try
SIGNKIT_NATIVE_WERROR=1        for developers: -Wall -Wextra -Werror
"""

import os
import re
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent.resolve()
NATIVE = ROOT / "signing_core" / "_c"
sys.path.insert(0, str(NATIVE))

import build_native  # noqa: E402 - found through the line above

MODES = ("auto", "require", "off")


class BuildSuite(build_py):
    """build_py which takes of bench/ the suite alone: what the others compare is for whoever works on the core."""

    SUITE = re.compile(r"bench_\w+|__init__|conftest|inputs|async_peers")

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        found = super().find_package_modules(package, package_dir)
        return [one for one in found if package != "conformance._bench" or self.SUITE.fullmatch(one[1])]


class BuildNative(build_ext):
    """build_ext which writes cffi's wrapper first, below build/, and adds it to the sources."""

    def build_extension(self, ext: Extension) -> None:
        wrapper = Path(self.build_temp) / "_native_cffi.c"
        build_native.emit(wrapper)
        ext.sources = [*ext.sources, str(wrapper)]
        super().build_extension(ext)


def extension(mode: str) -> Extension:
    # Python's own flags come first and often hold -fwrapv, with which loops over digits can be an eighth slower.
    flags = ["-O2", "-fno-wrapv", "-std=c11", "-fvisibility=hidden"]
    if os.environ.get("SIGNKIT_NATIVE_WERROR") == "1":
        flags += ["-Wall", "-Wextra", "-Werror"]
    return Extension(
        build_native.MODULE,
        sources=[str(path) for path in build_native.sources()],
        depends=[str(path) for path in sorted(NATIVE.relative_to(ROOT).glob("*.h"))],
        include_dirs=[str(NATIVE.relative_to(ROOT))],
        libraries=["crypto"],
        define_macros=[("Py_LIMITED_API", "0x030b0000")],
        extra_compile_args=flags,
        py_limited_api=True,
        optional=mode == "auto",
    )


mode = os.environ.get("SIGNKIT_NATIVE", "auto")
if mode not in MODES:
    raise SystemExit(f"SIGNKIT_NATIVE={mode!r} is not one of {', '.join(MODES)}")

setup(
    ext_modules=[] if mode == "off" else [extension(mode)],
    cmdclass={"build_ext": BuildNative, "build_py": BuildSuite},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
