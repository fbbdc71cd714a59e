"""Minifiers that eat too much or too little, or respell tokens (P4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from conformance.mutants.minifying import STRING, TEXTS, inside, outside, then
from conformance.mutants.registry import mutant
from conformance.mutants.right import Right, minified

# --- blanks ---------------------------------------------------------------------------------------------------------


@mutant("minify", "regex minifiers", TEXTS)
class EatsAllBlanks(Right):
    """Blanks inside strings are eaten too."""

    minify = then(lambda text: re.sub(rb"[ \t\r\n]+", b"", text))


@mutant("minify", "regex minifiers", TEXTS)
class MergesBlanks(Right):
    """Runs of blanks inside strings become one blank."""

    minify = then(inside(lambda string: re.sub(rb" {2,}", b" ", string)))


@mutant("minify", "minifiers that trim strings", TEXTS)
class TrimsStrings(Right):
    """Blanks at the ends of strings are eaten."""

    minify = then(inside(lambda string: b'"' + string[1:-1].strip(b" ") + b'"'))


@mutant("minify", "strip()", TEXTS)
class TrimsOnly(Right):
    """Only blanks around the whole text go."""

    minify = then(lambda text: text.strip())


@mutant("minify", "replace(' ', '')", TEXTS)
class SpacesOnly(Right):
    """Only spaces go; tabs and line ends stay."""

    minify = then(outside(rb" +"))


@mutant("minify", "tr -d '\\n'", TEXTS)
class LineEndsOnly(Right):
    """Only line ends, and the blanks that indent, go."""

    minify = then(lambda text: re.sub(rb"[\r\n]+[ \t]*", b"", text))


@mutant("minify", "replacing ', ' and ': '", TEXTS)
class SeparatorsOnly(Right):
    """Only blanks after commas and colons go."""

    minify = then(outside(rb"(?<=[,:])[ \t\r\n]+"))


@mutant("minify", "Unix code", TEXTS)
class KeepsCarriageReturns(Right):
    """Carriage returns stay."""

    minify = then(outside(rb"[ \t\n]+"))


@mutant("minify", "scanners that forget escapes", TEXTS)
class EscapedQuoteEndsString(Right):
    """An escaped quotation mark ends the string, and blanks after it are eaten."""

    minify = then(lambda text: re.sub(rb'("[^"]*")|[ \t\r\n]+', lambda found: found[1] or b"", text))


@mutant("minify", "scanners that look one character back", TEXTS)
class BackslashBeforeQuote(Right):
    """A mark behind any backslash does not end the string, even where the backslash itself is escaped."""

    minify = then(
        lambda text: re.sub(rb'(?s)("(?:[^"]|(?<=\\)")*(?<!\\)")|[ \t\r\n]+', lambda found: found[1] or b"", text)
    )


@mutant("minify", r"\s over text", TEXTS)
class EatsUnicodeBlanks(Right):
    """Every blank that Unicode knows is eaten, in strings those beyond ASCII."""

    minify = then(lambda text: re.sub(r"[^\S \t\r\n]+", "", minified(text).decode()).encode())


# --- tokens ---------------------------------------------------------------------------------------------------------


def _respelled(loads: Callable[[bytes], Any], **options: Any) -> Callable[[bytes], bytes]:
    given = {"separators": (",", ":"), "ensure_ascii": False, **options}
    return lambda text: json.dumps(loads(minified(text)), **given).encode("utf-8", "surrogatepass")


@mutant("minify", "json.dumps(json.loads()) of Python", TEXTS)
class RoundTripEscaped(Right):
    """The text is parsed and written: numbers and escapes are respelled, characters beyond ASCII escaped."""

    minify = then(_respelled(json.loads, ensure_ascii=True))


@mutant("minify", "json.dumps(ensure_ascii=False), orjson, Node", TEXTS)
class RoundTrip(Right):
    """The text is parsed and written: numbers and escapes are respelled."""

    minify = then(_respelled(json.loads))


@mutant("minify", "canonical encoders", TEXTS)
class RoundTripSorted(Right):
    """The text is parsed and written with its members in order."""

    minify = then(_respelled(json.loads, sort_keys=True))


@mutant("minify", "Node, Go, jq", TEXTS)
class IntegersAsDoubles(Right):
    """Integers pass through doubles."""

    minify = then(lambda text: _numbers(text, rb"-?[0-9]+(?![0-9.eE])", lambda n: b"%d" % int(float(n))))


@mutant("minify", "60 of 74 encoder settings", TEXTS)
class ZerosDropped(Right):
    """Zeros at the end of a fraction are dropped."""

    minify = then(lambda text: _numbers(text, rb"-?[0-9]+\.[0-9]+(?![0-9eE])", _short))


@mutant("minify", "encoders that spell exponents their way", TEXTS)
class ExponentsRespelled(Right):
    """Exponents are spelled with a small e and without plus."""

    minify = then(
        lambda text: _numbers(
            text, rb"[0-9.]+[eE][+-]?[0-9]+", lambda number: number.replace(b"E", b"e").replace(b"+", b"")
        )
    )


@mutant("minify", "orjson, which writes 0 for -0 in integers", TEXTS)
class MinusZeroLost(Right):
    """-0 becomes 0."""

    minify = then(lambda text: _numbers(text, rb"-0(?![0-9.eE])", lambda number: b"0"))


def _numbers(text: bytes, pattern: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Minified, with the numbers of this pattern changed."""
    whole = rb"(?s)(" + STRING + rb")|(?<![0-9.eE+-])(" + pattern + rb")"
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

    minify = then(inside(lambda string: re.sub(rb"(?<!\\)/", rb"\\/", string)))


@mutant("minify", "every decoder that writes again", TEXTS)
class UnescapesSlashes(Right):
    r"""\/ becomes a plain slash."""

    minify = then(inside(lambda string: string.replace(rb"\/", b"/")))


@mutant("minify", "Go, Gson, PHP", TEXTS)
class EscapesLineSeparators(Right):
    r"""U+2028 and U+2029 become escapes."""

    minify = then(
        inside(lambda string: string.replace("\u2028".encode(), rb"\u2028").replace("\u2029".encode(), rb"\u2029"))
    )


@mutant("minify", "Go, Gson", TEXTS)
class EscapesHtml(Right):
    r"""& < > become \u0026, \u003c, \u003e."""

    minify = then(
        inside(lambda string: string.replace(b"&", rb"\u0026").replace(b"<", rb"\u003c").replace(b">", rb"\u003e"))
    )


@mutant("minify", "encoders in upper case", TEXTS)
class EscapeDigitsRaised(Right):
    r"""The digits of \u escapes are raised."""

    minify = then(inside(lambda string: re.sub(rb"(?<!\\)\\u[0-9a-f]{4}", lambda f: b"\\u" + f[0][2:].upper(), string)))


@mutant("minify", "encoders that replace what they cannot say", TEXTS)
class LoneSurrogatesReplaced(Right):
    """Escapes of lone surrogates become U+FFFD."""

    minify = then(
        inside(
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

    minify = then(lambda text: _compact(minified(text)))


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

    minify = then(lambda text: _moved(minified(text)))


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

    minify = then(lambda text: outside(rb"\{\}", b"[]")(minified(text)))


@mutant("minify", "encoders that leave nulls out", TEXTS)
class NullMembersDropped(Right):
    """Members that are null are left out."""

    minify = then(lambda text: re.sub(STRING + rb":null,?", b"", minified(text)))
