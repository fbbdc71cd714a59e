"""The package's face."""

from __future__ import annotations

import signing_core


def test_all_is_complete_sorted_and_there() -> None:
    names = signing_core.__all__
    assert names == sorted(names)
    assert len(names) == len(set(names))
    assert all(hasattr(signing_core, name) for name in names)
    modules = ("_", "aio", "batch", "keys")  # their public names are in the face itself
    assert {name for name in vars(signing_core) if not name.startswith((*modules, "@"))} == set(names)


def test_the_documented_names_are_there() -> None:
    wanted = {
        "AsyncSigner",
        "PrivateKey",
        "PublicKey",
        "sign_batch",
        "verify_batch",
        "messages",
        "canonical",
        "lint",
        "signature",
    }
    assert wanted | {"backends", "errors"} <= set(signing_core.__all__)


def test_every_error_is_exported() -> None:
    assert set(signing_core.errors.__all__) <= set(signing_core.__all__)


def test_the_error_tree() -> None:
    base = signing_core.SigningError
    data = {signing_core.KeyFormatError, signing_core.WeakKeyError, signing_core.PayloadError}
    library = {signing_core.NativeError, signing_core.BackendUnavailable}
    assert all(issubclass(error, base) for error in data | library | {signing_core.InvalidSignature})
    assert all(issubclass(error, ValueError) for error in data)
    assert not any(issubclass(error, ValueError) for error in library | {signing_core.InvalidSignature})
