"""Nothing of a signature stays behind in the kernel's working set, which the next call gets."""

from __future__ import annotations

import sys

import pytest

from tests.kernel_programs import ask, kernel
from tests.key_texts import private, raw
from tests.rsa_oracle import int_key


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_it_is_given_back_empty(bits: int) -> None:
    lines = ask(kernel("lanes_driver", "ifma, sanitized"), [("k", [raw(private(int_key(bits)))])])
    before, after = (int.from_bytes(bytes.fromhex(count), sys.byteorder) for count in lines[0].split())
    assert before > 20_000 * bits // 2048
    assert after == 0
