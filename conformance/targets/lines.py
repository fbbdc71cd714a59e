"""The protocol's lines: one JSON object each, ASCII, ended by LF, at most 16 MiB. No input or output happens here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from conformance.targets.base import quote

MAX_LINE = 16 * 1024 * 1024  # octets of a line, without its LF

_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


class LineError(ValueError):
    """A line, or the answer on it, breaks the protocol.

    ``answer`` is the object where it could be read all the same, so that the fault can be laid to its command.
    """

    def __init__(self, sentence: str, answer: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.answer = answer


def encode(message: Mapping[str, Any]) -> bytes:
    """A command or answer as a line with its LF. Raises LineError above 16 MiB."""
    line = _ENCODER.encode(message).encode("ascii")
    if len(line) > MAX_LINE:
        raise LineError(f"the line would be {len(line)} bytes long; the protocol allows {MAX_LINE}")
    return line + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The object on a line (without its LF; a CR before it is blank space to JSON). Raises LineError."""
    try:
        if not line.isascii():
            raise LineError(_not_ascii(line), _lenient(line))
        answer = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        found = _lenient(line)
        if found is not None:  # only lone surrogates and numbers beyond a double's range get here
            raise LineError(f"the line {quote(line)} is not strict JSON: {error.msg}", found) from None
        raise LineError(_not_json(line)) from None
    if not isinstance(answer, dict):
        raise LineError(f"the line {quote(line)} is JSON, but no object")
    return answer


def _lenient(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _not_ascii(line: bytes) -> str:
    place = next(place for place, octet in enumerate(line) if octet > 127)
    return f"byte 0x{line[place]:02X} at offset {place} of a line is not ASCII: write other characters as \\u escapes"


def _not_json(line: bytes) -> str:
    if not line.strip():
        return "an empty line stands where an answer was due"
    return f"the line {quote(line)} is not a JSON object: write nothing but answers to standard output"


class LineBuffer:
    """Cuts what is read into lines, and never holds more than one line's 16 MiB."""

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._rest = bytearray()

    @property
    def rest(self) -> bytes:
        """What has come of a line that has not ended (its beginning)."""
        return bytes(self._rest[:1000])

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that ``data`` ends, without their LF. Raises LineError once a line is over-long."""
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._check(end - start)
            line = bytes(self._rest) + data[start:end] if self._rest else data[start:end]
            self._rest.clear()
            start = end + 1
            yield line
        self._check(len(data) - start)
        self._rest += data[start:]

    def _check(self, more: int) -> None:
        if len(self._rest) + more > self._limit:
            begin = quote(self.rest)
            self._rest.clear()
            raise LineError(
                f"a line is longer than {self._limit} bytes, the most the protocol allows; it begins {begin}"
            )
