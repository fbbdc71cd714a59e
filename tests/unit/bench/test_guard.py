"""The guard's reading, key, file and comparison. Nothing is counted here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.guard.__main__ import chosen, main
from bench.guard.compare import Group, Row, Verdict, compared, verdict
from bench.guard.counts import Counts, parse
from bench.guard.errors import GuardError
from bench.guard.kept import Entry, nearest, read, record
from bench.guard.key import differences, features
from bench.guard.telling import as_data, as_text
from bench.guard.workloads import WORKLOADS

# Written by hand after callgrind's manual: main, of 10 instructions, calls twice, which calls itself and libcrypto.
OUTPUT = """\
# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 7
cmd:  ./guard sign
part: 1

desc: Trigger: Program termination

positions: line
events: Ir
summary: 137

ob=/build/guard
fl=/src/guard.c
fn=main
0 10
cfn=twice
calls=1 0
0 127
fn=twice
0 20
fi=/src/lanes.h
0 5
fe=/src/guard.c
cfn=twice'2
calls=1 0
0 102

fn=twice'2
0 2
cob=/usr/lib/libcrypto.so.3
cfi=???
cfn=0x0000000000001a20
calls=4 0
0 100

ob=/usr/lib/libcrypto.so.3
fl=???
fn=0x0000000000001a20
0 100

totals: 137
"""
KEY = {"architecture": "x86_64", "compiler": "gcc 12.2.0", "openssl": "OpenSSL 3.0.22"}


def test_own_counts_leave_out_what_a_function_calls() -> None:
    counts = parse(OUTPUT)
    assert counts.total == 137
    assert counts.functions == {"libcrypto.so.3:0x1a20": 100, "twice": 27, "main": 10}


def test_an_object_or_a_source_can_be_left_out() -> None:
    """twice, of lanes.h where it is inlined, belongs to the source it began in."""
    assert parse(OUTPUT, ["libcrypto"]) == Counts(37, {"twice": 27, "main": 10})
    assert parse(OUTPUT, ["guard.c"]) == Counts(100, {"libcrypto.so.3:0x1a20": 100})
    assert parse(OUTPUT, ["lanes"]) == parse(OUTPUT)
    with pytest.raises(GuardError, match="counted nothing"):
        parse(OUTPUT, ["libcrypto", "guard"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OUTPUT.replace("0 20", "0 21"), "does not add up: functions 138, totals 137"),
        (OUTPUT[: OUTPUT.index("totals")], "does not add up"),
        (OUTPUT.replace("events: Ir", "events: Ir Dr"), "counted Ir Dr"),
        ("events: Ir\ntotals: 0\n", "counted nothing"),
    ],
)
def test_other_output_is_no_count(text: str, sentence: str) -> None:
    with pytest.raises(GuardError, match=sentence):
        parse(text)


def test_features_are_named_by_their_bits() -> None:
    told = f"OPENSSL_ia32cap={1 << 60 | 1 << 57 | 1 << 41:#x}:{1 << 5 | 1 << 8:#x}"
    assert features(told) == "aes avx avx2 bmi2 ssse3"
    assert features("OPENSSL_armcap=0x7d") == "OPENSSL_armcap=0x7d"
    assert features("") == ""


def test_differences_name_the_parts() -> None:
    other = KEY | {"compiler": "gcc 13.1.0", "libc": "glibc 2.36"}
    assert differences(KEY, KEY) == {}
    assert differences(KEY, other) == {"compiler": ("gcc 12.2.0", "gcc 13.1.0"), "libc": ("nothing", "glibc 2.36")}


def entry(key: dict[str, str] = KEY, group: str = "c", **totals: int) -> Entry:
    return Entry(group, key, {name: Counts(total, {"f": total}) for name, total in totals.items()})


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (1000, Verdict.WITHIN),
        (1020, Verdict.WITHIN),
        (1021, Verdict.DRIFTED),
        (980, Verdict.WITHIN),
        (979, Verdict.DRIFTED),
    ],
)
def test_two_per_cent_either_way_are_allowed(now: int, expected: Verdict) -> None:
    group = compared("c", KEY, entry(sign=now).counts, entry(sign=1000))
    assert group.verdict is expected
    assert (verdict([group]), int(verdict([group]))) == (expected, 0 if expected is Verdict.WITHIN else 1)


def test_another_key_is_not_comparable_and_is_told() -> None:
    kept = entry(KEY | {"compiler": "gcc 13.1.0"}, sign=1000)
    group = compared("c", KEY, {}, kept)
    assert (group.verdict, int(group.verdict)) == (Verdict.NOT_COMPARABLE, 3)
    text = as_text({"valgrind": "v", "compiler": "c", "openssl": "o"}, [group])
    assert "here gcc 12.2.0" in text
    assert "kept gcc 13.1.0" in text
    assert "./run bench-guard --record" in text
    assert compared("c", KEY, {}, None).verdict is Verdict.NOT_COMPARABLE


def test_a_workload_that_is_not_kept_is_not_within() -> None:
    group = compared("c", KEY, entry(sign=1000, verify=7).counts, entry(sign=1000))
    assert group.verdict is Verdict.NOT_COMPARABLE
    assert "verify" in group.reason


def test_a_drift_counts_before_what_cannot_be_compared() -> None:
    drifted = Group("c", KEY, [Row("sign", Counts(3, {}), Counts(2, {}))])
    assert verdict([Group("python", KEY, reason="none kept"), drifted]) is Verdict.DRIFTED
    assert verdict([]) is Verdict.WITHIN


def test_the_functions_that_changed_most_are_named() -> None:
    now = Counts(1201, {"square": 700, "new": 300, "same": 150, "copy": 50, "small": 1})
    kept = Counts(1000, {"square": 690, "same": 150, "gone": 160})
    row = Row("sign", now, kept)
    assert row.moved() == [("new", 300, 0), ("gone", 0, 160), ("copy", 50, 0), ("square", 700, 690)]
    text = as_text({"valgrind": "v", "compiler": "c", "openssl": "o"}, [Group("c", KEY, [row])])
    assert "+20.10 %  DRIFTED" in text
    assert text.index("new ") < text.index("gone ") < text.index("square ")
    assert as_data([Group("c", KEY, [row])])["groups"][0]["workloads"][0]["moved"][0]["function"] == "new"


def test_an_entry_replaces_that_of_its_key_alone(tmp_path: Path) -> None:
    file, other = tmp_path / "counts.json", KEY | {"openssl": "OpenSSL 3.5.0"}
    record([entry(sign=1), entry(group="python", texts=5)], file)
    record([entry(other, sign=2)], file)
    record([entry(sign=3)], file)
    found = {(one.group, one.key["openssl"]): {name: c.total for name, c in one.counts.items()} for one in read(file)}
    assert found == {
        ("c", "OpenSSL 3.0.22"): {"sign": 3},
        ("c", "OpenSSL 3.5.0"): {"sign": 2},
        ("python", "OpenSSL 3.0.22"): {"texts": 5},
    }
    assert [path.name for path in tmp_path.iterdir()] == ["counts.json"]


def test_small_functions_are_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    record([Entry("c", KEY, {"sign": Counts(10_000, {"large": 9_990, "ten": 10, "nine": 9})})], file)
    assert read(file)[0].counts["sign"].functions == {"large": 9_990, "ten": 10}


def test_the_nearest_entry_differs_least() -> None:
    far, near = entry({"compiler": "clang"}), entry(KEY | {"compiler": "gcc 13.1.0"})
    assert nearest([far, near], "c", KEY) is near
    assert nearest([far, near], "python", KEY) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "other/1"}', '{"schema": "signkit-guard/1", "entries": [{}]}']
)
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "counts.json"
    file.write_text(text)
    with pytest.raises(GuardError, match=r"counts\.json"):
        read(file)
    assert main(["--kept", str(file)]) == 2


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(GuardError, match=r"counts\.json cannot be written: No such file"):
        record([entry(sign=1)], tmp_path / "nowhere" / "counts.json")


def test_no_file_is_no_counts(tmp_path: Path) -> None:
    assert read(tmp_path / "none.json") == []


def test_the_kept_counts_are_of_the_workloads_there_are() -> None:
    entries = read()
    assert entries
    for one in entries:
        assert set(one.counts) == {workload.name for workload in chosen((), one.group)}
        assert all(sum(found.functions.values()) > 0.9 * found.total for found in one.counts.values())
    keys = [(one.group, json.dumps(one.key, sort_keys=True)) for one in entries]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sing"], "no workload 'sing'"),
        (["--record", "sign"], "name none"),
        (["--json", "nowhere/out.json"], "no such folder"),
    ],
)
def test_wrong_arguments_are_named(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert sentence in capsys.readouterr().err


def test_help_names_the_workloads(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert all(f"  {workload.name} " in told for workload in WORKLOADS)
