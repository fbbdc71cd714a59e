"""The event stream: what a run writes, line by line, and how it is folded into a report.

The stream is the one source of truth. It begins with a ``header`` and ends with a ``footer`` that counts the lines
before it and the verdicts, and carries the digest of all; a stream without its footer, or with another count or digest,
is an error. Between them, in any order:

``key``        a key was taken, refused, or broke the target
``outcome``    one case's result; exactly one for each selected case; ``input`` tells what went in, without secrets
``violation``  the target broke the protocol; with a case's id it overrides that case's verdict
``restart``    the target was killed and started again
``stderr``     what the target wrote to standard error (its end, if long)
``stale``      a baseline entry that no longer holds
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from conformance.model import Diagnosis, Level, Outcome, Report, Verdict

STREAM_VERSION = 1
SEAL = frozenset({"digest", "signature"})  # what a footer or a JSON report says about itself, and its digest leaves out
Event = dict[str, Any]

_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True, allow_nan=False)


class StreamError(ValueError):
    """The stream is cut short, counts wrong, or holds what is no event."""


class DigestError(StreamError):
    """What is recorded is not what its digest was made of."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON data as one line for hashing: ASCII, members sorted, no blanks, a line feed; ``SEAL`` left out."""
    kept = value if SEAL.isdisjoint(value) else {name: item for name, item in value.items() if name not in SEAL}
    return _canonical.encode(kept).encode("ascii") + b"\n"


def stream_digest(events: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 (hex) over the canonical lines of a stream, header to footer."""
    digest = hashlib.sha256()
    for event in events:
        digest.update(canonical(event))
    return digest.hexdigest()


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode("ascii")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)


def outcome_event(outcome: Outcome) -> Event:
    """An Outcome as an event (bytes as base64)."""
    diagnosis = outcome.diagnosis
    return {
        "event": "outcome",
        "id": outcome.id,
        "suite": outcome.suite,
        "op": outcome.op,
        "form": outcome.form,
        "level": outcome.level.value,
        "clauses": list(outcome.clauses),
        "comment": outcome.comment,
        "verdict": outcome.verdict.value,
        "seconds": round(outcome.seconds, 6),
        "diagnosis": None
        if diagnosis is None
        else {
            "stage": diagnosis.stage,
            "sentence": diagnosis.sentence,
            "expected": _text(diagnosis.expected),
            "actual": _text(diagnosis.actual),
        },
        "reason": outcome.reason,
    }


def outcome_of(event: Mapping[str, Any]) -> Outcome:
    """The Outcome that an event, or an entry of a JSON report, tells."""
    found = event["diagnosis"]
    diagnosis = found and Diagnosis(
        found["stage"], found["sentence"], _bytes(found["expected"]), _bytes(found["actual"])
    )
    return Outcome(
        id=event["id"],
        suite=event["suite"],
        op=event["op"],
        form=event["form"],
        level=Level(event["level"]),
        clauses=tuple(event["clauses"]),
        comment=event["comment"],
        verdict=Verdict(event["verdict"]),
        seconds=event["seconds"],
        diagnosis=diagnosis,
        reason=event["reason"],
    )


def footer_event(events: list[Event], end: str, problem: str | None, finished: str) -> Event:
    """The footer that fits these events."""
    verdicts = Counter(e["verdict"] for e in events if e["event"] == "outcome")
    footer: Event = {
        "event": "footer",
        "end": end,
        "problem": problem,
        "finished": finished,
        "events": len(events),
        "counts": dict(sorted(verdicts.items())),
    }
    return {**footer, "digest": stream_digest([*events, footer])}


def fold(events: Iterable[Mapping[str, Any]]) -> Report:
    """A stream as a Report. Raises StreamError where the stream is not whole, and DigestError where it was changed.

    A footer without a digest, as older streams have it, is taken.
    """
    stream = list(events)
    _check_whole(stream)
    digest = _check_digest(stream)
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for event in stream:
        by_kind.setdefault(event["event"], []).append(event)
    broken = {e["id"]: e["sentence"] for e in by_kind.get("violation", ()) if e["id"] is not None}
    outcomes = []
    for event in by_kind.get("outcome", ()):
        outcome = outcome_of(event)
        if outcome.id in broken:
            fault = Diagnosis("answer", broken[outcome.id])
            outcome = replace(outcome, verdict=Verdict.PROTOCOL_ERROR, diagnosis=fault, reason=None)
        outcomes.append(outcome)
    footer = stream[-1]
    return Report(
        header=stream[0],
        outcomes=tuple(outcomes),
        violations=tuple(e["sentence"] for e in by_kind.get("violation", ()) if e["id"] is None),
        restarts=tuple(e["sentence"] for e in by_kind.get("restart", ())),
        refused_keys={e["name"]: e["sentence"] for e in by_kind.get("key", ()) if not e["ok"]},
        stderr="".join(e["text"] for e in by_kind.get("stderr", ())),
        end=footer["end"],
        problem=footer["problem"],
        stale=tuple(e["sentence"] for e in by_kind.get("stale", ())),
        stream=digest,
    )


def _check_whole(stream: list[Mapping[str, Any]]) -> None:
    if not stream or stream[0].get("event") != "header":
        raise StreamError("the event stream does not begin with its header")
    if stream[0].get("stream") != STREAM_VERSION:
        raise StreamError(
            f"the event stream is of version {stream[0].get('stream')!r}, this kit reads {STREAM_VERSION}"
        )
    footer = stream[-1]
    if footer.get("event") != "footer":
        raise StreamError("the event stream has no footer: the run that wrote it did not end in order")
    if footer.get("events") != len(stream) - 1:
        raise StreamError(f"the footer counts {footer.get('events')} events, the stream holds {len(stream) - 1}")
    outcomes = [e for e in stream if e["event"] == "outcome"]
    verdicts = Counter(e["verdict"] for e in outcomes)
    if dict(verdicts) != footer["counts"]:
        raise StreamError(f"the footer counts {footer['counts']}, the stream holds {dict(verdicts)}")
    cases, told = stream[0]["corpus"]["cases"], len({e["id"] for e in outcomes})
    if not cases == told == len(outcomes):
        raise StreamError(f"the header counts {cases} cases, the stream holds {len(outcomes)} outcomes of {told}")


def _check_digest(stream: list[Mapping[str, Any]]) -> str:
    found, told = stream_digest(stream), stream[-1].get("digest")
    if told not in (None, found):
        raise DigestError(f"the event stream was changed after the run: its footer tells digest {told}, it has {found}")
    return found
