"""What a failure is about, whichever case showed it: a kind, and a label without places, lengths and values.

``the header is not base64: the first wrong character is at 344`` and ``... at 101`` are one theme, and so are all ids
that were rounded on their way through a double.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from conformance.diagnose import phrases
from conformance.model import Outcome
from conformance.statements import STATEMENTS


class Kind(StrEnum):
    """What an implementation did wrong, most dangerous first."""

    ACCEPTS = "accepts signatures that must be rejected"
    SENDS = "sends other than it signed"
    CHANGES = "changes what it was given"
    TAKES = "takes what must be refused"
    TURNS_AWAY = "rejects signatures that must be accepted"
    REFUSES = "refuses what is valid"
    BREAKS = "breaks"


class Theme(NamedTuple):
    """A kind of fault, and the fault in a few words."""

    kind: Kind
    label: str

    @property
    def told(self) -> str:
        """Both in one."""
        return self.label if self.kind is Kind.BREAKS else f"{self.kind}: {self.label}"


_OPS = {
    "message": "signs a message with",
    "sign": "signs a message with",
    "build": "builds a request with",
    "minify": "minifies",
    "load_key": "loads",
    "verify": "judges",
}
_GIVEN = {"verify": "a signature", "load_key": "a key file"}
_WRONG = {  # what must not be taken, by the first clause that says so
    "P11": "a card number that is not 12 to 19 digits",
    "P18": "a file that holds no usable key of the wanted kind",
    "P19": "a file that holds no usable key of the wanted kind",
    "P41": "numbers or a depth beyond the limits",
    "P42": "text that is no JSON in UTF-8",
    "P43": "a URL that clients change before sending",
    "P44": "a method that is no upper-case token",
    "P46": "a key of an unsafe size or exponent",
}
_KEY_FORMS = "a key in a form in which merchants or the platform keep it"
_PLACES = (
    (re.compile(r" \(also: .*$"), ""),
    (re.compile(r"^at byte \d+: "), ""),
    (re.compile(r" \(the default of [^()]*\)"), ""),
    (re.compile(r": the first wrong character is at \d+"), ""),
    (re.compile(r" (?:at|from|after) byte \d+\b"), ""),
    (re.compile(r"( byte beyond ASCII) at \d+"), r"\1"),
    (re.compile(r"\bonly \d+ bytes? of padding"), "fewer than 8 bytes of padding"),
    (re.compile(r"^\d+ bytes? after the digest"), "bytes after the digest"),
)
_LENGTHS = re.compile(r"(\d+) bytes(?: in place of|, where the modulus has) (\d+)")
_VALUE = re.compile(r"^\$.*?: asked .*?, sent .*?(?:: (.*))?$", re.DOTALL)
_CLIENT = re.compile(r"\((the client .*?)\);")


def theme(outcome: Outcome) -> Theme:
    """The theme of a failed outcome."""
    told = outcome.diagnosis
    sentence = "" if told is None else told.sentence.replace(outcome.comment, "")
    if told is None or sentence.startswith((phrases.BROKE, phrases.SKIPPED)):
        what = "gives up on" if sentence.startswith(phrases.SKIPPED) else "breaks on"
        return Theme(Kind.BREAKS, f"{what} {_GIVEN.get(outcome.op) or _wrong(outcome) or _topic(outcome)}")
    if sentence.startswith(phrases.ACCEPTED):
        return Theme(Kind.ACCEPTS, _accepted(outcome, sentence))
    if sentence.startswith((phrases.TURNED_AWAY, phrases.UNJUDGED)):
        return Theme(Kind.TURNS_AWAY, f"a sound signature ({_topic(outcome)})")
    if sentence.startswith(phrases.TOOK):
        return Theme(Kind.TAKES, f"{_OPS.get(outcome.op, 'takes')} {_subject(outcome)}")
    if sentence.startswith((phrases.REFUSED, phrases.REFUSED_TEXT)):
        return Theme(Kind.REFUSES, _refused(outcome, sentence))
    if told.stage == "answer" and told.expected is told.actual is None:  # a known failure's own verdict is not kept
        late = sentence.startswith("no answer within")
        return Theme(Kind.BREAKS, "no answer comes in time" if late else "the process dies, or breaks the protocol")
    if told.stage == "signed = sent" or outcome.op == "sign":
        return Theme(Kind.SENDS, _signed(sentence))
    return Theme(Kind.CHANGES, _changed(sentence))


def without_places(sentence: str) -> str:
    """The sentence without offsets, lengths and what else is wrong beside."""
    for pattern, instead in _PLACES:
        sentence = pattern.sub(instead, sentence)
    return _LENGTHS.sub(lambda m: ("longer" if int(m[1]) > int(m[2]) else "shorter") + " than the modulus", sentence)


def _accepted(outcome: Outcome, sentence: str) -> str:
    found = re.search(rf"\(({'|'.join(phrases.DANGERS)}): (.*); [^;]*\)$", sentence, re.DOTALL)
    if found is None:
        return "a sound signature in the wrong place"
    stage, why = found[1], _first_clause(without_places(found[2]))
    if stage == "header text":
        return why.removeprefix("the header ").join(("a header that ", "")) if why.startswith("the header ") else why
    if stage == "message":
        return f"a signature over another message: {why}"
    return f"{stage}: {why}"


def _signed(sentence: str) -> str:
    if client := _CLIENT.search(sentence):
        return client[1]
    return _first_clause(without_places(sentence)).removeprefix("message: ")


def _changed(sentence: str) -> str:
    told = without_places(sentence)
    if value := _VALUE.match(told):
        return _first_clause(value[1] or "a value becomes another")
    return _first_clause(told)


def _refused(outcome: Outcome, sentence: str) -> str:
    if sentence.startswith(phrases.REFUSED_TEXT):
        return "data beyond ASCII, which can be sent escaped"
    return _KEY_FORMS if outcome.op == "load_key" else f"{outcome.op}: {_topic(outcome)}"


def _subject(outcome: Outcome) -> str:
    """What is wrong with input that must be refused, from the clauses that the case cites."""
    return _wrong(outcome) or f"input that is wrong ({_topic(outcome)})"


def _wrong(outcome: Outcome) -> str | None:
    return next((_WRONG[clause] for clause in outcome.clauses if clause in _WRONG), None)


def _topic(outcome: Outcome) -> str:
    """What the case is about, by its policy rather than by the statement that the policy makes precise."""
    known = sorted((clause for clause in outcome.clauses if clause in STATEMENTS), key=lambda clause: clause[0])
    return STATEMENTS[known[0]].reason if known else outcome.suite


def _first_clause(sentence: str) -> str:
    """Up to the first semicolon, where the mend begins."""
    return sentence.split("; ", 1)[0].strip()
