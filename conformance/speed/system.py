"""What Linux tells of its processors, read from /proc and /sys; ``root`` stands for / in tests.

What cannot be read is None or empty; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import fmean

__all__ = ["FLAGS", "System"]

# The flags that decide between kernels, here or in an OpenSSL: x86, then Arm's.
FLAGS = frozenset(
    {"adx", "avx2", "avx512bw", "avx512dq", "avx512f", "avx512ifma", "avx512vl", "avx_ifma", "bmi2", "gfni", "sha_ni"}
    | {"vaes", "vpclmulqdq"}
    | {"aes", "asimd", "pmull", "sha1", "sha2", "sha512", "sve", "sve2"}
)


class System:
    """A machine's files."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._processors = _sections(self._text("proc/cpuinfo"))
        self._cpus = sorted((root / "sys/devices/system/cpu").glob("cpu[0-9]*"))

    def cpu(self) -> str | None:
        """The processor's model name; on Arm, where Linux names none, its implementer and part."""
        first = self._processors[0] if self._processors else {}
        if name := first.get("model name"):
            return name
        if implementer := first.get("CPU implementer"):
            return f"Arm implementer {implementer} part {first.get('CPU part', 'unknown')}"
        return None

    def flags(self) -> list[str]:
        """Those of ``FLAGS`` that every processor has, sorted."""
        found = [set((one.get("flags") or one.get("Features") or "").split()) for one in self._processors]
        return sorted(FLAGS.intersection(*found)) if found else []

    def virtual(self) -> bool | None:
        """Whether a hypervisor shows itself; only x86 says so in its flags."""
        words = self._processors[0].get("flags", "").split() if self._processors else []
        return "hypervisor" in words if words else None

    def logical(self) -> int | None:
        """Processors that the system counts."""
        return len(self._cpus) or len(self._processors) or None

    def physical(self) -> int | None:
        """Cores, each counted once however many threads it runs."""
        places = {
            (self._number(cpu / "topology/physical_package_id"), self._number(cpu / "topology/core_id"))
            for cpu in self._cpus
            if (cpu / "topology/core_id").exists()
        }
        return len(places) or None

    def quota(self) -> float | None:
        """Processors' worth of time that the control group may take, the least on the way up; None: none is seen."""
        return min(self._quotas(), default=None)

    def governor(self) -> str | None:
        """What sets the clock, such as ``performance``; several with a comma."""
        found = {text for cpu in self._cpus if (text := self._line(cpu / "cpufreq/scaling_governor"))}
        return ", ".join(sorted(found)) or None

    def boost(self) -> bool | None:
        """Whether the clock may rise above its nominal rate."""
        cpu = self._root / "sys/devices/system/cpu"
        with suppress(OSError, ValueError):
            return int((cpu / "cpufreq/boost").read_text()) == 1
        with suppress(OSError, ValueError):
            return int((cpu / "intel_pstate/no_turbo").read_text()) == 0
        return None

    def megahertz(self) -> dict[str, float]:
        """``least``, ``most`` and ``now`` (the mean of all processors), as far as they are told."""
        found = {}
        kinds: Sequence[tuple[str, str, Callable[[Sequence[int]], float]]] = (
            ("least", "cpuinfo_min_freq", min),
            ("most", "cpuinfo_max_freq", max),
            ("now", "scaling_cur_freq", fmean),
        )
        for name, file, of in kinds:
            values = [value for cpu in self._cpus if (value := self._number(cpu / "cpufreq" / file)) is not None]
            if values:
                found[name] = of(values) / 1000
        if "now" not in found:
            told = [float(one["cpu MHz"]) for one in self._processors if _is_number(one.get("cpu MHz", ""))]
            if told:
                found["now"] = fmean(told)
        return found

    def _quotas(self) -> Iterator[float]:
        for line in (self._text("proc/self/cgroup") or "").splitlines():
            number, _, rest = line.partition(":")
            controllers, _, path = rest.partition(":")
            if number == "0":
                base, read = self._root / "sys/fs/cgroup", self._quota2
            elif "cpu" in controllers.split(","):
                base, read = self._root / "sys/fs/cgroup" / controllers, self._quota1
            else:
                continue
            folder = base / path.lstrip("/")
            while True:
                if (found := read(folder)) is not None:
                    yield found
                if folder == base or base not in folder.parents:
                    break
                folder = folder.parent

    def _quota2(self, folder: Path) -> float | None:
        quota, _, period = (self._line(folder / "cpu.max") or "").partition(" ")
        return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() and int(period) else None

    def _quota1(self, folder: Path) -> float | None:
        quota, period = (self._number(folder / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
        return quota / period if quota and quota > 0 and period else None

    def _text(self, path: str) -> str | None:
        try:
            return (self._root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def _line(self, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return None

    def _number(self, path: Path) -> int | None:
        line = self._line(path)
        return int(line) if line is not None and re.fullmatch(r"-?\d+", line) else None


def _sections(text: str | None) -> list[dict[str, str]]:
    """One mapping a processor."""
    sections = [
        {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in section.splitlines())}
        for section in (text or "").split("\n\n")
    ]
    return [one for one in sections if "processor" in one]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", text) is not None
