"""Bad vector files and baselines, one by one: exit 2, and a sentence that names the file, the entry and the fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from cli_driver import Call, Done, signkit_all

REFERENCE = "python:conformance.reference:Reference"
SHIPPED = Path(__file__).parents[2] / "vectors/minify/minify-text.json"
WHOLE = json.loads(SHIPPED.read_text())
GOOD = {**WHOLE, "cases": WHOLE["cases"][:2]}
FIRST = GOOD["cases"][0]["id"]
BASELINE = {
    "schema": "signkit-baseline/1",
    "target": "signkit reference",
    "entries": [{"id": FIRST, "verdict": "fail", "reason": "known"}],
}


def text(document: Any, change: Callable[[Any], object] = lambda document: None) -> bytes:
    """The document with one change, as JSON."""
    changed = deepcopy(document)
    change(changed)
    return json.dumps(changed).encode()


def case(**fields: object) -> bytes:
    """The good vector file with some fields of its first case changed."""
    return text(GOOD, lambda document: document["cases"][0].update(fields))


def entry(**fields: object) -> bytes:
    """The good baseline with some fields of its entry changed; None takes a field out."""
    kept = {name: value for name, value in {**BASELINE["entries"][0], **fields}.items() if value is not None}
    return text({**BASELINE, "entries": [kept]})


VECTORS = {
    "empty": (b"", "not JSON at byte offset 0"),
    "cut off": (b'{"schema":', "not JSON at byte offset 10 (line 1, column 11)"),
    "binary": (bytes(range(256)), "not UTF-8 at byte offset 128"),
    "UTF-16": (text(GOOD).decode().encode("utf-16"), "not UTF-8 at byte offset 0"),
    "byte order mark": (b"\xef\xbb\xbf" + text(GOOD), "not JSON at byte offset 0"),
    "a list": (b"[]", "not of type"),
    "too deep": (b"[" * 100_000, "nested too deep"),
    "NaN": (text(GOOD).replace(b'"version": ', b'"version": NaN, "v": ', 1), "NaN is not JSON"),
    "a number of 5000 digits": (
        text({**GOOD, "version": 0}).replace(b'"version": 0', b'"version": ' + b"9" * 5000),
        "5000",
    ),
    "lone surrogate": (text({**GOOD, "suite": "\ud800"}), "lone surrogate"),
    "another schema": (text({**GOOD, "schema": "nonsense/9"}), "schema is 'nonsense/9': this kit reads"),
    "no schema": (text(GOOD, lambda d: d.pop("schema")), "schema is 'None': this kit reads"),
    "unknown field": (text({**GOOD, "surprise": 1}), "'surprise' was unexpected"),
    "no cases": (text({**GOOD, "cases": []}), "cases: "),
    "unknown field of a case": (case(surprise=1), f"case {FIRST}: Additional properties are not allowed ('surprise'"),
    "duplicate id": (text({**GOOD, "cases": GOOD["cases"][:1] * 2}), f"case {FIRST} stands already in"),
    "duplicate key": (text(GOOD).replace(b'"suite": ', b'"suite": "x", "suite": ', 1), "the name 'suite' stands twice"),
    "duplicate key in a case": (
        text(GOOD).replace(b'"op": ', b'"op": "sign", "op": ', 1),
        f"case {FIRST}: the name 'op' stands twice",
    ),
    "unknown op": (case(op="dance"), f"case {FIRST}: op 'dance' is none of message, sign"),
    "no base64": (case(input={"text": "!!"}), f"case {FIRST}: input/text: "),
    "two expectations": (case(expect={"value": "AA==", "refused": True}), f"case {FIRST}: expect: "),
    "unknown neighbour": (case(differs_from="minify/no-such"), "differs_from names minify/no-such, and no case has"),
    "flag without a note": (case(flags=["NoSuchFlag"]), f"case {FIRST}: flag NoSuchFlag has no note"),
}

BASELINES = {
    "empty": (b"", "not JSON"),
    "cut off": (b"{", "not JSON"),
    "binary": (bytes(range(256)), "not JSON"),
    "a list": (b"[]", "not a JSON object"),
    "too deep": (b"[" * 100_000, "nested too deep"),
    "another schema": (text({**BASELINE, "schema": "x"}), "schema is 'x'; this kit reads 'signkit-baseline/1'"),
    "unknown field": (text({**BASELINE, "surprise": 1}), "unknown field 'surprise'; known are schema, target, entries"),
    "no target": (text(BASELINE, lambda b: b.pop("target")), "needs target"),
    "unknown field of an entry": (entry(surprise="x"), f"entry 1 ({FIRST}): unknown field 'surprise'"),
    "duplicate entry": (
        text({**BASELINE, "entries": BASELINE["entries"] * 2}),
        "has an entry already; keep one",
    ),
    "duplicate key": (
        text(BASELINE).replace(b'"reason": ', b'"reason": "x", "reason": '),
        "the name 'reason' stands twice in one object",
    ),
    "missing reason": (entry(reason=None), f"entry 1 ({FIRST}): reason is missing or empty"),
    "empty reason": (entry(reason=" "), f"entry 1 ({FIRST}): reason is missing or empty"),
    "reason is no text": (entry(reason=5), f"entry 1 ({FIRST}): reason is missing or empty"),
    "no id": (entry(id=None), "entry 1: id is missing or empty"),
    "unknown verdict": (entry(verdict="pass"), "unknown verdict 'pass'; known are crash, error, fail"),
    "an entry that is none": (text({**BASELINE, "entries": ["x"]}), "entry 1: not a JSON object"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "good.json").write_bytes(text(GOOD))
    (folder / "empty folder").mkdir()
    calls = {}
    for kind, table in (("vectors", VECTORS), ("baseline", BASELINES)):
        for number, (name, (data, _)) in enumerate(table.items()):
            file = f"{kind}{number}.json"
            (folder / file).write_bytes(data)
            words = ("--vectors", file) if kind == "vectors" else ("--vectors", "good.json", "--baseline", file)
            calls[f"{kind} {name}"] = Call(("run", REFERENCE, *words))
    (folder / "unknown.json").write_bytes(entry(id="minify/no-such"))
    (folder / "stale.json").write_bytes(entry())
    for name in ("missing.json", "empty folder", "/dev/null"):
        calls[f"vectors {name}"] = Call(("run", REFERENCE, "--vectors", name))
        calls[f"baseline {name}"] = Call(("run", REFERENCE, "--vectors", "good.json", "--baseline", name))
    for name in ("unknown.json", "stale.json"):
        calls[name] = Call(("run", REFERENCE, "--vectors", "good.json", "--baseline", name))
    calls["both"] = Call(("run", REFERENCE, "--vectors", "good.json", "--vectors", str(SHIPPED)))
    return signkit_all(calls, folder)


@pytest.mark.parametrize("name", VECTORS)
def test_a_bad_vector_file_never_runs(name: str, told: dict[str, Done]) -> None:
    refused(told[f"vectors {name}"], f"vectors{list(VECTORS).index(name)}.json: ", VECTORS[name][1])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("missing.json", "does not exist"), ("empty folder", "holds no vector files"), ("/dev/null", "not JSON")],
)
def test_vectors_that_are_no_file(name: str, sentence: str, told: dict[str, Done]) -> None:
    refused(told[f"vectors {name}"], name, sentence)


def test_two_vector_files_with_the_same_suite(told: dict[str, Done]) -> None:
    refused(told["both"], str(SHIPPED), "suite minify-text stands already in good.json")


@pytest.mark.parametrize("name", BASELINES)
def test_a_bad_baseline_never_runs(name: str, told: dict[str, Done]) -> None:
    refused(told[f"baseline {name}"], f"baseline{list(BASELINES).index(name)}.json: ", BASELINES[name][1])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("missing.json", "does not exist"), ("empty folder", "is a directory"), ("/dev/null", "not JSON")],
)
def test_a_baseline_that_is_no_file(name: str, sentence: str, told: dict[str, Done]) -> None:
    refused(told[f"baseline {name}"], name, sentence)


def refused(done: Done, name: str, sentence: str) -> None:
    assert (done.code, done.out) == (2, b"")
    assert name in done.err
    assert sentence in done.err
    assert len(done.err) < 500


def test_entries_that_hold_no_longer_are_exit_4(told: dict[str, Done]) -> None:
    assert told["unknown.json"].code == 4
    assert "minify/no-such: the baseline names it, but no case has this id" in told["unknown.json"].text
    assert told["stale.json"].code == 4
    assert f"{FIRST}: the baseline expects fail, but it passes" in told["stale.json"].text
