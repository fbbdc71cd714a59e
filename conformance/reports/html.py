"""The HTML report: one file that asks the network for nothing, from one or several event streams.

The data is embedded once, as JSON; the script in the file draws it. Whatever a harness wrote is text there and stays
text: ``embedded`` lets nothing end the script element, the script makes text nodes only, and the page's policy runs no
script but the one whose hash it names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from conformance.events import Event
from conformance.reports.assets import asset, source_hash
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
    style = asset("base.css") + asset("page.css")
    script = '"use strict";\n(() => {\n' + "".join(asset(f"{name}.js") for name in _SCRIPTS) + "})();\n"
    policy = (
        f"default-src 'none'; script-src '{source_hash(script)}'; style-src '{source_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    page = asset("page.html")
    for name, text in {"policy": policy, "style": style, "script": script}.items():
        page = page.replace("{{" + name + "}}", text)
    return page
