"""Why an answer is wrong: the first stage that differs, in one sentence with its mend. Runs for failures only.

PKCS#1 v1.5 is deterministic, so a wrong signature is opened with the public key (s^e mod n) and read, from the header's
text back to the message that was hashed. Told is the first stage that differs, in the order of making (message, digest,
encoded message, signature, header text); what else is wrong stands in brackets.
"""

from __future__ import annotations

import re

from conformance import tokens
from conformance.diagnose import values
from conformance.diagnose.guesses import candidates, rewriting
from conformance.diagnose.header import strict
from conformance.diagnose.mistakes import Subject
from conformance.diagnose.stages import signature
from conformance.model import Diagnosis, Key

__all__ = [
    "Subject",
    "body",
    "explain_signature",
    "first_difference",
    "message",
    "minified",
    "signature",
    "strict",
    "url",
]

_REQUEST = re.compile(r"([A-Za-z]+)(https?://[^\s{}\[\]\"<>\\^|]+)(.*)", re.DOTALL)


def explain_signature(header: str, message: bytes, public_pem: str) -> Diagnosis | None:
    """Why ``header`` is not the signature of ``message`` by that key; None where it is one.

    The form is not told but read from the message: method, URL and body; else JSON; else a bare value.
    """
    key = Key("given", 0, 0, None, public_pem, "")
    return signature(_subject_of(message), message, header, key, {})


def _subject_of(message: bytes) -> Subject:
    try:
        text = message.decode()
    except UnicodeDecodeError:
        return Subject("webhook", body=message)
    request = _REQUEST.fullmatch(text)
    if request is not None:
        url = request[2]
        return Subject("request", method=request[1], url=url, body=message[len((request[1] + url).encode()) :])
    if text.lstrip()[:1] in ("{", "["):
        return Subject("webhook", body=message)
    return Subject("payout_lookup", value=text)


def first_difference(expected: bytes, actual: bytes) -> int:
    """Offset of the first byte in which two different byte strings part (the shorter one's length at most)."""
    low, high = 0, min(len(expected), len(actual))
    while low < high:  # both halves compare at the speed of memcmp, whatever the length
        middle = (low + high + 1) // 2
        if expected[low:middle] == actual[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def message(subject: Subject, expected: bytes, actual: bytes) -> Diagnosis:
    """Why the bytes to sign are not the form's message."""
    found = next((g for g in candidates(subject, expected) if g.message == actual), None)
    if found is not None:
        return Diagnosis("message", f"{found.phrase}; {found.mend}", expected, actual)
    return Diagnosis("message", f"the message {_parting(expected, actual)}", expected, actual)


def _parting(expected: bytes, actual: bytes) -> str:
    at = first_difference(expected, actual)
    if at == len(actual):
        return f"stops at byte {at}, {len(expected) - at} too early"
    if at == len(expected):
        return f"goes on after byte {at}, where it must end"
    return f"differs from byte {at} on"


def minified(expected: bytes, actual: bytes) -> Diagnosis:
    """Why minified text is not the expected one (P4: no token changes, only blanks outside strings go)."""
    at = first_difference(expected, actual)
    where = f"at byte {at}"
    try:
        wanted, got = tokens.parse(expected), tokens.parse(actual)
    except tokens.JsonError as error:
        return Diagnosis("answer", f"{where}: the text is not JSON any more: {error}", expected, actual)
    blank = tokens.first_blank(actual)
    difference = tokens.difference(wanted, got)
    if difference is not None:
        what = values.sentence(difference)
    elif blank is not None:
        where, what = f"at byte {blank}", "a blank outside strings was left"
    else:
        what = _respelled(expected, at, reordered=_names(wanted) != _names(got))
    return Diagnosis("answer", f"{where}: {what}", expected, actual)


def _names(value: tokens.Value) -> list[str]:
    """The names of all members: those of one container in their order, outer ones before inner ones."""
    found: list[str] = []
    rest = [value]
    for item in rest:  # which grows meanwhile: nesting may be deeper than calls may
        if isinstance(item, tokens.Object):
            found += [name for name, _ in item.members]
            rest += [member for _, member in item.members]
        elif isinstance(item, list):
            rest += item
    return found


def _respelled(expected: bytes, at: int, *, reordered: bool) -> str:
    """Same value, other tokens: which kind of token stands where the texts part."""
    if reordered:
        return "members were put in another order; minifying keeps the order"
    before = expected[: at + 1]
    inside = before.count(b'"') - before.count(b'\\"')
    if inside % 2:
        return "a string's escapes were respelled; minifying keeps them as they stand"
    return "a number was respelled; minifying keeps every digit"


def body(asked: bytes, sent: bytes) -> Diagnosis | None:
    """Judgement 3 of ``build``: None where ``sent`` is minified and the same JSON value as ``asked``."""
    try:
        value = tokens.parse(sent)
    except tokens.JsonError as error:
        return Diagnosis("body", f"the body is not JSON: {error}", asked, sent)
    found = tokens.difference(tokens.parse(asked), value)
    if found is not None:
        return Diagnosis("body", values.sentence(found), _scalar(found.asked), _scalar(found.sent))
    blank = tokens.first_blank(sent)
    if blank is None:
        return None
    compact = bytes(sent[:blank] + sent[blank:].lstrip(b" \t\r\n"))
    told = f"the body is not minified: a blank outside strings at byte {blank}; ask the encoder for compact output"
    return Diagnosis("body", f"{told} (S41)", compact, sent)


def _scalar(value: tokens.Value | tokens.Absent) -> bytes | None:
    if isinstance(value, tokens.Absent | tokens.Object | list):
        return None
    return tokens.show(value, longest=2000).encode()


def url(asked: str, sent: str) -> Diagnosis:
    """Why the URL that was sent is not the one asked for (P5)."""
    phrase = rewriting(asked, sent) or "sent another URL"
    told = phrase if phrase.startswith(("signed", "sent")) else f"the client {phrase}"
    sentence = f"{told}; send the URL that was asked for, byte for byte (P5)"
    return Diagnosis("URL", sentence, asked.encode(), sent.encode())
