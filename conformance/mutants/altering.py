"""What messages are broken with: the right one is made first, so that what must be refused is; then it is altered."""

from __future__ import annotations

from conformance.mutants.right import Fields, Right

REQUESTS = "request-signatures"
BODIES = "message-bodies"
URLS = "message-urls"
MERCHANTS = "merchants' code for this very API"


class Altered(Right):
    """Refuses what must be refused, then gives the message of other fields."""

    def compose(self, form: str, fields: Fields, strict: bool) -> bytes:
        right = super().compose(form, fields, strict)
        return self.altered(form, fields, right)

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        """The wrong message."""
        raise NotImplementedError


class AlteredRequest(Altered):
    """Wrong for requests alone."""

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        if form != "request":
            return right
        return self.request(fields["method"].encode(), fields["url"].encode(), fields["body"])

    def request(self, method: bytes, url: bytes, body: bytes) -> bytes:
        """The wrong message of a request."""
        return method + self.url(url.decode()).encode() + body

    def url(self, url: str) -> str:
        """The wrong URL."""
        raise NotImplementedError


class AlteredBody(Altered):
    """Wrong for every form that signs a body."""

    def altered(self, form: str, fields: Fields, right: bytes) -> bytes:
        if "body" not in fields:
            return right
        return right[: len(right) - len(fields["body"])] + self.body(fields["body"])

    def body(self, body: bytes) -> bytes:
        """The wrong body."""
        raise NotImplementedError
