"""Facts of processors from small trees of /proc and /sys, as different machines have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.speed.system import FLAGS, System


def machine(root: Path, files: dict[str, str]) -> System:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return System(root)


X86 = {
    "proc/cpuinfo": "".join(
        f"processor\t: {n}\nmodel name\t: Fast Chip 9000\ncpu MHz\t\t: {2000 + 200 * n}.000\n"
        f"flags\t\t: fpu avx2 avx512f bmi2 adx sha_ni{extra}\n\n"
        for n, extra in ((0, " avx512ifma hypervisor"), (1, ""))
    ),
    **{f"sys/devices/system/cpu/cpu{n}/topology/core_id": "0\n" for n in (0, 1)},
    **{f"sys/devices/system/cpu/cpu{n}/topology/physical_package_id": "0\n" for n in (0, 1)},
}


def test_an_x86_machine(tmp_path: Path) -> None:
    system = machine(tmp_path, X86)
    assert system.cpu() == "Fast Chip 9000"
    assert system.flags() == ["adx", "avx2", "avx512f", "bmi2", "sha_ni"]  # avx512ifma is not on both
    assert system.virtual() is True
    assert (system.logical(), system.physical()) == (2, 1)
    assert system.megahertz() == {"now": 2100.0}
    assert system.quota() is None


def test_an_arm_machine(tmp_path: Path) -> None:
    text = "processor\t: 0\nFeatures\t: fp asimd aes sha2 sve\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\n"
    system = machine(tmp_path, {"proc/cpuinfo": text})
    assert system.cpu() == "Arm implementer 0x41 part 0xd0c"
    assert system.flags() == ["aes", "asimd", "sha2", "sve"]
    assert system.virtual() is None


def test_what_cannot_be_read_is_none(tmp_path: Path) -> None:
    system = System(tmp_path)
    assert (system.cpu(), system.flags(), system.virtual()) == (None, [], None)
    assert (system.logical(), system.physical(), system.quota()) == (None, None, None)
    assert (system.governor(), system.boost(), system.megahertz()) == (None, None, {})


def test_clock(tmp_path: Path) -> None:
    cpu = "sys/devices/system/cpu"
    system = machine(
        tmp_path,
        {
            **X86,
            **{f"{cpu}/cpu{n}/cpufreq/scaling_governor": "performance\n" for n in (0, 1)},
            **{f"{cpu}/cpu{n}/cpufreq/cpuinfo_min_freq": f"{800000 + n}\n" for n in (0, 1)},
            **{f"{cpu}/cpu{n}/cpufreq/cpuinfo_max_freq": "3500000\n" for n in (0, 1)},
            f"{cpu}/cpu0/cpufreq/scaling_cur_freq": "3000000\n",
            f"{cpu}/cpu1/cpufreq/scaling_cur_freq": "<unknown>\n",
            f"{cpu}/cpufreq/boost": "1\n",
        },
    )
    assert system.governor() == "performance"
    assert system.boost() is True
    assert system.megahertz() == {"least": 800.0, "most": 3500.0, "now": 3000.0}
    (tmp_path / cpu / "cpu1/cpufreq/scaling_governor").write_text("powersave\n")
    assert system.governor() == "performance, powersave"


def test_boost_of_intel(tmp_path: Path) -> None:
    assert machine(tmp_path, {"sys/devices/system/cpu/intel_pstate/no_turbo": "1\n"}).boost() is False


@pytest.mark.parametrize(
    ("files", "quota"),
    [
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"}, 1.5),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n"}, None),
        (
            {
                "proc/self/cgroup": "0::/a/b\n",
                "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
                "sys/fs/cgroup/a/cpu.max": "50000 100000\n",
            },
            0.5,
        ),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2.0),
        (
            {
                "proc/self/cgroup": "4:cpu,cpuacct:/x\n1:name=systemd:/\n",
                "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "25000\n",
                "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000\n",
            },
            0.25,
        ),
        (
            {
                "proc/self/cgroup": "4:cpu:/\n",
                "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            },
            None,
        ),
        ({"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/cpu.max": "nonsense\n"}, None),
        ({"proc/self/cgroup": "0::/../../outside\n"}, None),
    ],
)
def test_the_quota_is_the_least_on_the_way_up(tmp_path: Path, files: dict[str, str], quota: float | None) -> None:
    assert machine(tmp_path, files).quota() == quota


def test_this_machines_flags_are_among_those_that_matter() -> None:
    assert set(System().flags()) <= FLAGS
