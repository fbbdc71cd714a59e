"""The tables of a run."""

from __future__ import annotations

from dataclasses import replace

from conformance.speed import tables
from conformance.speed.model import Skip
from tests.fakes.benches import MACHINE, bench, measurement


def test_one_table_a_group_with_the_peer_in_the_title_where_there_is_one() -> None:
    found = {table.title.partition(":")[0]: table for table in tables.groups(bench())}
    assert list(found) == ["pyca-rsa", "threads", "peers", "texts"]
    assert (
        found["pyca-rsa"].title
        == "pyca-rsa: signing_core 0.1.0 beside cryptography 46.0.1, 2048-bit keys, messages of 600 B"
    )
    assert "peer" not in found["pyca-rsa"].heads
    assert found["peers"].heads[:2] == ["operation", "peer"]  # nothing is particular to a row
    assert [row[1] for row in found["peers"].rows] == ["node 46.0.1", "php 46.0.1"]
    assert found["peers"].notes == ["the protocol's own cost is subtracted"]


def test_what_all_of_a_group_share_stands_in_its_title_alone() -> None:
    members = [measurement("a"), measurement("b", bits=3072, octets=None), measurement("c", items=64)]
    (table,) = tables.groups(replace(bench(), measurements=tuple(members)))
    assert table.title.endswith("beside cryptography 46.0.1, messages of 600 B")
    assert [row[1] for row in table.rows] == ["2048-bit", "2048-bit, batch 64", "3072-bit"]


def test_rows_stand_by_size_however_they_were_measured() -> None:
    tasks = [measurement(name, operation=name) for name in ("sign, 64 tasks", "load", "sign, 1 task", "sign, 8 tasks")]
    batches = [measurement(str(items), operation="verify", items=items) for items in (64, 8, 1024)]
    (table,) = tables.groups(replace(bench(), measurements=(*tasks, *batches)))
    assert [row[0] for row in table.rows] == [
        "sign, 1 task",
        "sign, 8 tasks",
        "sign, 64 tasks",
        "load",
        *["verify"] * 3,
    ]
    assert [row[1].rpartition(" ")[2] for row in table.rows[4:]] == ["8", "64", "1024"]


def test_a_row_tells_both_times_the_ratio_its_spread_and_rates() -> None:
    one = measurement(ours=(1e-4,) * 4, peer=(4e-4,) * 4, threads=2, items=64)
    (table,) = tables.groups(replace(bench(), measurements=(one,)))
    assert table.heads == ["operation", "setting", "ours", "the peer's", "ratio", "spread", "a second", "per core"]
    assert table.figures == [False, False, *[True] * 6]
    assert list(table.rows[0]) == [
        *("sign", "2048-bit, 600 B, batch 64, 2 threads"),
        *("100 µs", "400 µs", "4.00 x", "0.0 %", "10 000", "5 000"),
    ]


def test_what_is_too_noisy_is_marked() -> None:
    table = next(table for table in tables.groups(bench()) if table.title.startswith("texts"))
    assert table.marked == {1}
    assert "noisy" in " ".join(table.rows[1])
    assert "noisy" not in " ".join(table.rows[0])


def test_throughput_is_that_of_the_largest_batch() -> None:
    table = tables.throughput(bench())
    assert table
    assert [row[:2] for row in table.rows] == [["sign", "2048-bit"], ["verify", "2048-bit"]]
    assert [(row[3], row[5]) for row in table.rows] == [("batch 1024", "batch 1024")] * 2
    assert table.rows[0][2] == "9 830"
    assert table.rows[0][4] == "19 700"


def test_throughput_of_one_core_and_of_none() -> None:
    one = replace(bench(), machine=replace(MACHINE, cores=1))
    table = tables.throughput(one)
    assert table
    assert [len(row) for row in table.rows] == [4, 4]
    four = tables.throughput(replace(bench(), machine=replace(MACHINE, cores=4)))
    assert four
    assert four.rows[0][4:] == ["not measured", ""]
    assert tables.throughput(replace(bench(), measurements=())) is None


def test_of_equal_batches_the_steadier_counts() -> None:
    loud = measurement("loud", ours=(1e-4, 3e-4, 2e-4), items=64)
    steady = measurement("steady", ours=(4e-4,) * 3, items=64)
    for order in ((loud, steady), (steady, loud)):
        table = tables.throughput(replace(bench(), measurements=order))
        assert table
        assert table.rows[0][2] == "2 500"


def test_throughput_that_is_too_noisy_is_marked() -> None:
    loud = measurement("loud", ours=(1e-4, 3e-4, 2e-4), items=64)
    table = tables.throughput(replace(bench(), measurements=(loud,)))
    assert table
    assert table.marked == {0}
    assert table.rows[0][3:] == ["batch 64, noisy", "not measured", ""]


def test_notes_are_told_once() -> None:
    members = (
        measurement("a", note="one thread; a batch of 1"),
        measurement("b", note="one thread; a batch of 64"),
        measurement("c", note="with 8 keys", peer_name="node"),
    )
    long = replace(members[2], peer=replace(members[2].peer, version="Node 20.1.2, V8 11.3"))
    (table,) = tables.groups(replace(bench(), measurements=(*members[:2], long)))
    assert list(table.notes) == ["node: Node 20.1.2, V8 11.3", "one thread; a batch of N", "with 8 keys"]
    assert table.rows[2][1] == "node 20.1.2"


def test_what_was_not_measured_is_told_once_for_each_reason() -> None:
    names = ("awscrt/sign", "awscrt/verify", "node/sign")
    reasons = ("not installed; pip install awscrt", "not installed; pip install awscrt", "not conformant")
    table = tables.skips(replace(bench(), skipped=tuple(map(Skip, names, reasons))))
    assert table
    assert list(table.rows) == [("awscrt/sign and 1 more", reasons[0]), ("node/sign", "not conformant")]
    assert tables.skips(replace(bench(), skipped=())) is None


def test_a_narrow_screen_goes_without_the_spare_columns_first() -> None:
    table = tables.Table("t", ("name", ">a", ">b", ">c"), [("one", "1", "22", "333")], spare=("b", "a"))
    assert table.narrowed(16, 2).heads == ["name", "a", "b", "c"]
    some = table.narrowed(15, 2)
    assert (some.heads, some.rows, some.spare) == (["name", "a", "c"], [["one", "1", "333"]], ["a"])
    none = table.narrowed(1, 2)
    assert (none.heads, none.figures) == (["name", "c"], [False, True])
