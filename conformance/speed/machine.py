"""The machine that a benchmark runs on. Its name is not recorded; what cannot be read is told as unknown."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from conformance.speed.model import Machine
from conformance.speed.system import System
from signing_core import backends

__all__ = ["PACKAGES", "UNKNOWN", "gather"]

UNKNOWN = "unknown"

# What signs, what it is compared with, and what measures: told where it is installed.
PACKAGES = (
    "signkit",
    "cryptography",
    "cffi",
    "orjson",
    "pycryptodome",
    "awscrt",
    "rsa",
    "pytest",
    "pytest-benchmark",
)


def gather(system: System | None = None) -> Machine:
    """What is here, with the backend that this process uses. Raises BackendUnavailable as ``backends.info`` does."""
    system = system or System()
    info = backends.info()
    facts: dict[str, Any] = {
        "machine": info.machine,
        "virtual": _yes(system.virtual()),
        "physical cores": _told(system.physical()),
        "logical cores": _told(system.logical()),
        "usable cores": info.cpus,
        "cpu quota": _quota(system.quota()),
        "governor": _told(system.governor()),
        "boost": _yes(system.boost()),
        "frequency": _frequency(system.megahertz()),
        "kernel": info.kernel,
        "libc": " ".join(platform.libc_ver()).strip() or UNKNOWN,
        "openssl": info.openssl or "none: the C core is not here",
        "openssl of cryptography": info.pyca_openssl,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": ", ".join(_packages()),
    }
    features = system.flags() or sorted(info.cpu_features)
    return Machine(system.cpu() or UNKNOWN, features, info.cpus, info.backend, facts)


def _packages() -> list[str]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def _told(value: object) -> object:
    return UNKNOWN if value is None else value


def _yes(value: bool | None) -> str:
    return UNKNOWN if value is None else "yes" if value else "no"


def _quota(processors: float | None) -> str:
    return "no limit seen" if processors is None else f"{processors:g} processors"


def _frequency(megahertz: dict[str, float]) -> str:
    return ", ".join(
        f"{name} {megahertz[name]:.0f} MHz" if name in megahertz else f"{name} {UNKNOWN}"
        for name in ("least", "most", "now")
    )
