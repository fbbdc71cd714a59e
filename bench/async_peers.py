"""cryptography in a thread pool: what an asyncio server signs with that has no AsyncSigner."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signing_core import PrivateKey

__all__ = ["MESSAGE", "Sign", "pool_signer"]

Sign = Callable[[], Awaitable[bytes]]
MESSAGE = b"POSThttps://host.example/api/v1/merchant/transactions/" + b'{"external_id":"24"}' * 12


def pool_signer(key: PrivateKey, pool: ThreadPoolExecutor | None) -> Sign:
    """Signs MESSAGE on a thread of ``pool`` (None: asyncio's default pool)."""
    pyca = cast(RSAPrivateKey, load_pem_private_key(key.to_pem(), None))
    padding, digest = PKCS1v15(), SHA256()

    async def sign() -> bytes:
        return await asyncio.get_running_loop().run_in_executor(pool, pyca.sign, MESSAGE, padding, digest)

    return sign
