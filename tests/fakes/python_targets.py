"""Classes for ``python:tests.fakes.python_targets:NAME``, each with its own way to go wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from conformance.targets import Refused, Skip

FORMS = ["request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook"]


class Good:
    """Minifies, and knows nothing of signatures."""

    def hello(self) -> dict[str, Any]:
        implementation = {
            "name": "fake",
            "version": "1",
            "language": "Python",
            "runtime": "3",
            "url": "https://f.example",
        }
        return {"implementation": implementation, "supports": {"minify": True, "verify": FORMS}}

    def key(self, name: str, private_pem: str | None, public_pem: str) -> None:
        pass

    def minify(self, text: bytes) -> bytes:
        if b"NaN" in text:
            raise Refused("NaN is not JSON")
        return json.dumps(json.loads(text), separators=(",", ":")).encode()


class Talkative(Good):
    """Writes to standard output in every way, and reads standard input."""

    def minify(self, text: bytes) -> bytes:
        print("working")
        sys.stdout.flush()
        subprocess.run(["echo", "from a child"], check=True)  # noqa: S607 - any echo will do
        assert sys.stdin.read() == ""
        return super().minify(text)


class Leaky(Good):
    """Tells its secrets in errors and refusals."""

    def key(self, name: str, private_pem: str | None, public_pem: str) -> None:
        raise Refused(f"cannot read {private_pem}")

    def minify(self, text: bytes) -> bytes:
        raise ValueError("bad text")


class Exits(Good):
    """Ends the process at n = 7."""

    def minify(self, text: bytes) -> bytes:
        if text == b'{"n": 7}':
            sys.exit(4)
        return super().minify(text)


class Mistaken(Good):
    """Returns text where bytes belong."""

    def minify(self, text: bytes) -> Any:
        return super().minify(text).decode()


class Lazy(Good):
    """Skips what it declares; declares an op that it has not."""

    def hello(self) -> dict[str, Any]:
        return {**super().hello(), "max_inflight": 4}

    def minify(self, text: bytes) -> bytes:
        raise Skip("not today")


class Unbuildable:
    """Its constructor fails."""

    def __init__(self) -> None:
        raise RuntimeError("no configuration file")
