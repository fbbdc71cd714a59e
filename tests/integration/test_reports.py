"""Reports and baselines through the command line: written, signed, verified, rendered later, compared, updated."""

from __future__ import annotations

import json
import subprocess
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli_driver import COMMAND, signkit

REFERENCE = "python:conformance.reference:Reference"
MINIFY = ("--vectors", Path(__file__).parents[2] / "vectors/minify/minify-text.json")
FORMATS = ("text", "json", "events", "junit", "markdown", "sarif", "badge")
TARGETS = """
import time
from pathlib import Path
from conformance.reference import Reference
class Lax(Reference):
    def minify(self, text): return text
class Slow(Lax):
    def hello(self):
        Path("started").write_text("")
        while not Path("go").exists():
            time.sleep(0.01)
        return super().hello()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "targets.py").write_text(TARGETS)
    return tmp_path


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("keys")
    for name in ("mine", "other"):
        words = ("--out", place / f"{name}.pem", "--public-out", place / f"{name}-public.pem")
        assert signkit("keys", "generate", *words).code == 0
    return place


def reports(folder: Path, *formats: str, stem: str = "report") -> list[str]:
    return [word for name in formats for word in ("--report", f"{name}:{folder / stem}.{name}")]


def baseline(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text())
    return data


def test_a_run_writes_every_format_and_the_stream_renders_the_same_later(folder: Path) -> None:
    done = signkit("run", "python:targets:Lax", *MINIFY, *reports(folder, *FORMATS), cwd=folder)
    assert done.code == 1
    later = signkit("report", "render", folder / "report.events", *reports(folder, *FORMATS, stem="later"))
    assert (later.code, later.out) == (0, b"")
    for name in FORMATS:
        data = (folder / f"later.{name}").read_bytes()
        assert data
        assert data == (folder / f"report.{name}").read_bytes()
    root = ET.fromstring((folder / "report.junit").read_bytes())  # noqa: S314 - our own file
    assert int(root.attrib["failures"]) > 0
    assert signkit("report", "render", folder / "report.events").code == 2
    refused = signkit("report", "render", folder / "report.json", "--report", "text:-")
    assert refused.code == 2
    assert "does not hold the event stream" in refused.err


def test_an_unknown_format_lists_the_known() -> None:
    done = signkit("run", REFERENCE, *MINIFY, "--report", "pdf:x.pdf")
    assert done.code == 2
    assert all(name in " ".join(done.err.split()) for name in FORMATS)


def test_signed_reports(folder: Path, keys: Path) -> None:
    words = (*MINIFY, *reports(folder, "json", "events", "text"), "--sign-report", keys / "mine.pem")
    assert signkit("run", REFERENCE, *words).code == 0
    for name in ("json", "events"):
        file = folder / f"report.{name}"
        fits = signkit("report", "verify", file, "--public-key", keys / "mine-public.pem")
        assert (fits.code, fits.text.splitlines()[0][:17]) == (0, "fits: signed with")
        wrong = signkit("report", "verify", file, "--public-key", keys / "other-public.pem", "--json")
        assert (wrong.code, json.loads(wrong.out)["signature"]) == (1, "does not fit")
        unchecked = signkit("report", "verify", file)
        assert (unchecked.code, "--public-key FILE checks that" in unchecked.text) == (0, True)
        assert signkit("report", "sign", file, "--key", keys / "other.pem").code == 0
        assert signkit("report", "verify", file, "--public-key", keys / "other-public.pem").code == 0
    nothing = signkit("run", REFERENCE, *MINIFY, "--report", f"text:{folder / 't'}", "--sign-report", keys / "mine.pem")
    assert nothing.code == 2
    assert "needs a report that carries a signature" in nothing.err
    printed = signkit("run", REFERENCE, *MINIFY, "--json", "--sign-report", keys / "mine.pem")
    assert json.loads(printed.out)["signature"]["key"]


def test_verify_tells_what_was_changed(folder: Path, keys: Path) -> None:
    assert signkit("run", REFERENCE, *MINIFY, *reports(folder, "json", "events", "junit")).code == 0
    stream = (folder / "report.events").read_bytes()
    spoilt = {
        "a verdict": stream.replace(b'"verdict":"pass"', b'"verdict":"fail"', 1),
        "a line less": b"".join(stream.splitlines(keepends=True)[:3] + stream.splitlines(keepends=True)[4:]),
        "cut": stream[: len(stream) // 2],
        "a word": stream.replace(b"signkit reference", b"signkit Reference", 1),
        "JSON": (folder / "report.json").read_bytes().replace(b'"exit_code": 0', b'"exit_code": 1'),
    }
    for what, data in spoilt.items():
        (folder / "spoilt").write_bytes(data)
        done = signkit("report", "verify", folder / "spoilt")
        assert (done.code, done.text[:12]) == (1, "does not fit"), what
    told = json.loads(signkit("report", "verify", folder / "spoilt", "--json").out)
    assert (told["fits"], "changed after the run" in told["sentence"]) == (False, True)
    assert signkit("diff", folder / "spoilt", folder / "report.json").code == 2
    unsigned = signkit("report", "verify", folder / "report.json", "--public-key", keys / "mine-public.pem")
    assert (unsigned.code, "it is not signed" in unsigned.text) == (1, True)
    for no_report in (folder / "report.junit", folder / "none", folder):
        done = signkit("report", "verify", no_report)
        assert (done.code, str(no_report) in done.err) == (2, True)


def test_the_documents_key_is_refused_before_the_run(folder: Path) -> None:
    listed = json.loads(signkit("show", "request/post-with-body/doc", "--json").out)
    corpus = Path(__file__).parents[2] / "vectors"
    pems = {
        entry["private_pem"]
        for file in corpus.glob("*/*.json")
        for name, entry in json.loads(file.read_text()).get("keys", {}).items()
        if name == listed["input"]["key"]
    }
    (folder / "doc.pem").write_text(pems.pop())
    done = signkit("run", REFERENCE, *MINIFY, *reports(folder, "json"), "--sign-report", folder / "doc.pem")
    assert done.code == 2
    assert "known to everyone" in done.err
    assert not (folder / "report.json").exists()


def test_diff(folder: Path) -> None:
    signkit("run", REFERENCE, *MINIFY, *reports(folder, "json", stem="good"))
    signkit("run", "python:targets:Lax", *MINIFY, *reports(folder, "events", stem="bad"), cwd=folder)
    good, bad = folder / "good.json", folder / "bad.events"
    worse = signkit("diff", good, bad)
    assert worse.code == 1
    assert "new failures:" in worse.text
    assert "(was pass) must: " in worse.text
    signkit("run", REFERENCE, "--id", "minify/numbers", *reports(folder, "json", stem="few"))
    fewer, more = signkit("diff", good, folder / "few.json"), signkit("diff", folder / "few.json", good)
    left_out = len(json.loads(good.read_text())["outcomes"]) - 1
    assert f"{left_out} cases removed:" in fewer.text
    assert f"{left_out} cases added:" in more.text
    better = signkit("diff", bad, good)
    assert better.code == 0
    assert "mended:" in better.text
    data = json.loads(signkit("diff", good, bad, "--json").out)
    failed = [
        o["id"]
        for o in json.loads(signkit("run", "python:targets:Lax", *MINIFY, "--json", cwd=folder).out)["outcomes"]
        if o["verdict"] == "fail"
    ]
    assert sorted(change["id"] for change in data["new"]) == sorted(failed)
    same = signkit("diff", good, good)
    assert (same.code, same.text) == (0, "no new failures\n")
    missing = signkit("diff", good, folder / "none.json")
    assert (missing.code, "none.json" in missing.err) == (2, True)


def test_update_keeps_adds_and_drops(folder: Path) -> None:
    file = folder / "known.json"
    listed = json.loads(signkit("list", "--json", *MINIFY).out)
    first = signkit("baseline", "update", file, "python:targets:Lax", *MINIFY, cwd=folder)
    assert first.code == 0, first.err
    made = baseline(file)
    assert len(made["entries"]) > 5
    assert first.text.count("added: ") == len(made["entries"])
    again = signkit("baseline", "update", file, "python:targets:Lax", *MINIFY, cwd=folder)
    assert f"0 added, 0 dropped, {len(made['entries'])} kept" in again.text
    assert baseline(file) == made
    levels = {case["id"]: case["level"] for case in listed}
    lost = next(entry for entry in made["entries"] if levels[entry["id"]] == "must")
    kept = next(entry for entry in made["entries"] if entry is not lost)
    kept["reason"] = "mine, word for word"
    good = next(case["id"] for case in listed if case["id"] not in {entry["id"] for entry in made["entries"]})
    passing = {"id": good, "verdict": "fail", "reason": "was so once"}
    made["entries"] = [entry for entry in made["entries"] if entry is not lost] + [passing]
    file.write_text(json.dumps(made))
    stale = signkit("baseline", "check", file, "python:targets:Lax", *MINIFY, cwd=folder)
    assert stale.code == 1  # the entry that was taken out is a new failure
    third = json.loads(signkit("baseline", "update", file, "python:targets:Lax", *MINIFY, "--json", cwd=folder).out)
    assert third == {"added": [lost["id"]], "dropped": [passing["id"]], "kept": len(made["entries"]) - 1}
    assert kept in baseline(file)["entries"]
    assert signkit("baseline", "check", file, "python:targets:Lax", *MINIFY, cwd=folder).code == 0
    assert signkit("baseline", "check", file, REFERENCE, *MINIFY).code == 4


def test_check_without_a_target(folder: Path) -> None:
    today = datetime.now(UTC).date()
    file = folder / "known.json"

    def check(*entries: dict[str, str], flaky: tuple[dict[str, str], ...] = ()) -> tuple[int, str]:
        data = {"schema": "signkit-baseline/1", "target": "x", "entries": list(entries), "flaky": list(flaky)}
        file.write_text(json.dumps(data))
        done = signkit("baseline", "check", file, *MINIFY)
        told = json.loads(signkit("baseline", "check", file, "--json", *MINIFY).out or "{}")
        assert len(told.get("stale", ())) == done.text.count("stale: ")
        return done.code, done.text + done.err

    good = {"id": "minify/*", "verdict": "fail", "reason": "r"}
    assert check(good, {**good, "id": "minify/a*", "expires": str(today + timedelta(1))})[0] == 0
    code, told = check({**good, "expires": str(today - timedelta(2))})
    assert (code, "expired on" in told) == (4, True)
    code, told = check({**good, "id": "no-such/*"})
    assert (code, "no case fits it" in told) == (4, True)
    code, told = check(flaky=({"id": "no/such-case", "reason": "r"},))
    assert (code, "no case has this id" in told) == (4, True)
    code, told = check({**good, "expires": "soon"})
    assert (code, "known.json: entry 1 (minify/*): expires 'soon'" in told) == (2, True)


def test_flaky_and_expired_entries_in_a_run(folder: Path) -> None:
    file = folder / "known.json"
    flaky = [{"id": "minify/*", "reason": "the moon"}]
    file.write_text(json.dumps({"schema": "signkit-baseline/1", "target": "x", "entries": [], "flaky": flaky}))
    for target in ("python:targets:Lax", REFERENCE):
        done = signkit("run", target, *MINIFY, "--baseline", file, "--json", cwd=folder)
        assert done.code == 0
        outcomes = json.loads(done.out)["outcomes"]
        assert {o["reason"] for o in outcomes} == {"flaky: the moon"}
        assert {o["verdict"] for o in outcomes} == ({"pass"} if target == REFERENCE else {"pass", "xfail"})
    old = [{"id": "minify/*", "verdict": "fail", "reason": "r", "expires": "2020-01-01"}]
    file.write_text(json.dumps({"schema": "signkit-baseline/1", "target": "x", "entries": old}))
    done = signkit("run", "python:targets:Lax", *MINIFY, "--baseline", file, cwd=folder)
    assert (done.code, "expired on 2020-01-01" in done.text) == (4, True)


def test_another_implementations_baseline_is_left_alone(folder: Path) -> None:
    file = folder / "known.json"
    file.write_text(json.dumps({"schema": "signkit-baseline/1", "target": "php", "entries": []}))
    before = file.read_bytes()
    for command in ("check", "update"):
        done = signkit("baseline", command, file, REFERENCE, *MINIFY)
        assert (done.code, "is the baseline of 'php'" in done.err) == (2, True)
    gone = signkit("baseline", "update", file, "cmd:/no/such/program")
    assert (gone.code, "was left as it is" in gone.err) == (3, True)
    assert file.read_bytes() == before
    nowhere = signkit("baseline", "update", folder / "none" / "known.json", REFERENCE)
    assert (nowhere.code, "there is no folder" in nowhere.err) == (2, True)


@pytest.mark.parametrize("command", [("baseline", "update", "known.json"), ("run", "--write-baseline", "known.json")])
def test_of_two_runs_that_write_one_baseline_the_second_is_told(command: tuple[str, ...], folder: Path) -> None:
    """The slow one has read the file before the other writes it."""
    slow = subprocess.Popen(
        [*COMMAND, *command, "python:targets:Slow", *map(str, MINIFY)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        patience = time.monotonic() + 60
        while not (folder / "started").exists():
            assert time.monotonic() < patience
            time.sleep(0.02)
        assert signkit("run", "python:targets:Lax", "--write-baseline", "known.json", *MINIFY, cwd=folder).code == 1
        written = (folder / "known.json").read_bytes()
        (folder / "go").write_text("")
        _, err = slow.communicate(timeout=60)
    finally:
        slow.kill()
    assert (slow.returncode, "was changed by another run" in err) == (2, True)
    assert "Traceback" not in err
    assert (folder / "known.json").read_bytes() == written
    assert sorted(path.name for path in folder.iterdir() if path.name != "__pycache__") == [
        "go",
        "known.json",
        "started",
        "targets.py",
    ]
