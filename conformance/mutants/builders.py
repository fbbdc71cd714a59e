"""Builders: they sign one serialisation and send another, change the value, or let the client rewrite the URL (S41)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from conformance.mutants.registry import mutant
from conformance.mutants.right import SHORT_FORMS, Fields, Right, member, minified
from conformance.targets import Refused
from signing_core import PayloadError, canonical

BUILDS = "build-requests"
FORMS = "build-forms"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^"]+')


def outside(body: bytes, change: Callable[[str], str]) -> bytes:
    """The body with everything outside its strings changed."""
    return _TOKEN.sub(lambda found: found[0] if found[0][0] == '"' else change(found[0]), body.decode()).encode()


def inside(body: bytes, change: Callable[[str], str]) -> bytes:
    """The body with its strings and names, quotation marks included, changed."""
    return _TOKEN.sub(lambda found: change(found[0]) if found[0][0] == '"' else found[0], body.decode()).encode()


# --- signs one serialisation, sends another -------------------------------------------------------------------------


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


# --- changes the value ----------------------------------------------------------------------------------------------


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


# --- the URL --------------------------------------------------------------------------------------------------------


def _client(rewritten: Callable[[str], str]) -> Callable[[Right, str], str]:
    """``sent_url`` of a client that rewrites URLs after they were signed."""
    return lambda self, url: rewritten(url)


def _query(url: str, change: Callable[[str], str]) -> str:
    path, mark, query = url.partition("?")
    return path + mark + change(query)


@mutant("builder", "aiohttp", BUILDS)
class ClientDecodesQuery(Right):
    """The client decodes escapes in the query: %2F, %3A, %27."""

    sent_url = _client(
        lambda url: _query(url, lambda query: re.sub(r"%(2F|3A|40|2C|27)", lambda f: unquote(f[0]), query))
    )


@mutant("builder", "aiohttp, yarl", BUILDS)
class ClientSendsPlus(Right):
    """The client turns %20 in the query into +."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("%20", "+")))


@mutant("builder", "query builders that spell a blank %20", BUILDS)
class ClientEscapesPlus(Right):
    """The client turns + in the query into %20."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("+", "%20")))


@mutant("builder", "requests and urllib3", BUILDS)
class ClientRaisesEscapes(Right):
    """The client spells escapes in upper case."""

    sent_url = _client(lambda url: re.sub(r"%[0-9a-f]{2}", lambda found: found[0].upper(), url))


@mutant("builder", "requests", BUILDS)
class ClientDecodesUnreserved(Right):
    """The client decodes escapes of letters that need none."""

    sent_url = _client(lambda url: url.replace("%7E", "~").replace("%2D", "-").replace("%5F", "_").replace("%2E", "."))


@mutant("builder", "Node's fetch and every WHATWG parser", BUILDS)
class ClientEscapesApostrophe(Right):
    """The client writes %27 for an apostrophe in the query."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("'", "%27")))


@mutant("builder", "requests and urllib3", BUILDS)
class ClientEscapesBrackets(Right):
    """The client escapes brackets."""

    sent_url = _client(lambda url: _query(url, lambda query: query.replace("[", "%5B").replace("]", "%5D")))


@mutant("builder", "15 of 32 clients", BUILDS)
class ClientResolvesDots(Right):
    """The client resolves dot segments."""

    sent_url = _client(lambda url: re.sub(r"/(?!\.\.?/)[^/?]+/\.\./", "/", url).replace("/./", "/"))


@mutant("builder", "27 of 32 clients", BUILDS)
class ClientDropsPort(Right):
    """The client leaves the default port out."""

    sent_url = _client(lambda url: re.sub(r"^(https://[^/?]*):443(?=[/?]|$)", r"\1", url))


@mutant("builder", "clients that join base and path", BUILDS)
class ClientDropsAnyPort(Right):
    """The client leaves every port out."""

    sent_url = _client(lambda url: re.sub(r"^(https?://[^/?]*):[0-9]+(?=[/?]|$)", r"\1", url))


@mutant("builder", "Guzzle, Node", BUILDS)
class ClientDropsBareMark(Right):
    """The client drops a bare question mark."""

    sent_url = _client(lambda url: url.removesuffix("?"))


@mutant("builder", "every client but none", BUILDS)
class ClientFillsEmptyPath(Right):
    """The client sends a slash for an empty path."""

    sent_url = _client(lambda url: urlsplit(url)._replace(path=urlsplit(url).path or "/").geturl())


@mutant("builder", "clients that parse the query into a map", BUILDS)
class ClientSortsQuery(Right):
    """The client sends parameters in the order of their names."""

    sent_url = _client(lambda url: _query(url, lambda query: "&".join(sorted(query.split("&")))))


@mutant("builder", "clients that parse the query into a map", BUILDS)
class ClientDropsRepeats(Right):
    """The client sends the last of parameters of one name."""

    sent_url = _client(
        lambda url: _query(
            url, lambda query: "&".join({pair.partition("=")[0]: pair for pair in query.split("&")}.values())
        )
    )


@mutant("builder", "parse_qsl without keep_blank_values", BUILDS)
class ClientDropsEmptyValues(Right):
    """The client leaves parameters without value out."""

    sent_url = _client(
        lambda url: _query(url, lambda query: "&".join(pair for pair in query.split("&") if pair.partition("=")[2]))
    )


@mutant("builder", "clients that encode a URL that is encoded", BUILDS, FORMS)
class ClientEscapesTwice(Right):
    """The client escapes the % of escapes."""

    sent_url = _client(lambda url: url.replace("%", "%25"))


@mutant("builder", "routers and their redirects", BUILDS)
class ClientAddsSlash(Right):
    """The client follows a redirect to the form with a slash, signature and all."""

    sent_url = _client(lambda url: re.sub(r"(?<!/)(?=\?|$)", "/", url, count=1))


@mutant("builder", "base URLs joined with rstrip('/')", BUILDS)
class ClientRemovesSlash(Right):
    """The client drops the path's trailing slash."""

    sent_url = _client(lambda url: re.sub(r"/(?=\?|$)", "", url, count=1))


@mutant("builder", "params= beside a URL that has a query", BUILDS, FORMS)
class ClientDropsQuery(Right):
    """The client replaces the query by its own, empty one."""

    sent_url = _client(lambda url: url.partition("?")[0])


@mutant("builder", "http:// in a development setting", BUILDS, FORMS)
class ClientSendsPlainHttp(Right):
    """The client goes to http instead of https."""

    sent_url = _client(lambda url: url.replace("https://", "http://", 1))


@mutant("builder", "one base URL for all environments", BUILDS, FORMS)
class ClientSendsToSandbox(Right):
    """Whatever the environment, the request goes to the sandbox."""

    sent_url = _client(lambda url: url.replace("https://api.", "https://api-dev.", 1))


@mutant("builder", "builders without checks", BUILDS)
class AnyTarget(Right):
    """URLs that no client sends as they are, and methods in lower case, are signed."""

    def admit(self, method: str, url: str) -> None:
        return

    def built(self, form: str, fields: Fields) -> bytes:
        return self.compose(form, fields, strict=False)


@mutant("builder", "clients that take a path", BUILDS)
class ClientMendsUrl(Right):
    """What a URL may not hold is escaped or cut off by the client, after signing."""

    def admit(self, method: str, url: str) -> None:
        super().admit(method, self.sent_url(url))

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        return super().fields(form, method, self.sent_url(url), body, value)

    def sent_url(self, url: str) -> str:
        return quote(url.strip().partition("#")[0], safe="%/:?&=+,;@!$'()*[]~")


@mutant("builder", "clients that hold methods in lower case", BUILDS)
class ClientRaisesMethod(Right):
    """The method is signed as given and raised when sent."""

    def admit(self, method: str, url: str) -> None:
        super().admit(method.upper(), url)

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        return super().fields(form, method.upper(), url, body, value)

    def sent_method(self, method: str) -> str:
        return method.upper()


@mutant("builder", "clients that know GET and POST", BUILDS)
class OnlyPost(Right):
    """Whatever has a body is sent as POST."""

    def build(self, json_text: bytes | None = None, **fields: Any) -> dict[str, Any]:
        request = super().build(json_text=json_text, **fields)
        return request if json_text is None else {**request, "method": "POST"}


# --- headers --------------------------------------------------------------------------------------------------------

SIGNATURES = ("x-signature", "x-short-signature")


@mutant("builder", "merchants' code for this very API", BUILDS, FORMS)
class MissingMerchantId(Right):
    """x-merchant-id is forgotten."""

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return {name: value for name, value in super().headers(form, text, merchant_id).items() if name in SIGNATURES}


@mutant(
    "builder",
    "a setting that was left out",
    BUILDS,
    FORMS,
    twin_of=("missing-merchant-id", "wherever the id belongs, both lack it; one sends the name without a value"),
)
class EmptyMerchantId(Right):
    """x-merchant-id is sent empty."""

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return super().headers(form, text, "")


@mutant("builder", "clients that send their headers everywhere", FORMS)
class MerchantIdEverywhere(Right):
    """x-merchant-id stands in responses and webhooks too."""

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return {**super().headers(form, text, merchant_id), "x-merchant-id": merchant_id}


@mutant("builder", "readers of 'all requests carry x-signature'", FORMS)
class LongHeaderForCards(Right):
    """Card details carry x-signature instead of x-short-signature."""

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return (
            {"x-signature": text, "x-merchant-id": merchant_id}
            if form in SHORT_FORMS
            else super().headers(form, text, merchant_id)
        )


@mutant(
    "builder",
    "readers of 'all requests carry x-signature'",
    FORMS,
    twin_of=(
        "long-header-for-cards",
        "both are wrong for every card and for nothing else; one sends too much, one too little",
    ),
)
class BothHeadersForCards(Right):
    """Card details carry both headers."""

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        extra = {"x-signature": text} if form in SHORT_FORMS else {}
        return {**super().headers(form, text, merchant_id), **extra}


@mutant("builder", "the name 'short' for look-ups", FORMS)
class ShortHeaderForLookups(Right):
    """Payout look-ups carry x-short-signature."""

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        if form != "payout_lookup":
            return super().headers(form, text, merchant_id)
        return {"x-short-signature": text, "x-merchant-id": merchant_id}


@mutant("builder", "clients that drop unknown headers", BUILDS, FORMS, blunt=True)
class SignatureHeaderMissing(Right):
    """The signature is made, and not sent."""

    def headers(self, form: str, text: str, merchant_id: str) -> dict[str, str]:
        return {"x-merchant-id": merchant_id}


# --- the form -------------------------------------------------------------------------------------------------------


@mutant(
    "builder",
    "one function that signs every request",
    FORMS,
    twin_of=(
        "long-header-for-cards",
        "both are wrong for every card and for nothing else; here it is the message that is wrong",
    ),
)
class CardsSignedWhole(Right):
    """Card details are signed with their whole body."""

    def build(self, form: str, **fields: Any) -> dict[str, Any]:
        request = super().build(form=form, **fields)
        if form not in SHORT_FORMS:
            return request
        text = self.encode(self.signature(fields["key"], request["body"]))
        return {**request, "headers": {**request["headers"], "x-short-signature": text}}


@mutant(
    "builder",
    "one function that signs every request",
    FORMS,
    twin_of=(
        "short-header-for-lookups",
        "both are wrong for every look-up and for nothing else; here it is the message that is wrong",
    ),
)
class LookupSignedWhole(Right):
    """Payout look-ups are signed with method and URL."""

    def build(self, form: str, **fields: Any) -> dict[str, Any]:
        request = super().build(form=form, **fields)
        if form != "payout_lookup":
            return request
        text = self.encode(self.signature(fields["key"], (fields["method"] + fields["url"]).encode()))
        return {**request, "headers": {**request["headers"], "x-signature": text}}


@mutant("builder", "values cut out of the URL", FORMS)
class LookupValueEncoded(Right):
    """The value of a look-up is signed as it stands in the URL."""

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        found = super().fields(form, method, url, body, value)
        return {"value": url.rpartition("=")[2]} if form == "payout_lookup" else found


@mutant("builder", "clients that sign what there is", FORMS)
class LookupWithoutValue(Right):
    """A look-up that names no payout is signed over the empty string."""

    def built(self, form: str, fields: Fields) -> bytes:
        return b"" if fields.get("value") == "" else super().built(form, fields)

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        try:
            return super().fields(form, method, url, body, value)
        except PayloadError:
            if form != "payout_lookup" or "uuid=" in url or "external_id=" in url:
                raise
            return {"value": ""}


@mutant("builder", "clients that take the first parameter", FORMS)
class LookupTakesAny(Right):
    """Whatever stands first in the query of a look-up is signed."""

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        if form != "payout_lookup":
            return super().fields(form, method, url, body, value)
        return {"value": unquote(url.partition("?")[2].partition("&")[0].partition("=")[2])}


@mutant("builder", "builders without checks", FORMS)
class CardNumberUnchecked(Right):
    """Whatever the body has for a card number is cut into first six and last four."""

    def built(self, form: str, fields: Fields) -> bytes:
        if form != "payout_card_details":
            return super().built(form, fields)
        number = fields["card_number"]
        return str(fields["transaction_id"] + number[:6] + number[-4:]).encode()


@mutant("builder", "forms that let people type groups", FORMS)
class CardNumberCleaned(Right):
    """Blanks are taken out of the card number for signing, and sent."""

    def fields(self, form: str, method: str, url: str, body: bytes, value: Any) -> Fields:
        if form != "payout_card_details":
            return super().fields(form, method, url, body, value)
        return {
            "transaction_id": member(value, "transaction_id"),
            "card_number": re.sub(r"[ -]", "", member(value, "number")),
        }
