"""The corpus folder: what is kept comes back, and what is broken is named and left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.corpus import CorpusError, load
from conformance.fuzz.asks import Ask
from conformance.fuzz.findings import Finding, judged
from conformance.fuzz.oracle import demand
from conformance.fuzz.promote import PromoteError, promote
from conformance.fuzz.store import Store, StoreError

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


def test_a_folder_in_place_of_a_file_is_named_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    assert "folder.json" in Store(tmp_path).load(KEYS)[1][0]


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


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(PromoteError, match="--promote"):
        promote(tmp_path / "no" / "folder.json", [(finding().ask, "t")], KEYS, "1")


def test_a_kept_file_tells_a_person_what_is_wrong(tmp_path: Path) -> None:
    data = json.loads(Store(tmp_path).save(finding()).read_text())
    assert data["why"] == "minified text"
    assert "respelled" in data["sentence"]
    assert data["expect"] == {"value": "WzEuNTBd"}
