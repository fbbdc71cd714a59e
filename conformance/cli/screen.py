"""The terminal. Apart from ``output``, since rich takes time to load and few commands draw anything."""

from __future__ import annotations

from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """The terminal, or what stands for it, at least 20 columns wide: COLUMNS may say 0."""
    made = Console(stderr=stderr, highlight=False)
    made.width = max(made.width, 20)
    return made
