"""What pages are made of: files beside the code, and hashes by which a page's policy names its style and scripts."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

__all__ = ["asset", "source_hash"]


def asset(name: str, package: str = "conformance.reports") -> str:
    """The text of a file in the folder ``page`` of ``package``. ``base.css`` is the style that all pages share."""
    return files(package).joinpath("page", name).read_text("utf-8")


def source_hash(text: str) -> str:
    """A source expression of the content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
