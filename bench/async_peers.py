"""cryptography, in a thread pool or called directly: what an asyncio server signs with that has no AsyncSigner."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import cast

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signing_core import PrivateKey

__all__ = ["MESSAGE", "Sign", "direct_signer", "pool_signer"]

Sign = Callable[[], Awaitable[bytes]]
MESSAGE = b"POSThttps://host.example/api/v1/merchant/transactions/" + b'{"external_id":"24"}' * 12


def _signing(key: PrivateKey) -> Callable[[], bytes]:
    pyca = cast(RSAPrivateKey, load_pem_private_key(key.to_pem(), None))
    return partial(pyca.sign, MESSAGE, PKCS1v15(), SHA256())


def pool_signer(key: PrivateKey, pool: ThreadPoolExecutor | None) -> Sign:
    """Signs MESSAGE on a thread of ``pool`` (None: asyncio's default pool)."""
    signing = _signing(key)

    async def sign() -> bytes:
        return await asyncio.get_running_loop().run_in_executor(pool, signing)

    return sign


def direct_signer(key: PrivateKey) -> Sign:
    """Signs MESSAGE on the event loop's own thread."""
    signing = _signing(key)

    async def sign() -> bytes:
        return signing()

    return sign
