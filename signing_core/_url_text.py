"""What a URL to be signed may not hold (P43), shared by ``messages.request`` and ``lint.url``.

The parts are those of RFC 3986, found without decoding or altering anything. What merely some clients rewrite is not a
fault: lint tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Fault", "Parts", "faults", "split"]


class Parts(NamedTuple):
    """Byte offsets at which the parts of a URL begin; each ends where the next begins, ``fragment`` at the end.

    ``authority`` is after ``://``; ``query`` is the offset of its ``?``, ``fragment`` that of its ``#``.
    """

    authority: int
    path: int
    query: int
    fragment: int


class Fault(NamedTuple):
    """Name of the lint rule, byte offset, what is wrong, and the mend."""

    rule: str
    place: int
    what: str
    mend: str


_SCHEME = re.compile(rb"https?://", re.IGNORECASE)
_SUSPECT = re.compile(rb'[\x00-\x20"<>\\^{|}\x7f#]|[\x80-\xff]+|%(?![0-9A-Fa-f]{2})')


def split(url: bytes) -> Parts | None:
    """Where the parts of an absolute http or https URL begin; None for any other text."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        return None
    fragment = _first(url, scheme.end(), len(url), b"#")
    query = _first(url, scheme.end(), fragment, b"?")
    path = _first(url, scheme.end(), query, b"/")
    return Parts(scheme.end(), path, query, fragment)


def _first(url: bytes, start: int, end: int, mark: bytes) -> int:
    found = url.find(mark, start, end)
    return end if found < 0 else found


def faults(url: bytes) -> Iterator[Fault]:
    """The faults of P43: first what is wrong with scheme and authority, then bytes from left to right. Linear."""
    parts = split(url)
    if parts is None:
        yield Fault(
            "url-not-absolute", 0, "the URL is no absolute http(s) one", "sign all of it, as in https://host/path"
        )
    else:
        authority = url[parts.authority : parts.path]
        host = authority.rpartition(b"@")[2]
        if b"@" in authority:
            yield Fault(
                "url-userinfo", parts.authority, "the URL names a user before its host", "remove that and the '@'"
            )
        if not host or host.startswith(b":"):
            yield Fault("url-no-host", parts.path - len(host), "the URL has no host", "write https://host/path")
    for suspect in _SUSPECT.finditer(url):
        rule, what, mend = _judge_bytes(suspect[0])
        yield Fault(rule, suspect.start(), f"the URL holds {what}", mend)


def _judge_bytes(found: bytes) -> tuple[str, str, str]:
    """Rule, what is wrong and mend for one match of ``_SUSPECT``."""
    byte = found[0]
    if byte == ord(" "):
        return "url-blank", "a blank", "write %20"
    if byte == ord("#"):
        return "url-fragment", "a fragment, which is never sent", "cut the URL before '#', or write %23"
    if byte == ord("%"):
        return "url-stray-percent", "a '%' that two hex digits do not follow", "write %25"
    if byte >= 0x80:
        return "url-non-ascii", "raw non-ASCII bytes", "escape them as UTF-8 (%C3%A9 for U+00E9), a host's name as xn--"
    if byte < 0x20 or byte == 0x7F:
        return "url-control", f"the control character 0x{byte:02x}", "remove it"
    return "url-forbidden", f"a raw {chr(byte)!r}", f"write %{byte:02X}"
