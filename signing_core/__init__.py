"""Sign and verify the SHA256withRSA signatures of a payment gateway's requests, one by one or in bulk.

Everything public is here or in the modules named here; names with a leading underscore may change at any time.
"""

from signing_core import backends, canonical, errors, lint, messages, signature
from signing_core.aio import AsyncSigner
from signing_core.batch import sign_batch, verify_batch
from signing_core.errors import (
    BackendUnavailable,
    InvalidSignature,
    KeyFormatError,
    NativeError,
    PayloadError,
    SigningError,
    WeakKeyError,
)
from signing_core.keys import Check, PrivateKey, PublicKey

__all__ = [
    "AsyncSigner",
    "BackendUnavailable",
    "Check",
    "InvalidSignature",
    "KeyFormatError",
    "NativeError",
    "PayloadError",
    "PrivateKey",
    "PublicKey",
    "SigningError",
    "WeakKeyError",
    "backends",
    "canonical",
    "errors",
    "lint",
    "messages",
    "sign_batch",
    "signature",
    "verify_batch",
]
