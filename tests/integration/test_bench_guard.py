"""The guard under valgrind: the same counts twice, and a drift that is made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import pytest

from bench.guard import __main__ as command
from bench.guard import counts, programs
from bench.guard.compare import Verdict, compared
from bench.guard.errors import GuardError
from bench.guard.kept import Entry
from bench.guard.programs import CORE
from bench.guard.runs import Bench
from bench.guard.workloads import WORKLOADS, Workload
from signing_core import backends

BY_NAME = {workload.name: workload for workload in WORKLOADS}


@contextmanager
def opened(core: Path = CORE) -> Iterator[Bench]:
    with ExitStack() as stack:
        try:
            bench = stack.enter_context(Bench(core))
        except GuardError as missing:
            if shutil.which("gcc") and shutil.which("valgrind") and Path("/usr/include/valgrind/callgrind.h").exists():
                raise
            pytest.skip(str(missing))
        yield bench


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with opened() as made:
        yield made


def with_a_loop(folder: Path) -> Path:
    """The core, its encoded message made more slowly."""
    core = folder / "core"
    shutil.copytree(CORE, core)
    source = core / "pkcs1.c"
    text = source.read_text()
    loop = "    for (volatile int i = 0; i < 200; i++) {\n    }\n    em[0] = 0x00;\n"
    assert text.count("    em[0] = 0x00;\n") == 1
    source.write_text(text.replace("    em[0] = 0x00;\n", loop))
    return core


@pytest.mark.parametrize("name", ["encode", "minify", "verify-openssl"])
def test_the_same_code_gives_the_same_counts(bench: Bench, name: str) -> None:
    first, second = bench.count(BY_NAME[name]), bench.count(BY_NAME[name])
    assert first == second
    assert first.total > 10_000


def test_signing_is_counted_without_chance(bench: Bench) -> None:
    """Blinding takes random numbers; here they are always the same."""
    first, second = bench.count(BY_NAME["sign-openssl"]), bench.count(BY_NAME["sign-openssl"])
    assert first == second


def test_the_functions_are_ours(bench: Bench) -> None:
    assert {"sk_pkcs1_encode", "sk_openssl_digest"} <= set(bench.count(BY_NAME["encode"]).functions)
    assert "json_minify" in bench.count(BY_NAME["minify"]).functions


def test_the_rest_leaves_out_the_products(bench: Bench) -> None:
    """In both groups of functions there is something, and together they are all."""
    counted = bench.count_all([BY_NAME["verify"], BY_NAME["verify-rest"]])
    whole, rest = counted["verify"].functions, counted["verify-rest"].functions
    products = {name for name in whole if name not in rest}
    assert {"add_product", "complete_square", "cancel"} <= products
    assert "sk_lanes_verify" in rest
    assert counted["verify"].total == counted["verify-rest"].total + sum(whole[name] for name in products)


def test_the_python_side_is_counted_within_half_a_per_cent(bench: Bench) -> None:
    if "openssl" not in backends.info().available:
        pytest.skip("the native core is not built: ./run install")
    first, second = bench.count(BY_NAME["python-verify"]), bench.count(BY_NAME["python-verify"])
    assert abs(first.total / second.total - 1) < 0.005
    assert not any(name.startswith("libcrypto") for name in first.functions)


def test_a_drift_is_found_and_named(bench: Bench, tmp_path: Path) -> None:
    encode = BY_NAME["encode"]
    before = bench.count(encode)
    with opened(with_a_loop(tmp_path)) as slower:
        after, key = slower.count(encode), slower.key("c")
    assert key == bench.key("c")
    group = compared("c", key, {"encode": after}, Entry("c", key, {"encode": before}))
    assert group.verdict is Verdict.DRIFTED
    assert group.rows[0].moved()[0][0] == "sk_pkcs1_encode"


def test_the_command_compares_records_and_tells(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = (BY_NAME["encode"], BY_NAME["minify"])
    monkeypatch.setattr(command, "WORKLOADS", few)
    monkeypatch.setattr(command, "Bench", lambda: nullcontext(bench))
    monkeypatch.setattr(command, "need_native_core", lambda: None)
    kept, told = tmp_path / "counts.json", tmp_path / "told.json"
    arguments = ["--kept", str(kept), "--json", str(told)]
    assert command.main(arguments) == 3
    assert "no counts are kept yet" in capsys.readouterr().out
    assert command.main([*arguments, "--record"]) == 0
    assert command.main(arguments) == 0
    assert json.loads(told.read_text())["verdict"] == "within"
    document = json.loads(kept.read_text())
    document["entries"][0]["counts"]["minify"]["total"] //= 2
    kept.write_text(json.dumps(document))
    capsys.readouterr()
    assert command.main(arguments) == 1
    out = capsys.readouterr().out
    assert "DRIFTED" in out
    assert "./run bench-guard --record" in out
    assert command.main([*arguments, "encode"]) == 0
    document["entries"][0]["key"]["compiler"] = "gcc 1.0"
    kept.write_text(json.dumps(document))
    assert command.main(arguments) == 3
    assert "kept gcc 1.0" in capsys.readouterr().out


def test_a_failing_program_is_no_count(bench: Bench) -> None:
    with pytest.raises(GuardError, match="ended with 2"):
        bench.count(Workload("no-such", "c", "", ("no-such", "platform.der")))
    (bench.folder / "broken.json").write_text('{"a": }')
    with pytest.raises(GuardError, match="a text is no JSON"):
        bench.count(Workload("broken", "c", "", ("minify", "broken.json", "broken.json")))


@pytest.mark.parametrize("missing", ["gcc", "valgrind"])
def test_what_is_missing_is_named(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if shutil.which("gcc") is None or shutil.which("valgrind") is None:
        pytest.skip(counts.INSTALL)
    monkeypatch.setattr(command, "need_native_core", lambda: None)
    if missing == "gcc":
        monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    else:
        monkeypatch.setitem(counts.ENVIRONMENT, "PATH", str(tmp_path))
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr("bench.guard.runs.build", lambda folder, core: None)
        monkeypatch.setattr("bench.guard.runs.build_library", lambda folder: None)
    assert command.main([]) == 2
    assert "apt-get install valgrind" in capsys.readouterr().err
