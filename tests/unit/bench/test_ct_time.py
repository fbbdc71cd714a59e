"""ct-time: its classes, its verdicts and exit codes; no figure is judged here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bench import ct_time
from bench.sparse_key import sparse_key
from bench.welch import crops
from signing_core import _native


@pytest.fixture(scope="module")
def sparse() -> RSAPrivateKey:
    return sparse_key()


def test_the_sparse_key(sparse: RSAPrivateKey) -> None:
    numbers = sparse.private_numbers()
    assert numbers.public_numbers.n.bit_length() == 2048
    for prime, exponent in ((numbers.p, numbers.dmp1), (numbers.q, numbers.dmq1)):
        assert exponent.bit_count() < 24
        assert exponent == numbers.d % (prime - 1)
        assert 65537 * exponent % (prime - 1) == 1


def test_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    same, shifted = crops([1, 2, 3] * 50, [2, 1, 3] * 50), crops([1, 2, 3] * 50, [11, 12, 13] * 50)
    assert [ct_time.report("key", same), ct_time.report("key", shifted)] == [True, False]
    assert [ct_time.report("control", same), ct_time.report("control", shifted)] == [False, True]
    assert capsys.readouterr().out.count("WRONG") == 2


def test_no_kernel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(_native, "available", False)
    assert ct_time.main([]) == 2
    assert "does not run here" in capsys.readouterr().err


def test_too_few(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        ct_time.main(["--signatures", "8"])
    assert "at least 320" in capsys.readouterr().err


@pytest.mark.skipif(not (_native.available and _native.lanes_run()), reason="no AVX-512 IFMA or no C core here")
def test_measuring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sparse: RSAPrivateKey) -> None:
    keys = [ct_time.random_key() for _ in range(2)]
    monkeypatch.setattr(ct_time, "random_key", lambda: keys[0])
    monkeypatch.setattr(ct_time, "sparse_key", lambda: sparse)
    path = tmp_path / "figures.json"
    assert ct_time.main(["--signatures", "400", "--only", "message", "key", "--json", str(path)]) in (0, 1)
    figures = json.loads(path.read_text())
    assert set(figures["tests"]) == {"message", "key"}
    assert all(sum(rows[0]["counts"]) == 50 for rows in figures["tests"].values())
