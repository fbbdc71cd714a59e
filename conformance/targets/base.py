"""What the three transports share: how a target is started, asked and ended, and how it can fail.

This module is imported by the child process of a ``python:`` target too, so it stays light.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from conformance.model import Verdict

PROTOCOL_VERSION = 1


class TargetError(ValueError):
    """The target's specification cannot be used; the message names the forms there are."""


class Refused(Exception):  # noqa: N818 - the protocol's word for it
    """Raised by a ``python:`` target: the input was understood and declined."""


class Skip(Exception):  # noqa: N818 - the protocol's word for it
    """Raised by a ``python:`` target: it cannot do this one."""


class Fault(Exception):  # noqa: N818 - it is the target's, told to the runner; not an error of the kit
    """The target did not answer a command as it should.

    ``verdict`` is CRASH, TIMEOUT or PROTOCOL_ERROR and ``sentence`` tells what happened. ``blames`` is true where the
    command that raised it is known to be the cause: no other was open in its time, or its own answer was at fault.
    Otherwise it is only one of several suspects (or was never sent).
    """

    def __init__(self, verdict: Verdict, sentence: str, *, blames: bool = True) -> None:
        super().__init__(sentence)
        self.verdict = verdict
        self.sentence = sentence
        self.blames = blames


class Session(Protocol):
    """One living instance of a target, started but not yet greeted."""

    @property
    def broken(self) -> Fault | None:
        """What made the instance unusable, or None: it can be asked further."""

    async def ask(self, command: Mapping[str, Any], within: float) -> dict[str, Any]:
        """Send one command and return its answer, checked against the schema.

        Any number of ops may be open at a time, each with its own ``id``; ``within`` is the deadline in seconds.
        Raises Fault.
        """

    async def close(self) -> None:
        """Say ``bye``, give the instance a moment to end, and leave nothing of it behind."""

    async def kill(self) -> None:
        """End the instance and all it started, at once; may be called twice."""


Stray = Callable[[str | None, str], None]
"""Called with the id (None: it has none) and a sentence for each answer that belongs to no open command."""


class Target(Protocol):
    """A specification that was understood. ``spec`` is how reports show it: without a URL's user and password."""

    spec: str
    restartable: bool

    async def start(self, stray: Stray, stderr: StderrTail) -> Session:
        """A new instance. Raises Fault where it cannot be started."""


class StderrTail:
    """The last 64 KiB of what a target's instances wrote to standard error, and the count of all of it."""

    LIMIT = 64 * 1024

    def __init__(self) -> None:
        self.bytes = 0
        self._tail = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what was read."""
        self.bytes += len(data)
        self._tail += data
        if len(self._tail) > 2 * self.LIMIT:
            del self._tail[: -self.LIMIT]

    @property
    def text(self) -> str:
        """The tail as text; bytes that are not UTF-8 are shown as escapes, private keys are left out."""
        return without_keys(self._tail[-self.LIMIT :].decode("utf-8", "backslashreplace"))

    def last_words(self, limit: int = 300) -> str:
        """A clause with the end of the tail, for a sentence about a death; empty where nothing was written."""
        text = " ".join(self.text.split())
        if not text:
            return ""
        return f"; standard error ends: {quote(text[-limit:], limit)}"


# The line BEGIN alone, as an error message may name it, is no key; blanks may have become escapes. A text that begins
# amid a key, as the tail of a longer one may, holds only its END.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?=(?:\s|\\+[nr])*(?:Proc-Type|[A-Za-z0-9+/=]{16}))"
    r".*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\A[A-Za-z0-9+/=\s\\]+-----END [A-Z ]*PRIVATE KEY-----",
    re.DOTALL,
)


def without_keys(text: str) -> str:
    """The text with every PEM private key, whole or cut off, replaced by a remark."""
    return _PRIVATE_KEY.sub("[private key left out]", text)


def quote(text: str | bytes, limit: int = 80) -> str:
    """At most ``limit`` characters of what a target wrote, quoted, in ASCII, without control characters or keys."""
    if isinstance(text, bytes):
        text = text[: 8 * limit].decode("utf-8", "backslashreplace")
    text = without_keys(text)
    return ascii(text[:limit]) + ("..." if len(text) > limit else "")
