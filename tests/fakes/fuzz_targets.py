"""Targets with planted faults, for fuzzing: ``python:tests.fakes.fuzz_targets:NAME``."""

from __future__ import annotations

import os
import time
from typing import Any

from conformance.reference import Reference


class Blanks(Reference):
    """Minifies with a pattern that eats blanks inside strings, too."""

    def minify(self, text: bytes) -> bytes:
        return super().minify(text).replace(b" ", b"")


class Dies(Reference):
    """Its process ends at a text that holds true."""

    def minify(self, text: bytes) -> bytes:
        if b"true" in text:
            os._exit(7)
        return super().minify(text)


class Hangs(Reference):
    """Falls silent at a text that holds null."""

    def minify(self, text: bytes) -> bytes:
        if b"null" in text:
            time.sleep(600)
        return super().minify(text)


class Once(Reference):
    """Cannot be started a second time."""

    def hello(self) -> dict[str, Any]:
        with open("started", "x"):  # noqa: PTH123 - fails where it is there
            return super().hello()

    def minify(self, text: bytes) -> bytes:
        os._exit(7)


class Lookups(Reference):
    """Has one op for one form."""

    def hello(self) -> dict[str, Any]:
        answer = super().hello()
        answer["implementation"]["name"] = "lookups"
        answer["supports"] = {"sign": ["payout_lookup"]}
        return answer


class Trusting(Reference):
    """Accepts every signature."""

    def hello(self) -> dict[str, Any]:
        answer = super().hello()
        answer["implementation"]["name"] = "trusting"
        return answer

    def verify(self, **fields: Any) -> bool:
        return True
