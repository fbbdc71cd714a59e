"""What minifiers are broken with: a change before or after the right minification, in strings or outside."""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.mutants.right import Right, minified

TEXTS = "minify-text"
REFUSALS = "minify-refusals"

Minify = Callable[[Right, bytes], bytes]


def then(change: Callable[[bytes], bytes]) -> Minify:
    """Refuses what must be refused; what it answers is changed."""

    def minify(self: Right, text: bytes) -> bytes:
        minified(text)
        return change(text)

    return minify


def after(change: Callable[[bytes], bytes]) -> Minify:
    """Changes the text, then minifies it rightly."""
    return lambda self, text: minified(change(text))


STRING = rb'"(?:[^"\\]|\\.)*"'


def outside(pattern: bytes, by: bytes = b"") -> Callable[[bytes], bytes]:
    """Replaces the pattern outside strings."""
    return lambda text: re.sub(rb"(?s)(" + STRING + rb")|" + pattern, lambda found: found[1] or by, text)


def inside(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Minified, with its strings changed."""
    return lambda text: re.sub(rb"(?s)" + STRING, lambda found: change(found[0]), minified(text))
