"""Implementations that sign, and therefore expect, another message than the form's (S7, S8, S10, S28, S29, S36).

The same mistake is made when signing and when verifying, as in one library that a merchant wrote for both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from conformance.mutants.altering import BODIES, MERCHANTS, REQUESTS, Altered, AlteredRequest
from conformance.mutants.registry import mutant
from conformance.mutants.right import Fields, Right


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
