"""Builders that sign one serialisation and send another, or that send what is not minified (S41)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from conformance.mutants.registry import mutant
from conformance.mutants.right import Right
from signing_core import canonical

BUILDS = "build-requests"
FORMS = "build-forms"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^"]+')


def outside(body: bytes, change: Callable[[str], str]) -> bytes:
    """The body with everything outside its strings changed."""
    return _TOKEN.sub(lambda found: found[0] if found[0][0] == '"' else change(found[0]), body.decode()).encode()


def inside(body: bytes, change: Callable[[str], str]) -> bytes:
    """The body with its strings and names, quotation marks included, changed."""
    return _TOKEN.sub(lambda found: change(found[0]) if found[0][0] == '"' else found[0], body.decode()).encode()


@mutant("builder", "Python's json at its defaults, requests' json=", BUILDS)
class SpacedSeparators(Right):
    """Signed minified, sent with blanks after commas and colons."""

    def sent_body(self, body: bytes) -> bytes:
        return outside(body, lambda text: text.replace(",", ", ").replace(":", ": "))


@mutant("builder", "indent=4, JSON_PRETTY_PRINT", BUILDS)
class PrettyPrinted(Right):
    """Signed minified, sent indented."""

    def sent_body(self, body: bytes) -> bytes:
        return json.dumps(json.loads(body, parse_float=Decimal), indent=4, default=str).encode()


@mutant("builder", "json.Marshal of a Go map, serde, sort_keys", BUILDS)
class SortedKeys(Right):
    """Signed in the order given, sent in the order of names."""

    def sent_body(self, body: bytes) -> bytes:
        return canonical.dumps(json.loads(body, parse_float=Decimal), sort_keys=True, non_ascii="escape")


@mutant("builder", "Node, which moves names like integers first", BUILDS)
class IntegerNamesFirst(Right):
    """Signed in the order given, sent with names that look like integers first."""

    def sent_body(self, body: bytes) -> bytes:
        return canonical.dumps(_integers_first(json.loads(body, parse_float=Decimal)), non_ascii="escape")


def _integers_first(value: Any) -> Any:
    if isinstance(value, list):
        return [_integers_first(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = sorted(value, key=lambda name: int(name) if re.fullmatch(r"0|[1-9][0-9]{0,8}", name) else 1 << 40)
    return {name: _integers_first(value[name]) for name in names}


@mutant("builder", "a signer over UTF-8 and a client that escapes", BUILDS)
class AsciiEscapedWhenSent(Right):
    r"""Signed in UTF-8, sent with characters beyond ASCII as \u escapes."""

    def serialise(self, value: Any) -> bytes:
        return canonical.dumps(value, non_ascii="allow")

    def sent_body(self, body: bytes) -> bytes:
        return canonical.dumps(json.loads(body, parse_float=Decimal), non_ascii="escape")


@mutant(
    "builder",
    "a signer that escapes and a client over UTF-8: httpx's json=",
    BUILDS,
    twin_of=(
        "ascii-escaped-when-sent",
        "nothing beyond ASCII can be right in either; which of the judge's demands is missed tells them apart",
    ),
)
class Utf8WhenSent(Right):
    r"""Signed with \u escapes, sent in UTF-8."""

    def sent_body(self, body: bytes) -> bytes:
        return canonical.dumps(json.loads(body, parse_float=Decimal), non_ascii="allow")


@mutant(
    "builder",
    "encoders at ensure_ascii=False",
    BUILDS,
    twin_of=(
        "ascii-escaped-when-sent",
        "nothing beyond ASCII can be right in either; which of the judge's demands is missed tells them apart",
    ),
)
class Utf8Throughout(Right):
    """Signed and sent in UTF-8, though all data is ASCII."""

    def serialise(self, value: Any) -> bytes:
        return canonical.dumps(value, non_ascii="allow")


@mutant(
    "builder",
    "payload checks that stop at ASCII",
    BUILDS,
    twin_of=(
        "ascii-escaped-when-sent",
        "nothing beyond ASCII can be right in either; which of the judge's demands is missed tells them apart",
    ),
)
class RefusesNonAscii(Right):
    """Data beyond ASCII is refused instead of escaped."""

    def serialise(self, value: Any) -> bytes:
        return canonical.dumps(value, non_ascii="reject")


@mutant(
    "builder",
    "Apache's string entity",
    BUILDS,
    twin_of=(
        "ascii-escaped-when-sent",
        "nothing beyond ASCII can be right in either; which of the judge's demands is missed tells them apart",
    ),
)
class Latin1WhenSent(Right):
    """Signed in UTF-8, sent in Latin-1."""

    def serialise(self, value: Any) -> bytes:
        return canonical.dumps(value, non_ascii="allow")

    def sent_body(self, body: bytes) -> bytes:
        return body.decode().encode("latin-1", "replace")


@mutant("builder", "PHP's json_encode in one of two places", BUILDS)
class SlashesEscapedWhenSent(Right):
    r"""Signed with plain slashes, sent with \/."""

    def sent_body(self, body: bytes) -> bytes:
        return inside(body, lambda text: text.replace("/", r"\/"))


@mutant("builder", "Go and Gson, which escape for HTML", BUILDS)
class HtmlEscapedWhenSent(Right):
    r"""Signed plain, sent with \u0026, \u003c and \u003e."""

    def sent_body(self, body: bytes) -> bytes:
        return inside(body, lambda text: text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e"))


@mutant("builder", "Gson", BUILDS)
class QuotesEscapedWhenSent(Right):
    r"""Signed plain, sent with \u0027 and \u003d."""

    def sent_body(self, body: bytes) -> bytes:
        return inside(body, lambda text: text.replace("'", r"\u0027").replace("=", r"\u003d"))


@mutant("builder", "Go, which spells some control characters otherwise; Jackson's upper-case digits", BUILDS)
class ControlsRespelledWhenSent(Right):
    """Signed with short escapes, sent with numbered ones in upper case."""

    def sent_body(self, body: bytes) -> bytes:
        def numbered(found: re.Match[str]) -> str:
            short = {"\\n": "\\u000A", "\\t": "\\u0009", "\\b": "\\u0008", "\\f": "\\u000C", "\\r": "\\u000D"}
            return short.get(found[0]) or (found[0][:2] + found[0][2:].upper() if found[0][1] == "u" else found[0])

        return inside(body, lambda text: re.sub(r"\\(?:u[0-9a-f]{4}|.)", numbered, text))


@mutant("builder", "echo, jq, Go's encoder", BUILDS)
class NewlineWhenSent(Right):
    """A line end is sent after the body that was signed."""

    def sent_body(self, body: bytes) -> bytes:
        return body + b"\n"


@mutant("builder", "axios, which trims string bodies", BUILDS)
class TextTrimmed(Right):
    """Texts are trimmed at their ends before they are sent, not before they are signed."""

    def sent_body(self, body: bytes) -> bytes:
        return inside(body, lambda text: '"' + text[1:-1].strip() + '"')


@mutant("builder", "clients that know which methods have a body", BUILDS)
class BodyDropped(Right):
    """The body of any other method than POST, PUT and PATCH is signed and not sent."""

    def build(self, method: str, **fields: Any) -> dict[str, Any]:
        request = super().build(method=method, **fields)
        return request if method in ("POST", "PUT", "PATCH") else {**request, "body": None}


@mutant("builder", "clients whose json= is null by default", BUILDS)
class NullForNoBody(Right):
    """A POST, PUT or PATCH without a body is signed so and sent with null."""

    def build(self, method: str, **fields: Any) -> dict[str, Any]:
        request = super().build(method=method, **fields)
        wanted = method in ("POST", "PUT", "PATCH") and request["body"] is None
        return {**request, "body": b"null"} if wanted else request


@mutant("builder", "PHP's empty arrays and Python's {} for no data", BUILDS, FORMS)
class BracesForNoBody(Right):
    """Where no body was asked for, {} is signed and sent."""

    def build(self, json_text: bytes | None = None, **fields: Any) -> dict[str, Any]:
        return super().build(json_text=b"{}" if json_text is None else json_text, **fields)


# --- not minified ---------------------------------------------------------------------------------------------------


@mutant(
    "builder",
    "Python's json at its defaults",
    BUILDS,
    FORMS,
    twin_of=("spaced-separators", "the same bodies go wrong; here they are signed as sent, and are not minified"),
)
class NeverMinified(Right):
    """Signed and sent alike, but with blanks after commas and colons."""

    def serialise(self, value: Any) -> bytes:
        return outside(super().serialise(value), lambda text: text.replace(",", ", ").replace(":", ": "))


@mutant("builder", "builders that pass text through", BUILDS, FORMS)
class TextPassedThrough(Right):
    """The text is checked, then signed and sent as it was given, blanks and all."""

    def parse(self, json_text: bytes) -> Any:
        self.given = json_text
        return super().parse(json_text)

    def serialise(self, value: Any) -> bytes:
        super().serialise(value)
        return self.given
