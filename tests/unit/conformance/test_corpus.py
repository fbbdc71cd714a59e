"""Loading vector files: what is right is kept, every fault is told with its place and its mend."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from conformance.corpus import CorpusError, counted, family, load, select
from conformance.model import Case, Corpus, Level

KEY = {"bits": 2048, "e": 65537, "private_pem": "private", "public_pem": "public", "source": "a test"}
NOTE = {"kind": "test", "description": "A flag.", "links": []}
DOCUMENT: dict[str, Any] = {
    "schema": "vector.schema.json",
    "suite": "one",
    "version": 1,
    "source": {"name": "a test", "version": "1"},
    "notes": {"Flag": NOTE},
    "keys": {"key": KEY},
    "cases": [
        {
            "id": "minify/positive",
            "comment": "A case.",
            "level": "must",
            "clauses": ["S41"],
            "flags": [],
            "differs_from": None,
            "op": "minify",
            "input": {"text": "e30="},
            "expect": {"value": "e30="},
        },
        {
            "id": "minify/negative",
            "comment": "Another case.",
            "level": "should",
            "clauses": ["P42"],
            "flags": ["Flag"],
            "differs_from": "minify/positive",
            "op": "minify",
            "input": {"text": "ew=="},
            "expect": {"refused": True},
        },
        {
            "id": "sign/card",
            "comment": "A third case.",
            "level": "must",
            "clauses": ["S8"],
            "flags": ["Flag"],
            "differs_from": None,
            "op": "sign",
            "input": {"form": "card_details", "transaction_id": "1", "key": "key"},
            "expect": {"signature": "AAAA"},
        },
    ],
}
CASES = DOCUMENT["cases"]

Change = Callable[[dict[str, Any]], object]


def write(folder: Path, name: str = "one.json", change: Change = lambda document: None) -> Path:
    """The document above, changed, as a file."""
    document = copy.deepcopy(DOCUMENT)
    change(document)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def second(document: dict[str, Any]) -> None:
    """Makes the document one that may stand beside the first."""
    document["suite"] = "two"
    for case in document["cases"]:
        case["id"] = f"two/{case['id']}"
        case["differs_from"] = case["differs_from"] and f"two/{case['differs_from']}"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("vectors")
    return load([write(folder), write(folder, "two.json", second)])


def fault(*paths: Path) -> str:
    """The message with which loading fails."""
    with pytest.raises(CorpusError) as caught:
        load(paths)
    return str(caught.value)


class TestLoad:
    def test_cases_keys_and_notes_as_in_the_file(self, tmp_path: Path) -> None:
        corpus = load([write(tmp_path)])
        assert [case.id for case in corpus.cases] == ["minify/positive", "minify/negative", "sign/card"]
        negative, card = corpus.cases[1:]
        assert (negative.suite, negative.level, negative.clauses) == ("one", Level.SHOULD, ("P42",))
        assert (negative.flags, negative.differs_from, negative.form) == (("Flag",), "minify/positive", None)
        assert (negative.input, negative.expect) == ({"text": "ew=="}, {"refused": True})
        assert (card.form, card.key) == ("card_details", "key")
        assert corpus.keys["key"].bits == 2048
        assert corpus.notes == {"Flag": NOTE}

    def test_private_keys_stay_out_of_the_repr(self, corpus: Corpus) -> None:
        assert "private" not in repr(corpus.keys["key"])

    def test_digest_is_over_the_bytes_in_order_of_name(self, tmp_path: Path) -> None:
        late, early = write(tmp_path / "b", "a.json", second), write(tmp_path / "a", "b.json")
        expected = hashlib.sha256(early.read_bytes() + late.read_bytes()).hexdigest()
        assert load([late, early]).digest == expected == load([tmp_path]).digest

    def test_a_folder_holds_files_and_folders_of_files(self, tmp_path: Path) -> None:
        write(tmp_path, "one.json")
        write(tmp_path / "folder", "two.json", second)
        assert len(load([tmp_path]).cases) == 6

    def test_a_file_named_twice_is_read_once(self, tmp_path: Path) -> None:
        path = write(tmp_path)
        assert len(load([path, tmp_path, tmp_path / "." / path.name]).cases) == 3

    def test_the_schema_folder_holds_no_vectors(self, tmp_path: Path) -> None:
        write(tmp_path)
        (tmp_path / "schema").mkdir()
        (tmp_path / "schema" / "vector.schema.json").write_text("{}")
        assert len(load([tmp_path]).cases) == 3

    def test_shipped_vectors_load(self) -> None:
        shipped = load()
        assert len(shipped.cases) >= 150
        assert len(shipped.digest) == 64


class TestFaults:
    def test_missing_file(self, tmp_path: Path) -> None:
        assert fault(tmp_path / "none.json") == f"{tmp_path / 'none.json'}: no such file or folder"

    def test_empty_folder(self, tmp_path: Path) -> None:
        assert "holds no vector files" in fault(tmp_path)

    def test_what_is_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
        (tmp_path / "folder.json").mkdir()
        assert "holds no vector files" in fault(tmp_path)
        assert "no such file" in fault(tmp_path / "loop.json")

    def test_unreadable_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def denied(path: Path) -> bytes:
            raise PermissionError(13, "Permission denied", str(path))

        path = write(tmp_path)
        monkeypatch.setattr(Path, "read_bytes", denied)
        assert fault(path) == f"{path}: cannot be read: Permission denied"

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"", "not JSON at byte offset 0 (line 1, column 1)"),
            (b'{"a": "\xc3\xb8" 1}', "not JSON at byte offset 11"),
            (b'{"a":\n 1,,}', "not JSON at byte offset 9 (line 2, column 4)"),
            (b'\xef\xbb\xbf{"a":1}', "not JSON at byte offset 0"),
            (b'{"a":"\xff"}', "not UTF-8 at byte offset 6"),
            (b'{"a":NaN}', "NaN is not JSON"),
            (b'{"a":"\\ud800"}', "a lone surrogate"),
            (b'{"a":1,"a":2}', "the name 'a' stands twice in one object: keep one of them"),
            (b'{"cases":[{"id":"x/y","op":1,"op":2}]}', "case x/y: the name 'op' stands twice in one object"),
            (b"[" * 100_000, "nested too deep"),
            (b'{"a":' + b"1" * 5000 + b"}", "a number of too many digits"),
            (b"[]", "is not of type"),
        ],
    )
    def test_not_a_vector_file(self, tmp_path: Path, data: bytes, told: str) -> None:
        path = tmp_path / "bad.json"
        path.write_bytes(data)
        message = fault(path)
        assert message.startswith(f"{path}: ")
        assert told in message

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (lambda d: d["cases"][0].update(input={"text": "e30=", "txt": 1}), "case minify/positive: input: .*'txt'"),
            (lambda d: d["cases"][0].update(input={}), 'case minify/positive: input: .*"text" is a required'),
            (lambda d: d["cases"][0]["input"].update(text="e30"), "case minify/positive: input/text: "),
            (lambda d: d["cases"][2]["input"].update(amount=1), "case sign/card: input: .*'amount'"),
            (lambda d: d["cases"][2]["input"].update(form="card"), "case sign/card: form 'card' is none of request, "),
            (lambda d: d["cases"][0].update(op="minfy"), "case minify/positive: op 'minfy' is none of message, "),
            (lambda d: d["cases"][0].update(op=["minify"]), "case minify/positive: op .* is none of message, "),
            (lambda d: d["cases"][0].update(level="shall"), "case minify/positive: level: "),
            (lambda d: d["cases"][0].update(clauses=["Q1"]), "case minify/positive: clauses/0: "),
            (lambda d: d["cases"][0].update(clauses=[]), "case minify/positive: clauses: "),
            (lambda d: d["cases"][0].update(note="x"), "case minify/positive: .*'note'"),
            (lambda d: d["cases"][0].update(expect={"valid": True}), "case minify/positive: expect: .*"),
            (lambda d: d["cases"][0].update(expect={"value": "", "refused": True}), "case minify/positive: expect: "),
            (lambda d: d["cases"][0].update(id="Bad Id"), "case Bad Id: id: "),
            (lambda d: d["cases"][0].pop("id"), 'case number 1: "id" is a required'),
            (lambda d: d["cases"].insert(0, 7), "case number 1: 7 is not of type"),
            (lambda d: d.update(cases=[]), "cases: "),
            (lambda d: d.update(cases={}), "cases: "),
            (lambda d: d.update(version="1"), "version: "),
            (lambda d: d.update(extra=1), "'extra'"),
            (lambda d: d.pop("notes"), '"notes" is a required'),
            (lambda d: d["keys"]["key"].pop("bits"), 'keys/key: "bits" is a required'),
            (lambda d: d["notes"]["Flag"].update(links="x"), "notes/Flag/links: "),
        ],
    )
    def test_not_as_the_schema_says(self, tmp_path: Path, change: Change, told: str) -> None:
        path = write(tmp_path, change=change)
        with pytest.raises(CorpusError, match=told) as caught:
            load([path])
        assert str(caught.value).startswith(f"{path}: ")

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (
                lambda d: d["cases"][1].update(id="minify/positive"),
                "case minify/positive stands already in {path}: give it a name of its own",
            ),
            (lambda d: d["notes"].clear(), "case minify/negative: flag Flag has no note: describe it under notes"),
            (
                lambda d: d["cases"][2]["input"].update(key="kay"),
                "case sign/card: key 'kay' is not among the file's keys; there is key: add it to keys",
            ),
            (
                lambda d: d["keys"]["key"].update(private_pem=None),
                "case sign/card: sign needs a private key, and key 'key' has none: give its private_pem",
            ),
            (
                lambda d: d["cases"][1].update(differs_from="minify/positiv"),
                "case minify/negative: differs_from names minify/positiv, and no case has that id;"
                " there is minify/positive, minify/negative",
            ),
            (
                lambda d: d["cases"][0].update(differs_from="minify/negative"),
                "case minify/positive: differs_from names minify/negative, which is no positive case:"
                " name the one it leaves",
            ),
        ],
    )
    def test_names_that_do_not_resolve(self, tmp_path: Path, change: Change, told: str) -> None:
        path = write(tmp_path, change=change)
        assert fault(path) == f"{path}: {told.format(path=path)}"

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (lambda d: d.update(suite="one"), "suite one stands already in"),
            (lambda d: d["cases"][0].update(id="sign/card"), "case sign/card stands already in"),
            (lambda d: d["keys"]["key"].update(public_pem="other"), "key key differs from that in"),
            (lambda d: d["keys"]["key"].update(private_pem="other"), "key key differs from that in"),
            (lambda d: d["notes"]["Flag"].update(description="Another."), "note Flag differs from that in"),
        ],
    )
    def test_names_that_clash_between_files(self, tmp_path: Path, change: Change, told: str) -> None:
        def both(document: dict[str, Any]) -> None:
            second(document)
            change(document)

        first, other = write(tmp_path), write(tmp_path, "two.json", both)
        message = fault(first, other)
        assert message == f"{other}: {told} {first}: give it a name of its own"

    def test_a_neighbour_may_stand_in_a_later_file(self, tmp_path: Path) -> None:
        def before(document: dict[str, Any]) -> None:
            second(document)
            document["cases"][1]["differs_from"] = "minify/positive"

        write(tmp_path, "a.json", before)
        write(tmp_path, "b.json")
        assert len(load([tmp_path]).cases) == 6

    def test_a_private_key_is_never_quoted(self, tmp_path: Path) -> None:
        path = write(tmp_path, change=lambda d: d["keys"]["key"].update(private_pem=["SECRET"]))
        message = fault(path)
        assert "keys/key/private_pem" in message
        assert "SECRET" not in message

    def test_a_long_value_is_cut(self, tmp_path: Path) -> None:
        path = write(tmp_path, change=lambda d: d["cases"][0]["input"].update(text="!" * 10_000))
        assert len(fault(path)) < len(str(path)) + 400


class TestSelect:
    @pytest.mark.parametrize(
        ("choice", "expected"),
        [
            ({}, ["minify/positive", "minify/negative", "sign/card"]),
            ({"ids": ["sign/card"]}, ["sign/card"]),
            ({"ids": ["minify/*"]}, ["minify/positive", "minify/negative"]),
            ({"ids": ["sign/card", "minify/neg*"]}, ["minify/negative", "sign/card"]),
            ({"tags": ["Flag"]}, ["minify/negative", "sign/card"]),
            ({"levels": ["must"]}, ["minify/positive", "sign/card"]),
            ({"tags": ["Flag"], "levels": ["must"]}, ["sign/card"]),
            ({"ids": ["minify/*"], "tags": ["Flag"], "levels": ["must"]}, []),
        ],
    )
    def test_choices_within_a_suite(self, corpus: Corpus, choice: dict[str, list[str]], expected: list[str]) -> None:
        assert [case.id for case in select(corpus, **{"suites": ["one"], **choice})] == expected

    def test_no_choice_is_all(self, corpus: Corpus) -> None:
        assert select(corpus) == corpus.cases

    def test_choices_are_case_sensitive(self, corpus: Corpus) -> None:
        with pytest.raises(CorpusError, match="no tag 'flag'; there is Flag"):
            select(corpus, tags=["flag"])

    @pytest.mark.parametrize(
        ("choice", "told"),
        [
            ({"ids": ["sign/cart"]}, "no case 'sign/cart'; there is sign/card"),
            ({"ids": ["nothing/*"]}, "no case 'nothing/*'"),
            ({"suites": ["tow"]}, "no suite 'tow'; there is two"),
            ({"suites": ["requests"]}, "no suite 'requests'; there is one, two"),
            ({"levels": ["shall"]}, "no level 'shall'; there is should"),
        ],
    )
    def test_unknown_names(self, corpus: Corpus, choice: dict[str, list[str]], told: str) -> None:
        with pytest.raises(CorpusError) as caught:
            select(corpus, **choice)
        assert str(caught.value).startswith(told)

    def test_one_unknown_name_among_known_ones(self, corpus: Corpus) -> None:
        with pytest.raises(CorpusError, match="sign/none"):
            select(corpus, ids=["sign/card", "sign/none"])


class TestCounted:
    """A family of cases that a loop makes counts as at most 16 towards a total."""

    NOTES: ClassVar = {"Loop": NOTE | {"kind": "family"}, "Other": NOTE | {"kind": "family"}, "Flag": NOTE}

    def cases(self, corpus: Corpus, number: int, *flags: str) -> list[Case]:
        return [replace(corpus.cases[0], flags=flags)] * number

    def test_the_family_is_the_first_flag_of_its_kind(self, corpus: Corpus) -> None:
        (case,) = self.cases(corpus, 1, "Flag", "Other", "Loop")
        assert family(case, self.NOTES) == "Other"
        assert family(replace(case, flags=("Flag",)), self.NOTES) is None

    @pytest.mark.parametrize(("number", "total"), [(0, 0), (1, 1), (16, 16), (17, 16), (256, 16)])
    def test_a_family_counts_as_at_most_16(self, corpus: Corpus, number: int, total: int) -> None:
        assert counted(self.cases(corpus, number, "Loop"), self.NOTES) == total

    def test_families_and_loose_cases_add_up(self, corpus: Corpus) -> None:
        cases = self.cases(corpus, 20, "Loop") + self.cases(corpus, 20, "Other") + self.cases(corpus, 20, "Flag")
        assert counted(cases, self.NOTES) == 16 + 16 + 20

    def test_the_shipped_corpus(self) -> None:
        shipped = load()
        assert 1200 <= counted(shipped.cases, shipped.notes) < len(shipped.cases)
