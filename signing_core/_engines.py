"""The engines behind the backends: same arguments, same results, same errors.

All take columns (one key, message and signature an item) of types and lengths that batch.py has checked; a column of
one key serves all items.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, cycle
from typing import Protocol, TypeVar

from cryptography.exceptions import InternalError, InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from signing_core import _native
from signing_core._material import PrivateMaterial, PublicMaterial
from signing_core.errors import NativeError

__all__ = ["Engine", "NativeEngine", "PycaEngine"]


_K = TypeVar("_K", PrivateMaterial, PublicMaterial)


class Engine(Protocol):
    """What signs and verifies a chunk of a batch on the calling thread; NativeError if the library fails.

    Messages and signatures must be bytes; TypeError if they are not, before anything is done.
    """

    def sign(self, keys: Sequence[PrivateMaterial], messages: Sequence[bytes]) -> list[bytes]: ...

    def verify(
        self, keys: Sequence[PublicMaterial], messages: Sequence[bytes], signatures: Sequence[bytes]
    ) -> list[bool]: ...

    def errand(self, key: PrivateMaterial, message: bytes) -> _native.Signing | None:
        """One signature, to be made without the interpreter's lock by a thread that rests; None if that cannot be."""


def _ring(keys: Sequence[_K]) -> tuple[list[_native.Key], list[int] | None]:
    """The distinct keys in the C core's form, and for each item the index of its key (None if all share one)."""
    if len(keys) == 1 or tuple(keys) == (keys[0],) * len(keys):  # a comparison that is over at the first other key
        return [keys[0].native()], None
    identities = list(map(id, keys))
    distinct = dict(zip(identities, keys, strict=True))
    numbers = dict(zip(distinct, count(), strict=False))
    return [key.native() for key in distinct.values()], list(map(numbers.__getitem__, identities))


class NativeEngine:
    """The C core, one call a chunk, without the interpreter's lock: OpenSSL, or the eight-lane kernel and OpenSSL."""

    def __init__(self, lanes: bool) -> None:
        self._lanes = lanes

    def sign(self, keys: Sequence[PrivateMaterial], messages: Sequence[bytes]) -> list[bytes]:
        return _native.sign(*_ring(keys), messages, self._lanes)

    def verify(
        self, keys: Sequence[PublicMaterial], messages: Sequence[bytes], signatures: Sequence[bytes]
    ) -> list[bool]:
        return _native.verify(*_ring(keys), messages, signatures, self._lanes)

    def errand(self, key: PrivateMaterial, message: bytes) -> _native.Signing | None:
        return _native.Signing(key.native(), message, self._lanes)


class PycaEngine:
    """pyca/cryptography with the OpenSSL inside its wheel: one call an item."""

    def sign(self, keys: Sequence[PrivateMaterial], messages: Sequence[bytes]) -> list[bytes]:
        if not _native.only_bytes([*messages]):
            raise TypeError("only bytes can be signed")
        try:
            return list(map(self._sign_one, cycle(keys), messages))
        except InternalError as fault:
            raise NativeError(f"signing failed: {fault}") from None

    def verify(
        self, keys: Sequence[PublicMaterial], messages: Sequence[bytes], signatures: Sequence[bytes]
    ) -> list[bool]:
        if not _native.only_bytes([*messages, *signatures]):
            raise TypeError("only bytes can be verified")
        try:
            return list(map(self._verify_one, cycle(keys), messages, signatures))
        except InternalError as fault:
            raise NativeError(f"verifying failed: {fault}") from None

    def errand(self, key: PrivateMaterial, message: bytes) -> _native.Signing | None:
        return None

    @staticmethod
    def _sign_one(key: PrivateMaterial, message: bytes) -> bytes:
        return key.pyca().sign(message, PKCS1v15(), SHA256())

    @staticmethod
    def _verify_one(key: PublicMaterial, message: bytes, signature: bytes) -> bool:
        """RFC 8017, section 8.2.2; OpenSSL checks length and range as well, yet no later version shall change ours."""
        public = key.pyca()
        if len(signature) != (public.key_size + 7) // 8:
            return False
        if int.from_bytes(signature) >= public.public_numbers().n:
            return False
        try:
            public.verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True
