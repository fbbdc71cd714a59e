"""Where the files are, and the messages once more, written from the document's sentences and from no code of ours."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
FILES = sorted(path for path in VECTORS.glob("*/*.json") if path.parent.name != "schema")


def message(fields: dict[str, Any]) -> bytes:
    """The bytes that a form's fields sign."""
    match fields["form"]:
        case "request":
            text = fields["method"] + fields["url"]
            return b"".join([text.encode("utf-8"), base64.b64decode(fields["body"])])
        case "card_details":
            return str(fields["transaction_id"]).encode("utf-8")
        case "payout_card_details":
            first, last = re.match("(.{6})", fields["card_number"]), re.search("(.{4})\\Z", fields["card_number"])
            assert first
            assert last
            return "".join([fields["transaction_id"], first[1], last[1]]).encode("utf-8")
        case "payout_lookup":
            return str(fields["value"]).encode("utf-8")
        case "response" | "webhook":
            return base64.b64decode(fields["body"])
    raise AssertionError(f"no such form: {fields['form']}")


def header_octets(text: str) -> bytes | None:
    """The signature in a header's text; None where it is not standard base64 on one line (P2, P45)."""
    stripped = text.strip(" \t")
    if not re.fullmatch(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", stripped, re.ASCII):
        return None
    octets = base64.b64decode(stripped)
    return octets if base64.b64encode(octets).decode() == stripped else None
