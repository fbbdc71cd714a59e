"""Has the code become slower? Instruction counts of fixed runs, beside those that the repository keeps.

    ./run bench-guard                  compare with bench/guard/counts.json
    ./run bench-guard --record         keep what is counted now for this processor, compiler and OpenSSL
    ./run bench-guard --json out.json  also write the counts as data
    ./run bench-guard sign verify      these alone

valgrind's callgrind counts the instructions of signing, verifying and minifying. They do not depend on what else the
machine does: C gives the same counts again to the last one or two, Python within half a per cent (where its objects lie
in memory changes a little). valgrind does not know AVX-512, so the kernel is counted in its portable build. A count may
drift by 2 % up or down: an improvement is to be recorded as well, or the next loss would hide in it.

Exit code: 0 within 2 %, 1 drifted, 2 something is wrong or missing, 3 not comparable: nothing is kept for this
processor, compiler, C library, OpenSSL, valgrind or Python; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.guard.compare import Group, compared, verdict
from bench.guard.errors import GuardError
from bench.guard.kept import FILE, Entry, nearest, read, record, write
from bench.guard.key import differences
from bench.guard.runs import Bench
from bench.guard.telling import as_data, as_text
from bench.guard.workloads import GROUPS, WORKLOADS, Workload
from signing_core import backends

WRONG, INTERRUPTED = 2, 130


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    counted = "\n".join(["workloads:", *(f"  {one.name:<19} {one.what}" for one in WORKLOADS)])
    parser = argparse.ArgumentParser("./run bench-guard", description=__doc__, epilog=counted, formatter_class=form)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="count these alone; default: all")
    parser.add_argument("--record", action="store_true", help="keep what is counted, instead of comparing")
    parser.add_argument("--kept", metavar="FILE", type=Path, default=FILE, help="default: bench/guard/counts.json")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write keys, counts and verdict to FILE")
    found = parser.parse_args(arguments)
    strange = [name for name in found.workloads if name not in {one.name for one in WORKLOADS}]
    if strange:
        parser.error(f"no workload {strange[0]!r}: there is {', '.join(one.name for one in WORKLOADS)}")
    if found.record and found.workloads:
        parser.error("--record keeps all workloads together: name none")
    for path in (found.json, found.kept):
        if path is not None and not path.resolve().parent.is_dir():
            parser.error(f"{path}: there is no such folder")
    return found


def need_native_core() -> None:
    if "openssl" not in backends.info().available:
        raise GuardError("the native core is not built: ./run install says what it needs")


def chosen(names: Sequence[str], group: str) -> list[Workload]:
    return [one for one in WORKLOADS if one.group == group and (not names or one.name in names)]


def compare(bench: Bench, names: Sequence[str], kept: Sequence[Entry]) -> list[Group]:
    """Counts what there is something to compare with."""
    nearests = {group: nearest(kept, group, bench.key(group)) for group in GROUPS if chosen(names, group)}
    fits = {
        group: entry is not None and not differences(bench.key(group), entry.key) for group, entry in nearests.items()
    }
    counts = bench.count_all([one for group in fits if fits[group] for one in chosen(names, group)])
    return [
        compared(
            group,
            bench.key(group),
            {one.name: counts[one.name] for one in chosen(names, group) if fits[group]},
            entry,
        )
        for group, entry in nearests.items()
    ]


def keep(bench: Bench, path: Path) -> list[Group]:
    """Counts all and keeps it."""
    counts = bench.count_all(WORKLOADS)
    entries = [
        Entry(group, bench.key(group), {one.name: counts[one.name] for one in chosen((), group)}) for group in GROUPS
    ]
    before = {group: nearest(read(path), group, bench.key(group)) for group in GROUPS}
    groups = [compared(entry.group, entry.key, entry.counts, before[entry.group]) for entry in entries]
    record(entries, path)
    return groups


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, print, and judge or keep."""
    wanted = options(arguments)
    try:
        need_native_core()
        kept = read(wanted.kept)
        with Bench() as bench:
            groups = keep(bench, wanted.kept) if wanted.record else compare(bench, wanted.workloads, kept)
            print(as_text(bench.machine, groups, recorded=wanted.kept if wanted.record else None))
        if wanted.json:
            write(wanted.json, as_data(groups))
    except (GuardError, OSError) as error:
        print(f"bench-guard: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("bench-guard: interrupted, nothing was written", file=sys.stderr)
        return INTERRUPTED
    return 0 if wanted.record else int(verdict(groups))


if __name__ == "__main__":
    sys.exit(main())
