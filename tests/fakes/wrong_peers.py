"""A pytest plugin that puts libraries in the peers' places: one that signs wrongly, one that is not installed."""

from __future__ import annotations

import sys
from dataclasses import replace

from conformance.speed import peers
from conformance.speed.peers import Peer


def _wrong(version: str) -> Peer:
    right = peers._cryptography(version)
    return replace(right, name="rsa", sign=lambda key, message: right.sign(key, message + b" "))


peers.PEERS = {**peers.PEERS, "rsa": (_wrong, "json")}  # type: ignore[misc]
sys.modules["Crypto"] = None  # type: ignore[assignment]
