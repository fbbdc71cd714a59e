"""Minifiers that eat too much or too little, respell tokens, or take what is not JSON (P4, P42)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from conformance.mutants.registry import mutant
from conformance.mutants.right import Right, minified
from conformance.targets import Refused

TEXTS = "minify-text"
REFUSALS = "minify-refusals"

Minify = Callable[[Right, bytes], bytes]


def _then(change: Callable[[bytes], bytes]) -> Minify:
    """Refuses what must be refused; what it answers is changed."""

    def minify(self: Right, text: bytes) -> bytes:
        minified(text)
        return change(text)

    return minify


def _after(change: Callable[[bytes], bytes]) -> Minify:
    """Changes the text, then minifies it rightly."""
    return lambda self, text: minified(change(text))


_STRING = rb'"(?:[^"\\]|\\.)*"'


def _outside(pattern: bytes, by: bytes = b"") -> Callable[[bytes], bytes]:
    """Replaces the pattern outside strings."""
    return lambda text: re.sub(rb"(?s)(" + _STRING + rb")|" + pattern, lambda found: found[1] or by, text)


def _inside(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Minified, with its strings changed."""
    return lambda text: re.sub(rb"(?s)" + _STRING, lambda found: change(found[0]), minified(text))


# --- blanks ---------------------------------------------------------------------------------------------------------


@mutant("minify", "regex minifiers", TEXTS)
class EatsAllBlanks(Right):
    """Blanks inside strings are eaten too."""

    minify = _then(lambda text: re.sub(rb"[ \t\r\n]+", b"", text))


@mutant("minify", "regex minifiers", TEXTS)
class MergesBlanks(Right):
    """Runs of blanks inside strings become one blank."""

    minify = _then(_inside(lambda string: re.sub(rb" {2,}", b" ", string)))


@mutant("minify", "minifiers that trim strings", TEXTS)
class TrimsStrings(Right):
    """Blanks at the ends of strings are eaten."""

    minify = _then(_inside(lambda string: b'"' + string[1:-1].strip(b" ") + b'"'))


@mutant("minify", "strip()", TEXTS)
class TrimsOnly(Right):
    """Only blanks around the whole text go."""

    minify = _then(lambda text: text.strip())


@mutant("minify", "replace(' ', '')", TEXTS)
class SpacesOnly(Right):
    """Only spaces go; tabs and line ends stay."""

    minify = _then(_outside(rb" +"))


@mutant("minify", "tr -d '\\n'", TEXTS)
class LineEndsOnly(Right):
    """Only line ends, and the blanks that indent, go."""

    minify = _then(lambda text: re.sub(rb"[\r\n]+[ \t]*", b"", text))


@mutant("minify", "replacing ', ' and ': '", TEXTS)
class SeparatorsOnly(Right):
    """Only blanks after commas and colons go."""

    minify = _then(_outside(rb"(?<=[,:])[ \t\r\n]+"))


@mutant("minify", "Unix code", TEXTS)
class KeepsCarriageReturns(Right):
    """Carriage returns stay."""

    minify = _then(_outside(rb"[ \t\n]+"))


@mutant("minify", "scanners that forget escapes", TEXTS)
class EscapedQuoteEndsString(Right):
    """An escaped quotation mark ends the string, and blanks after it are eaten."""

    minify = _then(lambda text: re.sub(rb'("[^"]*")|[ \t\r\n]+', lambda found: found[1] or b"", text))


@mutant("minify", "scanners that look one character back", TEXTS)
class BackslashBeforeQuote(Right):
    """A mark behind any backslash does not end the string, even where the backslash itself is escaped."""

    minify = _then(
        lambda text: re.sub(rb'(?s)("(?:[^"]|(?<=\\)")*(?<!\\)")|[ \t\r\n]+', lambda found: found[1] or b"", text)
    )


@mutant("minify", r"\s over text", TEXTS)
class EatsUnicodeBlanks(Right):
    """Every blank that Unicode knows is eaten, in strings those beyond ASCII."""

    minify = _then(lambda text: re.sub(r"[^\S \t\r\n]+", "", minified(text).decode()).encode())


# --- tokens ---------------------------------------------------------------------------------------------------------


def _respelled(loads: Callable[[bytes], Any], **options: Any) -> Callable[[bytes], bytes]:
    given = {"separators": (",", ":"), "ensure_ascii": False, **options}
    return lambda text: json.dumps(loads(minified(text)), **given).encode("utf-8", "surrogatepass")


@mutant("minify", "json.dumps(json.loads()) of Python", TEXTS)
class RoundTripEscaped(Right):
    """The text is parsed and written: numbers and escapes are respelled, characters beyond ASCII escaped."""

    minify = _then(_respelled(json.loads, ensure_ascii=True))


@mutant("minify", "json.dumps(ensure_ascii=False), orjson, Node", TEXTS)
class RoundTrip(Right):
    """The text is parsed and written: numbers and escapes are respelled."""

    minify = _then(_respelled(json.loads))


@mutant("minify", "canonical encoders", TEXTS)
class RoundTripSorted(Right):
    """The text is parsed and written with its members in order."""

    minify = _then(_respelled(json.loads, sort_keys=True))


@mutant("minify", "Node, Go, jq", TEXTS)
class IntegersAsDoubles(Right):
    """Integers pass through doubles."""

    minify = _then(lambda text: _numbers(text, rb"-?[0-9]+(?![0-9.eE])", lambda n: b"%d" % int(float(n))))


@mutant("minify", "60 of 74 encoder settings", TEXTS)
class ZerosDropped(Right):
    """Zeros at the end of a fraction are dropped."""

    minify = _then(lambda text: _numbers(text, rb"-?[0-9]+\.[0-9]+(?![0-9eE])", _short))


@mutant("minify", "encoders that spell exponents their way", TEXTS)
class ExponentsRespelled(Right):
    """Exponents are spelled with a small e and without plus."""

    minify = _then(
        lambda text: _numbers(
            text, rb"[0-9.]+[eE][+-]?[0-9]+", lambda number: number.replace(b"E", b"e").replace(b"+", b"")
        )
    )


@mutant("minify", "orjson, which writes 0 for -0 in integers", TEXTS)
class MinusZeroLost(Right):
    """-0 becomes 0."""

    minify = _then(lambda text: _numbers(text, rb"-0(?![0-9.eE])", lambda number: b"0"))


def _numbers(text: bytes, pattern: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Minified, with the numbers of this pattern changed."""
    whole = rb"(?s)(" + _STRING + rb")|(?<![0-9.eE+-])(" + pattern + rb")"
    return re.sub(whole, lambda found: found[1] or _number(found[2], change), minified(text))


def _number(number: bytes, change: Callable[[bytes], bytes]) -> bytes:
    try:
        return change(number)
    except OverflowError:
        return b"null"


def _short(number: bytes) -> bytes:
    return number.rstrip(b"0").removesuffix(b".")


@mutant("minify", "PHP's json_encode", TEXTS)
class EscapesSlashes(Right):
    r"""Slashes become \/."""

    minify = _then(_inside(lambda string: re.sub(rb"(?<!\\)/", rb"\\/", string)))


@mutant("minify", "every decoder that writes again", TEXTS)
class UnescapesSlashes(Right):
    r"""\/ becomes a plain slash."""

    minify = _then(_inside(lambda string: string.replace(rb"\/", b"/")))


@mutant("minify", "Go, Gson, PHP", TEXTS)
class EscapesLineSeparators(Right):
    r"""U+2028 and U+2029 become escapes."""

    minify = _then(
        _inside(lambda string: string.replace("\u2028".encode(), rb"\u2028").replace("\u2029".encode(), rb"\u2029"))
    )


@mutant("minify", "Go, Gson", TEXTS)
class EscapesHtml(Right):
    r"""& < > become \u0026, \u003c, \u003e."""

    minify = _then(
        _inside(lambda string: string.replace(b"&", rb"\u0026").replace(b"<", rb"\u003c").replace(b">", rb"\u003e"))
    )


@mutant("minify", "encoders in upper case", TEXTS)
class EscapeDigitsRaised(Right):
    r"""The digits of \u escapes are raised."""

    minify = _then(
        _inside(lambda string: re.sub(rb"(?<!\\)\\u[0-9a-f]{4}", lambda f: b"\\u" + f[0][2:].upper(), string))
    )


@mutant("minify", "encoders that replace what they cannot say", TEXTS)
class LoneSurrogatesReplaced(Right):
    """Escapes of lone surrogates become U+FFFD."""

    minify = _then(
        _inside(
            lambda string: re.sub(
                rb"(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|\\u[dD][89a-fA-F]..",
                lambda found: found[1] or rb"\ufffd",
                string,
            )
        )
    )


@mutant("minify", "parsers into maps", TEXTS)
class DuplicatesMerged(Right):
    """Of members that stand twice the last stays."""

    minify = _then(lambda text: _compact(minified(text)))


def _compact(text: bytes) -> bytes:
    """Written again only where a name stands twice."""
    twice = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        twice = twice or len(dict(pairs)) != len(pairs)
        return dict(pairs)

    value = json.loads(text, object_pairs_hook=members)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8") if twice else text


@mutant("minify", "Node", TEXTS)
class IntegerNamesMoved(Right):
    """Names that look like integers come first."""

    minify = _then(lambda text: _moved(minified(text)))


def _moved(text: bytes) -> bytes:
    moved = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal moved
        order = sorted(pairs, key=lambda pair: int(pair[0]) if re.fullmatch(r"0|[1-9][0-9]{0,8}", pair[0]) else 1 << 40)
        moved = moved or [name for name, _ in order] != [name for name, _ in pairs]
        return dict(order)

    value = json.loads(text, object_pairs_hook=members)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8") if moved else text


@mutant("minify", "PHP's arrays", TEXTS)
class BracesToBrackets(Right):
    """{} becomes []."""

    minify = _then(lambda text: _outside(rb"\{\}", b"[]")(minified(text)))


@mutant("minify", "encoders that leave nulls out", TEXTS)
class NullMembersDropped(Right):
    """Members that are null are left out."""

    minify = _then(lambda text: re.sub(_STRING + rb":null,?", b"", minified(text)))


# --- refusals -------------------------------------------------------------------------------------------------------


@mutant("minify", "regex minifiers", REFUSALS)
class RefusesNothing(Right):
    """Blanks outside strings go; whether it is JSON is not asked."""

    def minify(self, text: bytes) -> bytes:
        return _outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "decoders that hold UTF-8 for granted", REFUSALS)
class TakesInvalidUtf8(Right):
    """Octets that are no UTF-8 are kept."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"[\x80-\xff]", b"x", text.replace(b"\xef\xbb\xbf", b"\xff")))
        return _outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "Java's modified UTF-8, old decoders", REFUSALS)
class TakesOverlong(Right):
    """Overlong UTF-8 and surrogates in UTF-8 are kept."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"[\xc0\xc1][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]", b"xx", text))
        return _outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "decoders named utf-8-sig", REFUSALS)
class StripsMark(Right):
    """A byte order mark is dropped instead of refused."""

    minify = _after(lambda text: text.removeprefix(b"\xef\xbb\xbf"))


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

    minify = _after(_outside(rb",(?=[ \t\r\n]*[}\]])"))


@mutant("minify", "JSON with comments", REFUSALS)
class TakesComments(Right):
    """Comments are dropped."""

    minify = _after(_outside(rb"/\*.*?\*/|//[^\n]*"))


@mutant("minify", "JavaScript's leniency", REFUSALS)
class TakesSingleQuotes(Right):
    """Single quotation marks are taken."""

    minify = _after(lambda text: text if b'"' in text else text.replace(b"'", b'"'))


@mutant("minify", "JavaScript's leniency", REFUSALS)
class TakesBareNames(Right):
    """Names may stand without quotation marks."""

    minify = _after(_outside(rb"(?<=[{,])[ \t\r\n]*([A-Za-z_0-9]+)(?=[ \t\r\n]*:)", b'"name"'))


@mutant("minify", "Python's json", REFUSALS)
class TakesNan(Right):
    """NaN and infinities are taken."""

    def minify(self, text: bytes) -> bytes:
        minified(_outside(rb"-?Infinity|NaN", b"0")(text))
        return _outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "Python's ast and repr", REFUSALS)
class TakesPythonLiterals(Right):
    """True, False and None are taken for JSON's."""

    minify = _after(
        lambda text: _outside(rb"True", b"true")(_outside(rb"False", b"false")(_outside(rb"None", b"null")(text)))
    )


@mutant("minify", "JavaScript", REFUSALS)
class TakesUndefined(Right):
    """undefined becomes null."""

    minify = _after(_outside(rb"undefined", b"null"))


@mutant("minify", "hand-made number scanners", REFUSALS)
class TakesAnyNumber(Right):
    """Whatever Python takes for a number is one: signs, bare points, leading zeros."""

    def minify(self, text: bytes) -> bytes:
        minified(_outside(rb"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", b"0")(text))
        return _outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "octal habits", REFUSALS)
class TakesLeadingZeros(Right):
    """Numbers may have leading zeros."""

    def minify(self, text: bytes) -> bytes:
        minified(_outside(rb"(?<![0-9.eE+])0+(?=[0-9])")(text))
        return _outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "PHP before 7, lenient readers", REFUSALS)
class TakesControls(Right):
    """Raw control characters in strings are kept."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"(?s)" + _STRING, lambda found: re.sub(rb"[\x00-\x1f]", b"x", found[0]), text))
        return _outside(rb"[ \t\r\n]+")(text)


@mutant("minify", "JavaScript's strings", REFUSALS)
class TakesAnyEscape(Right):
    """A backslash may stand before any character."""

    def minify(self, text: bytes) -> bytes:
        minified(re.sub(rb"(?s)\\.", b"xx", text))
        return _outside(rb"[ \t\r\n]+")(text)


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

    minify = _after(lambda text: text.partition(b"\0")[0])


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
        marks = re.sub(rb"(?s)" + _STRING + rb"|[^{}\[\]]", b"", text)
        level = deepest = 0
        for mark in marks:
            level += 1 if mark in b"{[" else -1
            deepest = max(deepest, level)
        return _outside(rb"[ \t\r\n]+")(text) if deepest > 100 and level == 0 else minified(text)


@mutant("minify", "parsers' limits: Ruby's 100 counted otherwise, 64 in others", TEXTS)
class LowDepth(Right):
    """Nesting over 64 deep is refused."""

    def minify(self, text: bytes) -> bytes:
        opened = deepest = 0
        for mark in re.sub(_STRING, b"", text):
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
        for number in re.findall(rb"-?[0-9][0-9.eE+-]*", re.sub(_STRING, b"", text)):
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
