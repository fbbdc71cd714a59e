"""What the guard says instead of a result."""

from __future__ import annotations

__all__ = ["GuardError"]


class GuardError(Exception):
    """Nothing can be counted or compared; the text names what is wrong and the mend."""
