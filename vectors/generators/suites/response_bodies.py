"""x-signature of API responses: the payload alone, by the platform's key (S4, S10; P13, P14, P15, P30)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..forms import b64, response
from ..keys import PLATFORM, public_pem
from . import bodies


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("response", "response-bodies")
    bodies.positives(cases, response, "response", "S10", doc.CREATE_RESPONSE)
    table = (
        ("error", b'{"error_code":100102,"error_message":"Wrong Merchant\'s signature"}', "An error", "S10, P15, P30"),
        ("card-accepted", b'{"payment_url":"' + doc.CARD_DETAILS_URL.encode() + b'"}', "The card's answer", "S10, S20"),
        ("platform-key", b64(public_pem(PLATFORM).encode()).encode(), "The answer of /p/key", "S10, S4, P15, P18"),
    )
    for name, body, told, clauses in table:
        level = "should" if "P15" in clauses else "must"
        cases.verify(
            f"response/{name}/valid", f"{told}, signed.", clauses, response(body), PLATFORM, valid=True, level=level
        )
    bodies.near_misses(cases, response, "response", "S10", doc.CREATE_RESPONSE, "POST", doc.CREATE_URL)
    return cases
