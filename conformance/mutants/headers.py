"""Verifiers that read more than one spelling of a signature, or fewer than there are (P2, P45)."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote

from conformance.mutants.registry import mutant
from conformance.mutants.right import Right
from signing_core import InvalidSignature

HEADERS = "header-values"


def _lenient(text: str) -> bytes:
    """base64 as most libraries read it, but for what their decoders skip."""
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise InvalidSignature("not base64") from None


@mutant("verifier", "Python, Node, PHP, Perl and Ruby at their defaults", HEADERS)
class SkipsGarbage(Right):
    """Characters outside the alphabet are skipped."""

    def decode(self, text: str) -> bytes:
        return super().decode(re.sub(r"[^A-Za-z0-9+/=]", "", text))


@mutant("verifier", "Node's decoder, which takes both alphabets", HEADERS)
class TakesBase64Url(Right):
    """The letters of base64url are taken for those of base64."""

    def decode(self, text: str) -> bytes:
        return super().decode(text.replace("-", "+").replace("_", "/"))


@mutant("verifier", "Java's MIME decoder", HEADERS)
class SkipsBlanks(Right):
    """Blanks and line ends inside the value are skipped."""

    def decode(self, text: str) -> bytes:
        return super().decode(re.sub(r"[ \t\r\n]", "", text))


@mutant("verifier", "Go, even in strict mode", HEADERS)
class SkipsLineEnds(Right):
    """CR and LF are skipped."""

    def decode(self, text: str) -> bytes:
        return super().decode(re.sub(r"[\r\n]", "", text))


@mutant("verifier", "PHP, even in strict mode", HEADERS)
class TakesMissingPadding(Right):
    """Missing padding is filled in."""

    def decode(self, text: str) -> bytes:
        text = text.strip(" \t")
        return super().decode(text + "=" * (-len(text) % 4))


@mutant("verifier", "nearly every decoder", HEADERS)
class TakesTrailingBits(Right):
    """The unused bits of the last letter may be set."""

    def decode(self, text: str) -> bytes:
        text = text.strip(" \t")
        raw = _lenient(text)
        return raw if len(base64.b64encode(raw)) == len(text) else super().decode(text)


@mutant("verifier", "Python 3.11 with validate=True", HEADERS)
class TakesSurplusPadding(Right):
    """More padding than belongs there is ignored."""

    def decode(self, text: str) -> bytes:
        text = text.strip(" \t")
        letters = text.rstrip("=")
        surplus = len(text) - len(letters) > -len(letters) % 4
        return super().decode(letters + "=" * (-len(letters) % 4) if surplus else text)


@mutant("verifier", "handlers that trim with the language's own function", HEADERS)
class StripsAllBlanks(Right):
    """Every kind of blank is trimmed from the ends, line ends and no-break spaces too."""

    def decode(self, text: str) -> bytes:
        return super().decode(text.strip())


@mutant("verifier", "strict decoders without HTTP's own trimming", HEADERS)
class KeepsOuterBlanks(Right):
    """Blanks around the value, which HTTP allows, make it malformed."""

    def decode(self, text: str) -> bytes:
        if text != text.strip(" \t"):
            raise InvalidSignature("blanks around the value")
        return super().decode(text)


@mutant("verifier", "eight servers that join repeated headers", HEADERS)
class TakesFirstOfMany(Right):
    """Of values joined by commas the first counts."""

    def decode(self, text: str) -> bytes:
        return super().decode(text.partition(",")[0])


@mutant("verifier", "frameworks whose last header wins", HEADERS)
class TakesLastOfMany(Right):
    """Of values joined by commas the last counts."""

    def decode(self, text: str) -> bytes:
        return super().decode(text.rpartition(",")[2])


@mutant("verifier", "handlers that decode headers as forms", HEADERS)
class PercentDecodes(Right):
    """The value is percent-decoded before it is read."""

    def decode(self, text: str) -> bytes:
        return super().decode(unquote(text))


@mutant("verifier", "mends for clients that lose their plus signs", HEADERS)
class RestoresPlus(Right):
    """Blanks inside the value are made plus signs again."""

    def decode(self, text: str) -> bytes:
        return super().decode(text.strip(" \t").replace(" ", "+"))


@mutant("verifier", "structured header parsers", HEADERS)
class TakesQuotes(Right):
    """Quotation marks around the value are dropped."""

    def decode(self, text: str) -> bytes:
        return super().decode(text.strip('"'))


@mutant("verifier", "C code that reads headers as strings", HEADERS)
class StopsAtNul(Right):
    """A NUL ends the value; what follows is ignored."""

    def decode(self, text: str) -> bytes:
        return super().decode(text.partition("\0")[0])


@mutant("verifier", "handlers that take either spelling", HEADERS)
class TakesHex(Right):
    """The signature may be spelled in hex."""

    def decode(self, text: str) -> bytes:
        return bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text) else super().decode(text)


@mutant("verifier", "clients and servers that each encode once more", HEADERS)
class DecodesTwice(Right):
    """What decodes to base64 is decoded again."""

    def decode(self, text: str) -> bytes:
        raw = super().decode(text)
        return super().decode(raw.decode("latin-1")) if re.fullmatch(rb"[A-Za-z0-9+/]{64,}=*", raw) else raw
