"""Which shipped harnesses can run here, as words for ``signkit matrix``."""

from __future__ import annotations

from typing import Any

from conformance.shipped import harnesses


def measure() -> dict[str, Any]:
    """``usable``: name -> target; ``missing``: name -> how to get its runtime."""
    found = list(harnesses())
    return {
        "usable": {one.name: one.target for one in found if not one.missing},
        "missing": {one.name: one.missing for one in found if one.missing},
    }
