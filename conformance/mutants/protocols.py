"""Implementations that break, skip or refuse where they should answer: no correct refusal, and no correct false."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from conformance.mutants.registry import mutant
from conformance.mutants.right import Right, minified
from conformance.targets import Refused, Skip
from signing_core import InvalidSignature

HEADERS = "header-values"


@mutant("protocol", "truth by convention: PHP, Perl, JavaScript", "documented-examples", crashes=True, blunt=True)
class TruthyString(Right):
    """verify answers the text 'valid' or 'invalid'; both are true to who asks with if."""

    def verify(self, **fields: Any) -> bool:
        told: Any = "valid" if super().verify(**fields) else "invalid"
        return told  # type: ignore[no-any-return]  # that is the mistake


@mutant("protocol", "handlers that answer 500 for a bad header", HEADERS, crashes=True)
class RaisesOnMalformed(Right):
    """A malformed header is an exception instead of false, and the handler dies of it."""

    def verify(self, form: str, key: str, signature: str, **fields: Any) -> bool:
        self.decode(signature)
        return super().verify(form=form, key=key, signature=signature, **fields)


@mutant("protocol", "libraries that raise for a signature of another length", "signature-defects", crashes=True)
class RaisesOnLength(Right):
    """A signature that has not k octets is an exception instead of false."""

    def holds(self, key: str, message: bytes, raw: bytes) -> bool:
        if len(raw) != self.keys[key].k:
            raise OverflowError("the signature has another length than the modulus")
        return super().holds(key, message, raw)


@mutant(
    "protocol",
    "validators that refuse a request before they judge it",
    HEADERS,
    twin_of=("raises-on-malformed", "both miss the same false: one dies, which is no answer, one gives a wrong one"),
)
class RefusesMalformed(Right):
    """A malformed header is refused instead of judged false."""

    def verify(self, form: str, key: str, signature: str, **fields: Any) -> bool:
        try:
            self.decode(signature)
        except InvalidSignature as error:
            raise Refused(str(error)) from None
        return super().verify(form=form, key=key, signature=signature, **fields)


@mutant("protocol", "parsers by recursion", "minify-refusals", crashes=True)
class DiesOfDepth(Right):
    """Deep nesting exhausts the stack."""

    def minify(self, text: bytes) -> bytes:
        with contextlib.suppress(ValueError):
            json.loads(text)
        return minified(text)


@mutant("protocol", "functions that answer nothing for no input", "response-bodies", "webhook-bodies", crashes=True)
class NothingForEmptyBody(Right):
    """The message of an empty body is None."""

    def message(self, form: str, **fields: Any) -> bytes:
        nothing: Any = None
        return nothing if fields.get("body") == b"" else super().message(form, **fields)


@mutant("protocol", "half-finished integrations", "webhook-bodies")
class SkipsWebhooks(Right):
    """Webhooks are skipped, though support for them is declared."""

    def verify(self, form: str, **fields: Any) -> bool:
        if form == "webhook":
            raise Skip("webhooks come later")
        return super().verify(form=form, **fields)


@mutant("protocol", "half-finished integrations", "payout-lookups", "build-forms")
class RefusesLookups(Right):
    """Payout look-ups are refused as unknown."""

    def compose(self, form: str, fields: dict[str, Any], strict: bool) -> bytes:
        if form == "payout_lookup":
            raise Refused("payout look-ups are not known")
        return super().compose(form, fields, strict)
