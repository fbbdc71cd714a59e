"""How the judge's sentences about an answer begin. Reports sort failures by them, so they stand in one place."""

from __future__ import annotations

ACCEPTED = "it accepted a signature that must be refused"
TURNED_AWAY = "it refused a good signature, so genuine traffic is turned away"
UNJUDGED = "it refused to judge the signature"
TOOK = "it took input that must be refused"
REFUSED = "it refused valid input"
REFUSED_TEXT = "it refused data beyond ASCII"
BROKE = "it broke"
SKIPPED = "it skipped the case"

# Why it matters that a signature with a fault at this stage was accepted.
DANGERS = {
    "header text": "P2 and P45 allow one spelling only, so that one signature has one header",
    "signature": "then a signature by another key, or altered on its way, would pass",
    "encoded message": "a verifier that does not compare all of EM can be made to take forged signatures",
    "digest": "then a signature over anything else, or with a weaker hash, would pass",
    "message": "then what arrives need not be what was signed",
}
