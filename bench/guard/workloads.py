"""What is counted, and what it is made of.

``c`` are runs of guard.c with the portable build of the core: valgrind does not know AVX-512 IFMA, but every product,
copy and allocation of the kernel is made there too. ``python`` are runs of python_side.py, through the interpreter on
backend openssl; what libcrypto does is left out of them, so that our share is not lost in it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["GROUPS", "WORKLOADS", "Workload", "write_inputs"]

ROOT = Path(__file__).parents[2]
KEYS = ROOT / "vectors" / "request" / "key-sizes.json"  # where test keys lie that never change
GROUPS = ("c", "python")
K2048, K3072, K4096 = "platform.der", "rsa-3072.der", "rsa-4096.der"
TEXTS = ("plain.json", "indented.json", "strings.json")


@dataclass(frozen=True)
class Workload:
    """``run``: the name of what is run, and the files of ``write_inputs`` that it is given. ``without``: how the file
    names of objects and sources begin that are not counted."""

    name: str
    group: str
    what: str
    run: tuple[str, ...]
    without: tuple[str, ...] = ()


class _Rest(NamedTuple):
    """What a run is counted without: as ``Workload.without``, and what that is."""

    without: tuple[str, ...]
    what: str


def _c(name: str, what: str, *files: str, rest: _Rest | None = None) -> Iterator[Workload]:
    """A run, and where asked for its rest: without the sources or the library that nearly all of it is spent in, so
    that a change of the rest is not lost in it."""
    yield Workload(name, "c", what, (name, *files))
    if rest:
        yield Workload(f"{name}-rest", "c", f"the same without {rest.what}", (name, *files), rest.without)


def _python(name: str, what: str) -> Workload:
    return Workload(name, "python", f"{what}, without libcrypto", (name,), ("libcrypto",))


PRODUCTS = _Rest(("montgomery", "choice", "across"), "products, squares and choices")
LIBCRYPTO = _Rest(("libcrypto",), "libcrypto")
WORKLOADS = (
    *_c("first", "a key from DER to its first two signatures: constants and blinding factors", K2048, rest=PRODUCTS),
    *_c("sign", "8 signatures by the lanes, 2048 bits", K2048, rest=PRODUCTS),
    *_c("sign-few", "3 signatures, each in a p lane and a q lane", K2048, rest=PRODUCTS),
    *_c("sign-alone", "a signature by itself", K2048, rest=PRODUCTS),
    *_c("sign-3072", "2 signatures of 3072 bits", K3072),
    *_c("verify", "64 verifications by the lanes, 2048 bits", K2048, rest=PRODUCTS),
    *_c("verify-alone", "a verification by itself", K2048, rest=PRODUCTS),
    *_c("verify-large", "64 verifications, 3072 and 4096 bits in turns", K3072, K4096),
    *_c("sign-openssl", "8 signatures by OpenSSL", K2048, rest=LIBCRYPTO),
    *_c("verify-openssl", "64 verifications by OpenSSL", K2048, rest=LIBCRYPTO),
    *_c("encode", "64 digests and encoded messages", K2048, rest=LIBCRYPTO),
    *_c("minify", "three texts 16 times: compact, indented, strings with escapes", *TEXTS),
    _python("python-sign", "8 calls of sign, and sign_many of 16 messages"),
    _python("python-verify", "16 calls of verify, and verify_many of 64"),
    _python("python-texts", "messages, canonical.dumps and minify, signature's codec, 16 times"),
)


def write_inputs(folder: Path) -> None:
    """The keys in PEM and DER and the texts, the same in every run."""
    keys = json.loads(KEYS.read_text(encoding="utf-8"))["keys"]
    for name in (K2048, K3072, K4096):
        pem = keys[Path(name).stem]["private_pem"]
        (folder / name).with_suffix(".pem").write_text(pem, encoding="ascii")
        (folder / name).write_bytes(base64.b64decode("".join(line for line in pem.splitlines() if "-----" not in line)))
    order = {
        "external_id": "e3f8a1c4-0d5b-4a8e-9a55-0f6d2b7c1e90",
        "amount": 150.25,
        "items": [{"sku": f"item-{i:03}", "count": i, "price": i * 1.5, "gift": i % 3 == 0} for i in range(40)],
        "note": None,
    }
    strings = {
        f"field {i}": f'a "quoted" line\n\tand \\ the path /a/b/{i}, caf\u00e9 \u20ac \U0001f4b6' for i in range(30)
    }
    for name, text in zip(
        TEXTS,
        (
            json.dumps(order, separators=(",", ":")),
            json.dumps(order, indent=4),
            json.dumps(strings, indent=1, ensure_ascii=False) + "\n",
        ),
        strict=True,
    ):
        (folder / name).write_text(text, encoding="utf-8")
