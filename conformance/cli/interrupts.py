"""SIGINT and SIGTERM end a command with exit code 130, but not in the middle of telling what a run has found.

While a target runs, the runner takes the signals itself. Once it is done the reports are due: the first signal is then
only noted, and a second one ends the command.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

EXIT_CODE = 130


class _Interrupts:
    """What has come so far. ``reporting`` is set by whoever has something to finish."""

    def __init__(self) -> None:
        self.reporting = False
        self.noted = False
        self._raised = False

    def install(self) -> None:
        """Take both signals, unless the caller ignores them (nohup)."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, self._take)

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self._raised:  # the command is on its way out already
            os._exit(EXIT_CODE)
        if self.reporting and not self.noted:
            self.noted = True
            return
        self._raised = True
        raise KeyboardInterrupt


INTERRUPTS = _Interrupts()
