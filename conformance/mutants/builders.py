"""Builders with the wrong headers, or with the message of another form (S6, S8, S28, S29, P12)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from conformance.mutants.registry import mutant
from conformance.mutants.right import SHORT_FORMS, Fields, Right, member
from signing_core import PayloadError

BUILDS = "build-requests"
FORMS = "build-forms"


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
