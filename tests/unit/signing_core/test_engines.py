"""The engines behind the backends. What they sign and verify in batches is tested with the batches."""

from __future__ import annotations

import pytest

from signing_core import PrivateKey, _native, backends
from tests.rsa_oracle import IntKey, int_key


@pytest.mark.parametrize("bits", [1032, 2048, 3072])
def test_a_signature_as_an_errand_is_the_same(backend: str, bits: int) -> None:
    oracle = int_key(bits)
    key = PrivateKey.from_pem(oracle.pem, allow_weak=True)
    before = _native.faults_caught() if _native.available else 0
    errand = backends.engine().errand(key, b"m")
    if backend == "pyca":
        assert errand is None
        return
    assert errand is not None
    errand.function(errand.argument)
    assert errand.signature == oracle.sign(b"m")
    assert _native.faults_caught() == before


def test_an_errand_of_the_kernel_is_checked_for_faults(numbers: IntKey, key: PrivateKey) -> None:
    if not _native.available or not _native.lanes_run():
        pytest.skip("processor or system lack AVX-512 IFMA")
    backends.use("ifma")
    _native.inject_faults(255)
    try:
        before = _native.faults_caught()
        errand = backends.engine().errand(key, b"m")
        assert errand is not None
        errand.function(errand.argument)
        assert errand.signature == numbers.sign(b"m")
        assert _native.faults_caught() == before + 1
    finally:
        _native.inject_faults(0)
        backends.use("auto")
