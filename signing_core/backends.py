"""Which code signs and verifies.

``ifma``: eight signatures at a time by the C core's own kernel, on processors with AVX-512 IFMA, for keys of 2048, 3072
and 4096 bits with exponent 65537; all else by OpenSSL. ``openssl``: the C core over the system's OpenSSL. ``pyca``:
cryptography.

``auto`` takes the first that runs here, in that order. The environment variable SIGNKIT_BACKEND sets where a process
begins; ``use`` changes it for the whole process. Results and errors are the same on all; speed is not.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cryptography.hazmat.backends.openssl.backend import backend as _pyca

from signing_core import _native
from signing_core._engines import Engine, NativeEngine, PycaEngine
from signing_core._pool import usable_cpus
from signing_core.errors import BackendUnavailable

__all__ = ["AUTO", "ENVIRONMENT", "NAMES", "BackendInfo", "engine", "info", "use"]

AUTO = "auto"
ENVIRONMENT = "SIGNKIT_BACKEND"

_ENGINES: dict[str, Engine] = {
    "ifma": NativeEngine(lanes=True),
    "openssl": NativeEngine(lanes=False),
    "pyca": PycaEngine(),
}

NAMES = (AUTO, *_ENGINES)

_NO_IFMA = "processor or system lack AVX-512 IFMA"
_MENDS = "install gcc and OpenSSL's headers (libssl-dev), then reinstall signkit with SIGNKIT_NATIVE=require to see why"

_chosen: str | None = None  # a name of _ENGINES; None until the first use


@dataclass(frozen=True)
class BackendInfo:
    """What signs and verifies in this process, and on what."""

    backend: str
    """The backend in use: ``ifma``, ``openssl`` or ``pyca``."""
    available: tuple[str, ...]
    """The backends that can run here, best first."""
    unavailable: Mapping[str, str]
    """The other ones, each with the reason."""
    openssl: str | None
    """Version text of the libcrypto that the C core has loaded; None without the C core."""
    pyca_openssl: str
    """Version text of the OpenSSL inside cryptography's wheel."""
    cpu_features: tuple[str, ...]
    """Instruction sets that decide between kernels (``avx512ifma``, …), asked by the C core; empty without it."""
    cpus: int
    """Processors this process may use: the default number of threads of a batch."""
    machine: str
    """Processor architecture, e.g. ``x86_64``."""
    kernel: str
    """Operating system and its release."""

    def as_dict(self) -> dict[str, object]:
        """The same as plain dict, list and str: what JSON takes."""
        return {**vars(self), "unavailable": dict(self.unavailable)}


def _absence(name: str) -> str | None:
    """Why a backend cannot run here; None if it can."""
    if name == "pyca":
        return None
    if not _native.available:
        return _native.ABSENCE
    return _NO_IFMA if name == "ifma" and not _native.lanes_run() else None


def _resolve(name: str, source: str) -> str:
    """The backend that ``name`` stands for; ``source`` tells in an error where the name came from."""
    if name == AUTO:
        return next(known for known in _ENGINES if _absence(known) is None)
    runs = ", ".join(known for known in _ENGINES if _absence(known) is None)
    if name not in _ENGINES:
        raise BackendUnavailable(
            f"this version of signkit has no backend {name!r} ({source}); choose of {', '.join(NAMES)}; here run {runs}"
        )
    reason = _absence(name)
    if reason is not None:
        mend = "" if reason == _NO_IFMA else f"; {_MENDS}"
        raise BackendUnavailable(f"backend {name!r} ({source}) cannot run here: {reason}{mend}. What runs: {runs}")
    return name


def use(name: str) -> None:
    """Sign and verify with backend ``name`` (one of NAMES) from now on, in the whole process.

    ``auto`` is the best one that runs here, whatever the environment says. Batches that have begun end as they began.
    Raises BackendUnavailable, and changes nothing, if there is no such backend or it cannot run here.
    """
    global _chosen
    _chosen = _resolve(name, "asked for by use()")


def _current() -> str:
    global _chosen
    if _chosen is None:
        _chosen = _resolve(os.environ.get(ENVIRONMENT) or AUTO, f"asked for by {ENVIRONMENT}")
    return _chosen


def engine() -> Engine:
    """The engine of the backend in use; BackendUnavailable if SIGNKIT_BACKEND names none that runs."""
    return _ENGINES[_chosen or _current()]


def info() -> BackendInfo:
    """What runs. Raises BackendUnavailable if SIGNKIT_BACKEND names a backend that does not."""
    reasons = {name: _absence(name) for name in _ENGINES}
    return BackendInfo(
        backend=_current(),
        available=tuple(name for name, reason in reasons.items() if reason is None),
        unavailable=MappingProxyType({name: reason for name, reason in reasons.items() if reason is not None}),
        openssl=_native.openssl_version() if _native.available else None,
        pyca_openssl=_pyca.openssl_version_text(),
        cpu_features=_native.cpu_features() if _native.available else (),
        cpus=usable_cpus(),
        machine=platform.machine(),
        kernel=f"{platform.system()} {platform.release()}",
    )
