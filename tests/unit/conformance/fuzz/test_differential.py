"""The hunt and its panel, against targets with planted faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.corpus import load
from conformance.fuzz import differential
from conformance.fuzz.asks import Ask
from conformance.fuzz.differential import Hunt, Options, Result, supported
from conformance.fuzz.panel import Member, Panel, PanelError
from conformance.fuzz.store import Kept, Store
from conformance.model import Verdict
from conformance.targets import Fault

KEYS = {"doc": load().keys["doc"]}
FAKES = "python:tests.fakes.fuzz_targets:"
MINIFY = ("minify",)


def hunt(
    name: str, options: Options, kept: list[Kept] | None = None, timeout: float = 10.0
) -> tuple[Result, list[str]]:
    with Panel([FAKES + name], KEYS, timeout) as panel:
        found = Hunt(panel, KEYS, options)
        found.replay(kept or [])
        return found.run(), list(panel.violations)


def test_a_planted_fault_is_found_and_shrunk() -> None:
    result, _ = hunt("Blanks", Options(seed=1, max_examples=300, ops=MINIFY))
    assert result.end == "complete"
    assert result.examples >= 300
    (finding, *_) = result.findings.values()
    assert finding.shrunk
    assert b" " in finding.ask.fields["text"]
    assert len(finding.ask.fields["text"]) < 14
    assert all(f.target == "signkit reference" for f in result.findings.values())


def test_the_same_seed_finds_the_same() -> None:
    options = Options(seed=5, max_examples=150, ops=MINIFY)
    one, other = (hunt("Blanks", options)[0] for _ in range(2))
    assert [f.ask.spelled for f in one.findings.values()] == [f.ask.spelled for f in other.findings.values()]
    assert one.examples == other.examples


def test_a_death_is_a_finding_with_the_op_that_did_it() -> None:
    result, _ = hunt("Dies", Options(seed=1, max_examples=150, ops=MINIFY))
    crashes = [f for f in result.findings.values() if f.judgement.verdict is Verdict.CRASH]
    assert len(crashes) == 1
    text = crashes[0].ask.fields["text"]
    assert b"true" in text
    assert len(text) < 10
    assert "status 7" in crashes[0].diagnosis.sentence
    assert result.end == "complete"


def test_a_hang_is_a_finding_and_the_hunt_goes_on() -> None:
    result, _ = hunt("Hangs", Options(seed=1, max_examples=120, ops=MINIFY), timeout=0.3)
    verdicts = {f.judgement.verdict for f in result.findings.values()}
    assert verdicts == {Verdict.TIMEOUT}
    assert result.end == "complete"


def test_a_target_beyond_help_ends_the_hunt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.chdir(tmp_path)
    result, _ = hunt("Once", Options(max_examples=50, ops=MINIFY))
    assert result.end == "target-gone"
    assert result.problem
    assert "cannot be started again" in result.problem


def test_the_known_are_not_told_again_and_the_mended_are(tmp_path: Path) -> None:
    store = Store(tmp_path)
    options = Options(seed=3, max_examples=120, ops=MINIFY)
    first, _ = hunt("Blanks", options)
    for finding in first.findings.values():
        store.save(finding)
    kept, _ = store.load(KEYS)
    again, _ = hunt("Blanks", options, kept)
    assert set(again.again) == set(first.findings)
    assert not set(again.findings) & set(first.findings)
    mended, _ = hunt("Hangs", Options(max_examples=1, ops=MINIFY), kept)
    assert sorted(mended.mended) == sorted(one.file for one in kept)


def test_what_a_baseline_forgives_is_forgiven_for_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differential, "SHRINKS", 5)  # how small a finding becomes is no matter here
    monkeypatch.setattr(differential, "CUTS", 1)
    with Panel([FAKES + "Trusting"], KEYS) as panel:
        found = Hunt(panel, KEYS, Options(seed=1, max_examples=24, ops=("verify",), forms=("webhook", "response")))
        bad = Ask.of("verify", form="webhook", body=b"{}", key="doc", signature="null")
        (forgiven,) = {quarry.finding.way for quarry in found.examine([bad])}
        assert found.forgive("trusting", [bad]) == 1
        assert found.forgive("somebody else", [bad]) == found.forgive("trusting #2", [bad]) == 0
        result = found.run()
    assert result.findings
    assert forgiven not in {finding.way for finding in result.findings.values()}


def test_only_what_is_supported_is_asked() -> None:
    with Panel([FAKES + "Lookups", FAKES + "Trusting"], KEYS) as panel:
        assert supported(panel.members[:1], Options()) == [("sign", "payout_lookup")]
        assert supported(panel.members[:1], Options(ops=("verify",))) == []
        assert len(supported(panel.members[:-1], Options())) == 25
        assert supported(panel.members[:-1], Options(ops=("verify",), forms=("webhook",))) == [("verify", "webhook")]
        replies = panel.put([Ask.of("minify", text=b"[ ]")])
    assert replies[0] == [None]
    assert [dict(row[0] or {})["value"] for row in replies[1:] if not isinstance(row[0], Fault)] == ["W10=", "W10="]


def test_equal_names_are_told_apart() -> None:
    with Panel(["python:conformance.reference:Reference"], KEYS) as panel:
        assert [member.name for member in panel.members] == ["signkit reference", "signkit reference #2"]


def test_a_target_that_does_not_start() -> None:
    with pytest.raises(PanelError, match="no such program"):
        Panel(["cmd:/no/such/program"], KEYS)


def test_a_member_takes_what_it_declares() -> None:
    hello = {
        "implementation": {"name": "n", "version": "1", "language": "L", "runtime": "", "url": ""},
        "supports": {"minify": False, "sign": ["webhook"]},
    }
    member = Member(hello)
    assert not member.takes(Ask.of("minify", text=b""))
    assert not member.takes(Ask.of("sign", form="webhook", body=b"", key="doc"))
    member.keys.add("doc")
    assert member.takes(Ask.of("sign", form="webhook", body=b"", key="doc"))
    assert not member.takes(Ask.of("sign", form="response", body=b"", key="doc"))
