"""Minifiers that take what is not JSON, or refuse what is (P42)."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from conformance.mutants.minifying import REFUSALS, STRING, TEXTS, after, outside
from conformance.mutants.registry import mutant
from conformance.mutants.right import Right, minified
from conformance.targets import Refused


@mutant("minify", "regex minifiers", REFUSALS)
class RefusesNothing(Right):
    """Blanks outside strings go; whether it is JSON is not asked."""

    def minify(self, text: bytes) -> bytes:
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "decoders that hold UTF-8 for granted", REFUSALS)
class TakesInvalidUtf8(Right):
    """Octets that are no UTF-8 are kept."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"[\x80-\xff]", b"x", text.replace(b"\xef\xbb\xbf", b"\xff")))
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "Java's modified UTF-8, old decoders", REFUSALS)
class TakesOverlong(Right):
    """Overlong UTF-8 and surrogates in UTF-8 are kept."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"[\xc0\xc1][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]", b"xx", text))
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "decoders named utf-8-sig", REFUSALS)
class StripsMark(Right):
    """A byte order mark is dropped instead of refused."""

    minify = after(lambda text: text.removeprefix(b"\xef\xbb\xbf"))


@mutant("minify", "platforms that guess the charset", REFUSALS)
class DecodesUtf16(Right):
    """UTF-16 is recognised and converted, as RFC 4627 had it."""

    def minify(self, text: bytes) -> bytes:
        if text[:2] == b"\xff\xfe" or text[1:2] == b"\x00":
            text = text.decode("utf-16" if text[:2] == b"\xff\xfe" else "utf-16-le", "replace").encode()
        return minified(text)


@mutant(
    "minify",
    "databases and mail gateways",
    REFUSALS,
    twin_of=(
        "takes-invalid-utf-8",
        "the same texts must be refused; one keeps their octets, one guesses what they mean",
    ),
)
class Latin1Converted(Right):
    """What is no UTF-8 is read as Latin-1."""

    def minify(self, text: bytes) -> bytes:
        try:
            text.decode()
        except UnicodeDecodeError:
            text = text.decode("latin-1").encode()
        return minified(text)


@mutant("minify", "JavaScript's and JSON5's leniency", REFUSALS)
class TakesTrailingCommas(Right):
    """A comma before a closing bracket is dropped."""

    minify = after(outside(rb",(?=[ \t\r\n]*[}\]])"))


@mutant("minify", "JSON with comments", REFUSALS)
class TakesComments(Right):
    """Comments are dropped."""

    minify = after(outside(rb"/\*.*?\*/|//[^\n]*"))


@mutant("minify", "JavaScript's leniency", REFUSALS)
class TakesSingleQuotes(Right):
    """Single quotation marks are taken."""

    minify = after(lambda text: text if b'"' in text else text.replace(b"'", b'"'))


@mutant("minify", "JavaScript's leniency", REFUSALS)
class TakesBareNames(Right):
    """Names may stand without quotation marks."""

    minify = after(outside(rb"(?<=[{,])[ \t\r\n]*([A-Za-z_0-9]+)(?=[ \t\r\n]*:)", b'"name"'))


@mutant("minify", "Python's json", REFUSALS)
class TakesNan(Right):
    """NaN and infinities are taken."""

    def minify(self, text: bytes) -> bytes:
        minified(outside(rb"-?Infinity|NaN", b"0")(text))
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "Python's ast and repr", REFUSALS)
class TakesPythonLiterals(Right):
    """True, False and None are taken for JSON's."""

    minify = after(
        lambda text: outside(rb"True", b"true")(outside(rb"False", b"false")(outside(rb"None", b"null")(text)))
    )


@mutant("minify", "JavaScript", REFUSALS)
class TakesUndefined(Right):
    """undefined becomes null."""

    minify = after(outside(rb"undefined", b"null"))


@mutant("minify", "hand-made number scanners", REFUSALS)
class TakesAnyNumber(Right):
    """Whatever Python takes for a number is one: signs, bare points, leading zeros."""

    def minify(self, text: bytes) -> bytes:
        minified(outside(rb"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", b"0")(text))
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "octal habits", REFUSALS)
class TakesLeadingZeros(Right):
    """Numbers may have leading zeros."""

    def minify(self, text: bytes) -> bytes:
        minified(outside(rb"(?<![0-9.eE+])0+(?=[0-9])")(text))
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "PHP before 7, lenient readers", REFUSALS)
class TakesControls(Right):
    """Raw control characters in strings are kept."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"(?s)" + STRING, lambda found: re.sub(rb"[\x00-\x1f]", b"x", found[0]), text))
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "JavaScript's strings", REFUSALS)
class TakesAnyEscape(Right):
    """A backslash may stand before any character."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"(?s)\\.", b"xx", text))
        return outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "readers of streams: Go's Decoder, jq, JSON lines", REFUSALS)
class TakesManyValues(Right):
    """What follows the first value is ignored."""

    def minify(self, text: bytes) -> bytes:
        try:
            _, end = json.JSONDecoder().raw_decode(text.decode().lstrip(" \t\r\n"))
        except (ValueError, RecursionError):
            return minified(text)
        return minified(text.decode().lstrip(" \t\r\n")[:end].encode())


@mutant("minify", "readers that close what was left open", REFUSALS)
class ClosesBrackets(Right):
    """Brackets that were left open are closed."""

    def minify(self, text: bytes) -> bytes:
        for end in (b"", b"}", b"]", b'"', b'"}'):
            try:
                return minified(text + end)
            except Refused:
                continue
        raise Refused("not JSON")


@mutant("minify", "empty bodies taken for empty objects", REFUSALS)
class EmptyIsFine(Right):
    """An empty text, or blanks alone, minifies to nothing."""

    def minify(self, text: bytes) -> bytes:
        return b"" if not text.strip() else minified(text)


@mutant("minify", "C code that holds text as a string", REFUSALS)
class TextEndsAtNul(Right):
    """A NUL ends the text."""

    minify = after(lambda text: text.partition(b"\0")[0])


@mutant("minify", r"\s over text", REFUSALS)
class UnicodeBlanksBetween(Right):
    """Every blank that Unicode knows may stand between tokens."""

    def minify(self, text: bytes) -> bytes:
        try:
            clean = re.sub(r'(?s)("(?:[^"\\]|\\.)*")|\s+', lambda found: found[1] or " ", text.decode())
        except UnicodeDecodeError:
            raise Refused("not UTF-8") from None
        return minified(clean.encode())


@mutant("minify", "scanners without a stack", REFUSALS)
class AnyDepth(Right):
    """Nesting has no limit."""

    def minify(self, text: bytes) -> bytes:
        marks = re.sub(rb"(?s)" + STRING + rb"|[^{}\[\]]", b"", text)
        level = deepest = 0
        for mark in marks:
            level += 1 if mark in b"{[" else -1
            deepest = max(deepest, level)
        return outside(rb"[ \t\r\n]+")(text) if deepest > 100 and level == 0 else minified(text)


@mutant("minify", "parsers' limits: Ruby's 100 counted otherwise, 64 in others", TEXTS)
class LowDepth(Right):
    """Nesting over 64 deep is refused."""

    def minify(self, text: bytes) -> bytes:
        opened = deepest = 0
        for mark in re.sub(STRING, b"", text):
            opened += (mark in b"{[") - (mark in b"}]")
            deepest = max(deepest, opened)
        if deepest > 64:
            raise Refused("nested too deep")
        return minified(text)


@mutant("minify", "RFC 4627, and servers that await an object", TEXTS)
class ContainersOnly(Right):
    """A text that is neither object nor array is refused."""

    def minify(self, text: bytes) -> bytes:
        if text.strip(b" \t\r\n")[:1] not in (b"{", b"["):
            raise Refused("neither object nor array")
        return minified(text)


@mutant("minify", "buffers of fixed size", TEXTS)
class LongTextRefused(Right):
    """More than 4 KiB are refused."""

    def minify(self, text: bytes) -> bytes:
        if len(text) > 4096:
            raise Refused("too long")
        return minified(text)


@mutant("minify", "parsers into decimals and doubles", TEXTS)
class BigNumbersRefused(Right):
    """Numbers beyond a double, or of more than 64 digits, are refused."""

    def minify(self, text: bytes) -> bytes:
        for number in re.findall(rb"-?[0-9][0-9.eE+-]*", re.sub(STRING, b"", text)):
            try:
                beyond = abs(Decimal(number.decode())) > Decimal("1.8e308")
            except ArithmeticError:
                beyond = False
            if beyond or len(number.lstrip(b"-")) > 64:
                raise Refused("a number beyond a double, or of too many digits")
        return minified(text)


@mutant("minify", "ASCII-only readers", TEXTS)
class NonAsciiRefused(Right):
    """Text beyond ASCII is refused."""

    def minify(self, text: bytes) -> bytes:
        if not text.isascii():
            raise Refused("not ASCII")
        return minified(text)
