"""The corpus folder: what is kept comes back, and what is broken is named and left alone."""

from __future__ import annotations

import json
import os
import random
import threading
from pathlib import Path

import pytest

from conformance.corpus import CorpusError, load
from conformance.fuzz.asks import Ask
from conformance.fuzz.findings import Finding, judged
from conformance.fuzz.oracle import demand
from conformance.fuzz.promote import PromoteError, promote
from conformance.fuzz.store import MAX_BYTES, Store, StoreError

KEYS = load().keys


def finding(text: bytes = b"[ 1.50 ]", answer: str = "WzEuNV0=", target: str = "a target") -> Finding:
    ask = Ask.of("minify", text=text)
    wanted = demand(ask, KEYS)
    return Finding(target, "1", ask, wanted, judged(ask, wanted, {"id": "1", "value": answer}, KEYS), shrunk=True)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder")
    found = finding()
    path = store.save(found)
    kept, complaints = store.load(KEYS)
    assert complaints == []
    assert [(one.file, one.target, one.ask.spelled, one.key) for one in kept] == [
        (path.name, found.target, found.ask.spelled, found.key)
    ]
    assert store.save(found) == path
    assert [file.name for file in store.folder.iterdir()] == [path.name]


def test_findings_of_other_keys_have_other_files(tmp_path: Path) -> None:
    store = Store(tmp_path)
    names = {store.save(finding(target=target)).name for target in ("a target", "A Target", "../../x", "")}
    assert len(names) == 4
    assert all(file.parent == tmp_path for file in tmp_path.iterdir())


GOOD = b'{"schema":"signkit-finding/1"'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'"\\ud800"', "no JSON"),
        (b"[]", "schema"),
        (b'{"schema":"signkit-finding/9"}', "schema"),
        (GOOD + b"}", "target or key"),
        (GOOD + b',"target":"t","key":[1]}', "target or key"),
        (GOOD + b',"target":"t","key":["t"],"op":"minify","input":{"text":"?"},"expect":{"refused":true}}', "no case"),
        (GOOD + b',"target":"t","key":["t"],"op":["minify"],"input":null,"expect":null}', "no case"),
        (GOOD + b',"target":"t","key":["t"],"op":"load_key","input":{},"expect":{"refused":true}}', "no case"),
        (
            GOOD + b',"target":"t","key":["t"],"op":"sign","expect":{"refused":true},'
            b'"input":{"form":"webhook","body":"","key":"nobody"}}',
            "no usable key 'nobody'",
        ),
    ],
)
def test_a_broken_file_is_named_and_skipped(tmp_path: Path, content: bytes, why: str) -> None:
    store = Store(tmp_path)
    store.save(finding())
    (tmp_path / "broken.json").write_bytes(content)
    kept, complaints = store.load(KEYS)
    assert len(kept) == 1
    assert len(complaints) == 1
    assert "broken.json" in complaints[0]
    assert why in complaints[0]
    assert (tmp_path / "broken.json").read_bytes() == content


def test_what_is_no_file_is_named_and_skipped(tmp_path: Path) -> None:
    """A pipe in a file's place is not waited for, and a device not read to its end."""
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "nowhere.json").symlink_to("nothing")
    (tmp_path / "zeros.json").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.json")
    with (tmp_path / "vast.json").open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    (tmp_path / "around").symlink_to(tmp_path)
    Store(tmp_path).save(finding())
    kept, complaints = Store(tmp_path).load(KEYS)
    assert len(kept) == 1
    told = ("Is a directory", "symbolic links", "No such file", "no plain file", "larger than", "no plain file")
    assert len(complaints) == len(told)
    for sentence, part in zip(complaints, told, strict=True):
        assert part in sentence


def test_of_two_of_one_key_the_smaller_stays(tmp_path: Path) -> None:
    store, small, large = Store(tmp_path), finding(), finding(b"[ 1.500 ]")
    assert small.key == large.key
    for first, second in ((small, large), (large, small)):
        store.save(first)
        store.save(second)
        ((one,), _) = store.load(KEYS)
        assert one.ask == small.ask


def test_runs_may_share_a_folder(tmp_path: Path) -> None:
    """Many save under few keys at once; each file is whole at every moment, and the smallest is left."""
    found = [finding(b"[ 1.5%s ]" % (b"0" * zeros), target=f"t{name}") for zeros in range(1, 9) for name in range(3)]
    complaints: list[str] = []

    def save(seed: int) -> None:
        mine = Store(tmp_path)
        for one in random.Random(seed).sample(found, len(found)):  # noqa: S311 - reproducible, not secret
            mine.save(one)
            complaints.extend(mine.load(KEYS)[1])

    threads = [threading.Thread(target=save, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept, left = Store(tmp_path).load(KEYS)
    assert complaints + left == []
    assert {one.target: one.ask.fields["text"] for one in kept} == dict.fromkeys(("t0", "t1", "t2"), b"[ 1.50 ]")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--corpus"):
        Store(tmp_path / "file")


def test_promoted_vectors_load_one_case_a_question(tmp_path: Path) -> None:
    one, other = finding(), finding(b"[1,]", "WzFd")
    found = [(one.ask, "php"), (one.ask, "node"), (one.ask, "php"), (other.ask, "php")]
    sign = Ask.of("sign", form="webhook", body=b"{}", key="doc")
    assert promote(tmp_path / "Found it.json", [*found, (sign, "go")], KEYS, "1") == (3, 0, 0)
    corpus = load([tmp_path / "Found it.json"])
    assert {case.suite for case in corpus.cases} == {"fuzz-found-it"}
    by_op = {(case.op, "refused" in case.expect): case for case in corpus.cases}
    assert by_op["minify", False].comment.endswith("Fuzzing found that php and node answered otherwise.")
    assert by_op["minify", False].expect == {"value": "WzEuNTBd"}
    assert by_op["minify", True].clauses == ("P42", "RFC 8259 2")
    assert set(corpus.keys) == {"doc"}
    assert {case.op: str(case.level) for case in corpus.cases} == {"minify": "should", "sign": "must"}
    load([tmp_path / "Found it.json", *[Path("vectors")]])  # beside the shipped ones, too


def test_what_is_open_is_not_promoted(tmp_path: Path) -> None:
    fields = {"form": "webhook", "method": "POST", "url": "https://h.example/", "merchant_id": "m", "key": "doc"}
    ask = Ask.of("build", json_text=b'["\\ud800"]', **fields)
    assert promote(tmp_path / "none.json", [(ask, "t")], KEYS, "1") == (0, 0, 1)
    assert not (tmp_path / "none.json").exists()
    with pytest.raises(CorpusError):
        load([tmp_path / "none.json"])


def test_promoting_again_adds_and_keeps_what_was_edited(tmp_path: Path) -> None:
    path, one, other = tmp_path / "found.json", finding(), finding(b"[1,]", "WzFd")
    sign = Ask.of("sign", form="webhook", body=b"{}", key="doc")
    promote(path, [(one.ask, "php")], KEYS, "1")
    document = json.loads(path.read_text())
    document["cases"][0] |= {"id": "minify/mine", "comment": "Edited."}
    path.write_text(json.dumps(document))
    found = [(one.ask, "php"), (other.ask, "node"), (sign, "go")]
    assert promote(path, found, KEYS, "1") == (2, 1, 0)
    assert promote(path, found, KEYS, "1") == (0, 3, 0)
    corpus = load([path])
    assert {case.comment for case in corpus.cases if case.id == "minify/mine"} == {"Edited."}
    assert len(corpus.cases) == 3
    assert set(corpus.keys) == {"doc"}


@pytest.mark.parametrize("content", [b"", b"not JSON", b"[]", b'{"schema":"vector.schema.json"}', b"\xff"])
def test_what_is_no_vector_file_is_not_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "found.json"
    path.write_bytes(content)
    with pytest.raises(PromoteError, match="name another file"):
        promote(path, [(finding().ask, "t")], KEYS, "1")
    assert path.read_bytes() == content


def test_of_two_that_promote_at_once_the_second_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "found.json"

    def slow(path: Path) -> None:
        """The other run writes between our reading and writing."""
        path.write_text("its")

    monkeypatch.setattr("conformance.fuzz.promote.read_if_there", slow)
    with pytest.raises(PromoteError, match="promote again"):
        promote(path, [(finding().ask, "t")], KEYS, "1")
    assert path.read_text() == "its"


@pytest.mark.parametrize("name", ["no/folder.json", "."])
def test_a_file_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(PromoteError, match="--promote"):
        promote(tmp_path / name, [(finding().ask, "t")], KEYS, "1")


def test_a_kept_file_tells_a_person_what_is_wrong(tmp_path: Path) -> None:
    data = json.loads(Store(tmp_path).save(finding()).read_text())
    assert data["why"] == "minified text"
    assert "respelled" in data["sentence"]
    assert data["expect"] == {"value": "WzEuNTBd"}
