"""Implementations that sign, and verify, another body than the octets that travel (S10, S36, S41, P3)."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from typing import Any

from conformance.mutants.altering import BODIES, Altered, AlteredBody
from conformance.mutants.registry import mutant
from conformance.mutants.right import Fields


def _reserialised(body: bytes, **options: Any) -> bytes:
    try:
        return json.dumps(json.loads(body), separators=(",", ":"), **options).encode()
    except (ValueError, RecursionError):
        return body


@mutant("message", "handlers that are given the parsed body", BODIES, "webhook-bodies", "response-bodies")
class Reserialised(AlteredBody):
    """The body is parsed and written anew, minified, before it is signed or verified."""

    def body(self, body: bytes) -> bytes:
        return _reserialised(body, ensure_ascii=False)


@mutant("message", "Python's json at its defaults", BODIES, "webhook-bodies", "response-bodies")
class ReserialisedEscaped(AlteredBody):
    """The body is parsed and written anew, characters beyond ASCII escaped."""

    def body(self, body: bytes) -> bytes:
        return _reserialised(body)


@mutant("message", "handlers that keep a canonical form", BODIES, "webhook-bodies")
class ReserialisedSorted(AlteredBody):
    """The body is parsed and written anew with its members in order."""

    def body(self, body: bytes) -> bytes:
        return _reserialised(body, ensure_ascii=False, sort_keys=True)


@mutant("message", "the rule to minify, applied by verifiers too", BODIES, "webhook-bodies", "response-bodies")
class MinifiedFirst(AlteredBody):
    """Blanks outside strings are taken out before signing or verifying."""

    def body(self, body: bytes) -> bytes:
        return re.sub(rb'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', lambda found: found[1] or b"", body)


@mutant("message", "axios, frameworks that trim what they read", BODIES, "webhook-bodies", "response-bodies")
class BodyTrimmed(AlteredBody):
    """Blanks and line ends around the body are trimmed."""

    def body(self, body: bytes) -> bytes:
        return body.strip(b" \t\r\n")


@mutant("message", "echo, jq, Go's encoder", BODIES, "webhook-bodies", "response-bodies")
class NewlineSigned(AlteredBody):
    """A line end is signed after the body."""

    def body(self, body: bytes) -> bytes:
        return body + b"\n"


@mutant("message", "text mode and curl -d @file", BODIES)
class LineEndsUnified(AlteredBody):
    """CR LF becomes LF."""

    def body(self, body: bytes) -> bytes:
        return body.replace(b"\r\n", b"\n")


@mutant("message", "decoders named utf-8-sig, .NET's readers", BODIES)
class MarkStripped(AlteredBody):
    """A byte order mark is dropped."""

    def body(self, body: bytes) -> bytes:
        return body.removeprefix(b"\xef\xbb\xbf")


@mutant("message", "Apache's string entity, a platform's charset", BODIES)
class Latin1(AlteredBody):
    """The body's text is encoded in Latin-1."""

    def body(self, body: bytes) -> bytes:
        try:
            return body.decode().encode("latin-1", "replace")
        except UnicodeDecodeError:
            return body


@mutant("message", "macOS, frameworks that normalise input", BODIES)
class NormalisedNfc(AlteredBody):
    """The body's text is composed (NFC)."""

    def body(self, body: bytes) -> bytes:
        return _normalised(body, "NFC")


@mutant("message", "file systems and search engines", BODIES)
class NormalisedNfd(AlteredBody):
    """The body's text is decomposed (NFD)."""

    def body(self, body: bytes) -> bytes:
        return _normalised(body, "NFD")


def _normalised(body: bytes, form: Any) -> bytes:
    try:
        return unicodedata.normalize(form, body.decode()).encode()
    except UnicodeDecodeError:
        return body


@mutant("message", "handlers that are given text", BODIES, "webhook-bodies", "response-bodies")
class DecodedWithReplacement(AlteredBody):
    """The body is decoded as UTF-8, with replacement characters for what is not, and encoded again."""

    def body(self, body: bytes) -> bytes:
        return body.decode("utf-8", "replace").encode()


@mutant("message", "C code that holds the body as a string", BODIES)
class StopsAtNulInBody(AlteredBody):
    """A NUL ends the body."""

    def body(self, body: bytes) -> bytes:
        return body.partition(b"\0")[0]


@mutant("message", "if (body)", "response-bodies", "webhook-bodies")
class EmptyAsBraces(AlteredBody):
    """An empty body is signed as {}."""

    def body(self, body: bytes) -> bytes:
        return body or b"{}"


@mutant("message", "PHP's json_encode", BODIES, "webhook-bodies", "response-bodies")
class SlashesEscaped(AlteredBody):
    r"""Slashes are escaped (\/) in what is signed, whatever is sent."""

    def body(self, body: bytes) -> bytes:
        return re.sub(rb"(?<!\\)/", rb"\\/", body)


@mutant("message", "middleware that compresses before it signs", "response-bodies", "webhook-bodies")
class GzipSigned(Altered):
    """The compressed octets of a response or webhook are signed."""

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        return gzip.compress(right, mtime=0) if form in ("response", "webhook") else right


@mutant("message", "one function for requests and responses", "response-bodies", "webhook-bodies")
class MethodBeforeBody(Altered):
    """Responses and webhooks are signed with POST before the body."""

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        return b"POST" + right if form in ("response", "webhook") else right
