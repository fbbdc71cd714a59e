"""The HTML report: one file that asks the network for nothing, from one or several event streams.

The data is embedded once, as JSON; the script in the file draws it. Whatever a harness wrote is text there and stays
text: ``embedded`` lets nothing end the script element, the script makes text nodes only, and the page's policy runs no
script but the one whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from conformance.events import Event
from conformance.reports.html_data import page_data

_SCRIPTS = ("dom", "model", "matrix", "filters", "findings", "bytes", "cases", "detail", "app")  # in their order
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def render(streams: Sequence[Sequence[Event]], names: Sequence[str | None] | None = None) -> bytes:
    """The page, in UTF-8. ``names`` are what the implementations are called, else each as it calls itself.

    Raises StreamError for a stream that is not whole.
    """
    return _page().replace("{{data}}", embedded(page_data(streams, names))).encode("utf-8")


def embedded(value: Any) -> str:
    """JSON that is safe inside a script element: ASCII, and no character that HTML reads."""
    return json.dumps(value, separators=(",", ":")).translate(_ESCAPES)


@cache
def _page() -> str:
    """The page but for its data."""
    style = _asset("page.css")
    script = '"use strict";\n(() => {\n' + "".join(_asset(f"{name}.js") for name in _SCRIPTS) + "})();\n"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    page = _asset("page.html")
    for name, text in {"policy": policy, "style": style, "script": script}.items():
        page = page.replace("{{" + name + "}}", text)
    return page


def _asset(name: str) -> str:
    return files("conformance.reports").joinpath("page", name).read_text("utf-8")


def _hash(text: str) -> str:
    """A source expression of the content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
