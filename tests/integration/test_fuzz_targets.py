"""``signkit fuzz`` against targets of every kind: several at once, over HTTP, broken on purpose, dying, silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_driver import Call, Done, signkit, signkit_all

from tests.fakes.answering import answering
from tests.fakes.cases import fake
from tests.fakes.fuzz_targets import Blanks

ROOT = Path(__file__).parents[2]
HERE = {"PYTHONPATH": str(ROOT)}
FAKES = "python:tests.fakes.fuzz_targets:"
MUTANTS = "python:tests.fakes.mutant_targets:"
REFERENCE = "python:conformance.reference:Reference"
LIMITS = ("--op", "minify", "--seed", "1", "--max-examples", "30")

MUTANTS_FOUND = {  # mutant: the op to ask, and words of the diagnosis that must be told
    "body_alone": ("sign", "signed the body alone"),
    "braces_as_brackets": ("build", "asked {}, sent []"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """What became of all targets that take no server."""
    folder = tmp_path_factory.mktemp("targets")
    calls = {name: Call(("fuzz", target, *LIMITS, "--json", "--corpus", name)) for name, target in TARGETS.items()}
    calls["hangs-at-start"] = Call((*calls["hangs-at-start"].words, "--start-timeout", "2"))
    for name, (op, _) in MUTANTS_FOUND.items():
        words = ("--op", op, "--form", "request", "--max-examples", "60", "--corpus", name)
        calls[name] = Call(("fuzz", MUTANTS + name, *words))
    return signkit_all({name: Call(call.words, env=HERE) for name, call in calls.items()}, cwd=folder)


TARGETS = {
    "good": REFERENCE,
    "dies": FAKES + "Dies",
    **{
        name: fake(name, 4)
        for name in ("dies-at-start", "hangs-at-start", "banner", "dies-at-key", "never-answers-right")
    },
}


def data(done: Done) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.out)
    assert found["exit_code"] == done.code
    return found


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("dies-at-start", "no licence file"),
        ("hangs-at-start", "no answer within 2 s"),
        ("banner", "is not a JSON object"),
        ("dies-at-key", "exited with status 1"),
    ],
)
def test_what_does_not_start_is_exit_3_with_data(name: str, sentence: str, told: dict[str, Done]) -> None:
    found = data(told[name])
    assert told[name].code == 3
    assert found["end"] == "target-gone"
    assert sentence in found["problem"]
    assert found["problem"] in told[name].err
    assert found["findings"] == []


def test_one_that_dies_midway_goes_on_and_the_op_is_told(told: dict[str, Done]) -> None:
    found = data(told["dies"])
    assert found["examples"] >= 30
    assert {finding["verdict"] for finding in found["findings"]} == {"crash"}
    assert all("status 7" in finding["sentence"] for finding in found["findings"])


def test_one_that_answers_nonsense_is_told_in_several_ways(told: dict[str, Done]) -> None:
    sentences = {finding["sentence"].split(":")[0] for finding in data(told["never-answers-right"])["findings"]}
    assert {"at byte 0", "it took input that must be refused"} <= sentences


def test_agreement_finds_nothing(told: dict[str, Done]) -> None:
    assert told["good"].code == 0
    assert data(told["good"])["findings"] == []


@pytest.mark.parametrize("name", MUTANTS_FOUND)
def test_a_mutant_is_found_from_an_empty_folder(name: str, told: dict[str, Done]) -> None:
    assert told[name].code == 1, told[name].err
    assert MUTANTS_FOUND[name][1] in told[name].text


@pytest.fixture
def url() -> Iterator[str]:
    with answering(Blanks()) as found:
        yield found


def test_over_http_the_same_is_found_as_in_a_process(url: str, tmp_path: Path) -> None:
    words = ("--op", "minify", "--seed", "1", "--max-examples", "60", "--json")
    ways = []
    for target in (url, FAKES + "Blanks"):
        done = signkit("fuzz", target, *words, "--corpus", target[:6], cwd=tmp_path, env=HERE)
        assert done.code == 1
        ways.append([(finding["input"], finding["sentence"]) for finding in data(done)["findings"]])
    assert ways[0] == ways[1] != []


def test_several_targets_at_once_are_told_apart(url: str, tmp_path: Path) -> None:
    targets = (REFERENCE, url, FAKES + "Dies", FAKES + "Lookups")
    done = signkit("fuzz", *targets, *LIMITS, "--json", cwd=tmp_path, env=HERE)
    found = data(done)
    assert done.code == 1
    names = ["signkit reference", "signkit reference #2", "signkit reference #3", "lookups"]
    assert [target["name"] for target in found["targets"]] == names
    assert {(finding["target"], finding["verdict"]) for finding in found["findings"]} == {
        ("signkit reference #2", "fail"),
        ("signkit reference #3", "crash"),
    }


def test_a_baseline_forgives_its_own_implementation_and_nobody_else(tmp_path: Path) -> None:
    run = signkit("run", FAKES + "Blanks", "--write-baseline", "own.json", "--id", "minify/*", cwd=tmp_path, env=HERE)
    assert run.code in (0, 1), run.err
    baseline = json.loads((tmp_path / "own.json").read_text())
    assert baseline["entries"]
    glob = {"id": "minify/*", "verdict": "fail", "reason": "eats blanks"}
    (tmp_path / "glob.json").write_text(json.dumps({**baseline, "entries": [glob]}))
    (tmp_path / "other.json").write_text(json.dumps({**baseline, "target": "php"}))
    told = {}
    for name in ("own", "glob", "other"):
        words = ("--baseline", f"{name}.json", "--corpus", name, "--json")
        told[name] = signkit("fuzz", FAKES + "Blanks", FAKES + "Blanks", *LIMITS, *words, cwd=tmp_path, env=HERE)
    found = {name: data(done) for name, done in told.items()}
    assert found["own"]["forgiven"] == found["glob"]["forgiven"]
    assert {way[0] for way in found["own"]["forgiven"]} == {"signkit reference", "signkit reference #2"}
    assert len(found["own"]["findings"]) < len(found["other"]["findings"])
    assert "a baseline is php's, which is no target here" in told["other"].err
    assert found["other"]["forgiven"] == []
