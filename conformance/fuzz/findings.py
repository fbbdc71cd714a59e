"""A disagreement: who said what to which question, and what makes two of them the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.diagnose.secrets import redacted
from conformance.fuzz.asks import Ask
from conformance.fuzz.oracle import Demand
from conformance.judge import judge
from conformance.model import Case, Diagnosis, Judgement, Key, Verdict
from conformance.targets import Fault

Answer = Mapping[str, Any]
FindingKey = tuple[str, ...]
"""(target, op, form, verdict, stage, shape of the sentence)"""

_WORDS = 24  # of a sentence that make its shape


@dataclass(frozen=True, slots=True)
class Finding:
    """A target's answer that is not what is demanded. ``target`` is the implementation's name."""

    target: str
    version: str
    ask: Ask
    demand: Demand
    judgement: Judgement
    shrunk: bool = False

    @property
    def diagnosis(self) -> Diagnosis:
        """Stage, sentence and both byte strings."""
        return self.judgement.diagnosis or Diagnosis("answer", f"verdict {self.judgement.verdict}")

    @property
    def key(self) -> FindingKey:
        """What makes two findings one."""
        told, ask = self.diagnosis, self.ask
        return (self.target, ask.op, ask.form or "", str(self.judgement.verdict), told.stage, shape(told.sentence))

    @property
    def way(self) -> FindingKey:
        """The key without the form: a lax decoder is the same whatever the header belongs to."""
        key = self.key
        return (*key[:2], *key[3:])

    @property
    def ways(self) -> tuple[FindingKey, ...]:
        """The way, or where a client did several things at once the way of each alone."""
        found = _SEVERAL.search(self.diagnosis.sentence)
        if found is None:
            return (self.way,)
        start, end = self.diagnosis.sentence[: found.start(1)], self.diagnosis.sentence[found.end(1) :]
        told = (start + each.removeprefix("the client ") + end for each in found[1].split(", and "))
        return tuple((*self.way[:-1], shape(each)) for each in told)


_SEVERAL = re.compile(r"\bthe client ([^;()]+, and [^;()]+)")
_FOREIGN = (
    "it refused valid input",
    "it refused data beyond ASCII",
    "it broke",
    "it skipped the case",
    "it refused to judge",
)
_PLACES = (
    (r" \(also: .*?\)(?= |$)", ""),  # what else is wrong varies
    (r"\$(?:\.\w+|\[(?:[0-9]+|\"(?:[^\"\\]|\\.)*\")\])*", " "),  # a path into JSON
    (r'"(?:[^"\\]|\\.)*"', " "),
    (r"'(?:[^'\\]|\\.)*'", " "),
    (r"\basked .*?, sent [^:]*", "asked, sent"),
    (r"https?://\S+", " "),
    (r"\S*[0-9]\S*", " "),
)


def shape(sentence: str) -> str:
    """A sentence without what differs from input to input: values, places, names, numbers.

    Of a sentence that passes the target's own words on, these count only as far as their first three words.
    """
    for pattern, instead in _PLACES:
        sentence = re.sub(pattern, instead, sentence)
    words = [word for word in re.findall(r"[A-Za-z]+", sentence) if len(word) > 1]
    return " ".join(words[: 12 if sentence.startswith(_FOREIGN) else _WORDS])


def judged(ask: Ask, demand: Demand, reply: Answer | Fault, keys: Mapping[str, Key]) -> Judgement:
    """What a target's reply is worth. The judgement is the same as in ``signkit run``."""
    case = case_of(ask, demand)
    if isinstance(reply, Fault):
        return redacted(case, Judgement(reply.verdict, demand.level, Diagnosis("answer", reply.sentence)))
    if demand.open and "refused" in reply:
        return Judgement(Verdict.PASS, demand.level)
    return judge(case, reply, keys)


def case_of(ask: Ask, demand: Demand, id_: str = "fuzz/found") -> Case:
    """The question as a case of a vector file."""
    return Case(
        id=id_,
        suite="fuzz",
        comment=demand.why,
        level=demand.level,
        clauses=demand.clauses,
        flags=(),
        differs_from=None,
        op=ask.op,
        input=ask.input,
        expect=demand.expect,
    )
