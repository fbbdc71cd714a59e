"""The search for what was signed instead of the message, through the tables of mistakes. Runs for failures only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, NamedTuple

from conformance.diagnose import spellings
from conformance.diagnose.mistakes import (
    FINISHES,
    FORM_TABLES,
    MEND_BODY,
    MEND_METHOD,
    MEND_SHAPE,
    MEND_URL,
    MENDS,
    METHODS,
    SHAPES,
    URLS,
    Subject,
)

LARGEST = 1 << 20  # bytes; a larger message is not guessed at
LONGEST_URL = 1 << 12  # characters; above, single changes only
LARGEST_IN_PAIRS = 1 << 15  # bytes; above, single changes only


@dataclass(frozen=True, slots=True)
class Guess:
    """A candidate for what was signed, the phrase that names it, and the mend."""

    phrase: str
    message: bytes = field(repr=False)
    mend: str


def candidates(subject: Subject, message: bytes) -> Iterator[Guess]:
    """What may have been signed instead of ``message``: one change first, then one change and a finish, then, for a
    request, two changes of its parts. None equals ``message`` and none comes twice."""
    seen = {message}
    for guess in _all(subject, message):
        if guess.message not in seen:
            seen.add(guess.message)
            yield guess


def _all(subject: Subject, message: bytes) -> Iterator[Guess]:
    if len(message) + len(subject.body) > LARGEST:
        return
    singles: list[Guess] = []
    for guess in _singles(subject):
        singles.append(guess)
        yield guess
    yield from _finished([Guess("", message, "")])
    if len(message) > LARGEST_IN_PAIRS:
        return
    yield from _finished([guess for guess in singles if guess.message != message])
    if subject.form == "request":
        yield from _assembled(subject, changes=2)


def _finished(guesses: list[Guess]) -> Iterator[Guess]:
    for guess in guesses:
        for phrase, finish, mend in FINISHES:
            try:
                done = finish(guess.message)
            except ValueError:  # not text
                continue
            if done is not None:
                both = f"{guess.phrase}, and {phrase}" if guess.phrase else phrase
                yield Guess(both, done, guess.mend or mend)


def _singles(subject: Subject) -> Iterator[Guess]:
    if subject.form == "request":
        yield from _assembled(subject, changes=1)
    mend = MENDS[subject.form]
    for phrase, function in FORM_TABLES[subject.form]:
        try:
            made = function(subject)
            data = made.encode() if isinstance(made, str) else made
        except ValueError:
            continue
        if data:
            yield Guess(phrase, data, mend)
    if subject.form in ("response", "webhook"):
        yield from (Guess(phrase, body, MEND_BODY) for phrase, body in _bodies(subject))


def _bodies(subject: Subject) -> Iterator[tuple[str, bytes]]:
    asked = subject.asked.get("body")
    if asked is not None and asked != subject.body:
        yield "signed the body as it was given, not as it is sent", asked
    for name, respell in spellings.of(subject.body):
        body = spellings.tried(respell, subject.body)
        if body is not None:
            yield f"signed the body {name}", body


def _urls(subject: Subject) -> Iterator[tuple[str, str]]:
    asked = subject.asked.get("url")
    if asked is not None and asked != subject.url:
        how = f" (the client {done})" if (done := rewriting(asked, subject.url)) else ""
        yield f"signed the URL as it was given, not as the client sends it{how}", asked
    yield from respelled_urls(subject.url)


def respelled_urls(url: str) -> Iterator[tuple[str, str]]:
    """(phrase, URL) for each row of URLS that changes this one."""
    for phrase, function in URLS:
        try:
            other = function(url)
        except ValueError:  # urlsplit refuses some hosts
            continue
        if other != url:
            yield phrase, other


def rewriting(asked: str, sent: str) -> str | None:
    """What makes the one URL of the other, in one change or two; None where the kit cannot guess it."""
    single = list(respelled_urls(asked))
    found = next((phrase for phrase, other in single if other == sent), None)
    if found is not None or len(asked) > LONGEST_URL:
        return found
    return next(
        (f"{first}, and {second}" for first, half in single for second, other in respelled_urls(half) if other == sent),
        None,
    )


def _shapes(subject: Subject) -> list[tuple[str, str]]:
    """The shapes; without a body those that would only leave a separator at the end are none."""
    return [(phrase, shape) for phrase, shape in SHAPES if subject.body or not re.search(r"[^}]\{b\}$", shape)]


class _Option(NamedTuple):
    part: str  # shape, body, url or method
    phrase: str
    content: Any
    mend: str


def _assembled(subject: Subject, changes: int) -> Iterator[Guess]:
    """Requests with exactly so many of shape, body, URL and method changed."""
    options = [
        [_Option("shape", phrase, shape, MEND_SHAPE) for phrase, shape in _shapes(subject)],
        [_Option("body", phrase, body, MEND_BODY) for phrase, body in _bodies(subject)],
        [_Option("url", phrase, url.encode(), MEND_URL) for phrase, url in _urls(subject)],
        [_Option("method", phrase, change(subject.method).encode(), MEND_METHOD) for phrase, change in METHODS],
    ]
    right = {"shape": "{m}{u}{b}", "body": subject.body, "url": subject.url.encode(), "method": subject.method.encode()}
    for parts in combinations(options, changes):
        for picked in product(*parts):
            made = _join(subject, {**right, **{option.part: option.content for option in picked}})
            yield Guess(", and ".join(option.phrase for option in picked), made, picked[0].mend)


def _join(subject: Subject, picks: Mapping[str, Any]) -> bytes:
    parts = {"m": picks["method"], "u": picks["url"], "b": picks["body"], "i": subject.merchant_id.encode()}
    pieces = re.split(r"\{([mubi])\}", picks["shape"])
    return b"".join(parts[piece] if i % 2 else piece.encode() for i, piece in enumerate(pieces))
