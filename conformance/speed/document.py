"""A benchmark run as a file: pytest-benchmark's JSON, with what only we know beside it.

::

    {"machine_info": {...}, "commit_info": {}, "datetime": "...", "version": "...",     # pytest-benchmark's
     "benchmarks": [{"name": "...", "group": "...", "stats": {...}, ...,                # pytest-benchmark's
                     "extra_info": {"id": "...", "ours": {...}, "peer": {...}, ...}}],  # a Measurement
     "signkit": {"schema": "signkit-bench/1", "started": "...", "kit": "0.1.0", "quick": false, "complete": true,
                 "machine": {...}, "latencies": [...], "skipped": [...]}}               # the rest of a Bench

``stats`` tells of our side, in seconds a call; ``seconds`` of a side are seconds an item.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from conformance.files import write_whole
from conformance.speed.model import Bench, BenchError, Latency, Machine, Measurement, Side, Skip
from conformance.speed.shape import fault

__all__ = ["SCHEMA", "dump", "heading", "measurement_of", "parse", "read", "skip_of", "write"]

SCHEMA = "signkit-bench/1"


def write(path: Path, bench: Bench) -> None:
    """Write the file, whole or not at all. Raises BenchError where that cannot be. Needs pytest-benchmark."""
    try:
        write_whole(path, dump(bench))
    except OSError as error:
        raise BenchError(f"{path}: cannot be written: {error.strerror}; name a place that can") from None


def dump(bench: Bench) -> bytes:
    """The file's content. Needs pytest-benchmark, whose statistics stand in it."""
    from pytest_benchmark import __version__  # an extra: reading goes without

    machine = bench.machine
    document = {
        "machine_info": {
            "machine": machine.facts.get("machine", ""),
            "cpu": {"brand_raw": machine.cpu, "count": machine.cores, "flags": list(machine.features)},
        },
        "commit_info": {},
        "benchmarks": [_benchmark(one) for one in bench.measurements],
        "datetime": bench.started,
        "version": __version__,
        "signkit": heading(bench),
    }
    return json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"


def heading(bench: Bench) -> dict[str, Any]:
    """The run without its measurements: the file's part ``signkit``."""
    told = asdict(bench)
    del told["measurements"]
    return {"schema": SCHEMA, **told}


def _benchmark(measurement: Measurement) -> dict[str, Any]:
    from pytest_benchmark.stats import Stats

    stats = Stats()
    for second in measurement.ours.seconds:
        stats.update(second * measurement.items)
    return {
        "group": measurement.group,
        "name": measurement.id,
        "fullname": measurement.id,
        "params": None,
        "param": None,
        "extra_info": asdict(measurement),
        "options": {},
        "stats": {**stats.as_dict(), "data": stats.data, "iterations": 1},
    }


def read(path: Path) -> Bench:
    """Read and check a file. Raises BenchError, which names the file and the fault."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise BenchError(f"{path}: cannot be read: {error.strerror}; name a file of signkit bench --json") from None
    except BenchError as error:
        raise BenchError(f"{path}: {error}") from None


def parse(data: bytes) -> Bench:
    """Read and check a file's content. Raises BenchError."""
    document = _json(data)
    run = document.get("signkit") if isinstance(document, dict) else None
    if not isinstance(run, dict):
        raise BenchError("not a file of signkit bench --json: it has no member signkit that is an object")
    if run.get("schema") != SCHEMA:
        raise BenchError(f"its schema is {str(run.get('schema'))[:80]!r}, and this version reads {SCHEMA!r} alone")
    wrong = fault("signkit", run)
    if wrong is not None:
        raise BenchError(wrong)
    return Bench(
        started=run["started"],
        kit=run["kit"],
        quick=run["quick"],
        complete=run["complete"],
        machine=_machine(run["machine"]),
        measurements=_measurements(document),
        latencies=tuple(_latency(one) for one in run["latencies"]),
        skipped=tuple(skip_of(one) for one in run["skipped"]),
    )


def _json(data: bytes) -> Any:
    try:
        document = json.loads(data, parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode()  # no lone surrogates, which nothing could show
    except RecursionError:
        raise BenchError("not a benchmark's file: nested too deep") from None
    except ValueError as error:  # not UTF-8, or not JSON
        raise BenchError(f"not JSON: {error}") from None
    return document


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _measurements(document: Mapping[str, Any]) -> tuple[Measurement, ...]:
    rows = document.get("benchmarks")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BenchError("benchmarks: is not a list of objects, as pytest-benchmark writes it")
    found: dict[str, Measurement] = {}
    for number, row in enumerate(rows):
        try:
            one = measurement_of(row.get("extra_info"))
        except BenchError as error:
            raise BenchError(f"benchmarks/{number}/extra_info: {error}") from None
        if found.setdefault(one.id, one) is not one:
            raise BenchError(f"benchmarks/{number}/extra_info: the id {one.id!r} stands there a second time")
    return tuple(found.values())


def measurement_of(data: Any) -> Measurement:
    """The measurement that ``dataclasses.asdict`` has made ``data`` of. Raises BenchError."""
    wrong = fault("measurement", data)
    if wrong is not None:
        raise BenchError(wrong)
    ours, peer = _side(data["ours"]), _side(data["peer"])
    if len(ours.seconds) != len(peer.seconds):
        raise BenchError(f"{len(ours.seconds)} rounds of ours beside {len(peer.seconds)} of the peer are no pairs")
    plain = ("id", "group", "operation", "items", "bits", "threads", "octets", "note")
    return Measurement(ours=ours, peer=peer, **{name: data[name] for name in plain})


def skip_of(data: Any) -> Skip:
    """The skip that ``dataclasses.asdict`` has made ``data`` of. Raises BenchError."""
    wrong = fault("skip", data)
    if wrong is not None:
        raise BenchError(wrong)
    return Skip(data["what"], data["reason"])


def _side(data: Mapping[str, Any]) -> Side:
    return Side(data["name"], data["version"], tuple(data["seconds"]))


def _machine(data: Mapping[str, Any]) -> Machine:
    return Machine(data["cpu"], tuple(data["features"]), data["cores"], data["backend"], data["facts"])


def _latency(data: Mapping[str, Any]) -> Latency:
    return Latency(**{one.name: data[one.name] for one in fields(Latency) if one.name in data})
