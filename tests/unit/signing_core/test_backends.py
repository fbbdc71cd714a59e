"""The choice of a backend, what is told about it, and that both do the same."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator

import pytest
from cryptography.hazmat.backends.openssl.backend import backend as pyca

from signing_core import BackendUnavailable, PrivateKey, _native, backends


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    backends.use("auto")


@pytest.fixture
def no_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where the extension was not built."""
    monkeypatch.setattr(_native, "ABSENCE", "the C extension was not built")
    monkeypatch.setattr(_native, "available", False)


def in_a_new_process(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"from signing_core import *\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)


def test_info_tells_what_runs() -> None:
    info = backends.info()
    assert info.backend == info.available[0]
    assert sorted([*info.available, *info.unavailable]) == ["ifma", "openssl", "pyca"]
    assert info.pyca_openssl == pyca.openssl_version_text()
    assert (info.openssl is None) == ("openssl" not in info.available)
    assert info.cpus == len(os.sched_getaffinity(0))
    assert (info.machine, info.kernel) == (platform.machine(), f"{platform.system()} {platform.release()}")


def test_info_is_frozen_and_goes_into_json() -> None:
    info = backends.info()
    with pytest.raises(dataclasses.FrozenInstanceError):
        info.backend = "other"  # type: ignore[misc]
    assert json.loads(json.dumps(info.as_dict()))["available"] == list(info.available)
    assert list(info.as_dict()) == [field.name for field in dataclasses.fields(info)]


@pytest.mark.usefixtures("no_extension")
def test_info_without_the_extension() -> None:
    backends.use("auto")
    info = backends.info()
    assert (info.backend, info.available) == ("pyca", ("pyca",))
    assert info.unavailable == dict.fromkeys(("ifma", "openssl"), "the C extension was not built")
    assert (info.openssl, info.cpu_features) == (None, ())


@pytest.mark.usefixtures("no_extension")
def test_an_unavailable_backend_names_reason_and_mend() -> None:
    with pytest.raises(
        BackendUnavailable, match=r"'openssl' .* cannot run here: .* not built; install .*libssl-dev"
    ) as caught:
        backends.use("openssl")
    assert str(caught.value).endswith("What runs: pyca")


@pytest.mark.skipif(not _native.available, reason=str(_native.ABSENCE))
def test_a_processor_without_ifma(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_native, "lanes_run", lambda: False)
    backends.use("auto")
    info = backends.info()
    assert (info.backend, info.available) == ("openssl", ("openssl", "pyca"))
    assert info.unavailable == {"ifma": "processor or system lack AVX-512 IFMA"}
    with pytest.raises(BackendUnavailable, match=r"'ifma' .* cannot run here: .* IFMA\. What runs: openssl, pyca$"):
        backends.use("ifma")
    assert backends.info().backend == "openssl"


@pytest.mark.usefixtures("no_extension")
def test_pyca_signs_without_the_extension(key: PrivateKey) -> None:
    backends.use("auto")
    key.public_key.verify(b"m", key.sign(b"m"))


@pytest.mark.parametrize("name", ["IFMA", "OPENSSL", "", "rust"])
def test_an_unknown_backend_is_refused_and_changes_nothing(name: str) -> None:
    backends.use("pyca")
    with pytest.raises(
        BackendUnavailable, match=f"this version of signkit has no backend '{name}'.* auto, ifma, openssl, pyca;"
    ):
        backends.use(name)
    assert backends.info().backend == "pyca"


def test_use_decides_who_signs(key: PrivateKey, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(_native, "sign", lambda *arguments: calls.append(arguments) or [b"native"])
    assert (key.sign(b"m") == b"native") == (backend != "pyca")
    assert backends.info().backend == backend


@pytest.mark.parametrize(("value", "expected"), [("pyca", "pyca"), ("auto", None), ("", None)])
def test_the_environment_sets_the_beginning(value: str, expected: str | None) -> None:
    result = in_a_new_process("print(backends.info().backend)", SIGNKIT_BACKEND=value)
    assert result.stdout.strip() == (expected or backends.info().available[0]), result.stderr


def test_a_wrong_environment_is_told_at_the_first_use_not_at_import() -> None:
    code = "print('imported')\ntry: PrivateKey.generate().sign(b'')\nexcept BackendUnavailable as error: print(error)"
    result = in_a_new_process(code, SIGNKIT_BACKEND="fast")
    imported, error = result.stdout.splitlines()
    assert imported == "imported"
    assert "no backend 'fast' (asked for by SIGNKIT_BACKEND)" in error


def test_use_beats_the_environment() -> None:
    code = "backends.use('auto'); print(backends.info().backend)"
    assert in_a_new_process(code, SIGNKIT_BACKEND="pyca").stdout.strip() == backends.info().available[0]
