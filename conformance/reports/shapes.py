"""The shapes of what is read back: events and JSON reports, as JSON schemas. Members they do not name are let pass."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from conformance.model import PROFILES, Level, Verdict

_Schema = dict[str, Any]
_LONGEST = 200  # characters of an error that are shown; some quote the whole value

_TEXT: _Schema = {"type": "string"}
_MAYBE: _Schema = {"type": ["string", "null"]}
_COUNT: _Schema = {"type": "integer", "minimum": 0}
_TEXTS: _Schema = {"type": "array", "items": _TEXT}
_HEX: _Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_BYTES: _Schema = {
    "type": ["string", "null"],
    "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}


def _object(optional: Mapping[str, _Schema] | None = None, **required: _Schema) -> _Schema:
    return {"type": "object", "required": list(required), "properties": {**(optional or {}), **required}}


_SEAL = {"digest": _HEX, "signature": _object(key=_HEX, value=_TEXT)}
_IMPLEMENTATION = _object(name=_TEXT, version=_TEXT, language=_TEXT, runtime=_TEXT)
_HEADER = _object(
    kit=_TEXT,
    started=_TEXT,
    profile={"enum": list(PROFILES)},
    complete={"type": "boolean"},
    corpus=_object(digest=_TEXT, cases=_COUNT, of=_COUNT),
    selection={"type": "object", "additionalProperties": _TEXTS},
    target=_object(spec=_TEXT, implementation={"anyOf": [{"type": "null"}, _IMPLEMENTATION]}),
)
_DIAGNOSIS = _object(stage=_TEXT, sentence=_TEXT, expected=_BYTES, actual=_BYTES)
_OUTCOME = _object(
    id=_TEXT,
    suite=_TEXT,
    op=_TEXT,
    form=_MAYBE,
    level={"enum": [str(level) for level in Level]},
    clauses={"type": "array", "items": {"type": "string", "pattern": "^(S[0-9]+|P[0-9]+|RFC [0-9]+ .+)$"}},
    comment=_TEXT,
    verdict={"enum": [str(verdict) for verdict in Verdict]},
    seconds={"type": "number", "minimum": 0},
    diagnosis={"anyOf": [{"type": "null"}, _DIAGNOSIS]},
    reason=_MAYBE,
)
_EVENTS: dict[str, _Schema] = {
    "header": _HEADER,
    "outcome": _OUTCOME,
    "key": _object(name=_TEXT, ok={"type": "boolean"}, sentence=_TEXT),
    "violation": _object(id=_MAYBE, sentence=_TEXT),
    "restart": _object(sentence=_TEXT),
    "stderr": _object(text=_TEXT),
    "stale": _object(sentence=_TEXT),
    "footer": _object(_SEAL, end=_TEXT, problem=_MAYBE, events=_COUNT, counts={"type": "object"}),
}
_REPORT = _object(
    {**_SEAL, "stream": _TEXT},
    header=_HEADER,
    outcomes={"type": "array", "items": _OUTCOME},
    violations=_TEXTS,
    restarts=_TEXTS,
    refused_keys={"type": "object", "additionalProperties": _TEXT},
    stderr=_TEXT,
    end=_TEXT,
    problem=_MAYBE,
    stale=_TEXTS,
)
_MATRIX = _object(
    _SEAL,
    result=_TEXT,
    exit_code=_COUNT,
    implementations={"type": "object", "minProperties": 1, "additionalProperties": {"type": "object"}},
)


def event_error(event: Mapping[str, Any]) -> str | None:
    """What is wrong with an event's shape, or None. Kinds of event that this kit does not know are let pass."""
    kind = event.get("event")
    if not isinstance(kind, str):
        return "not an event: it has no member event that is a text"
    return _first_error(kind, event) if kind in _EVENTS else None


def report_error(data: Mapping[str, Any]) -> str | None:
    """What is wrong with a JSON report's shape, or None."""
    return _first_error("report", data)


def matrix_error(data: Mapping[str, Any]) -> str | None:
    """What is wrong with a matrix's own shape, or None; its runs are JSON reports."""
    return _first_error("matrix", data)


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**_EVENTS, "report": _REPORT, "matrix": _MATRIX}[kind])


def _first_error(kind: str, data: Mapping[str, Any]) -> str | None:
    try:
        for error in _validator(kind).iter_errors(data):
            place = "/".join(map(str, error.instance_path)) or kind
            told = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}..."
            return f"{place}: {told}"
    except ValueError as error:  # a lone surrogate where the schema has a say: no text that it could speak of
        return f"{kind}: holds text that is no Unicode: {error}"
    return None
