"""Describe the extension ``signing_core._native_cffi``: run by setup.py, never shipped in a wheel.

The boundary between C and Python is the plain headers named in BOUNDARY. The compiler reads them as they are; cffi
reads them without their preprocessor lines, so a boundary header holds an include guard, includes, comments, types,
enums and prototypes, and nothing that only a preprocessor would understand (constants are enums, not macros). Every
``.c`` file of this folder is compiled, and of cpython/, which alone needs Python's headers; other headers are internal.
"""

from __future__ import annotations

from pathlib import Path

from cffi import FFI  # type: ignore[import-untyped]  # cffi ships no types

__all__ = ["MODULE", "emit", "sources"]

MODULE = "signing_core._native_cffi"
BOUNDARY = (
    "runtime.h",
    "pkcs1.h",
    "rsa_key.h",
    "rsa_batch.h",
    "lists.h",
    "fault.h",
    "rest.h",
    "json_minify.h",
)

HERE = Path(__file__).parent

# cffi's generated wrappers ignore some of their parameters; our own files are compiled without this.
PREAMBLE = "\n".join(
    ['#pragma GCC diagnostic ignored "-Wunused-parameter"', *(f'#include "{name}"' for name in BOUNDARY)]
)


def declarations(header: str) -> str:
    """The text of a boundary header that cffi's parser takes: all but the preprocessor's lines."""
    lines = (HERE / header).read_text(encoding="ascii").splitlines()
    return "\n".join("" if line.lstrip().startswith("#") else line for line in lines)


def sources() -> list[Path]:
    """The handwritten C files, in a stable order, relative to the project's folder as setuptools wants them."""
    here = HERE.resolve()
    return sorted(path.relative_to(Path.cwd()) for path in (*here.glob("*.c"), *here.glob("cpython/*.c")))


def emit(target: Path) -> None:
    """Write the C text of the cffi wrapper to ``target``; its folder is made."""
    ffi = FFI()
    for header in BOUNDARY:
        ffi.cdef(declarations(header))
    ffi.set_source(MODULE, PREAMBLE)
    target.parent.mkdir(parents=True, exist_ok=True)
    ffi.emit_c_code(str(target))
