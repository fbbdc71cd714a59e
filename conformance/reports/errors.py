"""What can go wrong with a report; each message names the mend.

::

    ReportError
      NotAReportError
      SealError
"""

from __future__ import annotations


class ReportError(ValueError):
    """A report cannot be written: unknown format, or a path that cannot be written to."""


class NotAReportError(ReportError):
    """A file that is neither an event stream nor a JSON report, or cannot be read."""


class SealError(ReportError):
    """A report cannot be signed with this key."""
