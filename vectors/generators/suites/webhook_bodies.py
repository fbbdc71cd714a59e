"""x-signature of webhooks: the body alone, by the platform's key (S35, S36; P13, P34)."""

from __future__ import annotations

from .. import document as doc
from ..base import Suite
from ..edgecases.rsa import sign
from ..forms import webhook
from ..keys import PLATFORM
from . import bodies

URL = "https://merchant.example/webhooks/payments"
STATUSES = ("pending", "confirming", "expired", "canceled", "failed")
RETRYING = doc.WEBHOOK_BODY.replace(b'"executed"', b'"retrying"')


def suite() -> Suite:
    """The suite, in order."""
    cases = Suite("webhook", "webhook-bodies")
    bodies.positives(cases, webhook, "webhook", "S36", RETRYING)
    for status in STATUSES:
        body = doc.WEBHOOK_BODY.replace(b'"executed"', f'"{status}"'.encode())
        cases.verify(
            f"webhook/status-{status}/valid",
            f"The webhook of status {status}: one is sent at every change.",
            "S36, S35, S22",
            webhook(body),
            PLATFORM,
            valid=True,
        )
    cases.verify(
        "webhook/extra-member/valid",
        "A member that the document does not print, such as a masked card number: fields may vary.",
        "S36, S35",
        webhook(doc.WEBHOOK_BODY[:-1] + b',"card_number":"424242******4242"}'),
        PLATFORM,
        valid=True,
    )
    bodies.near_misses(cases, webhook, "webhook", "S36", RETRYING, "POST", URL)
    cases.verify(
        "webhook/executed/pending-signature",
        "The signature of a pending webhook under the executed body.",
        "S36, S35",
        webhook(doc.WEBHOOK_BODY),
        PLATFORM,
        sign(PLATFORM, doc.CREATE_RESPONSE),
        valid=False,
        flags="Replay",
        differs_from="webhook/executed/doc-minified",
    )
    return cases
