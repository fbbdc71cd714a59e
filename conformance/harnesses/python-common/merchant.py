"""What the merchant API document asks of a caller, in a merchant's Python: json at its defaults, nothing checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Call:
    """A signed call, ready for a client. ``body`` is the text that was signed, of the JSON ``value``; None: no body."""

    method: str
    url: str
    headers: dict[str, str]
    value: Any
    body: str | None


def message(form: str, fields: Mapping[str, Any]) -> bytes:
    """The bytes to sign. A card's are of the first six and last four digits of its number."""
    match form:
        case "request":
            return (fields["method"] + fields["url"]).encode() + fields["body"]
        case "card_details":
            return fields["transaction_id"].encode()
        case "payout_card_details":
            number = fields["card_number"]
            return (fields["transaction_id"] + number[:6] + number[-4:]).encode()
        case "payout_lookup":
            return fields["value"].encode()
        case "response" | "webhook":
            return fields["body"]
    raise LookupError("unknown form")


def minified(value: Any) -> str:
    """JSON without blanks; the separators are all that the document makes a merchant change."""
    return json.dumps(value, separators=(",", ":"))


def signed_call(
    form: str, method: str, url: str, json_text: bytes | None, merchant_id: str, sign: Callable[[bytes], str]
) -> Call:
    """The call with its headers: the signature of the URL and the body as the merchant has them."""
    value: Any = None if json_text is None else json.loads(json_text)
    body = None if json_text is None else minified(value)
    fields: dict[str, Any] = {"method": method, "url": url, "body": (body or "").encode()}
    header = "x-signature"
    if form == "payout_lookup":
        fields["value"] = lookup_value(url)
    elif form == "card_details":
        fields["transaction_id"], header = value["transaction_id"], "x-short-signature"
    elif form == "payout_card_details":
        fields |= {"transaction_id": value["transaction_id"], "card_number": value["number"]}
        header = "x-short-signature"
    headers = {header: sign(message(form, fields))}
    if form not in ("response", "webhook"):
        headers["x-merchant-id"] = merchant_id
    if body is not None:
        headers["content-type"] = "application/json"
    return Call(method, url, headers, value, body)


def lookup_value(url: str) -> str:
    """The one query value that a payout look-up signs: of uuid or external_id, whichever is there."""
    query = parse_qs(urlsplit(url).query)
    values = query.get("uuid", []) + query.get("external_id", [])
    if len(values) != 1:
        raise ValueError("a payout look-up takes exactly one of uuid and external_id")
    return values[0]
