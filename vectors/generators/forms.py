"""The six documented messages: each form's fields, as a vector file holds them, and the bytes that are signed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """Fields of one message (bytes as base64 text) and the message itself."""

    fields: dict[str, str]
    message: bytes


def of(fields: Mapping[str, str]) -> Form:
    """The form that a vector file's fields state; a case's key and signature are left aside."""
    arguments = {name: value for name, value in fields.items() if name not in ("form", "key", "signature")}
    if "body" in arguments:
        return MAKERS[fields["form"]](**{**arguments, "body": base64.b64decode(arguments["body"])})
    return MAKERS[fields["form"]](**arguments)


def b64(data: bytes) -> str:
    """Bytes as vector files hold them."""
    return base64.b64encode(data).decode("ascii")


def request(method: str, url: str, body: bytes = b"") -> Form:
    """Method, full URL with its query, body if present: no separators (S7, P1)."""
    fields = {"form": "request", "method": method, "url": url, "body": b64(body)}
    return Form(fields, method.encode() + url.encode() + body)


def card_details(transaction_id: str) -> Form:
    """The bare transaction UUID (S8, S20)."""
    return Form({"form": "card_details", "transaction_id": transaction_id}, transaction_id.encode())


def payout_card_details(transaction_id: str, card_number: str) -> Form:
    """Transaction id, first six and last four digits of the card number, no separators (S28, P11)."""
    fields = {"form": "payout_card_details", "transaction_id": transaction_id, "card_number": card_number}
    return Form(fields, (transaction_id + card_number[:6] + card_number[-4:]).encode())


def payout_lookup(value: str) -> Form:
    """The uuid or external id that is looked up, decoded, alone (S29, P8)."""
    return Form({"form": "payout_lookup", "value": value}, value.encode())


def response(body: bytes) -> Form:
    """The response's payload (S10, P13)."""
    return Form({"form": "response", "body": b64(body)}, body)


def webhook(body: bytes) -> Form:
    """The webhook's body (S36, P13)."""
    return Form({"form": "webhook", "body": b64(body)}, body)


MAKERS: dict[str, Callable[..., Form]] = {
    "request": request,
    "card_details": card_details,
    "payout_card_details": payout_card_details,
    "payout_lookup": payout_lookup,
    "response": response,
    "webhook": webhook,
}
