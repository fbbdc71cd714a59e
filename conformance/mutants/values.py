"""Builders that send what they signed, but not the value they were asked for (S41, P17, P24, P41)."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from typing import Any

from conformance.mutants.registry import mutant
from conformance.mutants.right import Right, minified
from conformance.targets import Refused
from signing_core import PayloadError

BUILDS = "build-requests"
FORMS = "build-forms"


class Changing(Right):
    """Sends what was signed, but not the value that was asked for."""

    def parse(self, json_text: bytes) -> Any:
        return self.walk(super().parse(json_text))

    def walk(self, value: Any) -> Any:
        """The value with every scalar and container put through ``changed``, innermost first."""
        if isinstance(value, dict):
            return self.changed({name: self.walk(item) for name, item in value.items()})
        if isinstance(value, list):
            return self.changed([self.walk(item) for item in value])
        return self.changed(value)

    def changed(self, value: Any) -> Any:
        """The wrong value."""
        raise NotImplementedError


@mutant("builder", "floats in most languages, PHP's serialize_precision=17", BUILDS)
class FloatsRewritten(Changing):
    """Decimals are spelled with all the digits of the nearest double."""

    def changed(self, value: Any) -> Any:
        return Decimal(format(float(value), ".17g")) if isinstance(value, Decimal) else value


@mutant("builder", "JSON.parse and every double-based decoder", BUILDS)
class DoublesForDecimals(Changing):
    """Decimals pass through doubles and lose what those cannot hold."""

    def changed(self, value: Any) -> Any:
        return Decimal(repr(float(value))) if isinstance(value, Decimal) else value


@mutant("builder", "Node, Go and jq", BUILDS)
class IdsRounded(Changing):
    """Integers pass through doubles."""

    def changed(self, value: Any) -> Any:
        return int(float(value)) if type(value) is int else value


@mutant("builder", "PHP and Java beyond their integers", BUILDS)
class IntegersWrapped(Changing):
    """Integers wrap round at 64 bits, signed."""

    def changed(self, value: Any) -> Any:
        return (value + (1 << 63)) % (1 << 64) - (1 << 63) if type(value) is int else value


@mutant("builder", "amounts in cents and rounding money types", BUILDS)
class AmountsRounded(Changing):
    """Decimals are rounded to two places."""

    def changed(self, value: Any) -> Any:
        return value.quantize(Decimal("0.01")) if isinstance(value, Decimal) else value


@mutant("builder", "amounts cut to integers", BUILDS)
class AmountsTruncated(Changing):
    """Decimals lose their fraction."""

    def changed(self, value: Any) -> Any:
        return int(value) if isinstance(value, Decimal) else value


@mutant("builder", "encoders told to write numbers as strings", BUILDS)
class AmountsAsStrings(Changing):
    """Decimals are written as strings."""

    def changed(self, value: Any) -> Any:
        return str(value) if isinstance(value, Decimal) else value


@mutant("builder", "PHP's JSON_NUMERIC_CHECK", BUILDS, FORMS)
class DigitsAsNumbers(Right):
    """Strings of digits are written as numbers."""

    def serialise(self, value: Any) -> bytes:
        return super().serialise(_numeric(value))


def _numeric(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numeric(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_numeric(item) for item in value]
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value) else value


@mutant("builder", "PHP's arrays", BUILDS)
class BracesAsBrackets(Changing):
    """An empty object becomes an empty array."""

    def changed(self, value: Any) -> Any:
        return [] if value == {} else value


@mutant("builder", "PHP's JSON_FORCE_OBJECT", BUILDS)
class BracketsAsBraces(Changing):
    """An empty array becomes an empty object."""

    def changed(self, value: Any) -> Any:
        return {} if value == [] else value


@mutant("builder", "Gson, Jackson's NON_NULL", BUILDS, FORMS)
class NullsDropped(Changing):
    """Members that are null are left out."""

    def changed(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: item for name, item in value.items() if item is not None}


@mutant("builder", "array_filter, omitempty", BUILDS)
class EmptyDropped(Changing):
    """Members that are empty, zero or false are left out."""

    def changed(self, value: Any) -> Any:
        return {name: item for name, item in value.items() if item} if isinstance(value, dict) else value


@mutant("builder", "omitempty on strings", BUILDS)
class EmptyStringsDropped(Changing):
    """Members that are empty strings are left out."""

    def changed(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: item for name, item in value.items() if item != ""}


@mutant("builder", "form encoders, loosely typed languages", BUILDS, FORMS)
class NullsAsEmpty(Changing):
    """null becomes an empty string."""

    def changed(self, value: Any) -> Any:
        return "" if value is None else value


@mutant("builder", "form encoders", BUILDS)
class BooleansAsNumbers(Changing):
    """true and false become 1 and 0."""

    def changed(self, value: Any) -> Any:
        return int(value) if isinstance(value, bool) else value


@mutant("builder", "regex minifiers", BUILDS, FORMS)
class BlanksEaten(Right):
    """The minifier eats blanks inside strings too."""

    def parse(self, json_text: bytes) -> Any:
        minified(json_text)
        return super().parse(re.sub(rb"[ \t\r\n]+", b"", json_text))


@mutant("builder", "frameworks that trim input", BUILDS)
class ValuesTrimmed(Changing):
    """Strings are trimmed before they are signed and sent."""

    def changed(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value


@mutant("builder", "input filters", BUILDS)
class ControlsStripped(Changing):
    """Control characters are taken out of strings."""

    def changed(self, value: Any) -> Any:
        return re.sub(r"[\x00-\x1f\x7f]", "", value) if isinstance(value, str) else value


@mutant("builder", "C code, and databases that end texts at a NUL", BUILDS)
class StringsEndAtNul(Changing):
    """A string ends at its first NUL."""

    def changed(self, value: Any) -> Any:
        return value.partition("\0")[0] if isinstance(value, str) else value


@mutant("builder", "form decoding of values", BUILDS)
class PlusAsBlank(Changing):
    """A plus sign in a value becomes a blank."""

    def changed(self, value: Any) -> Any:
        return value.replace("+", " ") if isinstance(value, str) else value


@mutant("builder", "htmlspecialchars on input", BUILDS)
class HtmlEntities(Changing):
    """& < > and quotation marks in values become entities."""

    def changed(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return html.escape(value)


@mutant("builder", "stripslashes and hand-made escaping", BUILDS)
class BackslashesLost(Changing):
    """Backslashes are taken out of values."""

    def changed(self, value: Any) -> Any:
        return value.replace("\\", "") if isinstance(value, str) else value


@mutant(
    "builder",
    "transliteration for 'only ASCII'",
    BUILDS,
    twin_of=(
        "ascii-escaped-when-sent",
        "nothing beyond ASCII can be right in either; which of the judge's demands is missed tells them apart",
    ),
)
class Transliterated(Changing):
    """Characters beyond ASCII become question marks."""

    def changed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.changed(name): item for name, item in value.items()}
        return value.encode("ascii", "replace").decode() if isinstance(value, str) else value


@mutant("builder", "columns of 255 characters", BUILDS)
class LongTextCut(Changing):
    """Strings are cut after 255 characters."""

    def changed(self, value: Any) -> Any:
        return value[:255] if isinstance(value, str) else value


@mutant("builder", "PHP's depth, Ruby's nesting, set low", BUILDS)
class DeepValuesRefused(Right):
    """Values nested more than 32 deep are refused."""

    def parse(self, json_text: bytes) -> Any:
        opened = deepest = 0
        for mark in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", json_text):
            opened += (mark in b"{[") - (mark in b"}]")
            deepest = max(deepest, opened)
        if deepest > 32:
            raise PayloadError("nested too deep")
        return super().parse(json_text)


@mutant("builder", "Python's json, which reads NaN and writes null in some encoders", BUILDS)
class NanAsNull(Right):
    """NaN and infinities are taken, and written null."""

    def parse(self, json_text: bytes) -> Any:
        return super().parse(re.sub(rb"(?<=[:,\[])-?(?:NaN|Infinity)", b"null", json_text))


@mutant("builder", "big integers of Python and Ruby", BUILDS)
class AnyIntegers(Right):
    """Integers beyond 64 bits are written as they are."""

    def serialise(self, value: Any) -> bytes:
        try:
            return super().serialise(value)
        except PayloadError:
            return json.dumps(value, separators=(",", ":"), default=str).encode()


@mutant("builder", "readers that mend: json5, demjson, PHP's loose settings", BUILDS)
class BrokenJsonMended(Right):
    """Text that is cut short or has a comma too many is mended, what is no UTF-8 replaced."""

    def parse(self, json_text: bytes) -> Any:
        text = json_text.decode("utf-8", "replace").encode()
        text = re.sub(rb",(?=[ \t\r\n]*[}\]])", b"", text)
        for end in (b"", b"}", b"]}", b'"}'):
            try:
                return super().parse(text + end)
            except Refused:
                continue
        raise Refused("not JSON")


@mutant("builder", "builders that pass on what they were given", BUILDS)
class TextNotParsed(Right):
    """A body that is no JSON is signed and sent as it is."""

    def parse(self, json_text: bytes) -> Any:
        self.given = json_text
        try:
            self.broken = False
            return super().parse(json_text)
        except (Refused, ValueError):
            self.broken = True

    def serialise(self, value: Any) -> bytes:
        return self.given if self.broken else super().serialise(value)


@mutant("builder", "if (body.trim())", BUILDS)
class EmptyTextIsNoBody(Right):
    """An empty text, or blanks alone, is taken for no body."""

    def build(self, json_text: bytes | None = None, **fields: Any) -> dict[str, Any]:
        return super().build(json_text=json_text if json_text and json_text.strip() else None, **fields)


@mutant("builder", "encoders without a limit", BUILDS)
class AnyDepthBuilt(Right):
    """Values nested more than 100 deep are signed and sent."""

    def build(self, json_text: bytes | None = None, **fields: Any) -> dict[str, Any]:
        try:
            return super().build(json_text=json_text, **fields)
        except Refused:
            if json_text is None or json_text.count(b"{") + json_text.count(b"[") <= 100:
                raise
        return super().build(json_text=b'{"deep":true}', **fields)


@mutant("builder", "Python's json: the last of two members wins", BUILDS)
class DuplicatesDropped(Right):
    """Of members that stand twice the last is sent."""

    def parse(self, json_text: bytes) -> Any:
        return json.loads(minified(json_text), parse_float=Decimal)
