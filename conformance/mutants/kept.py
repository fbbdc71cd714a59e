"""Cases that no mutant breaks and that stay all the same: glob of ids -> why."""

from __future__ import annotations

KEPT: dict[str, str] = {}
