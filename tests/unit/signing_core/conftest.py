"""Fixtures for the tests of signing_core: ``backend`` runs a test on each backend."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signing_core import PrivateKey, backends
from tests.rsa_oracle import IntKey, int_key


@pytest.fixture(params=["openssl", "pyca"])
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    reason = backends.info().unavailable.get(name)
    if reason is not None:
        pytest.skip(reason)
    backends.use(name)
    yield name
    backends.use("auto")


@pytest.fixture(scope="session")
def numbers() -> IntKey:
    """A 2048-bit key as plain numbers."""
    return int_key()


@pytest.fixture(scope="session")
def key(numbers: IntKey) -> PrivateKey:
    """The same key as signing_core reads it."""
    return PrivateKey.from_pem(numbers.pem)
