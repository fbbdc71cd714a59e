"""Ours beside the harnesses that are shipped for other languages, without the cost of their protocol."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import pytest

from conformance.shipped import harnesses
from conformance.speed.languages import LANGUAGES, Asked, Harness
from conformance.speed.pairs import Call
from conformance.speed.plan import Unmeasured
from conformance.speed.smoke import corpus, give, keys, try_target
from signing_core import PrivateKey, messages, signature

from .inputs import BODY, URL, requests

pytestmark = [pytest.mark.benchmark(group="languages"), pytest.mark.weight(6)]  # they start and warm up

KEY = "production"
NOTE = "one op at a time over its pipe, less what noop takes with the same fields"


@dataclass
class Panel:
    """The harnesses that have been started so far."""

    _running: dict[str, Harness] = field(default_factory=dict)
    _unfit: dict[str, str] = field(default_factory=dict)

    def find(self, name: str, op: str, seconds: float) -> Harness:
        """The harness, which has passed its smoke test for ``op``. Raises Unmeasured."""
        if name in self._unfit:
            raise Unmeasured(self._unfit[name])
        if name not in self._running:
            try:
                self._start(name, seconds)
            except Unmeasured as why:
                self._unfit[name] = str(why)
                raise
        harness = self._running[name]
        try_target(harness.ask, op)
        return harness

    def _start(self, name: str, seconds: float) -> None:
        shipped = next(harnesses(name))
        if shipped.missing:
            raise Unmeasured(f"not installed; {shipped.missing}")
        harness = self._running[name] = Harness(shipped.target, seconds)
        give(harness.ask, {*keys(), corpus().keys[KEY]})

    def close(self) -> None:
        """End them all."""
        for harness in self._running.values():
            harness.close()


@pytest.fixture(scope="module")
def panel() -> Iterator[Panel]:
    panel = Panel()
    yield panel
    panel.close()


@pytest.mark.parametrize("op", ["sign", "verify"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_language(pair: Any, suite: Any, panel: Panel, language: str, op: str) -> None:
    suite.peer("signing_core", op)
    harness = panel.find(language, op, max(1.0, min(60.0, suite.budget.left)))
    body = requests(1)[0][4 + len(URL) :]
    key = PrivateKey.from_pem(corpus().keys[KEY].private_pem or "")
    public = key.public_key
    header = signature.encode(key.sign(messages.request("POST", URL, body)))

    def sign() -> str:
        return signature.encode(key.sign(messages.request("POST", URL, body)))

    def verify() -> bool:
        public.verify(messages.request("POST", URL, body, strict=False), signature.decode(header))
        return True

    fields = {"form": "request", "method": "POST", "url": URL, "body": base64.b64encode(body).decode(), "key": KEY}
    asked = Asked(language, harness.version, harness, op, fields | ({} if op == "sign" else {"signature": header}))
    asked.warm_up(LANGUAGES[language] * (1 if suite.settings.quick else 3))
    ours = Call("signing_core", version("signkit"), sign if op == "sign" else verify)
    pair(f"{op} one", ours, asked, bits=2048, octets=BODY, note=f"{harness.runtime}; {NOTE}")
