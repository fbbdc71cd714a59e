"""Implementations that sign, and therefore expect, another message than the form's (S7, S8, S10, S28, S29, S36).

The same mistake is made when signing and when verifying, as in one library that a merchant wrote for both.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from conformance.mutants.registry import mutant
from conformance.mutants.right import Fields, Right

REQUESTS = "request-signatures"
BODIES = "message-bodies"
URLS = "message-urls"
MERCHANTS = "merchants' code for this very API"


class Altered(Right):
    """Refuses what must be refused, then gives the message of other fields."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        right = super().compose(form, fields, strict)
        return self.altered(form, fields, right)

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        """The wrong message."""
        raise NotImplementedError


class AlteredRequest(Altered):
    """Wrong for requests alone."""

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        if form != "request":
            return right
        return self.request(fields["method"].encode(), fields["url"].encode(), fields["body"])

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        """The wrong message of a request."""
        return method + self.url(url.decode()).encode() + body

    def url(self, url: str) -> str:
        """The wrong URL."""
        raise NotImplementedError


class AlteredBody(Altered):
    """Wrong for every form that signs a body."""

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        if "body" not in fields:
            return right
        return right[: len(right) - len(fields["body"])] + self.body(fields["body"])

    def body(self, body: bytes) -> bytes:
        """The wrong body."""
        raise NotImplementedError


# --- the parts of a request ----------------------------------------------------------------------------------------


@mutant("message", MERCHANTS, REQUESTS, "documented-examples")
class BodyAlone(AlteredRequest):
    """The body alone is signed, as one reading of the document has it."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return body


@mutant("message", "merchants' first tries", REQUESTS, "documented-examples")
class UrlAlone(AlteredRequest):
    """The URL alone is signed."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return url


@mutant("message", "signers made for GET and reused for POST", REQUESTS)
class BodyForgotten(AlteredRequest):
    """Method and URL are signed, never the body."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return method + url


@mutant("message", "readers who took 'entire body' for 'only POST has one'", BODIES)
class BodyOnlyForPost(AlteredRequest):
    """The body is signed with POST and with no other method."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return method + url + (body if method == b"POST" else b"")


@mutant("message", "merchants' first tries", REQUESTS, "documented-examples")
class MethodForgotten(AlteredRequest):
    """URL and body are signed, the method is not."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return url + body


@mutant("message", "merchants' first tries", REQUESTS)
class UrlForgotten(AlteredRequest):
    """Method and body are signed, the URL is not."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return method + body


@mutant("message", "servers and frameworks that know only the request target", REQUESTS)
class PathOnly(AlteredRequest):
    """Path and query are signed instead of the full URL."""

    def url(self, url: str) -> str:
        return url.removeprefix(url[: url.find("/", url.find("://") + 3)]) if "://" in url else url


@mutant("message", "merchants' first tries", REQUESTS)
class WrongOrder(AlteredRequest):
    """URL first, then method and body."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return url + method + body


@mutant("message", "other gateways' schemes", REQUESTS)
class BlanksBetween(AlteredRequest):
    """The parts are joined with blanks."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return b" ".join((method, url, body))


@mutant("message", "other gateways' schemes", REQUESTS)
class LinesBetween(AlteredRequest):
    """The parts are joined with line ends."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return b"\n".join((method, url, body))


@mutant("message", "clients that hold methods in lower case, such as axios", REQUESTS)
class LowerCaseMethod(AlteredRequest):
    """The method is signed in lower case."""

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        return method.lower() + url + body


@mutant("message", "clients that raise the method after it was signed", BODIES, REQUESTS)
class TakesLowerCaseMethod(Right):
    """A method in lower case is raised instead of refused, and a verifier takes it for the upper-case one."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        if form == "request":
            fields = {**fields, "method": fields["method"].upper()}
        return super().compose(form, fields, strict)


# --- the URL --------------------------------------------------------------------------------------------------------


@mutant("message", "merchants' first tries", REQUESTS, "documented-examples")
class QueryDropped(AlteredRequest):
    """The URL is signed without its query string."""

    def url(self, url: str) -> str:
        return url.partition("?")[0]


@mutant("message", "Flask's and Starlette's request.url, Django's build_absolute_uri", URLS)
class QueryDecoded(AlteredRequest):
    """The URL is percent-decoded before it is signed."""

    def url(self, url: str) -> str:
        return unquote(url)


@mutant("message", "query builders, which spell a blank +", URLS)
class BlanksAsPlus(AlteredRequest):
    """The query is parsed and spelled again, with + for %20."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path + mark + query.replace("%20", "+")


@mutant("message", "query builders that keep parameters in a sorted map", URLS, REQUESTS)
class QuerySorted(AlteredRequest):
    """Parameters are signed in the order of their names."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path + mark + "&".join(sorted(query.split("&")))


@mutant("message", "routers that redirect to the form with a slash", URLS, REQUESTS)
class SlashAdded(AlteredRequest):
    """A path without trailing slash gets one."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path.rstrip("/") + "/" + mark + query


@mutant("message", "the advice to remove trailing slashes, taken literally", URLS, REQUESTS)
class SlashRemoved(AlteredRequest):
    """A trailing slash of the path is dropped."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path.rstrip("/") + mark + query


@mutant("message", "both pieces of advice at once", URLS, REQUESTS)
class SlashToggled(AlteredRequest):
    """A trailing slash is dropped where there is one and added where there is none."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return (path[:-1] if path.endswith("/") else path + "/") + mark + query


@mutant("message", "Python's urlsplit and urlunsplit, Java's URI", URLS)
class UrlRebuilt(AlteredRequest):
    """The URL is taken apart and put together: a bare question mark goes, the scheme is lowered."""

    def url(self, url: str) -> str:
        return urlsplit(url).geturl()


@mutant("message", "servers that build the URL from the Host header", URLS)
class HostLowered(AlteredRequest):
    """Scheme and host are lowered, the default port is dropped, an empty path becomes a slash."""

    def url(self, url: str) -> str:
        parts = urlsplit(url)
        host = parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")
        return parts._replace(netloc=host, path=parts.path or "/").geturl()


@mutant("message", "RFC 3986's normalisation, requests and urllib3", URLS)
class EscapesRaised(AlteredRequest):
    """Escapes are spelled in upper case."""

    def url(self, url: str) -> str:
        return re.sub(r"%[0-9a-fA-F]{2}", lambda found: found[0].upper(), url)


@mutant("message", "RFC 3986's normalisation", URLS)
class UnreservedDecoded(AlteredRequest):
    """Escapes of letters that need none are decoded."""

    def url(self, url: str) -> str:
        def plain(found: re.Match[str]) -> str:
            char = chr(int(found[1], 16))
            return char if re.fullmatch(r"[A-Za-z0-9._~-]", char) else found[0]

        return re.sub(r"%([0-9a-fA-F]{2})", plain, url)


@mutant("message", "15 of 32 HTTP clients", URLS)
class DotSegmentsRemoved(AlteredRequest):
    """Dot segments are resolved before signing."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        path = path.replace("/./", "/")
        while (shorter := re.sub(r"(?<!:)(?<!/)/(?!\.\./)[^/]+/\.\./", "/", path, count=1)) != path:
            path = shorter
        return path + mark + query


@mutant("message", "path joiners", URLS)
class SlashesMerged(AlteredRequest):
    """Doubled slashes become one."""

    def url(self, url: str) -> str:
        scheme, mark, rest = url.partition("://")
        return scheme + mark + re.sub(r"/{2,}", "/", rest)


@mutant("message", "requests and urllib3", URLS)
class BracketsEscaped(AlteredRequest):
    """Brackets in the query are escaped before signing."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        return path + mark + query.replace("[", "%5B").replace("]", "%5D")


@mutant("message", "WHATWG parsers", URLS)
class ApostropheEscaped(AlteredRequest):
    """An apostrophe in the query is escaped before signing."""

    def url(self, url: str) -> str:
        return url.replace("'", "%27")


@mutant("message", "parse_qsl without keep_blank_values", URLS)
class EmptyValuesDropped(AlteredRequest):
    """Parameters without a value are left out."""

    def url(self, url: str) -> str:
        path, mark, query = url.partition("?")
        kept = [pair for pair in query.split("&") if pair.partition("=")[2] or not query]
        return path + mark + "&".join(kept)


@mutant("message", "signers that take any text for a URL", URLS)
class AnyUrl(Right):
    """No URL and no method is refused, though clients send many of them changed."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        return super().compose(form, fields, strict=False)


@mutant("message", "clients that mend URLs silently", URLS)
class UrlMended(Right):
    """What a URL may not hold is escaped, and a fragment cut off, instead of refused."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        if form == "request" and strict:
            url = quote(fields["url"].strip().partition("#")[0], safe="%/:?&=+,;@!$'()*[]~")
            fields = {**fields, "url": re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)}
        return super().compose(form, fields, strict)


@mutant("message", "one base URL in the code for all environments", REQUESTS, "build-requests")
class SandboxAlways(AlteredRequest):
    """The URL of the sandbox is signed, wherever the request goes."""

    def url(self, url: str) -> str:
        return re.sub(r"^https://api\.", "https://api-dev.", url)


# --- the body -------------------------------------------------------------------------------------------------------


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


# --- cards and look-ups ---------------------------------------------------------------------------------------------


def _cards(wrong: Callable[[str, str], str]) -> Callable[[Altered, str, Fields, bytes], bytes]:
    """``altered`` for payout cards alone."""

    def altered(self: Altered, form: str, fields: Fields, right: bytes) -> bytes:
        if form != "payout_card_details":
            return right
        return wrong(fields["transaction_id"], fields["card_number"]).encode()

    return altered


CARDS = "payout-cards"


@mutant("message", MERCHANTS, CARDS)
class FullCardNumber(Altered):
    """The whole card number is signed."""

    altered = _cards(lambda id_, number: id_ + number)


@mutant("message", "readers who know bins of eight digits", CARDS)
class EightDigitBin(Altered):
    """The first eight digits are signed instead of six."""

    altered = _cards(lambda id_, number: id_ + number[:8] + number[-4:])


@mutant("message", MERCHANTS, CARDS)
class MissingBin(Altered):
    """The first six digits are left out."""

    altered = _cards(lambda id_, number: id_ + number[-4:])


@mutant("message", "merchants' first tries", CARDS)
class MissingLastFour(Altered):
    """The last four digits are left out."""

    altered = _cards(lambda id_, number: id_ + number[:6])


@mutant("message", "the document's formula, taken literally", CARDS)
class PlusBetween(Altered):
    """Plus signs stand between the parts."""

    altered = _cards(lambda id_, number: f"{id_}+{number[:6]}+{number[-4:]}")


@mutant("message", "merchants' first tries", CARDS)
class CardBeforeId(Altered):
    """The digits come before the id."""

    altered = _cards(lambda id_, number: number[:6] + number[-4:] + id_)


@mutant("message", "code for 16 digits", CARDS)
class SixteenDigits(Altered):
    """The last four are the thirteenth to sixteenth digit."""

    altered = _cards(lambda id_, number: id_ + number[:6] + number[12:16])


@mutant("message", "card numbers held as numbers", CARDS)
class NumberAsInteger(Altered):
    """The card number passes through an integer and loses its leading zeros."""

    altered = _cards(lambda id_, number: id_ + str(int(number))[:6] + str(int(number))[-4:])


@mutant("message", "one function for both kinds of card", CARDS)
class PaymentFormForPayout(Altered):
    """The id alone is signed for payout cards as well."""

    altered = _cards(lambda id_, number: id_)


def _taking(pattern: str, clean: str = "") -> Callable[[Right, str, Fields, bool], bytes]:
    """``compose`` that takes card numbers of this pattern, without the characters of ``clean``."""

    def compose(self: Right, form: str, fields: Fields, strict: bool) -> bytes:
        if form != "payout_card_details":
            return Right.compose(self, form, fields, strict)
        number = re.sub(f"[{clean}]", "", fields["card_number"]) if clean else fields["card_number"]
        if not re.match(pattern, number):
            return Right.compose(self, form, fields, strict)
        return str(fields["transaction_id"] + number[:6] + number[-4:]).encode()

    return compose


@mutant("message", "signers without checks", CARDS)
class AnyCardNumber(Right):
    """Whatever is given is taken for a card number."""

    compose = _taking(r"(?s).*")


@mutant("message", r"\d and isdigit", CARDS)
class AnyScriptsDigits(Right):
    """Digits of any script are digits."""

    compose = _taking(r"\d{12,19}\Z")


@mutant("message", "patterns that end in $", CARDS)
class LineEndAfterNumber(Right):
    """A line end after the card number is not noticed."""

    compose = _taking(r"[0-9]{12,19}$")


@mutant("message", "forms that let people type groups", CARDS)
class GroupsCleaned(Right):
    """Blanks and hyphens are taken out of the card number instead of refused."""

    compose = _taking(r"[0-9]{12,19}\Z", clean=" -")


@mutant("message", "tables of the big networks' lengths", CARDS)
class OnlyUsualLengths(Right):
    """Card numbers of other than 15, 16 and 19 digits are refused."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        if form == "payout_card_details" and len(fields["card_number"]) not in (15, 16, 19):
            fields = {**fields, "card_number": ""}
        return super().compose(form, fields, strict)


def _ids(wrong: Callable[[str], str]) -> Callable[[Altered, str, Fields, bytes], bytes]:
    """``altered`` for payment cards alone."""

    def altered(self: Altered, form: str, fields: Fields, right: bytes) -> bytes:
        return wrong(fields["transaction_id"]).encode() if form == "card_details" else right

    return altered


PAYMENT_CARDS = "payment-cards"


@mutant("message", "databases that hold ids as UUIDs", PAYMENT_CARDS)
class IdLowered(Altered):
    """The id is lowered before it is signed."""

    altered = _ids(str.lower)


@mutant("message", ".NET's and Oracle's spelling of UUIDs", PAYMENT_CARDS)
class IdRaised(Altered):
    """The id is signed in upper case."""

    altered = _ids(str.upper)


@mutant("message", "Python's uuid.hex", PAYMENT_CARDS)
class HyphensDropped(Altered):
    """The id is signed without its hyphens."""

    altered = _ids(lambda id_: id_.replace("-", ""))


@mutant("message", "json.dumps of the id", PAYMENT_CARDS)
class IdQuoted(Altered):
    """The id is signed in quotation marks."""

    altered = _ids(lambda id_: f'"{id_}"')


@mutant("message", "echo", PAYMENT_CARDS, CARDS, "payout-lookups")
class NewlineAfterValue(Altered):
    """A line end is signed after what a short message holds."""

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        return right if "body" in fields else right + b"\n"


def _lookups(wrong: Callable[[str], str]) -> Callable[[Altered, str, Fields, bytes], bytes]:
    """``altered`` for payout look-ups alone."""

    def altered(self: Altered, form: str, fields: Fields, right: bytes) -> bytes:
        return wrong(fields["value"]).encode() if form == "payout_lookup" else right

    return altered


LOOKUPS = "payout-lookups"


@mutant("message", "readers of 'every request signs method and URL'", LOOKUPS)
class MethodBeforeValue(Altered):
    """GET is signed before the value."""

    altered = _lookups(lambda value: f"GET{value}")


@mutant("message", "merchants' first tries", LOOKUPS)
class NameAndValue(Altered):
    """The query string is signed, name and value."""

    altered = _lookups(lambda value: f"{'uuid' if len(value) == 36 else 'external_id'}={value}")


@mutant("message", "values cut out of the URL", LOOKUPS)
class ValueEncoded(Altered):
    """The value is signed as it stands in the URL, percent-encoded."""

    altered = _lookups(lambda value: quote(value, safe=""))


@mutant("message", "decoding once more than the framework did", LOOKUPS)
class ValueDecodedTwice(Altered):
    """The value is decoded again."""

    altered = _lookups(unquote)


@mutant("message", "handlers that trim input", LOOKUPS)
class ValueTrimmed(Altered):
    """Blanks around the value are trimmed, letters lowered."""

    altered = _lookups(lambda value: value.strip().lower())
