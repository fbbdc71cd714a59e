"""The shape of our part of a benchmark's file, as JSON schemas. Members they do not name are let pass."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

__all__ = ["fault"]

_Schema = dict[str, Any]
_LONGEST = 200  # characters of an error that are shown; some quote the whole value

_TEXT: _Schema = {"type": "string"}
_TEXTS: _Schema = {"type": "array", "items": _TEXT}
_FLAG: _Schema = {"type": "boolean"}
_COUNT: _Schema = {"type": "integer", "minimum": 1}
_MAYBE_COUNT: _Schema = {"type": ["integer", "null"], "minimum": 0}
_TIME: _Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1e9}  # seconds: years, but not infinity
_TIMES: _Schema = {"type": "object", "minProperties": 1, "additionalProperties": _TIME}


def _object(optional: Mapping[str, _Schema] | None = None, **required: _Schema) -> _Schema:
    return {"type": "object", "required": list(required), "properties": {**(optional or {}), **required}}


_SIDE = _object(name=_TEXT, version=_TEXT, seconds={"type": "array", "minItems": 1, "items": _TIME})
_MEASUREMENT = _object(
    id={"type": "string", "minLength": 1},
    group=_TEXT,
    operation=_TEXT,
    ours=_SIDE,
    peer=_SIDE,
    items=_COUNT,
    bits=_MAYBE_COUNT,
    threads=_COUNT,
    octets=_MAYBE_COUNT,
    note=_TEXT,
)
_LATENCY = _object(
    {
        "calls": _COUNT | {"minimum": 0},
        "bits": _COUNT,
        "arrivals": _TEXT,
        "late": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1e9}},
        "warning": _TEXT,
    },
    rate=_TIME,
    share=_TIME,
    achieved=_TIME,
    seconds=_TIME,
    percentiles=_TIMES,
    uncorrected=_TIMES,
)
_SKIP = _object(what=_TEXT, reason=_TEXT)
_MACHINE = _object(cpu=_TEXT, features=_TEXTS, cores=_COUNT, backend=_TEXT, facts={"type": "object"})
_RUN = _object(
    started={"type": "string", "format": "date-time"},
    kit=_TEXT,
    quick=_FLAG,
    complete=_FLAG,
    machine=_MACHINE,
    latencies={"type": "array", "items": _LATENCY},
    skipped={"type": "array", "items": _SKIP},
)
_SCHEMAS = {"measurement": _MEASUREMENT, "skip": _SKIP, "signkit": _RUN}


def fault(kind: str, data: Any) -> str | None:
    """What is wrong with a ``measurement``, a ``skip`` or the run's own part ``signkit``, with its place; or None."""
    for error in _validator(kind).iter_errors(data):
        place = "/".join(map(str, error.instance_path)) or kind
        told = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}..."
        return f"{place}: {told}"
    return None


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_SCHEMAS[kind], validate_formats=True)
