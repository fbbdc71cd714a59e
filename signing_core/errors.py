"""The errors of signing_core.

::

    Exception
    └── SigningError                 everything this package raises, but for mistakes in a program (see below)
        ├── InvalidSignature         the signature (or its header text) does not fit the message
        ├── KeyFormatError           (also ValueError) the key's text or numbers cannot be used
        ├── WeakKeyError             (also ValueError) the key is readable, and too weak to accept
        ├── PayloadError             (also ValueError) the URL, method, JSON or form fields are wrong
        ├── NativeError              OpenSSL or our own C code failed: a fault of the library, not of the data
        └── BackendUnavailable       the backend asked for cannot run here

"Your data is wrong" (InvalidSignature and the ValueErrors) and "the library failed" (NativeError, BackendUnavailable)
never share a class, so that a verifier cannot take a crash for a forged signature.

Mistakes in a program have Python's own classes: TypeError for a wrong type; ValueError for a number out of range, and
RuntimeError for a call after the end or in another event loop, with an AsyncSigner.
"""

from __future__ import annotations

__all__ = [
    "BackendUnavailable",
    "InvalidSignature",
    "KeyFormatError",
    "NativeError",
    "PayloadError",
    "SigningError",
    "WeakKeyError",
]


class SigningError(Exception):
    """Base of every error that signing_core raises on purpose."""


class InvalidSignature(SigningError):  # noqa: N818 - the field's name for it, as in pyca/cryptography
    """The signature does not fit the message and key, or its header text is not strict base64 (P2, P45, P46)."""


class KeyFormatError(SigningError, ValueError):
    """A key cannot be read: wrong format, wrong password, wrong kind, or numbers that are not an RSA key (P18, P19)."""


class WeakKeyError(SigningError, ValueError):
    """A key was read but has fewer than 2048 bits and ``allow_weak`` was not given (P19)."""


class PayloadError(SigningError, ValueError):
    """What should be signed cannot be: URL (P43), method (P44), card number (P11) or JSON (P17, P41, P42).

    ``place`` says where: a byte offset (int) in a text, the path of a value (``$.payer.city``), a field's name or None.
    """

    def __init__(self, message: str, place: int | str | None = None) -> None:
        super().__init__(message)
        self.place = place


class NativeError(SigningError):
    """OpenSSL or the C core failed where the data gave it no reason to."""


class BackendUnavailable(SigningError):  # noqa: N818 - named for the state it reports
    """The requested backend cannot run on this machine; the message says why and what runs instead."""
