"""lint for URLs: what cannot be signed, and what some clients rewrite on the way to the wire (S41, P43)."""

from __future__ import annotations

import re
from typing import NamedTuple

from signing_core import _url_text
from signing_core._lint_finding import Finding, Findings, Rule

__all__ = ["url"]


class _Rewrite(NamedTuple):
    """A rule and the pattern that gives it away, looked for in one region of the URL."""

    rule: Rule
    region: str  # origin: scheme to port; path; query: from its '?'; target: path and query
    pattern: re.Pattern[bytes]


def _rewrite(name: str, region: str, pattern: bytes, message: str, mend: str, *who: str) -> _Rewrite:
    return _Rewrite(Rule(name, message, mend, "P43", who), region, re.compile(pattern))


_READ_BACK = "sign the URL that the client's prepared request shows"

_REWRITES = (
    _rewrite(
        "url-upper-case-host",
        "origin",
        rb"[A-Z]",
        "scheme and host are sent in lower case",
        "write them in lower case",
        *("requests", "urllib3", "httpx"),
    ),
    _rewrite(
        "url-default-port",
        "origin",
        rb"(?s)\A(?i:http):.*:80\Z|\A(?i:https):.*:443\Z|:\Z",
        "a default or empty port is dropped by 27 of 32 clients",
        "leave the port out",
        "httpx",
    ),
    _rewrite(
        "url-empty-path",
        "path",
        rb"\A\Z",
        "an empty path is sent as '/'",
        "write the '/' after the host",
        "all clients",
    ),
    _rewrite(
        "url-dot-segment",
        "path",
        rb"/(?:\.|%2[Ee]){1,2}(?=/|\Z)",
        "'.' and '..' in the path are resolved by 15 of 32 clients",
        "write the path without them",
        *("requests", "urllib3", "httpx"),
    ),
    _rewrite(
        "url-bare-query",
        "query",
        rb"\A\?\Z",
        "a '?' with nothing after it is dropped by 12 of 32 clients",
        "leave the '?' out",
        "requests",
    ),
    _rewrite(
        "url-lower-case-escape",
        "target",
        rb"%(?:[a-f][0-9A-Fa-f]|[0-9A-F][a-f])",
        "the escape {shown} is sent in upper case",
        "write escapes in upper case",
        *("requests", "urllib3"),
    ),
    _rewrite(
        "url-escaped-unreserved",
        "target",
        rb"%(?:3[0-9]|4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]|2[DdEe]|5[Ff]|7[Ee])",
        "the escape {shown} of an unreserved character is decoded",
        "write letters, digits and - . _ ~ as they are",
        "requests",
    ),
    _rewrite(
        "url-bracket",
        "target",
        rb"[\[\]]",
        "a raw {shown} is sent as an escape",
        "write %5B and %5D",
        *("requests", "urllib3"),
    ),
    _rewrite(
        "url-backtick",
        "target",
        rb"`",
        "a backtick, no URL character, is sent as %60",
        "write %60",
        *("requests", "httpx"),
    ),
    _rewrite(
        "url-quote",
        "target",
        rb"'",
        "an apostrophe in a query is sent as %27",
        _READ_BACK,
        "WHATWG parsers",
    ),
    _rewrite(
        "url-escaped-slash",
        "target",
        rb"%2[Ff]",
        "the escape {shown} is decoded in queries, and a server may split a path there",
        _READ_BACK,
        "aiohttp",
    ),
    _rewrite(
        "url-escaped-delimiter",
        "query",
        rb"%(?:3[Aa]|40|2[Cc]|27)",
        "the escape {shown} is decoded in queries",
        _READ_BACK,
        "aiohttp",
    ),
    _rewrite(
        "url-query-blank",
        "query",
        rb"\+|%20",
        "a blank is '+' to 23 query builders and '%20' to 21: {shown} may not be what is sent",
        f"hand the finished URL to the client; {_READ_BACK}",
        "aiohttp",
    ),
)

# Who rewrites what P43 refuses; the other faults fail everywhere.
_REWRITERS = {
    "url-stray-percent": ("requests", "urllib3"),
    "url-fragment": ("31 of 32 clients",),
    "url-blank": ("aiohttp",),
}


def url(text: str | bytes) -> list[Finding]:
    """What is wrong with a URL (errors, P43) and what some clients rewrite (warnings). ``place`` is a byte offset.

    The URL is looked at as it stands, str as UTF-8. Raises TypeError for what is neither str nor bytes.
    """
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogatepass")  # a lone surrogate is found as what it is: not ASCII
    elif not isinstance(text, bytes):
        raise TypeError(f"a URL is str or bytes, not {type(text).__name__}")
    findings = Findings()
    for fault in _url_text.faults(text):
        who = _REWRITERS.get(fault.rule, ())
        findings.add(Rule(fault.rule, fault.what, fault.mend, "P43", who, "error"), fault.place)
    parts = _url_text.split(text)
    if parts is not None:
        regions = {
            "origin": (0, parts.path),
            "path": (parts.path, parts.query),
            "query": (parts.query, parts.fragment),
            "target": (parts.path, parts.fragment),
        }
        for rule, region, pattern in _REWRITES:
            start, end = regions[region]
            for match in pattern.finditer(text[start:end]):
                findings.add(rule, start + match.start(), match[0].decode("ascii", "replace"))
    return findings.list()
