"""Reports that can be read back: the event stream, the JSON report, and the JSON report of a matrix."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.events import DigestError, Event, StreamError, canonical, fold, outcome_of, stream_digest
from conformance.model import Report
from conformance.reports import json_report, matrix
from conformance.reports.errors import NotAReportError
from conformance.reports.plain import plain
from conformance.reports.shapes import event_error, matrix_error, report_error

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Kept:
    """A report that was read: its ``form`` (``events``, ``json`` or ``matrix``), what it says, and what about itself.

    ``runs`` are those it tells of, by the implementation's name: several for a matrix. ``digest`` is computed; ``told``
    is the one it carries, equal to it or absent.
    """

    form: str
    runs: Mapping[str, Report]
    data: tuple[Mapping[str, Any], ...]
    digest: str

    @property
    def report(self) -> Report:
        """The run; of a matrix the first."""
        return next(iter(self.runs.values()))

    @property
    def seal(self) -> Mapping[str, Any]:
        """The object that carries digest and signature: the footer of a stream, or the JSON itself."""
        return self.data[-1]

    @property
    def told(self) -> str | None:
        """The digest that the report carries."""
        return self.seal.get("digest")

    @property
    def events(self) -> list[Event] | None:
        """The event stream; None for JSON, which does not hold it."""
        return [dict(event) for event in self.data] if self.form == "events" else None


def dump_events(events: Sequence[Mapping[str, Any]]) -> bytes:
    """A stream as JSONL in ASCII, for tools and for folding again."""
    return b"".join(_encode(event).encode("ascii") + b"\n" for event in events)


def dump(form: str, data: Sequence[Mapping[str, Any]]) -> bytes:
    """The file's content of a ``Kept``'s data."""
    return dump_events(data) if form == "events" else json_report.dump(data[0])


def read(path: Path, *, several: bool = False) -> Kept:
    """Read a file; one of several runs only where ``several`` says so.

    Raises NotAReportError, or StreamError for a report that is not whole; both name the file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotAReportError(f"{path}: cannot be read: {error.strerror}; name an events or JSON report") from None
    try:
        kept = parse(data)
    except NotAReportError as error:
        raise NotAReportError(f"{path}: {error}") from None
    except StreamError as error:
        raise type(error)(f"{path}: {error}") from None
    if kept.form == "matrix" and not several:
        told = f"a matrix of {len(kept.runs)} runs, and one is wanted"
        raise NotAReportError(f"{path}: {told}: name the JSON or events report of a run")
    return kept


def parse(data: bytes) -> Kept:
    """A report from a file's content. Raises NotAReportError; StreamError for one that is cut short, malformed or
    contradicts itself; DigestError for one that was changed."""
    try:
        return _parse(data)
    except RecursionError:
        raise NotAReportError("no report: its JSON is nested too deep") from None


def _parse(data: bytes) -> Kept:
    whole = _json(data)
    if isinstance(whole, dict) and whole.get("schema") == json_report.SCHEMA:
        return _parse_report(whole)
    if isinstance(whole, dict) and whole.get("schema") == matrix.SCHEMA:
        return _parse_matrix(whole)
    rows = data.splitlines()
    first = _json(rows[0]) if rows else None
    if isinstance(first, dict) and first.get("event") == "header":
        return _parse_events(rows)
    raise NotAReportError(
        "neither an event stream nor a JSON report of signkit: name a file written by --report json:FILE or events:FILE"
    )


def _json(data: bytes) -> Any:
    """The JSON value, or None: no report is null."""
    try:
        return json.loads(data, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number that a report can hold")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _parse_events(rows: Sequence[bytes]) -> Kept:
    events: list[Event] = []
    for number, row in enumerate(rows, 1):
        event = _json(row)
        if not isinstance(event, dict):
            raise StreamError(f"line {number} is no JSON object: the file is cut short or was changed")
        if error := event_error(event):
            raise StreamError(f"line {number}: {error}")
        events.append(event)
    report = fold(events)
    return Kept("events", matrix.named([report]), tuple(events), report.stream)


def _parse_report(data: dict[str, Any]) -> Kept:
    if error := report_error(data):
        raise StreamError(error)
    digest = _checked_digest(data)
    report = Report(
        header=data["header"],
        outcomes=tuple(outcome_of(outcome) for outcome in data["outcomes"]),
        violations=tuple(data["violations"]),
        restarts=tuple(data["restarts"]),
        refused_keys=data["refused_keys"],
        stderr=data["stderr"],
        end=data["end"],
        problem=data["problem"],
        stale=tuple(data["stale"]),
        stream=data.get("stream", ""),
    )
    _check_members(data, json_report.summary(report), "outcomes")
    return Kept("json", matrix.named([report]), (data,), digest)


def _parse_matrix(data: dict[str, Any]) -> Kept:
    if error := matrix_error(data):
        raise StreamError(error)
    digest = _checked_digest(data)
    runs = {}
    for name, told in data["implementations"].items():
        try:
            runs[name] = _parse_report(told).report
        except StreamError as broken:
            raise type(broken)(f"{plain(name)}: {broken}") from None
    _check_members(data, matrix.summary(runs.values()), "runs")
    return Kept("matrix", runs, (data,), digest)


def _checked_digest(data: Mapping[str, Any]) -> str:
    digest = stream_digest([data])
    if data.get("digest") not in (None, digest):
        raise DigestError(f"the report was changed after the run: it tells digest {data['digest']}, it has {digest}")
    return digest


def _check_members(data: Mapping[str, Any], summary: Mapping[str, Any], source: str) -> None:
    for name, value in summary.items():
        if canonical({"": data.get(name)}) != canonical({"": value}):
            raise StreamError(f"its {name} does not follow from its {source}: the report was changed after the run")
