"""A merchant's Python client with the document's sample library, behind the signkit harness protocol.

The first half is the merchant: pycryptodome as the merchant API document's sample uses it, json and requests at their
defaults. The second half is the protocol (docs/harness-protocol.md), one op after the other.
"""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import Crypto
import requests
from Crypto.Hash import SHA256
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15

# ---- the merchant ----------------------------------------------------------------------------------------------------


def generate_signature(message: bytes, key: RSA.RsaKey) -> str:
    return base64.b64encode(pkcs1_15.new(key).sign(SHA256.new(message))).decode()


def verify_signature(message: bytes, signature: str, key: RSA.RsaKey) -> bool:
    try:
        pkcs1_15.new(key).verify(SHA256.new(message), base64.b64decode(signature))
    except (ValueError, TypeError):
        return False
    return True


def minified(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def card_message(transaction_id: str, number: str) -> bytes:
    """What the short signature of a payout's card details covers: id, first six and last four digits."""
    return (transaction_id + number[:6] + number[-4:]).encode()


def lookup_value(url: str) -> str:
    """The one query value that a payout look-up signs: of uuid or external_id, whichever is there."""
    query = parse_qs(urlsplit(url).query)
    values = query.get("uuid", []) + query.get("external_id", [])
    if len(values) != 1:
        raise ValueError("a payout look-up takes exactly one of uuid and external_id")
    return values[0]


def build_request(
    form: str, method: str, url: str, json_text: bytes | None, merchant_id: str, key: RSA.RsaKey
) -> requests.PreparedRequest:
    """The signed request as requests has it ready for the wire."""
    value: Any = None if json_text is None else json.loads(json_text)
    body = None if json_text is None else minified(value)
    header = "x-signature"
    if form == "request":
        message = (method + url + (body or "")).encode()
    elif form == "payout_lookup":
        message = lookup_value(url).encode()
    elif form == "card_details":
        message, header = value["transaction_id"].encode(), "x-short-signature"
    elif form == "payout_card_details":
        message, header = card_message(value["transaction_id"], value["number"]), "x-short-signature"
    else:
        message = (body or "").encode()
    headers = {header: generate_signature(message, key)}
    if form not in ("response", "webhook"):
        headers["x-merchant-id"] = merchant_id
    if body is not None:
        headers["content-type"] = "application/json"
    return requests.Session().prepare_request(requests.Request(method, url, data=body, headers=headers))


# ---- the protocol ----------------------------------------------------------------------------------------------------

FORMS = ["request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook"]
KEYS: dict[str, RSA.RsaKey] = {}  # the private half where there is one
Fields = dict[str, Any]


class Refused(Exception):  # noqa: N818 - the protocol's word
    """The library declines the input."""


def utf8(text: str) -> bytes:
    return text.encode()


def unbase64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def import_key(data: str | bytes, password: str | None = None) -> RSA.RsaKey:
    try:
        return RSA.import_key(data, passphrase=password)
    except (ValueError, IndexError, TypeError) as error:  # the three that import_key's documentation names
        raise Refused(str(error)) from error


def message_of(c: Fields) -> bytes:
    match c["form"]:
        case "request":
            return utf8(c["method"] + c["url"]) + unbase64(c["body"])
        case "card_details":
            return utf8(c["transaction_id"])
        case "payout_card_details":
            return card_message(c["transaction_id"], c["card_number"])
        case "payout_lookup":
            return utf8(c["value"])
        case "response" | "webhook":
            return unbase64(c["body"])
    raise LookupError("unknown form")


def hello(c: Fields) -> Fields:
    del c
    return {
        "protocol": 1,
        "implementation": {
            "name": "python-pycryptodome",
            "version": Crypto.__version__,
            "language": "Python",
            "runtime": f"CPython {platform.python_version()}, requests {requests.__version__}",
            "url": "https://www.pycryptodome.org",
        },
        "supports": {
            **dict.fromkeys(("message", "sign", "verify", "build"), FORMS),
            **dict.fromkeys(("minify", "load_key"), True),
        },
        "max_inflight": 8,
    }


def take_key(c: Fields) -> Fields:
    public = import_key(c["public_pem"])
    KEYS[c["name"]] = public if c["private_pem"] is None else import_key(c["private_pem"])
    return {"ok": True}


def load_key(c: Fields) -> Fields:
    key = import_key(unbase64(c["public"] if "public" in c else c["private"]), c.get("password"))
    spki = key.public_key().export_key(format="DER")
    return {"fingerprint": hashlib.sha256(spki).hexdigest()}


def build(c: Fields) -> Fields:
    json_text = unbase64(c["json_text"]) if "json_text" in c else None
    sent = build_request(c["form"], c["method"], c["url"], json_text, c["merchant_id"], KEYS[c["key"]])
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    return {
        "request": {
            "method": sent.method,
            "url": sent.url,
            "body": None if body is None else base64.b64encode(body).decode(),
            "headers": {name: latin1(value) for name, value in sent.headers.items()},
        }
    }


def latin1(text: str) -> str:
    """A header's value, refused where http.client could not encode it for the wire."""
    return text.encode("latin-1").decode("latin-1")


OPS: dict[str, Callable[[Fields], Fields]] = {
    "noop": lambda c: {},
    "message": lambda c: {"value": base64.b64encode(message_of(c)).decode()},
    "sign": lambda c: {"signature": generate_signature(message_of(c), KEYS[c["key"]])},
    "verify": lambda c: {"valid": verify_signature(message_of(c), c["signature"], KEYS[c["key"]].public_key())},
    "minify": lambda c: {"value": base64.b64encode(minified(json.loads(unbase64(c["text"]))).encode()).decode()},
    "load_key": load_key,
    "build": build,
}
COMMANDS: dict[str, Callable[[Fields], Fields]] = {"hello": hello, "key": take_key, "op": lambda c: OPS[c["op"]](c)}


def answer(line: bytes) -> Fields | None:
    """The answer to one line of the kit; None for bye. Nothing that a line holds ends the harness."""
    try:
        c = json.loads(line)
        if not isinstance(c, dict):
            return failure("protocol", "the line is not an object")
    except (ValueError, RecursionError):  # whose text would quote the line
        return failure("protocol", "the line is not JSON")
    if c.get("cmd") == "bye":
        return None
    try:
        result = COMMANDS[c["cmd"]](c)
    except (Refused, ValueError, requests.RequestException) as error:
        result = {"refused": str(error)}
    except Exception as error:
        result = failure(type(error).__name__, str(error))
    if isinstance(c.get("id"), str):
        result["id"] = c["id"]
    return result


def failure(kind: str, text: str) -> Fields:
    return {"error": {"kind": kind, "message": text}}


def main() -> None:
    for line in sys.stdin.buffer:
        result = answer(line)
        if result is None:
            return
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
